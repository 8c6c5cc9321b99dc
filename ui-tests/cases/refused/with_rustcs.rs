//! What we refuse, and what rustc finds wrong with the rest of the function, together. Callers see the
//! function's signature.

use async_proc::prelude::*;
use std::future::ready;

macro_rules! own {
    ($first:ident and $second:expr) => {
        $first + $second
    };
}

#[async_proc]
async fn types(text: String) -> u32 {
    let number: u32 = ready("one").await;
    let unused = own!(number and ready(1).await);
    text.lengths();
    number
}

#[async_proc]
async fn moves(text: String) -> usize {
    drop(text);
    let one = 1;
    let two = own!(one and ready(1).await);
    text.len() + two
}

#[async_proc]
fn wrong_argument(text: &str) -> Future<usize> {
    Ok(ready(text.size()).await)
}

fn main() {
    let number: String = wait_for(async_proc::Future::ready(1));
    drop((types(String::new()), moves(1), wrong_argument("")));
}
