//! The first of several futures to give what is wanted.

use std::cell::Cell;
use std::future::{Future, IntoFuture};
use std::hash::{BuildHasher, RandomState};
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::several::{Nothing, Several, SeveralProj};

pin_project! {
    /// A branch of a `select!`: its future, and what it must give to be chosen.
    #[project = BranchProj]
    #[derive(Debug)]
    pub struct Branch<F, A> {
        #[pin]
        future: F,
        accepts: A,
        // Not any more once it gave something else.
        open: bool,
    }
}

/// A branch. One that is not open is not polled.
pub fn branch<F, A>(open: bool, future: F, accepts: A) -> Branch<F::IntoFuture, A>
where
    F: IntoFuture,
    A: FnMut(&F::Output) -> bool,
{
    Branch { future: future.into_future(), accepts, open }
}

/// Which branch was chosen, with what it gave: this one, or one of those behind it.
#[derive(Debug)]
pub enum Chosen<A, B> {
    /// This one.
    This(A),
    /// One behind it, or none.
    Later(B),
}

/// What polling one of the branches gave.
pub enum Polled<T> {
    /// It was chosen.
    Chosen(T),
    /// It is not ready.
    Pending,
    /// It is not open, or is not any more.
    Closed,
}

/// The branches of a `select!`.
pub trait Branches {
    /// Which of them was chosen.
    type Chosen;

    /// How many there are.
    const COUNT: usize;

    /// Polls the one with the number `index`.
    fn poll_branch(
        self: Pin<&mut Self>,
        index: usize,
        cx: &mut Context<'_>,
    ) -> Polled<Self::Chosen>;

    /// What it is if no branch is open.
    fn none() -> Self::Chosen;
}

impl Branches for Nothing {
    type Chosen = Nothing;

    const COUNT: usize = 0;

    fn poll_branch(self: Pin<&mut Self>, _: usize, _: &mut Context<'_>) -> Polled<Nothing> {
        Polled::Closed
    }

    fn none() -> Nothing {
        Nothing
    }
}

impl<F, A, B> Branches for Several<Branch<F, A>, B>
where
    F: Future,
    A: FnMut(&F::Output) -> bool,
    B: Branches,
{
    type Chosen = Chosen<F::Output, B::Chosen>;

    const COUNT: usize = B::COUNT + 1;

    fn poll_branch(
        self: Pin<&mut Self>,
        index: usize,
        cx: &mut Context<'_>,
    ) -> Polled<Self::Chosen> {
        let SeveralProj { first, rest } = self.project();
        if index > 0 {
            return match rest.poll_branch(index - 1, cx) {
                Polled::Chosen(chosen) => Polled::Chosen(Chosen::Later(chosen)),
                Polled::Pending => Polled::Pending,
                Polled::Closed => Polled::Closed,
            };
        }
        let BranchProj { future, accepts, open } = first.project();
        if !*open {
            return Polled::Closed;
        }
        let Poll::Ready(output) = future.poll(cx) else { return Polled::Pending };
        *open = false;
        match accepts(&output) {
            true => Polled::Chosen(Chosen::This(output)),
            false => Polled::Closed,
        }
    }

    fn none() -> Self::Chosen {
        Chosen::Later(B::none())
    }
}

pin_project! {
    /// Waits for the first branch that gives what is wanted.
    #[project = SelectProj]
    #[derive(Debug)]
    #[must_use = "nothing is polled unless it is awaited"]
    pub struct Select<B> {
        #[pin]
        branches: B,
        biased: bool,
    }
}

/// Waits for the first branch that gives what is wanted. Each poll begins with a branch of its own
/// choosing, so that one which is always ready keeps none waiting; if `biased`, with the first.
pub fn select<B: Branches>(biased: bool, branches: B) -> Select<B> {
    Select { branches, biased }
}

impl<B: Branches> Future for Select<B> {
    type Output = B::Chosen;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<B::Chosen> {
        let SelectProj { mut branches, biased } = self.project();
        let begin = if *biased || B::COUNT < 2 { 0 } else { random() % B::COUNT };
        let mut pending = false;
        for index in (begin..B::COUNT).chain(0..begin) {
            match branches.as_mut().poll_branch(index, cx) {
                Polled::Chosen(chosen) => return Poll::Ready(chosen),
                Polled::Pending => pending = true,
                Polled::Closed => {}
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(B::none()) }
    }
}

/// A number nobody can tell beforehand, and nobody's secret.
fn random() -> usize {
    thread_local!(static STATE: Cell<u64> = Cell::new(RandomState::new().hash_one(0) | 1));
    // Xorshift: any state but zero has a successor that is not zero.
    let mut state = STATE.get();
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    STATE.set(state);
    (state >> 32) as usize
}

/// # Panics
///
/// Always: a `select!` without an `else` has no branch that could be chosen.
#[cold]
#[track_caller]
pub fn none_is_open() -> ! {
    panic!("all branches are disabled and there is no else branch")
}
