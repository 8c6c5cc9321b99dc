//! E0373, E0521: borrows that would outlive the function.

use async_proc::prelude::*;
use std::future::ready;

fn spawn(task: impl std::future::Future<Output = ()> + 'static) {
    drop(task);
}

#[async_proc]
async fn local() {
    let number = ready(1).await;
    spawn(async { drop(&number) });
    ready(()).await;
}

#[async_proc]
async fn argument(text: &str) {
    ready(()).await;
    spawn(async move { drop(text) });
}

fn main() {
    drop(local());
    drop(argument(""));
}
