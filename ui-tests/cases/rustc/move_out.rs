//! E0507: moving out of what is only borrowed.

use async_proc::prelude::*;
use std::future::ready;

struct Named {
    name: String,
}

#[async_proc]
async fn out_of_reference(named: &Named) -> String {
    ready(()).await;
    let name = named.name;
    name
}

#[async_proc]
async fn out_of_index(names: Vec<String>) -> String {
    ready(()).await;
    names[0]
}

fn main() {
    drop(out_of_reference(&Named { name: String::new() }));
    drop(out_of_index(Vec::new()));
}

