//! What `#[cfg]` leaves out of a function, and what it says to lints, as in any function.

#![deny(warnings)]

use async_proc::prelude::*;
use std::future::ready;

struct Sums;

trait Sum {
    async fn sum(&self, one: u32, two: u32) -> u32;
}

impl Sum for Sums {
    /// Documented once.
    #[async_proc]
    #[inline]
    async fn sum(
        &self,
        #[cfg(all())] one: u32,
        #[cfg(any())] missing: Missing,
        #[cfg_attr(all(), allow(unused_variables))] two: u32,
    ) -> u32 {
        #[cfg(any())]
        missing(missing).await;
        #[expect(unused_variables)]
        let unused = ready(1).await;
        #[cfg(all())]
        let sum = one + ready(2).await;
        sum
    }
}

#[async_proc]
fn proc(#[cfg(all())] one: u32) -> Future<u32> {
    #[cfg(any())]
    return missing();
    #[cfg(not(any()))]
    Ok(Sums.sum(one, 3).await)
}

fn main() {
    drop(proc(1));
}
