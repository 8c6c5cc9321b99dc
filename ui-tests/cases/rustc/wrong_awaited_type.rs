//! E0308: an awaited value of another type than the place it goes to.

use async_proc::prelude::*;
use std::future::ready;

struct Point {
    x: u32,
    y: u32,
}

fn double(number: u32) -> u32 {
    number * 2
}

#[async_proc]
async fn typed() -> u32 {
    let number: u32 = ready("one").await;
    number
}

#[async_proc]
async fn argument() -> u32 {
    double(ready("one").await)
}

#[async_proc]
async fn method_argument(mut numbers: Vec<u32>) -> Vec<u32> {
    numbers.push(ready("one").await);
    numbers
}

#[async_proc]
async fn field() -> u32 {
    let point = Point { x: ready("one").await, y: 2 };
    point.x + point.y
}

#[async_proc]
async fn element() -> u32 {
    let numbers = [1u32, ready("two").await];
    numbers[0]
}

#[async_proc]
async fn assigned() -> u32 {
    let mut number = 1u32;
    number += 1;
    number = ready("one").await;
    number
}

#[async_proc]
async fn condition() -> u32 {
    if ready("yes").await { 1 } else { 2 }
}

#[async_proc]
async fn while_condition() {
    while ready(1).await {}
}

#[async_proc]
async fn operand() -> u32 {
    1u32 + ready("one").await
}

#[async_proc]
async fn left_operand() -> bool {
    ready("one").await && true
}

#[async_proc]
async fn tail() -> u32 {
    ready("one").await
}

#[async_proc]
async fn returned() -> u32 {
    return ready("one").await;
}

#[async_proc]
async fn arms(which: bool) -> u32 {
    match which {
        true => ready(1u32).await,
        false => ready("one").await,
    }
}

#[async_proc]
async fn branches(which: bool) -> u32 {
    let number = if which { ready(1u32).await } else { ready("one").await };
    number
}

#[async_proc]
async fn broken() -> u32 {
    loop {
        break ready("one").await;
    }
}

#[async_proc]
async fn in_some() -> Option<u32> {
    Some(ready("one").await)
}

#[async_proc]
async fn pattern() -> u32 {
    let (left, right) = ready(1).await;
    left + right
}

#[async_proc]
async fn typed_pattern() -> u32 {
    let (left, right): (u32, u32) = ready((1, "two")).await;
    left + right
}

#[async_proc]
async fn matched() -> u32 {
    match ready("one").await {
        1 => 1,
        _ => 2,
    }
}

#[async_proc]
async fn iterated() -> u32 {
    for number in ready(1).await {
        drop(number);
    }
    1
}

#[async_proc]
async fn indexed(numbers: Vec<u32>) -> u32 {
    numbers[ready("one").await]
}

#[async_proc]
async fn compared() -> bool {
    ready(1).await == ready("one").await
}

#[async_proc]
async fn printed() {
    println!("{}", ready(()).await);
}

#[async_proc]
async fn let_else() -> u32 {
    let Some(number): Option<u32> = ready(Some("one")).await else { return 1 };
    number
}

fn main() {
    drop(typed());
    drop(argument());
    drop(method_argument(Vec::new()));
    drop(field());
    drop(element());
    drop(assigned());
    drop(condition());
    drop(while_condition());
    drop(operand());
    drop(left_operand());
    drop(tail());
    drop(returned());
    drop(arms(true));
    drop(branches(true));
    drop(broken());
    drop(in_some());
    drop(pattern());
    drop(typed_pattern());
    drop(matched());
    drop(iterated());
    drop(indexed(Vec::new()));
    drop(compared());
    drop(printed());
    drop(let_else());
}

//@ twice E0308@48: an assignment is a call in the machine
//@ twice E0308@86,92,99: branches that suspend meet in a variable of the machine
//@ twice E0277@128,130: the machine asks for the iterator itself
