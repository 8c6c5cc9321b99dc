//! Lints that are on by default, once and on the user's tokens.

#![deny(warnings)]

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn assigned(mut number: u32) -> u32 {
    number = 2;
    ready(()).await;
    number = ready(3).await;
    number
}

#[async_proc]
async fn unused_parentheses(number: u32) -> u32 {
    if (ready(number).await == 1) {
        return (1);
    }
    let NotSnake = 2;
    NotSnake
}

#[async_proc]
async fn unreachable(text: &str) -> usize {
    ready(()).await;
    return text.len();
    ready(2).await
}

#[async_proc]
async fn unreachable_pattern(number: u32) -> u32 {
    match ready(number).await {
        _ => 1,
        2 => 2,
    }
}

#[async_proc]
async fn never_called() {
    ready(()).await;
}

async fn not_annotated() {}

#[async_proc]
async fn discarded(text: &str) {
    ready(text.len()).await;
    text.len() == 1;
    ready(());
    not_annotated();
    "a".to_owned();
}

#[async_proc]
async fn deprecated() -> u32 {
    #[deprecated]
    fn old() -> u32 {
        1
    }
    ready(old()).await
}

#[async_proc]
async fn unused_label() {
    'outer: loop {
        ready(()).await;
        break;
    }
}

#[async_proc]
async fn unused_unsafe() {
    unsafe { ready(()).await };
}

#[async_proc]
async fn dropped_reference(text: &str) {
    ready(()).await;
    drop(text);
    ready(drop(&text)).await;
}

fn main() {
    drop(assigned(1));
    drop(unused_parentheses(1));
    drop(unreachable(""));
    drop(unreachable_pattern(1));
    drop(discarded(""));
    drop(deprecated());
    drop(unused_label());
    drop(unused_unsafe());
    drop(dropped_reference(""));
}

//@ differs unused_assignments: the twin names every parameter, for it to be kept
