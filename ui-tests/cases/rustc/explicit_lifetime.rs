//! E0621, E0310, E0261: lifetimes that the signature does not promise.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn implicit<'a>(left: &'a str, right: &str) -> &'a str {
    ready(()).await;
    if left.is_empty() { right } else { left }
}

fn spawn(task: impl std::future::Future<Output = ()> + 'static) {
    drop(task);
}

#[async_proc]
async fn not_static<T: Clone>(value: T) {
    ready(()).await;
    let clone = value.clone();
    spawn(async move { drop(clone) });
}

fn main() {
    drop(implicit("", ""));
    drop(not_static(1));
}
