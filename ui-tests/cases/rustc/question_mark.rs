//! E0277: `?` in a function that returns nothing to put the error in.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn parse(text: String) {
    let number: u32 = text.parse()?;
    ready(number).await;
}

#[async_proc]
async fn awaited() {
    ready(Err::<(), String>(String::new())).await?;
}

#[async_proc]
async fn mixed() -> Result<u32, std::fmt::Error> {
    let number = ready(Some(1)).await?;
    Ok(number)
}

fn main() {
    drop(parse(String::new()));
    drop(awaited());
    drop(mixed());
}
