//! E0752: `main` is not suspended by anyone.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn main() {
    ready(()).await;
}

//@ differs E0277: the function is none to rustc that is `async`
//@ differs E0752: the same
