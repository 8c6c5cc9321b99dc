//! Any number of things, one in the other.

use pin_project_lite::pin_project;

pin_project! {
    /// The first of several, and the others.
    #[project = SeveralProj]
    #[derive(Debug)]
    pub struct Several<A, B> {
        #[pin]
        pub(super) first: A,
        #[pin]
        pub(super) rest: B,
    }
}

/// The end of several; no branch that could be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Nothing;

/// One more in front of others.
pub fn several<A, B>(first: A, rest: B) -> Several<A, B> {
    Several { first, rest }
}
