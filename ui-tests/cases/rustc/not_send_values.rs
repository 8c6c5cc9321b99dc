//! Not `Send`: an `Rc`, a guard, a raw pointer, a reference to what is not `Sync`, each held across
//! a suspension.

use async_proc::prelude::*;
use std::cell::Cell;
use std::future::{Future, ready};
use std::rc::Rc;
use std::sync::Mutex;

fn is_send(task: impl Future + Send) {
    drop(task);
}

#[async_proc]
async fn rc() {
    let shared = Rc::new(1);
    ready(()).await;
    drop(shared);
}

#[async_proc]
async fn guard(numbers: &Mutex<Vec<u32>>) {
    let mut numbers = numbers.lock().unwrap();
    numbers.push(ready(1).await);
}

#[async_proc]
async fn raw_pointer_temporary() {
    takes(std::ptr::null::<u8>(), ready(()).await);
}

fn takes<T>(_: *const T, _: ()) {}

#[async_proc]
async fn reference(cell: &Cell<u32>) {
    let borrowed = cell;
    ready(()).await;
    borrowed.set(1);
}

#[async_proc]
async fn generic<T>(value: T) {
    ready(()).await;
    drop(value);
}

fn main() {
    is_send(rc());
    is_send(guard(&Mutex::new(Vec::new())));
    is_send(raw_pointer_temporary());
    is_send(reference(&Cell::new(1)));
    is_send(generic(Rc::new(1)));
}
