//! E0267, E0268, E0308, E0571, E0695: jumps and values of blocks.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn outer() -> u32 {
    loop {
        let inner = async {
            break;
        };
        inner.await;
    }
}

#[async_proc]
async fn value_of_while() -> u32 {
    let number = while ready(true).await {
        break 1;
    };
    number
}

#[async_proc]
async fn unlabelled() {
    loop {
        'block: {
            ready(()).await;
            break;
        }
    }
}

fn main() {
    drop(outer());
    drop(value_of_while());
    drop(unlabelled());
}

//@ twice E0308@16: the machine meets the type elsewhere, or rustc has no advice there about futures
