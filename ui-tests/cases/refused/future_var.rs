//! A proc completes its parameters of type `FutureVar` when it ends. A type of another that is called
//! the same cannot be completed.

use async_proc::prelude::*;

mod ours {
    pub struct FutureVar<T>(pub T);
}

#[async_proc]
fn fill(mut place: ours::FutureVar<u8>) -> Future<()> {
    place.0 = Future::ready(1).await?;
}

fn main() {
    let _ = fill(ours::FutureVar(0));
}
