//! Procs that call themselves, and each other: a call is an allocation of its own, so nothing needs
//! a `Box::pin`.

use async_proc::prelude::*;

/// Sums the numbers up to `n`, waiting at each.
#[async_proc]
fn sum(n: u64) -> Future<u64> {
    if n == 0 {
        return Ok(0);
    }
    let below = sum(n - 1).await?;
    let n = Future::ready(n).await?;
    Ok(below + n)
}

#[async_proc]
fn even(n: u64) -> Future<bool> {
    match n {
        0 => Ok(true),
        n => odd(n - 1).await,
    }
}

#[async_proc]
fn odd(n: u64) -> Future<bool> {
    if n == 0 { Ok(false) } else { Ok(await_fut!(even(n - 1))) }
}

/// The leaves of a tree, each branch of which runs at once.
#[async_proc]
fn leaves(depth: u32) -> Future<u64> {
    if depth == 0 {
        return Ok(1);
    }
    let (left, right) = (leaves(depth - 1), leaves(depth - 1));
    Ok(left.await? + right.await?)
}

#[async_proc]
fn fails_below(n: u32) {
    if n == 0 {
        return Err(Error::new("at the bottom"));
    }
    fails_below(n - 1).await
}

#[test]
fn a_proc_calls_itself() -> Result<(), Error> {
    assert_eq!(wait_for(sum(100))?, 5050);
    assert_eq!(wait_for(leaves(8))?, 256);
    Ok(())
}

#[test]
fn procs_call_each_other() -> Result<(), Error> {
    assert!(wait_for(even(10))?);
    assert!(!wait_for(even(11))?);
    Ok(())
}

#[test]
fn an_error_comes_up_through_every_call() {
    assert!(wait_for(fails_below(5)).is_err_and(|error| error.to_string() == "at the bottom"));
}
