//! E0267, E0268, E0426: jumps that lead nowhere.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn jumps() {
    loop {
        ready(()).await;
        let jump = || break;
        jump();
        break 'missing;
    }
    ready(()).await;
    continue;
}

fn main() {
    drop(jumps());
}
