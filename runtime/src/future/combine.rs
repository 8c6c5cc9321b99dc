//! Futures made of futures.
//!
//! Each listens to its members as any other listener would, and takes its callbacks back when it
//! is decided. Members that lose go on; if one fails later, that error is reported as unread.

use std::cell::{Cell, RefCell};
use std::mem;
use std::ops::{BitAnd, BitOr};
use std::panic::Location;
use std::rc::Rc;

use super::Future;
use super::callback::CallbackId;
use super::head::Handle;
use super::leaf::{Leaf, Leafed};
use crate::Error;

/// A [`Future`] or a reference to one: what combinators take.
pub trait AsFuture {
    /// The type of the value.
    type Value: 'static;

    /// The future.
    fn as_future(&self) -> &Future<Self::Value>;
}

impl<T: 'static> AsFuture for Future<T> {
    type Value = T;

    fn as_future(&self) -> &Future<T> {
        self
    }
}

impl<T: 'static> AsFuture for &Future<T> {
    type Value = T;

    fn as_future(&self) -> &Future<T> {
        self
    }
}

/// The callbacks by which a combined future hears of its members.
#[derive(Debug, Default)]
pub(crate) struct Listening(RefCell<Vec<CallbackId>>);

impl Listening {
    pub(crate) fn add(&self, id: CallbackId) {
        self.0.borrow_mut().push(id);
    }

    /// Takes the callbacks back.
    pub(crate) fn stop(&self) {
        // Taken out first: dropping a callback may run anything.
        let ids = mem::take(&mut *self.0.borrow_mut());
        for id in ids {
            id.remove();
        }
    }
}

impl Leaf for Listening {
    fn cancel(&self, upstream: &mut Vec<Handle>) {
        upstream.extend(self.0.borrow().iter().filter_map(CallbackId::subject));
        self.stop();
    }
}

/// A combined future that has not been decided.
pub(super) type Combined<T> = Leafed<Listening, T>;

pub(super) fn combined<T: 'static>(
    name: &'static str,
    created: &'static Location<'static>,
) -> Combined<T> {
    Leafed::new(name, created, Listening::default())
}

/// Ends a combined future, unless it has ended.
pub(super) fn decide<T: 'static>(combined: &Combined<T>, result: Result<T, Error>) {
    combined.leaf().stop();
    // The caller cancelled it, or another member decided it: the first to finish counts.
    let _ = match result {
        Ok(value) => combined.future().complete(value),
        Err(error) => combined.future().fail(error),
    };
}

/// Finishes when both have; fails as soon as one fails.
///
/// ```
/// use async_proc::{Future, dispatch, future};
///
/// let (a, b) = (Future::<u8>::new("a"), Future::<&str>::new("b"));
/// let both = future::and(&a, &b);
/// a.complete(1)?;
/// b.complete("one")?;
/// dispatch::wait_for(both)?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[track_caller]
pub fn and(a: impl AsFuture, b: impl AsFuture) -> Future<()> {
    and_at(a.as_future(), b.as_future(), Location::caller())
}

fn and_at<A: 'static, B: 'static>(
    a: &Future<A>,
    b: &Future<B>,
    created: &'static Location<'static>,
) -> Future<()> {
    let both = combined("and", created);
    let left = Rc::new(Cell::new(2));
    for_each(&both, a, left.clone());
    for_each(&both, b, left);
    both.into_future()
}

fn for_each<T: 'static>(both: &Combined<()>, member: &Future<T>, left: Rc<Cell<usize>>) {
    let listener = both.clone();
    both.leaf().add(member.add_callback(move |member| {
        left.set(left.get() - 1);
        match member.error() {
            Some(error) => decide(&listener, Err(error)),
            None if left.get() == 0 => decide(&listener, Ok(())),
            None => {}
        }
    }));
}

/// Follows whichever finishes first, and fails if that one failed. If both have finished already,
/// `a` decides. Which it was, the futures themselves tell.
///
/// ```
/// use async_proc::{Future, dispatch, future};
///
/// let (a, b) = (Future::<u8>::new("a"), Future::<&str>::new("b"));
/// let first = future::or(&a, &b);
/// b.complete("b was faster")?;
/// dispatch::wait_for(first)?;
/// assert!(b.finished() && !a.finished());
/// # Ok::<(), async_proc::Error>(())
/// ```
#[track_caller]
pub fn or(a: impl AsFuture, b: impl AsFuture) -> Future<()> {
    or_at(a.as_future(), b.as_future(), Location::caller())
}

fn or_at<A: 'static, B: 'static>(
    a: &Future<A>,
    b: &Future<B>,
    created: &'static Location<'static>,
) -> Future<()> {
    let first = combined("or", created);
    follow(&first, a);
    follow(&first, b);
    first.into_future()
}

fn follow<T: 'static>(first: &Combined<()>, member: &Future<T>) {
    let listener = first.clone();
    first.leaf().add(member.add_callback(move |member| {
        decide(&listener, member.error().map_or(Ok(()), Err));
    }));
}

/// Finishes with the values of all, in the order given; fails as soon as one fails. With no
/// futures it has finished at once. The values are cloned, so that others can read them too.
/// [`settle`](super::settle) waits for all in any case.
///
/// ```
/// use async_proc::{Future, dispatch, future};
///
/// let (a, b) = (Future::new("a"), Future::new("b"));
/// let both = future::all([&a, &b]);
/// b.complete(2)?;
/// a.complete(1)?;
/// assert_eq!(dispatch::wait_for(both)?, [1, 2]);
///
/// let pauses = (1..4).map(|ms| async_proc::sleep_async(std::time::Duration::from_millis(ms)));
/// dispatch::wait_for(future::all(pauses))?;
/// # Ok::<(), async_proc::Error>(())
/// ```
#[track_caller]
pub fn all<F>(futures: impl IntoIterator<Item = F>) -> Future<Vec<F::Value>>
where
    F: AsFuture,
    F::Value: Clone,
{
    let members: Vec<F> = futures.into_iter().collect();
    all_at(members.iter().map(F::as_future), Location::caller())
}

fn all_at<'a, T: Clone + 'static>(
    members: impl ExactSizeIterator<Item = &'a Future<T>>,
    created: &'static Location<'static>,
) -> Future<Vec<T>> {
    let all = combined("all", created);
    let count = members.len();
    if count == 0 {
        decide(&all, Ok(Vec::new()));
    }
    let values: Rc<RefCell<Vec<Option<T>>>> = Rc::new(RefCell::new(vec![None; count]));
    let left = Rc::new(Cell::new(count));
    for (index, member) in members.enumerate() {
        let (listener, values, left) = (all.clone(), values.clone(), left.clone());
        all.leaf().add(member.add_callback(move |member| match member.read() {
            Err(error) => decide(&listener, Err(error)),
            Ok(value) => {
                values.borrow_mut()[index] = Some(value);
                left.set(left.get() - 1);
                if left.get() == 0 {
                    decide(&listener, Ok(values.take().into_iter().flatten().collect()));
                }
            }
        }));
    }
    all.into_future()
}

/// [`and`] as an operator.
impl<A: 'static, B: AsFuture> BitAnd<B> for Future<A> {
    type Output = Future<()>;

    #[track_caller]
    fn bitand(self, other: B) -> Future<()> {
        and(self, other)
    }
}

/// [`and`] as an operator.
impl<A: 'static, B: AsFuture> BitAnd<B> for &Future<A> {
    type Output = Future<()>;

    #[track_caller]
    fn bitand(self, other: B) -> Future<()> {
        and(self, other)
    }
}

/// [`or`] as an operator.
impl<A: 'static, B: AsFuture> BitOr<B> for Future<A> {
    type Output = Future<()>;

    #[track_caller]
    fn bitor(self, other: B) -> Future<()> {
        or(self, other)
    }
}

/// [`or`] as an operator.
impl<A: 'static, B: AsFuture> BitOr<B> for &Future<A> {
    type Output = Future<()>;

    #[track_caller]
    fn bitor(self, other: B) -> Future<()> {
        or(self, other)
    }
}
