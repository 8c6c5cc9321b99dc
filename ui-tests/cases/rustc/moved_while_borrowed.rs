//! E0505, E0716, E0503, E0713: moves and temporaries against borrows across a suspension.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn moved(text: String) -> usize {
    let borrowed = &text;
    ready(()).await;
    drop(text);
    borrowed.len()
}

#[async_proc]
async fn temporary() -> usize {
    let text = String::from("text").as_str();
    ready(()).await;
    text.len()
}

#[async_proc]
async fn sent(text: String) -> usize {
    let borrowed = text.as_str();
    let sent = ready(text).await;
    sent.len() + borrowed.len()
}

#[async_proc]
async fn in_a_loop(mut numbers: Vec<u32>) {
    for number in &numbers {
        numbers.push(ready(*number).await);
    }
}

fn main() {
    drop(moved(String::new()));
    drop(temporary());
    drop(sent(String::new()));
    drop(in_a_loop(Vec::new()));
}

//@ twice E0716@16: the machine borrows it in another statement
