//! E0600: `!` of an awaited value that has none.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn negated() -> bool {
    !ready("one").await
}

fn main() {
    drop(negated());
}

//@ differs E0308: rustc asks what stands behind `!` for the type of the whole
//@ differs E0600: the same
