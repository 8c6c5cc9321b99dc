//! A future of a `join!`, and what it gave.

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// A future until it is ready, then what it gave, until that is taken.
    pub struct Member<F: Future> {
        #[pin]
        stage: Stage<F>,
    }
}

pin_project! {
    #[project = StageProj]
    #[project_replace = StageTaken]
    enum Stage<F: Future> {
        Pending { #[pin] future: F },
        Done { output: F::Output },
        Taken,
    }
}

/// A future that others are joined with.
pub fn member<F: IntoFuture>(future: F) -> Member<F::IntoFuture> {
    Member { stage: Stage::Pending { future: future.into_future() } }
}

impl<F: Future> fmt::Debug for Member<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").finish_non_exhaustive()
    }
}

impl<F: Future> Member<F> {
    /// Polls the future unless it is done, and drops it when it is. Whether it is done.
    pub(super) fn poll_member(self: Pin<&mut Self>, cx: &mut Context<'_>) -> bool {
        let mut stage = self.project().stage;
        if let StageProj::Pending { future } = stage.as_mut().project() {
            let Poll::Ready(output) = future.poll(cx) else { return false };
            stage.set(Stage::Done { output });
        }
        true
    }

    /// What it gave, if that is there.
    pub(super) fn output(self: Pin<&mut Self>) -> Option<&mut F::Output> {
        match self.project().stage.project() {
            StageProj::Done { output } => Some(output),
            _ => None,
        }
    }

    /// Takes what it gave.
    ///
    /// # Panics
    ///
    /// If that is not there: the `join!` was polled after it was ready.
    pub(super) fn take(self: Pin<&mut Self>) -> F::Output {
        match self.project().stage.project_replace(Stage::Taken) {
            StageTaken::Done { output } => output,
            _ => panic!("polled after it was ready"),
        }
    }
}
