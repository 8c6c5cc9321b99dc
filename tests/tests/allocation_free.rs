//! An `#[async_proc] async fn` allocates nothing of its own. For the functions of the corpus the
//! driver sees to that, run by run; here it is counted.

use std::future::poll_fn;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use async_proc_tests::allocations;

async fn pause() {
    let mut first = true;
    poll_fn(|_| if std::mem::take(&mut first) { Poll::Pending } else { Poll::Ready(()) }).await;
}

#[cfg_attr(not(rustc_only), async_proc::async_proc)]
async fn inner(numbers: &[usize]) -> usize {
    let mut sum = 0;
    for number in numbers {
        pause().await;
        sum += number;
    }
    sum
}

#[cfg_attr(not(rustc_only), async_proc::async_proc)]
async fn outer(large: [usize; 64]) -> Result<usize, std::num::ParseIntError> {
    let first = inner(&large).await;
    let parsed: usize = "12".parse()?;
    pause().await;
    Ok(first + parsed + inner(&large[..2]).await)
}

#[cfg_attr(not(rustc_only), async_proc::async_proc)]
async fn consumes_by_closures(large: [u8; 64]) -> usize {
    let option = Some(large);
    let owned = Owned(large);
    pause().await;
    let first = option.map(|bytes| bytes.len());
    let length = || {
        let Owned(bytes) = &{ owned };
        bytes.len()
    };
    pause().await;
    first.unwrap_or(0) + length()
}

struct Owned([u8; 64]);

impl Drop for Owned {
    fn drop(&mut self) {}
}

#[cfg_attr(not(rustc_only), async_proc::async_proc)]
async fn allocates_itself() -> usize {
    let boxed = Box::new(1);
    pause().await;
    *boxed
}

/// The result of `future`, and how often it was polled and something was allocated on the way.
fn measure<F: Future>(make: impl FnOnce() -> F) -> (F::Output, usize, usize) {
    let before = allocations();
    let mut future = pin!(make());
    let mut cx = Context::from_waker(Waker::noop());
    for polls in 1.. {
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return (value, polls, allocations() - before);
        }
    }
    unreachable!("polled for ever")
}

#[test]
fn nothing_is_allocated() {
    let (sum, polls, allocations) = measure(|| outer([1; 64]));
    assert_eq!((sum, polls, allocations), (Ok(64 + 12 + 2), 64 + 1 + 2 + 1, 0));
}

#[test]
fn closures_that_consume_what_they_capture_allocate_nothing() {
    assert_eq!(measure(|| consumes_by_closures([1; 64])), (64 + 64, 3, 0));
}

#[test]
fn what_the_body_allocates_is_counted() {
    assert_eq!(measure(allocates_itself), (1, 2, 1));
}
