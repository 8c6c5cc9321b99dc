//! What the module promises, with exact counts.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod callbacks;
mod cancelling;
mod combining;
mod failing;
mod procs;
mod scale;
mod streams;
mod vars;
mod wakers;

use std::cell::RefCell;
use std::rc::Rc;

use crate::dispatch;

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Rc<RefCell<Vec<String>>>);

impl Log {
    fn note(&self, what: impl ToString) {
        self.0.borrow_mut().push(what.to_string());
    }

    fn take(&self) -> Vec<String> {
        self.0.take()
    }
}

/// Runs what is queued, without waiting for anything.
fn settle() {
    while super::schedule::with(|schedule| schedule.has_queued()) {
        super::schedule::with(|schedule| schedule.run(dispatch::BATCH)).unwrap();
    }
}

/// A number of things to do: fewer where each takes long.
fn many(count: usize) -> usize {
    if cfg!(miri) { count / 1000 } else { count }
}
