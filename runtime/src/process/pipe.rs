//! A pipe to one process or several.

use std::cell::{Cell, RefCell};
use std::fmt;
use std::process::ExitStatus;
use std::rc::{Rc, Weak};

use super::Child;
use super::end::End;
use crate::async_proc;
use crate::error::Closed;
use crate::{Error, Future};

/// A process whose ends are piped to this program, or several of which each reads what the one before
/// it writes.
///
/// It is a handle: clones are the same pipe. Its processes are reaped whatever becomes of it: see
/// [`Child`].
#[derive(Clone)]
pub struct AsyncPipe {
    shared: Rc<Shared>,
}

/// What all clones share.
struct Shared {
    members: RefCell<Vec<Child>>,
    ends: RefCell<Ends>,
    /// Those that somebody communicates by.
    used: RefCell<Vec<Weak<End>>>,
    closed: Cell<bool>,
}

/// The ends that are this program's.
#[derive(Default)]
pub(super) struct Ends {
    pub(super) stdin: Option<Rc<End>>,
    pub(super) stdout: Option<Rc<End>>,
    /// Of every member whose stderr is piped, in their order.
    pub(super) stderr: Vec<Rc<End>>,
}

impl AsyncPipe {
    /// A pipe to `first`, or, with a `last`, to a chain that begins with one and ends with the other.
    /// It takes their ends: the stdin of `first`, the stdout of `last`, and the stderr of both, as
    /// far as they are piped. A [chain](super::Chain) makes one of all its members.
    ///
    /// # Errors
    ///
    /// [`CommandError::Pipe`](super::CommandError::Pipe): an end cannot be registered with the
    /// dispatcher.
    ///
    /// ```
    /// use async_proc::dispatch::wait_for;
    /// use async_proc::process::{AsyncPipe, Command};
    /// use std::process::Stdio;
    ///
    /// let sum = Command::new("sha1sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
    /// let ended = wait_for(AsyncPipe::new(sum, None)?.communicate("abc"))?;
    /// let digest = String::from_utf8(ended.stdout.unwrap_or_default())?;
    /// assert_eq!(digest, "a9993e364706816aba3e25717850c26c9cd0d89d  -\n");
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn new(first: Child, last: impl Into<Option<Child>>) -> Result<AsyncPipe, Error> {
        AsyncPipe::of([first].into_iter().chain(last.into()).collect())
    }

    pub(super) fn of(members: Vec<Child>) -> Result<AsyncPipe, Error> {
        let mut ends = Ends::default();
        if let Some(first) = members.first()
            && let Some(stdin) = first.take_stdin()
        {
            ends.stdin = Some(End::new(first.program(), "stdin", stdin)?);
        }
        if let Some(last) = members.last()
            && let Some(stdout) = last.take_stdout()
        {
            ends.stdout = Some(End::new(last.program(), "stdout", stdout)?);
        }
        for member in &members {
            if let Some(stderr) = member.take_stderr() {
                ends.stderr.push(End::new(member.program(), "stderr", stderr)?);
            }
        }
        Ok(AsyncPipe {
            shared: Rc::new(Shared {
                members: RefCell::new(members),
                ends: RefCell::new(ends),
                used: RefCell::default(),
                closed: Cell::new(false),
            }),
        })
    }

    /// Its processes, the first one first; none once it is closed.
    pub fn members(&self) -> Vec<Child> {
        self.shared.members.borrow().clone()
    }

    /// How the last process ended, if it has; `None` once the pipe is closed.
    ///
    /// # Errors
    ///
    /// As [`Child::try_wait`].
    #[doc(alias = "returncode")]
    pub fn poll(&self) -> Result<Option<ExitStatus>, Error> {
        let last = self.shared.members.borrow().last().cloned();
        last.map_or(Ok(None), |last| last.try_wait())
    }

    /// How all of its processes ended, in their order, once they have. It neither closes nor reads
    /// anything: a process that waits for that does not end.
    ///
    /// # Errors
    ///
    /// As [`Child::wait`].
    #[track_caller]
    pub fn wait(&self) -> Future<Vec<ExitStatus>> {
        wait_for_all(self.members())
    }

    /// Kills every process.
    ///
    /// # Errors
    ///
    /// As [`Child::kill`]; the others are killed all the same.
    pub fn kill(&self) -> Result<(), Error> {
        let killed: Vec<_> = self.members().iter().map(Child::kill).collect();
        killed.into_iter().collect()
    }

    /// Closes its ends, and lets go of its processes, which find that out by themselves, or are
    /// [killed](super::Command::kill_on_drop). Whoever communicates by it fails, with an error of kind
    /// [`Closed`](crate::ErrorKind::Closed). Closing it again does nothing.
    pub fn close(&self) {
        self.shared.closed.set(true);
        let (ends, members) = (self.shared.ends.take(), self.shared.members.take());
        drop((ends, members));
        for end in self.shared.used.take() {
            if let Some(end) = end.upgrade() {
                end.close();
            }
        }
    }

    /// Takes the ends, for somebody who communicates by them.
    pub(super) fn take_ends(&self) -> Result<Ends, Error> {
        if self.shared.closed.get() {
            return Err(Closed::new("communicate").into());
        }
        let ends = self.shared.ends.take();
        let all = ends.stdin.iter().chain(&ends.stdout).chain(&ends.stderr);
        *self.shared.used.borrow_mut() = all.map(Rc::downgrade).collect();
        Ok(ends)
    }
}

#[async_proc]
fn wait_for_all(members: Vec<Child>) -> Future<Vec<ExitStatus>> {
    let mut statuses = Vec::with_capacity(members.len());
    for member in members {
        statuses.push(member.wait().await?);
    }
    Ok(statuses)
}

impl fmt::Debug for AsyncPipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AsyncPipe")
            .field("members", &self.shared.members.borrow())
            .field("closed", &self.shared.closed.get())
            .finish_non_exhaustive()
    }
}
