//! Futures that give their members back.

use std::cell::Cell;
use std::panic::Location;
use std::rc::Rc;

use super::Future;
use super::combine::{AsFuture, combined, decide};
use crate::error::{FutureError, FutureErrorKind};

/// What a [`race`] ended with.
#[derive(Debug, Clone)]
pub struct Raced<T> {
    /// The place of the first to finish, among the futures that were given, from 0.
    pub index: usize,
    /// The first to finish, with a value or an error.
    pub finished: Future<T>,
    /// The others, in the order given. They go on.
    pub rest: Vec<Future<T>>,
}

/// Finishes when the first of the futures does, says which it is, and gives the others back, which
/// go on. That the first has failed does not fail the race. Of several that have finished already,
/// the one named first wins.
///
/// # Errors
///
/// The race fails at once, with a [`FutureError`] of kind [`NoMembers`](FutureErrorKind::NoMembers),
/// if there are no futures.
///
/// ```
/// use async_proc::{future, prelude::*};
/// use std::time::Duration;
///
/// #[async_proc]
/// fn nap(ms: u64) -> Future<u64> {
///     sleep_async(Duration::from_millis(ms)).await?;
///     Ok(ms)
/// }
///
/// let mut naps = vec![nap(30), nap(2), nap(15)];
/// while !naps.is_empty() {
///     let raced = wait_for(future::race(naps))?;
///     println!("{} ms were over", raced.finished.read()?);
///     naps = raced.rest;
/// }
/// # Ok::<(), Error>(())
/// ```
#[track_caller]
pub fn race<F: AsFuture>(futures: impl IntoIterator<Item = F>) -> Future<Raced<F::Value>> {
    race_at(members(futures), Location::caller())
}

fn race_at<T: 'static>(
    members: Rc<[Future<T>]>,
    created: &'static Location<'static>,
) -> Future<Raced<T>> {
    let race = combined("race", created);
    if members.is_empty() {
        let error = FutureError::new(FutureErrorKind::NoMembers, "race", created);
        decide(&race, Err(error.into()));
    }
    for (index, member) in members.iter().enumerate() {
        let (listener, members) = (race.clone(), members.clone());
        race.leaf().add(member.add_callback(move |finished| {
            let rest = members.iter().enumerate().filter(|(other, _)| *other != index);
            let rest = rest.map(|(_, member)| member.clone()).collect();
            decide(&listener, Ok(Raced { index, finished: finished.clone(), rest }));
        }));
    }
    race.into_future()
}

/// Finishes when all of the futures have, and gives them back, in the order given: it waits for
/// each, and fails for none. With no futures it has finished at once.
///
/// ```
/// use async_proc::{Error, Future, dispatch, future};
///
/// let (a, b) = (Future::<u8>::new("a"), Future::<u8>::new("b"));
/// let both = future::settle([&a, &b]);
/// a.fail(Error::new("no answer"))?;
/// b.complete(2)?;
/// let both = dispatch::wait_for(both)?;
/// assert!(both[0].failed());
/// assert_eq!(both[1].read()?, 2);
/// # Ok::<(), Error>(())
/// ```
#[track_caller]
pub fn settle<F: AsFuture>(futures: impl IntoIterator<Item = F>) -> Future<Vec<Future<F::Value>>> {
    settle_at(members(futures), Location::caller())
}

fn settle_at<T: 'static>(
    members: Rc<[Future<T>]>,
    created: &'static Location<'static>,
) -> Future<Vec<Future<T>>> {
    let settled = combined("settle", created);
    if members.is_empty() {
        decide(&settled, Ok(Vec::new()));
    }
    let left = Rc::new(Cell::new(members.len()));
    for member in &*members {
        let (listener, members, left) = (settled.clone(), members.clone(), left.clone());
        settled.leaf().add(member.add_callback(move |_| {
            left.set(left.get() - 1);
            if left.get() == 0 {
                decide(&listener, Ok(members.to_vec()));
            }
        }));
    }
    settled.into_future()
}

fn members<F: AsFuture>(futures: impl IntoIterator<Item = F>) -> Rc<[Future<F::Value>]> {
    futures.into_iter().map(|future| future.as_future().clone()).collect()
}
