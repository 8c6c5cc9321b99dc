//! Errors that nobody looked at.

use std::fmt;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe, Location};
use std::rc::Rc;

use super::head::Head;
use super::schedule;
use crate::Error;

/// An error of a future whose last handle was dropped before anybody looked at it.
#[derive(Debug)]
pub struct UnreadError {
    name: &'static str,
    created: &'static Location<'static>,
    error: Error,
}

impl UnreadError {
    /// The name of the proc or future.
    pub fn name(&self) -> &'static str {
        self.name
    }

    /// Where it was started or created.
    pub fn created(&self) -> &'static Location<'static> {
        self.created
    }

    /// The error nobody read.
    pub fn error(&self) -> &Error {
        &self.error
    }
}

/// One line: the future, where it was created, the message, and the traceback.
impl fmt::Display for UnreadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let UnreadError { name, created, error } = self;
        write!(f, "`{name}` created at {created} failed and nobody read its error: {error:#}")?;
        error.traceback().runs().try_for_each(|run| write!(f, "; {run}"))
    }
}

pub(crate) type Hook = dyn Fn(&UnreadError);

/// Replaces what this thread does about errors nobody reads.
///
/// A future that failed, whose error was never looked at (by an await, [`read`](super::Future::read),
/// [`error`](super::Future::error) or [`failed`](super::Future::failed)), is reported when its last
/// handle is dropped. Without a hook that is one line on stderr. Futures that were cancelled are
/// not reported.
///
/// ```
/// use std::cell::RefCell;
/// use std::rc::Rc;
///
/// let seen = Rc::new(RefCell::new(Vec::new()));
/// let log = seen.clone();
/// async_proc::future::set_unread_error_hook(move |unread| {
///     log.borrow_mut().push(unread.error().to_string());
/// });
/// drop(async_proc::Future::<()>::failed_with(async_proc::Error::new("lost")));
/// assert_eq!(*seen.borrow(), ["lost"]);
/// ```
pub fn set_unread_error_hook(hook: impl Fn(&UnreadError) + 'static) {
    let old = schedule::with(|schedule| schedule.hook.borrow_mut().replace(Rc::new(hook)));
    // Dropped here, where the table is not borrowed: its destructor may come back.
    drop(old);
}

#[cold]
pub(super) fn report(head: &Head, error: Error) {
    let unread = UnreadError { name: head.name, created: head.created, error };
    let hook = schedule::if_any(|schedule| schedule.hook.borrow().clone()).flatten();
    // In a destructor: a panic must not leave it.
    let _ = panic::catch_unwind(AssertUnwindSafe(|| match hook {
        Some(hook) => hook(&unread),
        // Where stderr is closed there is nobody to tell.
        None => drop(writeln!(io::stderr(), "async-proc: {unread}")),
    }));
}
