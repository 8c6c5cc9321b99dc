//! What clippy says of bodies and of signatures.

#![warn(clippy::all, clippy::pedantic)]

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn needless_return(number: u32) -> u32 {
    ready(()).await;
    return number;
}

#[async_proc]
async fn discarded() {
    let _ = ready(1);
    ready(()).await;
}

#[async_proc]
async fn never_waits(number: u32) -> u32 {
    number + 1
}

#[async_proc]
async fn expressions(numbers: Vec<u32>, text: &String) -> bool {
    ready(()).await;
    let length = numbers.len() == 0;
    let copy = text.clone().to_string();
    let same = if length == true { true } else { false };
    for index in 0..numbers.len() {
        println!("{}", numbers[index]);
    }
    same && copy.len() >= 1
}

#[async_proc]
async fn matches(number: Option<u32>) -> u32 {
    let number = match ready(number).await {
        Some(number) => number,
        None => 0,
    };
    match number {
        1 => ready(2).await,
        _ => 3,
    }
}

#[async_proc]
#[allow(clippy::needless_return)]
async fn allowed(number: u32) -> u32 {
    #[allow(clippy::let_and_return)]
    let number = ready(number).await;
    return number;
}

#[async_proc]
async fn many(a: u32, b: u32, c: u32, d: u32, e: u32, f: u32, g: u32, h: u32) -> u32 {
    ready(a + b + c + d + e + f + g + h).await
}

fn main() {
    drop(needless_return(1));
    drop(discarded());
    drop(never_waits(1));
    drop(expressions(Vec::new(), &String::new()));
    drop(matches(None));
    drop(allowed(1));
    drop(many(1, 2, 3, 4, 5, 6, 7, 8));
}

//@ differs clippy::unused_async: the twin is an `async` block, to which it does not apply
//@ differs clippy::ptr_arg: the machine takes its parameters as they are
//@ differs clippy::too_many_arguments: the place is the attribute
