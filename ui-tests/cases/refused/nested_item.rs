//! A nested function is a function of its own, which cannot suspend this one.

use async_proc::prelude::*;

#[async_proc]
async fn outer(wait: Future<()>) {
    fn inner(wait: Future<()>) {
        let _ = wait.await;
        yield_fut!(wait);
    }
    inner(wait)
}

fn main() {
    drop(outer(Future::ready(())));
}
