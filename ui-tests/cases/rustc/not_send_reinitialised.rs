//! Not `Send`: what was dropped in part, or given a value again.

use async_proc::prelude::*;
use std::future::{Future, ready};
use std::rc::Rc;

fn is_send(task: impl Future + Send) {
    drop(task);
}

#[async_proc]
async fn in_part() {
    let pair = (Rc::new(1), Rc::new(2));
    drop(pair.0);
    ready(()).await;
}

#[async_proc]
async fn again() {
    let mut shared = Rc::new(1);
    drop(shared);
    shared = Rc::new(2);
    ready(()).await;
    drop(shared);
}

#[async_proc]
async fn dropped_in_time() {
    let shared = Rc::new(1);
    drop(shared);
    ready(()).await;
}

fn main() {
    is_send(in_part());
    is_send(again());
    is_send(dropped_in_time());
}
