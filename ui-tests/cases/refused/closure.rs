//! A closure is a function of its own, which cannot suspend this one.

use async_proc::prelude::*;

#[async_proc]
fn lengths(files: Vec<Future<String>>) -> Future<Vec<usize>> {
    let ready = files.iter().map(|file| file.await);
    drop(ready);
    let lengths = files.into_iter().map(|file| await_fut!(file).len());
    Ok(lengths.collect())
}

fn main() {
    drop(lengths(Vec::new()));
}
