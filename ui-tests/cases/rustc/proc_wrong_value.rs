//@ procs
//! E0308: the value of a proc is a `Result`.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
fn bare() -> Future<u32> {
    ready(()).await;
    1
}

#[async_proc]
fn other() -> Future<u32> {
    ready(()).await;
    return "one";
}

#[async_proc]
fn nothing() -> Future<u32> {
    ready(()).await;
}

#[async_proc]
fn something() {
    ready(()).await;
    1
}

fn main() {
    drop(bare());
    drop(other());
    drop(nothing());
    drop(something());
}
