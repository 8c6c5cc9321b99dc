//! A struct update moves fields that are not written out.

use async_proc::prelude::*;
use std::future::ready;

struct Options {
    name: String,
    path: String,
}

#[async_proc]
async fn renamed(options: Options, name: String) -> Options {
    ready(()).await;
    Options { name, ..options }
}

fn main() {
    drop(renamed(Options { name: String::new(), path: String::new() }, String::new()));
}
