//! Errors in the arguments of std's macros.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn formats(text: String) -> String {
    ready(()).await;
    let first = format!("{text} {missing}");
    let second = format!("{} {}", ready(1).await);
    let third = format!("{}", text, ready(1).await);
    first + &second + &third
}

#[async_proc]
async fn asserts(number: u32) {
    assert_eq!(ready(number).await, "one");
    assert!(ready(number).await);
}

#[async_proc]
async fn vectors() -> Vec<u32> {
    vec![1, ready("two").await]
}

fn main() {
    drop(formats(String::new()));
    drop(asserts(1));
    drop(vectors());
}

//@ twice E0308@18: the machine meets the type elsewhere, or rustc has no advice there about futures
