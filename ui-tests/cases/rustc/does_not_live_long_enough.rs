//! E0597: a borrow outlives its variable.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn last() -> usize {
    let mut longest = "";
    {
        let text = String::from("text");
        ready(()).await;
        longest = &text;
    }
    ready(()).await;
    longest.len()
}

fn main() {
    drop(last());
}
