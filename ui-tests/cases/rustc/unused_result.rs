//@ procs
//! The lint `unused_must_use`: once, on the value that is thrown away.

#![deny(unused_must_use)]

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn save() -> Result<(), std::fmt::Error> {
    Ok(())
}

#[async_proc]
fn store() -> Future<()> {
    ready(()).await;
}

#[async_proc]
async fn all() {
    save().await;
    save();
    store();
    ready(Err::<(), ()>(())).await;
    "text".len();
}

fn main() {
    drop(all());
}
