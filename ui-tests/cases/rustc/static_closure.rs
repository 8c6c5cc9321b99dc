//! E0521: a closure that must live forever captures `self`, which does not.

use async_proc::prelude::*;
use std::future::ready;

struct Server {
    name: String,
}

fn on_event(handler: impl Fn() -> usize + 'static) {
    drop(handler);
}

impl Server {
    #[async_proc]
    async fn listen(&self) {
        ready(()).await;
        on_event(|| self.name.len());
        ready(()).await;
    }
}

fn main() {
    drop(Server { name: String::new() }.listen());
}
