//! Code of which clippy has nothing to say, and rustc neither.

#![deny(warnings, clippy::all, clippy::pedantic)]
#![deny(unused_results, missing_docs, unreachable_pub, unused_qualifications)]
#![forbid(unsafe_code)]

use async_proc::prelude::*;
use std::cell::RefCell;
use std::collections::HashMap;
use std::future::ready;
use std::sync::Mutex;

struct Store {
    entries: RefCell<HashMap<String, u32>>,
    total: Mutex<u32>,
}

impl Store {
    #[async_proc]
    async fn load(&self, key: &str) -> Option<u32> {
        let found = self.entries.borrow().get(key).copied();
        match found {
            Some(value) => Some(value),
            None if key.is_empty() => None,
            None => {
                let value = ready(1).await;
                if let Some(before) = self.entries.borrow_mut().insert(key.to_owned(), value) {
                    self.add(before).await;
                }
                Some(value)
            }
        }
    }

    #[async_proc]
    async fn add(&self, number: u32) {
        if let Ok(mut total) = self.total.lock() {
            *total += number;
        }
        ready(()).await;
    }
}

#[async_proc]
async fn sum(store: &Store, keys: &[String]) -> Result<u32, std::num::TryFromIntError> {
    let mut sum = 0;
    let mut index = 0;
    while let Some(key) = keys.get(index) {
        index += 1;
        let Some(value) = store.load(key).await else { continue };
        if value == 0 {
            break;
        }
        for _ in 0..value {
            sum += ready(1).await;
        }
    }
    let length = u32::try_from(keys.len())?;
    let doubled = async move { ready(length * 2).await }.await;
    Ok(sum + doubled)
}

#[async_proc]
fn greet(name: String) -> Future<String> {
    let (greeting, mut mark) = ready(("hello", '.')).await;
    if name.len() > 3 {
        mark = '!';
    }
    yield_fut!(Future::ready(1));
    let length = await_fut!(Future::ready(name.len()));
    Ok(format!("{greeting}, {name}{mark} {length}"))
}

#[async_proc]
fn run() {
    let store = Store { entries: RefCell::new(HashMap::new()), total: Mutex::new(0) };
    let sum = sum(&store, &["a".to_owned()]).await?;
    println!("{sum} {}", greet("you".to_owned()).await?);
}

fn main() -> Result<(), Error> {
    wait_for(run())
}

//@ procs
