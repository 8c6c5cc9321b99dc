//! E0609, E0277, E0369, E0308: the value of a future that nobody awaited.

use async_proc::prelude::*;
use std::future::ready;

struct Answer {
    number: u32,
}

#[async_proc]
async fn answer() -> Answer {
    Answer { number: ready(1).await }
}

#[async_proc]
async fn checked() -> Result<u32, std::fmt::Error> {
    Ok(1)
}

#[async_proc]
async fn field() -> u32 {
    ready(()).await;
    answer().number
}

#[async_proc]
async fn question_mark() -> Result<u32, std::fmt::Error> {
    let number = checked()?;
    ready(()).await;
    Ok(number)
}

#[async_proc]
async fn argument() -> u32 {
    async fn double(number: u32) -> u32 {
        number * 2
    }
    async fn number() -> u32 {
        1
    }
    double(number()).await
}

#[async_proc]
async fn matched() -> u32 {
    ready(()).await;
    match checked() {
        Ok(number) => number,
        Err(_) => 0,
    }
}

#[async_proc]
async fn returned() -> Answer {
    ready(()).await;
    answer()
}

fn main() {
    drop(field());
    drop(question_mark());
    drop(argument());
    drop(matched());
    drop(returned());
}

//@ twice E0308@41,48,49,56: the machine meets the type elsewhere, or rustc has no advice there about futures
//@ twice E0609@23: rustc has no advice there about futures
