//! More than one core: threads with a dispatcher each, that are started and stopped together.
//!
//! Nothing is shared between dispatchers, so work is shared out from the beginning: each thread gets
//! a part of its own, such as a listener on a common port
//! ([`net::serve_threads`](crate::net::serve_threads)).

mod error;
mod state;
mod thread;

pub use error::WorkerError;
pub use thread::Worker;

use std::num::NonZero;
use std::sync::Arc;
use std::task::Poll;
use std::thread::{JoinHandle, available_parallelism};

use state::Shared;

use crate::{Error, Future};

/// Threads that have been started together. Each runs a dispatcher of its own until the future of its
/// work has finished.
///
/// The first that fails, or panics, stops the others. Dropping this stops them all, without waiting
/// for them.
///
/// ```
/// use async_proc::prelude::*;
/// use async_proc::dispatch::{Worker, Workers};
///
/// #[async_proc]
/// fn work(worker: Worker) -> Future<()> {
///     println!("{} of {}", worker.index(), worker.count());
///     worker.stopped().await?;
///     println!("{} puts things in order", worker.name());
/// }
///
/// let workers = Workers::start("worker", 2, work)?;
/// workers.stop();
/// workers.join()?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Debug)]
pub struct Workers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

/// Stops threads that have been started together, from any thread.
#[derive(Debug, Clone)]
pub struct Stopper(Arc<Shared>);

impl Workers {
    /// Starts `count` threads, as many as the machine has processors if that is 0. Each calls `work` and
    /// runs until the future it gives has finished. They are called `name-0`, `name-1` and so on.
    ///
    /// # Errors
    ///
    /// The system cannot start a thread. Those that were started have been stopped then.
    pub fn start<F>(name: &str, count: usize, work: F) -> Result<Workers, Error>
    where
        F: Fn(Worker) -> Future<()> + Send + Sync + 'static,
    {
        Self::start_each(name, vec![(); threads(count)], move |(), worker| work(worker))
    }

    /// Starts a thread for each of `parts`, which `work` is given there.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start).
    pub fn start_each<P, F>(name: &str, parts: Vec<P>, work: F) -> Result<Workers, Error>
    where
        P: Send + 'static,
        F: Fn(P, Worker) -> Future<()> + Send + Sync + 'static,
    {
        let (work, count) = (Arc::new(work), parts.len());
        let mut workers =
            Workers { shared: Arc::new(Shared::default()), threads: Vec::with_capacity(count) };
        for (index, part) in parts.into_iter().enumerate() {
            let work = work.clone();
            let started = thread::start(&workers.shared, name, index, count, move |worker| {
                work(part, worker)
            });
            match started {
                Ok(thread) => workers.threads.push(thread),
                Err(error) => {
                    workers.stop();
                    let _ = workers.join();
                    return Err(error.into());
                }
            }
        }
        Ok(workers)
    }

    /// How many threads were started.
    pub fn count(&self) -> usize {
        self.threads.len()
    }

    /// Tells all of them to stop: [`Worker::stopped`] finishes, and work that has not asked for it is
    /// [cancelled](Future::cancel). Doing it again does nothing.
    pub fn stop(&self) {
        self.shared.stop();
    }

    /// What stops them from elsewhere, such as another thread.
    pub fn stopper(&self) -> Stopper {
        Stopper(self.shared.clone())
    }

    /// Finishes on this thread's dispatcher when all of them have ended, or when one has failed. What
    /// it was that failed, [`join`](Self::join) tells.
    #[track_caller]
    pub fn ended(&self) -> Future<()> {
        let shared = self.shared.clone();
        Future::from_infallible(std::future::poll_fn(move |cx| match shared.poll_ended(cx) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }))
    }

    /// Waits until all of them have ended, which blocks this thread.
    ///
    /// # Errors
    ///
    /// The failure of the first that failed, with its name. Its work failed, or something else on its
    /// dispatcher did ([`async_check`](crate::async_check)), or it panicked.
    pub fn join(mut self) -> Result<(), WorkerError> {
        for thread in self.threads.drain(..) {
            // Its panics are caught and reported by itself.
            let _ = thread.join();
        }
        self.shared.take_failure().map_or(Ok(()), Err)
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Stopper {
    /// As [`Workers::stop`].
    pub fn stop(&self) {
        self.0.stop();
    }
}

/// As many threads as were asked for, or as there are processors.
pub(crate) fn threads(count: usize) -> usize {
    match count {
        0 => available_parallelism().map_or(1, NonZero::get),
        count => count,
    }
}
