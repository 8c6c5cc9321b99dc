//! E0277: `.await` on what is no future.

use async_proc::prelude::*;

#[async_proc]
async fn number(text: String) -> usize {
    let number = 1.await;
    let text = text.await;
    number + text.len()
}

fn main() {
    drop(number(String::new()));
}
