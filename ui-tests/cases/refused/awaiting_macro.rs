//! Macros of other crates that await, in forms that are not theirs or not compiled.

use async_proc::async_proc;

#[async_proc]
async fn of_futures() {
    futures::select! {
        _ = std::future::ready(1) => {}
        complete => {}
    }
}

#[async_proc]
async fn branches(n: usize) -> usize {
    let a = select! { n if n > 1 => 1 };
    let b = select! { default => 2 };
    let c = select! { else => 1, _ = std::future::ready(()) => 2 };
    let d = tokio::join!();
    let e = try_join!(fast; std::future::ready(Ok(())));
    a + b + c + n
}

fn main() {}
