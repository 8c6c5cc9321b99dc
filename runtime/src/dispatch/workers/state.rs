//! What all threads know of each other: whether to stop, and how they ended.

use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Waker};

use super::WorkerError;

#[derive(Debug, Default)]
pub(super) struct Shared(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    stopping: bool,
    running: usize,
    failed: bool,
    /// Of the first that failed, until it is told.
    failure: Option<WorkerError>,
    /// Who waits for the order to stop, or for the end.
    waiting: Vec<Waker>,
}

impl Shared {
    pub(super) fn stop(&self) {
        let mut state = self.state();
        if !mem::replace(&mut state.stopping, true) {
            wake(state);
        }
    }

    pub(super) fn is_stopping(&self) -> bool {
        self.state().stopping
    }

    /// A thread is about to be started.
    pub(super) fn begin(&self) {
        self.state().running += 1;
    }

    /// A thread has ended. A failure stops the others.
    pub(super) fn end(&self, failure: Option<WorkerError>) {
        let mut state = self.state();
        state.running -= 1;
        if failure.is_some() {
            state.stopping = true;
            state.failed = true;
        }
        state.failure = state.failure.take().or(failure);
        wake(state);
    }

    pub(super) fn take_failure(&self) -> Option<WorkerError> {
        self.state().failure.take()
    }

    /// Whether they are to stop; if not, `cx` is woken when they are.
    pub(super) fn poll_stopping(&self, cx: &Context<'_>) -> bool {
        let state = self.state();
        let stopping = state.stopping;
        poll(state, stopping, cx)
    }

    /// Whether all have ended or one has failed; if not, `cx` is woken when it may be so.
    pub(super) fn poll_ended(&self, cx: &Context<'_>) -> bool {
        let state = self.state();
        let ended = state.running == 0 || state.failed;
        poll(state, ended, cx)
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn poll(mut state: MutexGuard<'_, State>, done: bool, cx: &Context<'_>) -> bool {
    if !done && !state.waiting.iter().any(|other| other.will_wake(cx.waker())) {
        state.waiting.push(cx.waker().clone());
    }
    done
}

/// Wakes everyone, once nothing is locked.
fn wake(mut state: MutexGuard<'_, State>) {
    let waiting = mem::take(&mut state.waiting);
    drop(state);
    waiting.into_iter().for_each(Waker::wake);
}
