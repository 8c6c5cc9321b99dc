//@ procs
//! E0382: a variable is used after it was moved, with a suspension between.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn twice(name: String) -> usize {
    let moved = name;
    ready(()).await;
    moved.len() + name.len()
}

#[async_proc]
fn given(name: String) -> Future<usize> {
    let first = ready(name).await;
    let second = ready(name).await;
    Ok(first.len() + second.len())
}

fn main() {
    drop(twice(String::new()));
    drop(given(String::new()));
}
