//! Waiting without raising: what `yield_fut!` stands for.

use std::pin::Pin;
use std::task::{Context, Poll};

use super::{Future, polling};

/// Waits until a future has finished, and gives its handle back. Made by [`yielded`].
#[derive(Debug)]
#[must_use = "nothing is waited for unless it is awaited"]
pub struct Yielded<T>(Option<Future<T>>);

/// Waits until `future` has finished, whether with a value or an error, and gives its handle back.
/// [`yield_fut!`](crate::yield_fut) awaits this.
pub fn yielded<T>(future: Future<T>) -> Yielded<T> {
    Yielded(Some(future))
}

impl<T> std::future::Future for Yielded<T> {
    type Output = Future<T>;

    /// # Panics
    ///
    /// If polled after it was ready.
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Future<T>> {
        match self.0.take() {
            Some(future) if future.finished() => Poll::Ready(future),
            Some(future) => {
                polling::wait(future.handle(), cx.waker());
                self.0 = Some(future);
                Poll::Pending
            }
            None => panic!("polled after it was ready"),
        }
    }
}
