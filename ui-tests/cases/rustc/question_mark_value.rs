//! E0277: `?` on what has none, and with an error that the function's cannot be made from.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn number() -> Result<u32, std::fmt::Error> {
    let number = ready(1u32).await?;
    Ok(number)
}

#[async_proc]
async fn unit() -> Option<u32> {
    let number = ready(1u32).await;
    number.checked_add(1)?.count()?;
    None
}

#[async_proc]
async fn plain() -> Option<u32> {
    let number = 1u32;
    number?;
    Some(ready(number).await)
}

#[async_proc]
async fn other_error() -> Result<u32, std::fmt::Error> {
    let number: u32 = ready("1").await.parse()?;
    Ok(number)
}

#[async_proc]
async fn awaited_error() -> Result<u32, std::num::ParseIntError> {
    let number = ready(Err(std::fmt::Error)).await?;
    Ok(number)
}

fn main() {
    drop(number());
    drop(unit());
    drop(plain());
    drop(other_error());
    drop(awaited_error());
}
