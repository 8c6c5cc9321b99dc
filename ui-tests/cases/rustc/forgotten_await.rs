//! E0308, E0599: a future is used as its value.

use async_proc::prelude::*;

#[async_proc]
async fn name() -> String {
    String::new()
}

#[async_proc]
async fn len() -> usize {
    let text: String = name();
    text.len() + name().len()
}

fn main() {
    drop(len());
}

//@ twice E0308@12: the machine meets the type elsewhere, or rustc has no advice there about futures
