//! Patterns that borrow from a value which lives across a suspension.

use async_proc::prelude::*;
use std::future::ready;

enum Shape {
    Square(String, u32),
}

#[async_proc]
async fn borrowed() -> usize {
    let Shape::Square(ref name, side) = ready(Shape::Square(String::new(), 2)).await;
    ready(()).await;
    name.len() + side as usize
}

#[async_proc]
async fn mixed(pair: (String, String)) -> usize {
    ready(()).await;
    let (ref left, right) = pair;
    left.len() + right.len()
}

fn main() {
    drop(borrowed());
    drop(mixed((String::new(), String::new())));
}
