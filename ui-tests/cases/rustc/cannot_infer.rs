//! E0282: a type that nothing tells.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn anything() -> usize {
    let anything = Default::default();
    ready(()).await;
    drop(anything);
    1
}

#[async_proc]
async fn nothing() {
    let nothing = None;
    ready(()).await;
    drop(nothing);
}

fn main() {
    drop(anything());
    drop(nothing());
}
