//! One of the threads.

use std::cell::Cell;
use std::future::poll_fn;
use std::io;
use std::panic::{self, AssertUnwindSafe};
use std::rc::Rc;
use std::sync::Arc;
use std::task::Poll;
use std::thread::{Builder, JoinHandle};

use super::WorkerError;
use super::state::Shared;
use crate::dispatch::wait_for;
use crate::{Error, ErrorKind, Future};

/// One of several threads that do the same, as its work knows it.
#[derive(Debug, Clone)]
pub struct Worker(Rc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    index: usize,
    count: usize,
    stop: Future<()>,
    /// The work wants to be told, and not to be cancelled.
    asked: Cell<bool>,
}

impl Worker {
    /// The name of the thread.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Which one it is, from 0.
    pub fn index(&self) -> usize {
        self.0.index
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.count
    }

    /// Finishes when they are to stop. Work that has asked for this puts things in order then, and
    /// ends; work that has not is cancelled.
    pub fn stopped(&self) -> Future<()> {
        self.0.asked.set(true);
        self.0.stop.clone()
    }
}

pub(super) fn start(
    shared: &Arc<Shared>,
    name: &str,
    index: usize,
    count: usize,
    work: impl FnOnce(Worker) -> Future<()> + Send + 'static,
) -> io::Result<JoinHandle<()>> {
    let name = format!("{name}-{index}");
    let of_thread = (shared.clone(), name.clone());
    shared.begin();
    let started = Builder::new().name(name).spawn(move || {
        let (shared, name) = of_thread;
        let ended =
            panic::catch_unwind(AssertUnwindSafe(|| run(&shared, &name, index, count, work)));
        let failure = match ended {
            Ok(Ok(())) => None,
            Ok(Err(error)) => Some(error),
            Err(payload) => Some(Error::panicked(payload)),
        };
        shared.end(failure.map(|error| WorkerError { thread: name, error }));
    });
    if started.is_err() {
        shared.end(None);
    }
    started
}

fn run(
    shared: &Arc<Shared>,
    name: &str,
    index: usize,
    count: usize,
    work: impl FnOnce(Worker) -> Future<()>,
) -> Result<(), Error> {
    let stopping = shared.clone();
    let stop = Future::from_infallible(poll_fn(move |cx| match stopping.poll_stopping(cx) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    }));
    let asked = Cell::new(false);
    let worker =
        Worker(Rc::new(Inner { name: name.to_owned(), index, count, stop: stop.clone(), asked }));
    let work = work(worker.clone());
    let (told, to_cancel) = (worker, work.clone());
    stop.add_callback(move |_| {
        if !told.0.asked.get() {
            to_cancel.cancel();
        }
    });
    match wait_for(work) {
        Err(error) if error.kind() == ErrorKind::Cancelled && shared.is_stopping() => Ok(()),
        ended => ended,
    }
}
