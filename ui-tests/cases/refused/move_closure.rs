//! A closure that owns a part of a variable, and a part of that part.

use async_proc::prelude::*;
use std::future::ready;

struct Outer {
    inner: Inner,
}

struct Inner {
    name: String,
}

#[async_proc]
async fn name(outer: Outer) -> usize {
    ready(()).await;
    let len = move || outer.inner.name.len() + std::mem::size_of_val(&outer.inner);
    len()
}

fn main() {
    drop(name(Outer { inner: Inner { name: String::new() } }));
}
