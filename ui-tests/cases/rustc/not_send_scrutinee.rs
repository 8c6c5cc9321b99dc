//! Not `Send`: what a `match`, an `if let`, a `let … else` keeps across a suspension.

use async_proc::prelude::*;
use std::cell::Cell;
use std::future::{Future, ready};
use std::rc::Rc;

fn is_send(task: impl Future + Send) {
    drop(task);
}

struct Shared(Cell<u32>);

fn shared() -> Option<Rc<Shared>> {
    None
}

fn number(shared: &Shared) -> Option<u32> {
    Some(shared.0.get())
}

#[async_proc]
async fn matched() {
    match number(&Shared(Cell::new(1))) {
        Some(number) => drop(ready(number).await),
        None => {}
    }
}

#[async_proc]
async fn by_reference() {
    match &Shared(Cell::new(1)) {
        shared => drop((ready(()).await, number(shared))),
    }
}

#[async_proc]
async fn if_let() {
    if let Some(_shared) = shared() {
        ready(()).await;
    }
}

#[async_proc]
async fn let_else() {
    let Some(_shared) = shared() else { return };
    ready(()).await;
}

#[async_proc]
async fn condition() {
    if number(&Rc::new(Shared(Cell::new(1)))).is_some() {
        ready(()).await;
    }
}

fn main() {
    is_send(matched());
    is_send(by_reference());
    is_send(if_let());
    is_send(let_else());
    is_send(condition());
}
