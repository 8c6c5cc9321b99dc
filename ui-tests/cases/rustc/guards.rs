//! Guards and chains that suspend: a binding that is moved or changed before its guard has held, one that
//! is not there, a borrow that lasts too long.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn moved(name: Option<String>) -> usize {
    match name {
        Some(name) if ready(drop(name)).await == () => 1,
        _ => 0,
    }
}

#[async_proc]
async fn changed(name: Option<String>) -> usize {
    match name {
        Some(mut name) if ready(name.push('!')).await == () => name.len(),
        _ => 0,
    }
}

#[async_proc]
async fn missing(name: Option<String>) -> usize {
    if let Some(first) = name && ready(true).await {
        first.len()
    } else {
        first.len()
    }
}

#[async_proc]
async fn not_exhaustive(name: Option<String>) -> usize {
    match name {
        Some(name) if ready(true).await => name.len(),
        None => 0,
    }
}

fn main() {
    drop((moved(None), changed(None), missing(None), not_exhaustive(None)));
}
