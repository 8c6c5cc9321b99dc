//! E0005, E0023, E0026, E0027, E0063, E0408, E0416, E0560: patterns and literals of structs.

use async_proc::prelude::*;
use std::future::ready;

struct Point {
    x: u32,
    y: u32,
}

#[async_proc]
async fn fields(point: Point) -> u32 {
    let Point { x } = ready(point).await;
    x
}

#[async_proc]
async fn unknown(point: Point) -> u32 {
    match ready(point).await {
        Point { x, z, .. } => x + z,
    }
}

#[async_proc]
async fn count(number: Option<u32>) -> u32 {
    match ready(number).await {
        Some(one, two) => one + two,
        None => 0,
    }
}

#[async_proc]
async fn literal() -> u32 {
    let point = Point { x: ready(1).await };
    point.y
}

#[async_proc]
async fn extra() -> u32 {
    let point = Point { x: ready(1).await, y: 1, z: 1 };
    point.y
}

fn main() {
    drop(fields(Point { x: 1, y: 1 }));
    drop(unknown(Point { x: 1, y: 1 }));
    drop(count(None));
    drop(literal());
    drop(extra());
}
