//! E0261, E0412, E0433: what a signature names and nobody declares.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn lifetime(text: &'a str) -> usize {
    ready(()).await;
    text.len()
}

#[async_proc]
async fn argument(text: Missing) -> usize {
    ready(()).await;
    drop(text);
    1
}

#[async_proc]
async fn result() -> Absent {
    ready(()).await;
    todo!()
}

#[async_proc]
async fn path() -> usize {
    ready(nowhere::ONE).await
}

fn main() {
    drop(lifetime(""));
    drop(argument(1));
    drop(result());
    drop(path());
}

//@ twice E0425@20: the return type stands in the signature and in the body
