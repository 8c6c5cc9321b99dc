//@ procs
//! E0728: suspending in a function that nobody compiled.

use async_proc::prelude::*;

fn waits(future: Future<u32>) -> Result<u32, Error> {
    let future = yield_fut!(future);
    let one = await_fut!(future);
    Ok(one + future.await?)
}

fn main() {
    drop(waits(Future::ready(1)));
}
