//! Locks and borrows that are held across a suspension.

#![warn(clippy::all, clippy::pedantic)]

use async_proc::prelude::*;
use std::cell::RefCell;
use std::future::ready;
use std::sync::{Mutex, RwLock};

#[async_proc]
async fn lock(total: &Mutex<u32>) {
    let mut total = total.lock().unwrap();
    *total += ready(1).await;
}

#[async_proc]
async fn read_lock(total: &RwLock<u32>) -> u32 {
    let total = total.read().unwrap();
    ready(()).await;
    *total
}

#[async_proc]
async fn cell(total: &RefCell<u32>) {
    let mut total = total.borrow_mut();
    *total += ready(1).await;
}

#[async_proc]
async fn shared_cell(total: &RefCell<u32>) -> u32 {
    let total = total.borrow();
    ready(*total).await
}

#[async_proc]
async fn released(total: &RefCell<u32>) -> u32 {
    let total = *total.borrow();
    ready(total).await
}

fn main() {
    drop(lock(&Mutex::new(1)));
    drop(read_lock(&RwLock::new(1)));
    drop(cell(&RefCell::new(1)));
    drop(shared_cell(&RefCell::new(1)));
    drop(released(&RefCell::new(1)));
}
