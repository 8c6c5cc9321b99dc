//! All of several futures, or the first error.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::member::Member;
use super::several::{Nothing, Several, SeveralProj};

/// Futures that are polled until all are done.
pub trait Members {
    /// What they give, one in the other.
    type Outputs;

    /// How many there are.
    const COUNT: usize;

    /// Polls the one with the number `index`, unless it is done. Whether it is.
    fn poll_one(self: Pin<&mut Self>, index: usize, cx: &mut Context<'_>) -> bool;

    /// Takes out what they gave, once all are done.
    fn take_all(self: Pin<&mut Self>) -> Self::Outputs;
}

/// Futures that are polled until all are done, or one has failed.
pub trait TryMembers<E>: Members {
    /// The values in what they give.
    type Values;

    /// Polls the one with the number `index`, unless it is done. Whether it is.
    ///
    /// # Errors
    ///
    /// It has failed.
    fn try_one(self: Pin<&mut Self>, index: usize, cx: &mut Context<'_>) -> Result<bool, E>;

    /// Takes out the values, once all are done.
    fn take_values(self: Pin<&mut Self>) -> Self::Values;
}

impl Members for Nothing {
    type Outputs = ();

    const COUNT: usize = 0;

    fn poll_one(self: Pin<&mut Self>, _: usize, _: &mut Context<'_>) -> bool {
        true
    }

    fn take_all(self: Pin<&mut Self>) {}
}

impl<E> TryMembers<E> for Nothing {
    type Values = ();

    fn try_one(self: Pin<&mut Self>, _: usize, _: &mut Context<'_>) -> Result<bool, E> {
        Ok(true)
    }

    fn take_values(self: Pin<&mut Self>) {}
}

impl<F: Future, B: Members> Members for Several<Member<F>, B> {
    type Outputs = (F::Output, B::Outputs);

    const COUNT: usize = B::COUNT + 1;

    fn poll_one(self: Pin<&mut Self>, index: usize, cx: &mut Context<'_>) -> bool {
        let SeveralProj { first, rest } = self.project();
        match index.checked_sub(1) {
            Some(index) => rest.poll_one(index, cx),
            None => first.poll_member(cx),
        }
    }

    fn take_all(self: Pin<&mut Self>) -> Self::Outputs {
        let SeveralProj { first, rest } = self.project();
        (first.take(), rest.take_all())
    }
}

impl<F, B, T, E> TryMembers<E> for Several<Member<F>, B>
where
    F: Future<Output = Result<T, E>>,
    B: TryMembers<E>,
{
    type Values = (T, B::Values);

    fn try_one(self: Pin<&mut Self>, index: usize, cx: &mut Context<'_>) -> Result<bool, E> {
        let SeveralProj { mut first, rest } = self.project();
        if let Some(index) = index.checked_sub(1) {
            return rest.try_one(index, cx);
        }
        let done = first.as_mut().poll_member(cx);
        match first.as_mut().output() {
            Some(Err(_)) => first.take().map(|_| done),
            _ => Ok(done),
        }
    }

    fn take_values(self: Pin<&mut Self>) -> Self::Values {
        let SeveralProj { first, rest } = self.project();
        match first.take() {
            Ok(value) => (value, rest.take_values()),
            Err(_) => unreachable!("the first error ends the wait"),
        }
    }
}

/// In which order they are polled.
#[derive(Debug)]
pub enum Turns {
    /// From the first to the last.
    Forwards,
    /// From the last to the first, for those that are to be dropped so.
    Backwards,
    /// From this one on, and the next time from the one after it.
    From(usize),
}

impl Turns {
    /// The numbers of all of `count`, in the order in which they are polled this time.
    fn next(&mut self, count: usize) -> impl Iterator<Item = usize> + use<> {
        let (first, backwards) = match self {
            Turns::Forwards => (0, false),
            Turns::Backwards => (0, true),
            Turns::From(first) => {
                let next = (*first + 1) % count.max(1);
                (std::mem::replace(first, next), false)
            }
        };
        let order = (first..count).chain(0..first);
        order.map(move |index| if backwards { count - 1 - index } else { index })
    }
}

pin_project! {
    /// Waits for all of several futures.
    #[derive(Debug)]
    #[must_use = "nothing is polled unless it is awaited"]
    pub struct Join<B> {
        #[pin]
        members: B,
        turns: Turns,
    }
}

/// Waits for all of several futures.
pub fn join<B: Members>(turns: Turns, members: B) -> Join<B> {
    Join { members, turns }
}

impl<B: Members> Future for Join<B> {
    type Output = B::Outputs;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B::Outputs> {
        let mut this = self.project();
        let mut done = true;
        for index in this.turns.next(B::COUNT) {
            done &= this.members.as_mut().poll_one(index, cx);
        }
        if done { Poll::Ready(this.members.take_all()) } else { Poll::Pending }
    }
}

pin_project! {
    /// Waits for all of several futures, or for the first error.
    #[derive(Debug)]
    #[must_use = "nothing is polled unless it is awaited"]
    pub struct TryJoin<B> {
        #[pin]
        members: B,
        turns: Turns,
    }
}

/// As [`join`], up to the first error. The futures that are not done then are dropped.
pub fn try_join<B>(turns: Turns, members: B) -> TryJoin<B> {
    TryJoin { members, turns }
}

impl<F, B, T, E> Future for TryJoin<Several<Member<F>, B>>
where
    F: Future<Output = Result<T, E>>,
    B: TryMembers<E>,
{
    type Output = Result<(T, B::Values), E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let mut done = true;
        for index in this.turns.next(B::COUNT + 1) {
            match this.members.as_mut().try_one(index, cx) {
                Ok(one) => done &= one,
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        if done { Poll::Ready(Ok(this.members.take_values())) } else { Poll::Pending }
    }
}
