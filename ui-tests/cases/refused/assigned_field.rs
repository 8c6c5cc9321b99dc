//! Assigning to a field of which a part was moved out.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn refilled(mut pair: ((String, String), u32)) -> usize {
    let first = pair.0.0;
    ready(()).await;
    pair.0 = (String::new(), String::new());
    ready(()).await;
    first.len() + pair.0.1.len()
}

fn main() {
    drop(refilled(((String::new(), String::new()), 1)));
}
