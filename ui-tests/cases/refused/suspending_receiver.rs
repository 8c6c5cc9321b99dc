//! A receiver that suspends, of a call whose arguments do, too.

use async_proc::prelude::*;
use std::future::ready;

struct Log {
    lines: Vec<u32>,
}

#[async_proc]
async fn logged() {
    ready(Log { lines: Vec::new() }).await.lines.push(ready(1).await);
}

fn main() {
    drop(logged());
}
