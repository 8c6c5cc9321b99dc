//! A receiver that is found by a `Deref` of its type's own, which runs before the arguments do.

use async_proc::prelude::*;
use std::future::ready;
use std::ops::Deref;

struct Guard(Vec<u32>);

impl Deref for Guard {
    type Target = Vec<u32>;

    fn deref(&self) -> &Vec<u32> {
        &self.0
    }
}

#[async_proc]
async fn found(guard: Guard, at: usize) -> Option<u32> {
    let first = guard.get(ready(at).await).copied();
    let second = (&*guard).get(ready(at).await).copied();
    first.or(second).or(guard.get(ready(at).await).copied())
}

#[async_proc]
async fn indexed(mut names: Vec<String>, at: usize) {
    names[at].push_str(ready("!").await);
}

fn main() {
    drop(indexed(Vec::new(), 0));
    drop(found(Guard(Vec::new()), 0));
}
