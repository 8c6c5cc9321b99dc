//! E0507: a method that may move a field, of a variable that lives across a suspension.

use async_proc::prelude::*;
use std::future::ready;

struct Pair {
    left: Name,
    right: Name,
}

struct Name(String);

impl Name {
    fn into_text(self) -> String {
        self.0
    }
}

#[async_proc]
async fn both(pair: Pair) -> usize {
    ready(()).await;
    let left = pair.left.into_text();
    ready(()).await;
    left.len() + pair.right.0.len()
}

fn main() {
    drop(both(Pair { left: Name(String::new()), right: Name(String::new()) }));
}

//@ twice E0507@22: the machine holds the variable behind a pointer
