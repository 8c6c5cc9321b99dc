//! What the tests of Nim's `asyncdispatch` assert, asserted of procs and futures here. Each test is
//! named after the behaviour; `tests/README.md` says which of Nim's files it stands for.

#![allow(clippy::unwrap_used, reason = "in a test a panic is the report")]

mod combinators;
mod events;
mod expressions;
mod future_vars;
mod futures;
mod memory;
mod polling;
mod procs;
mod scale;
mod streams;
mod timer_callbacks;
mod timers;
mod tracebacks;
mod tries;

#[cfg(unix)]
mod accept;
#[cfg(unix)]
mod datagrams;
#[cfg(unix)]
mod processes;
#[cfg(unix)]
mod readiness;
#[cfg(unix)]
mod signals;
#[cfg(unix)]
mod sockets;

use std::cell::RefCell;
use std::rc::Rc;

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
