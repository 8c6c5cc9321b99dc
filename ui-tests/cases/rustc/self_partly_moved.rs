//! E0382: `self` is used after a part of it was moved.

use async_proc::prelude::*;
use std::future::ready;

struct Request {
    head: String,
    body: Vec<u8>,
}

impl Request {
    fn len(&self) -> usize {
        self.body.len()
    }

    #[async_proc]
    async fn send(self) -> usize {
        let head = ready(self.head).await;
        ready(()).await;
        head.len() + self.len()
    }

    #[async_proc]
    async fn consumed(self) -> usize {
        drop(self);
        ready(()).await;
        self.body.len()
    }
}

fn main() {
    drop(Request { head: String::new(), body: Vec::new() }.send());
    drop(Request { head: String::new(), body: Vec::new() }.consumed());
}
