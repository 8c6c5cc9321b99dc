//! Patterns, a closure, methods, a struct.

use async_proc::prelude::*;
use std::future::ready;

struct Choice {
    name: String,
    count: u32,
}

fn main() {
    drop(chosen(None, Vec::new()));
}

#[async_proc]
async fn chosen(first: Option<Choice>, others: Vec<Choice>) -> Option<Choice> {
    let Choice { name, count } = match first {
        Some(choice) if choice.count > 1 => choice,
        Some(_) => return None,
        None => ready(others).await.into_iter().max_by_key(|other| other.count)?,
    };
    let doubled = async move { count * 2 };
    while let Some(1) = ready(None).await {
        break;
    }
    Some(Choice { name, count: doubled.await })
}
