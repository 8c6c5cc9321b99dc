//! The attribute takes one argument, once.

use async_proc::prelude::*;

#[async_proc(lazy)]
async fn one() -> u32 {
    1
}

#[async_proc(diagram, diagram)]
async fn two() -> u32 {
    2
}

#[async_proc(diagram = true)]
async fn three() -> u32 {
    3
}

#[async_proc]
async fn caller() -> u32 {
    one().await + two().await + three().await
}

fn main() {
    drop(caller());
    // Asked for, and there, though its function was refused.
    println!("{}", TWO_DIAGRAM.dot());
}
