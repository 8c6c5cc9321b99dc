//! E0053, E0195, E0407, E0046: methods that do not fit their trait.

use async_proc::prelude::*;
use std::future::{Future, ready};

trait Store {
    fn load(&self, key: u32) -> impl Future<Output = String>;
    fn save(&mut self, key: u32) -> impl Future<Output = ()>;
}

struct Memory;

impl Store for Memory {
    #[async_proc]
    async fn load(&self, key: &str) -> String {
        ready(key.to_owned()).await
    }

    #[async_proc]
    async fn save(&mut self, _: u32) -> u32 {
        ready(1).await
    }

    #[async_proc]
    async fn clear(&mut self) {
        ready(()).await;
    }
}

fn main() {
    drop(Memory.load("a"));
}

//@ differs E0407: a function begins at the word `fn`
