//! All that is refused in one function is reported at once, and nobody else is blamed.

use async_proc::prelude::*;
use std::future::ready;

struct Count(u32);

macro_rules! same {
    ($value:expr) => {
        $value
    };
}

impl Count {
    #[async_proc]
    fn next(&mut self, step: &u32) -> Future<u32> {
        match self.0 {
            0 => {
                ready(()).await;
                impl Count {}
            }
            _ => {}
        }
        self.0 += same!(ready(1).await);
        Ok(self.0)
    }
}

#[async_proc]
fn caller() -> Future<u32> {
    let mut count = Count(0);
    let first = count.next(&1).await?;
    let second = count.next(&2).await?;
    Ok(first + second)
}

fn main() {
    let _: Result<u32, Error> = wait_for(caller());
}
