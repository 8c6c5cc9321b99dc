//! E0308, E0277, E0369: values of variables that live across a suspension.

use async_proc::prelude::*;
use std::future::ready;

fn double(number: u32) -> u32 {
    number * 2
}

#[async_proc]
async fn typed(text: String) -> usize {
    let number: u32 = text;
    ready(()).await;
    number as usize
}

#[async_proc]
async fn argument(text: String) -> u32 {
    ready(()).await;
    double(text)
}

#[async_proc]
async fn argument_of_future(text: String) {
    async fn wants(_: u32) {}
    wants(text).await;
}

#[async_proc]
async fn assigned(text: String) -> u32 {
    let mut number = 1u32;
    ready(number).await;
    number = text;
    ready(()).await;
    number
}

#[async_proc]
async fn compound(text: String) -> u32 {
    let mut number = 1u32;
    ready(()).await;
    number += text;
    number
}

#[async_proc]
async fn condition(number: u32) {
    ready(()).await;
    if number {
        ready(()).await;
    }
}

#[async_proc]
async fn operand(text: String, number: u32) -> u32 {
    ready(()).await;
    number + text
}

#[async_proc]
async fn dereferenced(number: u32) -> u32 {
    ready(()).await;
    *number
}

#[async_proc]
async fn called(number: u32) -> u32 {
    ready(()).await;
    number()
}

#[async_proc]
async fn indexed(number: u32) -> u32 {
    ready(()).await;
    number[0]
}

#[async_proc]
async fn cast(text: String) -> u32 {
    ready(()).await;
    text as u32
}

#[async_proc]
async fn matched(number: u32) -> u32 {
    ready(()).await;
    match number {
        "one" => ready(1).await,
        _ => 2,
    }
}

#[async_proc]
async fn tail(text: String) -> u32 {
    ready(()).await;
    text
}

#[async_proc]
async fn returned(text: String) -> u32 {
    if ready(true).await {
        return text;
    }
    1
}

#[async_proc]
async fn iterated(number: u32) {
    ready(()).await;
    for item in number {
        ready(item).await;
    }
}

#[async_proc]
async fn printed(value: ()) {
    ready(()).await;
    println!("{value} {}", value);
}

#[async_proc]
async fn method(text: String) -> usize {
    ready(()).await;
    text.lengths() + text.len(1)
}

fn main() {
    drop(typed(String::new()));
    drop(argument(String::new()));
    drop(argument_of_future(String::new()));
    drop(assigned(String::new()));
    drop(compound(String::new()));
    drop(condition(1));
    drop(operand(String::new(), 1));
    drop(dereferenced(1));
    drop(called(1));
    drop(indexed(1));
    drop(cast(String::new()));
    drop(matched(1));
    drop(tail(String::new()));
    drop(returned(String::new()));
    drop(iterated(1));
    drop(printed(()));
    drop(method(String::new()));
}

//@ twice E0061@124: a receiver that may be moved is tried both ways
//@ twice E0277@107,110,118: the machine names the trait elsewhere
//@ twice E0308@33,88: the machine meets the type elsewhere, or rustc has no advice there about futures
//@ twice E0614@60: a pointer that may be moved out of is tried both ways
//@ twice E0618@66: a callee that may be moved is tried both ways
