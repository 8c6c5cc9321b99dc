//! The result borrows from another argument than `self`, and a value that borrows a local leaves.

use async_proc::prelude::*;
use std::future::ready;

struct Parser<'a> {
    text: &'a str,
}

impl<'a> Parser<'a> {
    #[async_proc]
    async fn other(&self, text: &str) -> &str {
        ready(()).await;
        if self.text.is_empty() { text } else { self.text }
    }

    #[async_proc]
    async fn of_local(&self) -> Parser<'a> {
        let text = ready(self.text.to_owned()).await;
        Parser { text: &text }
    }
}

fn main() {
    drop(Parser { text: "" }.other(""));
    drop(Parser { text: "" }.of_local());
}

//@ twice E0515@17: the machine returns it in another expression
//@ differs : the return type is where the two lifetimes meet
