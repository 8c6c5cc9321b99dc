//! Only functions with bodies are compiled.

use async_proc::prelude::*;

#[async_proc]
struct Count(u32);

trait Counter {
    #[async_proc]
    async fn count(&self) -> u32;
}

fn main() {}
