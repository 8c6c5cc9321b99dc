//! The error itself: one pointer to a cause and a traceback.

use std::any::Any;
use std::fmt;
use std::io;
use std::mem;
use std::panic;
use std::sync::{Arc, PoisonError};

use super::cause::{Cancelled, Cause, TimedOut};
use super::{ErrorKind, TraceFrame, Traceback};
use crate::machine::Function;

type BoxedError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// An error of a proc, a future or the dispatcher.
///
/// One pointer wide, cheap to clone, `Send` and `Sync`. `?` makes one of any
/// [`std::error::Error`], and for that reason it is not one itself; it converts into a
/// `Box<dyn std::error::Error + Send + Sync>`.
///
/// ```
/// use async_proc::{Error, ErrorKind};
///
/// fn port(text: &str) -> Result<u16, Error> {
///     Ok(text.parse()?)
/// }
///
/// let error = port("ninety").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Other);
/// assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
/// ```
#[derive(Clone)]
pub struct Error(Arc<Inner>);

struct Inner {
    cause: Arc<Cause>,
    /// What was crossed since `before`, innermost first.
    frames: Vec<TraceFrame>,
    /// The traceback up to the point where this error parted from its clones.
    before: Option<Arc<Inner>>,
}

impl Error {
    /// An error that is a message and nothing else.
    ///
    /// ```
    /// let error = async_proc::Error::new("no such nickname");
    /// assert_eq!(error.to_string(), "no such nickname");
    /// ```
    pub fn new(message: impl fmt::Display) -> Error {
        Error::of(Cause::Message(message.to_string()))
    }

    /// The same as [`Error::new`], for use as a function: `.map_err(Error::msg)`.
    pub fn msg(message: impl fmt::Display) -> Error {
        Error::new(message)
    }

    /// The error of an operation whose deadline passed.
    pub fn timed_out(message: impl fmt::Display) -> Error {
        Error::from(TimedOut(message.to_string()))
    }

    /// Makes an error of a boxed one, of any origin. A boxed [`Error`] comes out as it was.
    pub fn from_boxed(error: BoxedError) -> Error {
        match error.downcast::<Boxed>() {
            Ok(boxed) => boxed.0,
            Err(error) => Error::of(Cause::Source(error)),
        }
    }

    pub(crate) fn panicked(payload: Box<dyn Any + Send>) -> Error {
        Error::of(Cause::panic(payload))
    }

    /// The error of a proc that has panicked after `line`.
    #[must_use]
    pub(crate) fn panicked_in(self, function: &'static Function, line: u32) -> Error {
        self.with_frame(TraceFrame { function, line, panicked: true })
    }

    /// The same error, with a message in front that says what was being done. The old message comes
    /// after it in `{:#}` and in `{:?}`. Kind, source and traceback stay what they are.
    ///
    /// [`Context`](super::Context) has this for results.
    ///
    /// ```
    /// use async_proc::Error;
    ///
    /// let error = Error::new("no such file").context("cannot read the list of users");
    /// assert_eq!(error.to_string(), "cannot read the list of users");
    /// assert_eq!(format!("{error:#}"), "cannot read the list of users: no such file");
    /// ```
    #[must_use]
    pub fn context(mut self, message: impl fmt::Display) -> Error {
        let cause = Arc::new(Cause::context(message.to_string(), self.0.cause.clone()));
        match Arc::get_mut(&mut self.0) {
            Some(inner) => {
                inner.cause = cause;
                self
            }
            // Clones made before keep their message.
            None => Error(Arc::new(Inner { cause, frames: Vec::new(), before: Some(self.0) })),
        }
    }

    pub(crate) fn cancelled(name: &'static str) -> Error {
        Error::from(Cancelled(name))
    }

    fn of(cause: Cause) -> Error {
        Error(Arc::new(Inner { cause: Arc::new(cause), frames: Vec::new(), before: None }))
    }

    /// What sort of failure it is.
    pub fn kind(&self) -> ErrorKind {
        self.0.cause.kind()
    }

    /// What sort of I/O error it is, if it is one or was caused by one.
    ///
    /// ```
    /// use std::io;
    ///
    /// let error = async_proc::Error::from(io::Error::from(io::ErrorKind::ConnectionReset));
    /// assert_eq!(error.io_kind(), Some(io::ErrorKind::ConnectionReset));
    /// ```
    pub fn io_kind(&self) -> Option<io::ErrorKind> {
        self.0.cause.io_error().map(io::Error::kind)
    }

    /// The error it was made of, if that was an `E`, whatever context was added.
    pub fn downcast_ref<E: std::error::Error + 'static>(&self) -> Option<&E> {
        match self.0.cause.root() {
            Cause::Source(source) => source.downcast_ref(),
            _ => None,
        }
    }

    /// The error it was made of, if it was made of one; with [context](Error::context), the error
    /// without it.
    pub fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &*self.0.cause {
            Cause::Source(source) => Some(&**source),
            cause => std::error::Error::source(cause),
        }
    }

    /// Looks for one of this crate's errors behind one of another library: an HTTP library, say,
    /// whose connection failed because a socket did.
    ///
    /// ```
    /// use async_proc::Error;
    /// use std::io;
    ///
    /// let io = io::Error::new(io::ErrorKind::Other, Error::new("the reason"));
    /// let boxed: Box<dyn std::error::Error> = Box::new(io);
    /// assert_eq!(Error::find_in(&*boxed).unwrap().to_string(), "the reason");
    /// ```
    pub fn find_in<'a>(error: &'a (dyn std::error::Error + 'static)) -> Option<&'a Error> {
        let mut next = Some(error);
        while let Some(error) = next {
            if let Some(Boxed(error)) = error.downcast_ref() {
                return Some(error);
            }
            // What an I/O error gives as its source is that of what it was made of.
            let made_of = error.downcast_ref().and_then(io::Error::get_ref);
            next = match made_of {
                Some(inner) => Some(inner),
                None => error.source(),
            };
        }
        None
    }

    /// What its message does not say: the messages of what caused it, the nearest first.
    fn causes(&self) -> impl Iterator<Item = &(dyn std::error::Error + 'static)> {
        let first = std::error::Error::source(&*self.0.cause);
        std::iter::successors(first, |cause| cause.source())
    }

    /// Takes out what a panic was called with. `None` if this is no panic, or if a clone of the
    /// error gave it away already.
    pub fn take_panic(&self) -> Option<Box<dyn Any + Send>> {
        match self.0.cause.root() {
            Cause::Panic { payload, .. } => {
                payload.lock().unwrap_or_else(PoisonError::into_inner).take()
            }
            _ => None,
        }
    }

    /// Goes on with the panic that this error stands for. The panic hook is not run again.
    ///
    /// # Panics
    ///
    /// Always. An error of another kind, or one whose payload was taken, panics with its message.
    pub fn resume_panic(self) -> ! {
        match self.take_panic() {
            Some(payload) => panic::resume_unwind(payload),
            None => panic!("{self}"),
        }
    }

    /// The procs the error crossed, from where it arose outwards.
    pub fn traceback(&self) -> Traceback<'_> {
        let mut parts = Vec::new();
        let mut next = Some(&self.0);
        while let Some(inner) = next {
            if !inner.frames.is_empty() {
                parts.push(inner.frames.as_slice());
            }
            next = inner.before.as_ref();
        }
        Traceback::new(parts)
    }

    /// The error as it leaves `function` at `line`. Clones made before do not see the new frame.
    #[doc(hidden)]
    #[must_use]
    pub fn crossed(self, function: &'static Function, line: u32) -> Error {
        self.with_frame(TraceFrame { function, line, panicked: false })
    }

    fn with_frame(mut self, frame: TraceFrame) -> Error {
        match Arc::get_mut(&mut self.0) {
            Some(inner) => {
                inner.frames.push(frame);
                self
            }
            None => Error(Arc::new(Inner {
                cause: self.0.cause.clone(),
                frames: vec![frame],
                before: Some(self.0),
            })),
        }
    }
}

/// The message alone; with `{:#}`, also those of what caused it, on the same line.
impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.cause, f)?;
        match f.alternate() {
            true => self.causes().try_for_each(|cause| write!(f, ": {cause}")),
            false => Ok(()),
        }
    }
}

/// The message, then one line for each of its causes and for each frame of the traceback.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0.cause, f)?;
        self.causes().try_for_each(|cause| write!(f, "\n  caused by: {cause}"))?;
        self.traceback().runs().try_for_each(|run| write!(f, "\n  {run}"))
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Error {
        Error::of(Cause::Source(Box::new(error)))
    }
}

impl From<Error> for BoxedError {
    fn from(error: Error) -> BoxedError {
        Box::new(Boxed(error))
    }
}

impl From<Error> for Box<dyn std::error::Error + 'static> {
    fn from(error: Error) -> Box<dyn std::error::Error + 'static> {
        Box::new(Boxed(error))
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        // By a loop: a chain of clones may be long, and each link dropping the next would recurse.
        let mut next = mem::take(&mut self.before);
        while let Some(mut inner) = next.and_then(Arc::into_inner) {
            next = mem::take(&mut inner.before);
        }
    }
}

/// An [`Error`] as a [`std::error::Error`].
struct Boxed(Error);

impl fmt::Display for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Debug for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

impl std::error::Error for Boxed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.causes().next()
    }
}
