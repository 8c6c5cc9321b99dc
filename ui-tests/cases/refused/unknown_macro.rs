//! What an unknown macro does with a suspension among its arguments is not known.

use async_proc::prelude::*;

macro_rules! twice {
    ($value:expr) => {
        $value + $value
    };
}

#[async_proc]
async fn awaited() -> u32 {
    twice!(std::future::ready(2).await)
}

fn main() {
    drop(awaited());
}
