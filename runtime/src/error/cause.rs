//! The causes that come from this crate.

use std::any::Any;
use std::fmt;
use std::io;
use std::sync::{Arc, Mutex};

use super::{DispatchError, ErrorKind, FutureError};

type BoxedSource = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Why an error is one.
pub(super) enum Cause {
    /// A message and nothing behind it.
    Message(String),
    /// Another library's error, or one of the types of this file.
    Source(BoxedSource),
    /// What a panic was called with. The lock is what makes it `Sync`: payloads are only `Send`.
    Panic { message: String, payload: Mutex<Option<Box<dyn Any + Send>>> },
    /// What was being done, and why that failed.
    Context(Context),
}

/// A message in front of a cause.
pub(super) struct Context {
    message: String,
    /// Taken out when this is dropped, and not before.
    cause: Option<Arc<Cause>>,
}

impl Drop for Context {
    fn drop(&mut self) {
        // By a loop: one behind the other may be many, and each dropping the next would recurse.
        let mut next = self.cause.take();
        while let Some(Cause::Context(mut context)) = next.and_then(Arc::into_inner) {
            next = context.cause.take();
        }
    }
}

impl Cause {
    pub(super) fn context(message: String, cause: Arc<Cause>) -> Cause {
        Cause::Context(Context { message, cause: Some(cause) })
    }

    /// What is behind a context.
    pub(super) fn behind(&self) -> Option<&Arc<Cause>> {
        match self {
            Cause::Context(context) => context.cause.as_ref(),
            _ => None,
        }
    }

    /// What is behind every context: what failed at first.
    pub(super) fn root(&self) -> &Cause {
        let mut root = self;
        while let Some(cause) = root.behind() {
            root = cause;
        }
        root
    }

    /// This as an error: another library's is itself.
    pub(super) fn as_error(&self) -> &(dyn std::error::Error + 'static) {
        match self {
            Cause::Source(source) => &**source,
            cause => cause,
        }
    }

    pub(super) fn panic(payload: Box<dyn Any + Send>) -> Cause {
        let message = if let Some(text) = payload.downcast_ref::<&'static str>() {
            format!("panicked: {text}")
        } else if let Some(text) = payload.downcast_ref::<String>() {
            format!("panicked: {text}")
        } else {
            "panicked".to_owned()
        };
        Cause::Panic { message, payload: Mutex::new(Some(payload)) }
    }

    /// The I/O error that this is, or that is behind it.
    pub(super) fn io_error(&self) -> Option<&io::Error> {
        let Cause::Source(source) = self.root() else { return None };
        let mut next: Option<&(dyn std::error::Error + 'static)> = Some(&**source);
        while let Some(error) = next {
            if let Some(error) = error.downcast_ref() {
                return Some(error);
            }
            next = error.source();
        }
        None
    }

    pub(super) fn kind(&self) -> ErrorKind {
        match self.root() {
            Cause::Message(_) | Cause::Context(_) => ErrorKind::Other,
            Cause::Panic { .. } => ErrorKind::Panicked,
            Cause::Source(source) if source.is::<FutureError>() => ErrorKind::Future,
            Cause::Source(source) if source.is::<DispatchError>() => ErrorKind::Dispatch,
            Cause::Source(source) if source.is::<Cancelled>() => ErrorKind::Cancelled,
            Cause::Source(source) if source.is::<TimedOut>() => ErrorKind::TimedOut,
            Cause::Source(source) if source.is::<NothingPending>() => ErrorKind::NothingPending,
            Cause::Source(source) if source.is::<Closed>() => ErrorKind::Closed,
            Cause::Source(_) if self.io_error().is_some() => ErrorKind::Io,
            Cause::Source(_) => ErrorKind::Other,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Message(message)
            | Cause::Panic { message, .. }
            | Cause::Context(Context { message, .. }) => f.write_str(message),
            Cause::Source(source) => fmt::Display::fmt(source, f),
        }
    }
}

impl fmt::Debug for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for Cause {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Cause::Source(source) => source.source(),
            cause => cause.behind().map(|cause| cause.as_error()),
        }
    }
}

/// The operation was cancelled.
#[derive(Debug)]
pub(crate) struct Cancelled(pub(crate) &'static str);

impl fmt::Display for Cancelled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` was cancelled", self.0)
    }
}

impl std::error::Error for Cancelled {}

/// A deadline passed; the text says whose.
#[derive(Debug)]
pub(crate) struct TimedOut(pub(crate) String);

impl fmt::Display for TimedOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for TimedOut {}

/// Nothing can ever happen on this dispatcher; the text says what was waited for.
#[derive(Debug)]
pub(crate) struct NothingPending(pub(crate) String);

impl fmt::Display for NothingPending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for NothingPending {}

#[cfg(unix)]
const UNREGISTERED: &str = "its descriptor was unregistered";

/// The descriptor an operation was for is gone, before it began or while it was waiting.
#[derive(Debug)]
pub(crate) struct Closed {
    operation: &'static str,
    /// The number of the descriptor, if it was registered by hand.
    #[cfg(unix)]
    fd: Option<std::os::fd::RawFd>,
    why: &'static str,
}

impl Closed {
    pub(crate) fn new(operation: &'static str) -> Closed {
        Closed::because(operation, "its file or socket is closed")
    }

    pub(crate) fn by_dispatcher(operation: &'static str) -> Closed {
        Closed::because(operation, "its dispatcher is closed")
    }

    /// The descriptor is open, and not for the dispatcher any more.
    #[cfg(unix)]
    pub(crate) fn unregistered(operation: &'static str) -> Closed {
        Closed::because(operation, UNREGISTERED)
    }

    fn because(operation: &'static str, why: &'static str) -> Closed {
        Closed {
            operation,
            #[cfg(unix)]
            fd: None,
            why,
        }
    }

    /// The same, of a descriptor that was registered by hand.
    #[cfg(unix)]
    pub(crate) fn on(self, fd: std::os::fd::RawFd) -> Closed {
        Closed { fd: Some(fd), ..self }
    }

    /// Whether `error` says that a descriptor was closed, and not only unregistered.
    #[cfg(unix)]
    pub(crate) fn was_closed(error: &super::Error) -> bool {
        error.downcast_ref::<Closed>().is_some_and(|closed| closed.why != UNREGISTERED)
    }
}

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.operation)?;
        #[cfg(unix)]
        if let Some(fd) = self.fd {
            write!(f, " on descriptor {fd}")?;
        }
        write!(f, " cannot be done: {}", self.why)
    }
}

impl std::error::Error for Closed {}
