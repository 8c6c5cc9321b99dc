//! Items of inner blocks that cannot be compiled twice, or would mean something else.

use async_proc::prelude::*;
use std::future::ready;

#[async_proc]
async fn length() -> usize {
    {
        struct Long;
        impl Long {
            fn length(&self) -> usize {
                8
            }
        }
        Long.length()
    }
}

macro_rules! scaled {
    ($number:expr) => {
        $number
    };
}

#[async_proc]
async fn before_and_after(number: u32) -> u32 {
    let number = scaled!(number);
    macro_rules! scaled {
        ($number:expr) => {
            $number * 10
        };
    }
    ready(()).await;
    scaled!(number)
}

#[async_proc]
async fn by_name(text: String) -> usize {
    let count = text.len();
    let more = {
        macro_rules! more {
            () => {
                count + 1
            };
        }
        ready(()).await;
        more!()
    };
    ready(()).await;
    count + more
}

#[async_proc]
async fn parts() -> usize {
    let text = {
        struct Size(usize);
        enum Kind {
            Text(String),
            Size(Size),
        }
        let kind = Kind::Text(String::new());
        ready(()).await;
        let Kind::Text(text) = kind else { return 0 };
        text
    };
    struct Size;
    ready(Size).await;
    text.len()
}

fn main() {
    drop(length());
    drop(before_and_after(1));
    drop(by_name(String::new()));
    drop(parts());
}
