//! Borrows, a loop, a macro, `?`.
//@ differs named_arguments_used_positionally: the machine names what a format string names

use async_proc::prelude::*;
use std::future::ready;

fn main() {
    drop(total(&[]));
}

#[async_proc]
async fn total(names: &[String]) -> Result<usize, std::fmt::Error> {
    let mut total = 0;
    for name in names {
        let size: usize = ready(Ok(name.len())).await?;
        if size == 0 || name.starts_with("a") {
            continue;
        }
        println!("{name} has {}", ready(size).await);
        total += size;
    }
    Ok(total)
}
