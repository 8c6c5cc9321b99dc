//! Macros of other crates that await: no lint sees them imported in vain, futures that stay pending
//! are woken by each other, and procs may use them.

#![deny(warnings, unused, clippy::all, clippy::pedantic)]
#![forbid(unsafe_code)]

use std::time::Duration;

use async_proc::prelude::*;
use tokio::{join, select, try_join};

#[async_proc]
fn first_of(a: Future<u32>, b: Future<u32>, limit: Duration) -> Future<Option<u32>> {
    select! {
        n = &a => Ok(Some(n?)),
        n = &b => Ok(Some(n? + 100)),
        slept = sleep_async(limit) => {
            slept?;
            Ok(None)
        }
    }
}

#[async_proc]
fn both(a: Future<u32>, b: Future<u32>) -> Future<u32> {
    let (a, b) = try_join!(a, b)?;
    Ok(a + b)
}

#[async_proc]
async fn sums(a: &Future<u32>, b: &Future<u32>) -> Result<u32, Error> {
    let (a, b) = join!(a, b);
    Ok(a? + b?)
}

#[test]
fn a_select_goes_on_with_whichever_future_finishes() -> Result<(), Error> {
    for chosen in 0..3 {
        let (a, b) = (Future::new("a"), Future::new("b"));
        let limit = Duration::from_millis(if chosen == 2 { 1 } else { 60_000 });
        let first = first_of(a.clone(), b.clone(), limit);
        match chosen {
            0 => a.complete(1)?,
            1 => b.complete(2)?,
            _ => {}
        }
        let expected = [Some(1), Some(102), None][chosen];
        assert_eq!(wait_for(first)?, expected);
    }
    Ok(())
}

#[test]
fn a_select_that_is_always_ready_chooses_each_branch_now_and_then() -> Result<(), Error> {
    let mut chosen = [0, 0];
    for _ in 0..200 {
        let first = first_of(Future::ready(0), Future::ready(0), Duration::from_mins(1));
        chosen[usize::from(wait_for(first)? == Some(100))] += 1;
    }
    // That one of them is never drawn in 200 times has a chance of 1 in 2 to the 199.
    assert!(chosen.iter().all(|&times| times > 0), "{chosen:?}");
    Ok(())
}

#[test]
fn a_join_ends_with_the_last_and_a_try_join_with_the_first_error() -> Result<(), Error> {
    let (a, b) = (Future::new("a"), Future::new("b"));
    let sum = both(a.clone(), b.clone());
    a.complete(1)?;
    poll(None)?;
    assert!(!sum.finished());
    b.complete(2)?;
    assert_eq!(wait_for(sum)?, 3);

    let (a, b) = (Future::new("a"), Future::new("never"));
    let sum = both(a.clone(), b);
    a.fail(Error::new("broken"))?;
    let error = wait_for(sum).err().map(|error| error.to_string());
    assert_eq!(error.as_deref(), Some("broken"));

    let (a, b) = (Future::new("a"), Future::ready(5));
    let sum = Future::from_std({
        let a = a.clone();
        async move { sums(&a, &b).await }
    });
    a.complete(4)?;
    assert_eq!(wait_for(sum)?, 9);
    Ok(())
}
