//! A machine is `Send` exactly when the `async fn` would be.

use async_proc::prelude::*;
use std::future::ready;
use std::rc::Rc;

#[async_proc]
async fn shares(number: u32) -> u32 {
    let shared = Rc::new(number);
    ready(()).await;
    *shared
}

fn spawn(task: impl std::future::Future<Output = u32> + Send + 'static) {
    drop(task);
}

fn main() {
    spawn(shares(1));
}
