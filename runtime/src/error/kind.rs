//! What sort of failure an error is.

use std::fmt;
use std::panic::Location;

/// What sort of failure an [`Error`](crate::Error) is, for programs that decide by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// A failure of the program's own making, or of a library it uses.
    Other,
    /// An [`std::io::Error`], or an error caused by one;
    /// [`Error::io_kind`](crate::Error::io_kind) tells which.
    Io,
    /// A proc or a callback panicked; [`Error::resume_panic`](crate::Error::resume_panic) goes on
    /// with the panic.
    Panicked,
    /// The operation was [cancelled](crate::Future::cancel).
    Cancelled,
    /// A future was used in a way its state does not allow: a [`FutureError`].
    Future,
    /// The dispatcher was used in a way its state does not allow: a
    /// [`DispatchError`](crate::error::DispatchError).
    Dispatch,
    /// A deadline passed before the operation was done.
    TimedOut,
    /// The dispatcher was asked to wait, and there is nothing that could ever happen.
    NothingPending,
    /// The operation's file or socket was closed under it.
    Closed,
}

/// A future was used in a way its state does not allow.
///
/// It names the future: what it was called and where it was created.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FutureError {
    kind: FutureErrorKind,
    name: &'static str,
    created: &'static Location<'static>,
}

/// What was wrong about the use of a future.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FutureErrorKind {
    /// It was completed or failed, and had finished before.
    AlreadyFinished,
    /// It is a proc, which finishes by itself; only a future made by `Future::new` can be completed.
    IsProc,
    /// It was read, and has not finished.
    Pending,
    /// Its error was asked for, and it has none.
    NoError,
    /// Its value was read, and an `.await` has taken the value out.
    Taken,
    /// It is a stream that has ended, and was written to or ended again.
    Ended,
    /// It was to be the first of several futures, and there were none.
    NoMembers,
}

impl FutureError {
    pub(crate) fn new(
        kind: FutureErrorKind,
        name: &'static str,
        created: &'static Location<'static>,
    ) -> FutureError {
        FutureError { kind, name, created }
    }

    /// What was wrong.
    pub fn kind(&self) -> FutureErrorKind {
        self.kind
    }

    /// The future's name.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where the future was created.
    pub fn created(&self) -> &'static Location<'static> {
        self.created
    }
}

impl fmt::Display for FutureError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let FutureError { kind, name, created } = self;
        let what = match kind {
            FutureErrorKind::AlreadyFinished => "has finished already and cannot finish again",
            FutureErrorKind::IsProc => "is a proc and finishes by itself",
            FutureErrorKind::Pending => "has not finished yet",
            FutureErrorKind::NoError => "has no error",
            FutureErrorKind::Taken => "has given its value away already",
            FutureErrorKind::NoMembers => "was made of no futures, none of which can be the first",
            FutureErrorKind::Ended => "has ended already and takes nothing more",
        };
        let noun = if *kind == FutureErrorKind::Ended { "stream" } else { "future" };
        write!(f, "the {noun} `{name}` created at {created} {what}")
    }
}

impl std::error::Error for FutureError {}
