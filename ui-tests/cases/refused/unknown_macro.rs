//! What an unknown macro does with a suspension among its arguments is not known.

use async_proc::prelude::*;

macro_rules! twice {
    ($value:expr) => {
        $value + $value
    };
}

macro_rules! shout {
    (say $text:ident $times:tt) => {
        $text.repeat($times)
    };
}

#[async_proc]
async fn awaited() -> u32 {
    twice!(std::future::ready(2).await)
}

#[async_proc]
async fn named(text: String) -> String {
    std::future::ready(()).await;
    let loud = shout!(say text 2);
    std::future::ready(()).await;
    loud + &text
}

fn main() {
    drop(awaited());
    drop(named(String::new()));
}
