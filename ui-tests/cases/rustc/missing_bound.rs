//! E0277, E0599: what a type parameter is not known to do.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn show<T>(value: T) -> String {
    ready(()).await;
    let text = value.to_string();
    ready(()).await;
    format!("{value}{text}")
}

#[async_proc]
async fn copy<T: Clone>(value: &T) -> (T, T) {
    let first = value.clone();
    ready(()).await;
    (first, first)
}

fn main() {
    drop(show(1));
    drop(copy(&1));
}
