//! A diagram is a constant beside its function, for which the impl of a trait has no room.

use async_proc::prelude::*;

trait Greets {
    async fn greet(&self) -> u32;
}

struct Host;

impl Greets for Host {
    #[async_proc(diagram)]
    async fn greet(&self) -> u32 {
        std::future::ready(1).await
    }
}

fn main() {
    drop(Host.greet());
}
