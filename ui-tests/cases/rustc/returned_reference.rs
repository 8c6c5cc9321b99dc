//! E0515: a reference to a local leaves the function.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn text() -> &'static str {
    let text = String::from("text");
    ready(()).await;
    &text
}

fn main() {
    drop(text());
}
