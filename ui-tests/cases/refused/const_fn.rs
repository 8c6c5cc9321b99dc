//! A machine is not made at compile time.

use async_proc::prelude::*;

#[async_proc]
const fn one() -> Future<u32> {
    Ok(1)
}

fn main() {
    drop(one());
}
