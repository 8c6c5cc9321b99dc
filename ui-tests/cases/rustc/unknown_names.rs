//! E0425, E0432, E0599: names that are not there.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn names(text: String) -> usize {
    ready(()).await;
    let unknown = missing;
    let upper = text.upper_case();
    let other = absent(&text);
    ready(()).await;
    unknown + upper + other + text.fields
}

fn main() {
    drop(names(String::new()));
}
