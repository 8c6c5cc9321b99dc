//! E0004, E0023, E0026: patterns that do not fit.

use async_proc::prelude::*;
use std::future::ready;

enum Shape {
    Circle(u32),
    Square { side: u32 },
}

#[async_proc]
async fn missing(shape: Shape) -> u32 {
    ready(()).await;
    match shape {
        Shape::Circle(radius) => ready(radius).await,
    }
}

#[async_proc]
async fn refutable(number: Option<u32>) -> u32 {
    ready(()).await;
    let Some(number) = number;
    ready(number).await
}

fn main() {
    drop(missing(Shape::Square { side: 1 }));
    drop(refutable(None));
}
