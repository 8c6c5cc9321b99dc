//! A process that was started, and its end.

use std::cell::RefCell;
use std::ffi::OsString;
use std::fmt;
use std::io;
use std::process::{self, ChildStderr, ChildStdin, ChildStdout, ExitStatus};
use std::rc::Rc;

use super::{CommandError, orphans};
use crate::async_proc;
use crate::dispatch::process_exit;
use crate::{Error, Future};

/// A process that a [`Command`](super::Command) has started.
///
/// It is a handle: clones are the same process. It belongs to the thread that made it.
///
/// # No zombies
///
/// A process that has ended stays in the system's table until it has been waited for. When the last
/// handle is dropped before that, and nobody [waits](Child::wait), the process is waited for by a
/// thread of its own, which is there only as long as there are such processes, and needs neither the
/// dispatcher nor the thread of the child. If the system has no thread to give, the process is waited
/// for as soon as it has.
#[derive(Clone)]
pub struct Child {
    shared: Rc<Shared>,
}

/// What all clones share.
struct Shared {
    program: OsString,
    pid: u32,
    process: RefCell<process::Child>,
    kill_on_drop: bool,
    /// Finishes when the process has ended. There is none before somebody waits.
    exit: RefCell<Option<Future<()>>>,
}

impl Child {
    pub(super) fn new(program: OsString, process: process::Child, kill_on_drop: bool) -> Child {
        let (pid, process) = (process.id(), RefCell::new(process));
        let shared = Shared { program, pid, process, kill_on_drop, exit: RefCell::default() };
        Child { shared: Rc::new(shared) }
    }

    /// The number of the process. Once it has been waited for, the system may give the number to
    /// another one.
    #[doc(alias = "pid")]
    pub fn id(&self) -> u32 {
        self.shared.pid
    }

    /// How the process ended, once it has. Any number may wait, also after the end. A process that
    /// is waited for counts as something pending, and is not killed by dropping its handles.
    ///
    /// Unlike that of the standard library, it does not close the process's stdin, to which somebody
    /// else may be writing. [Cancelling](Future::cancel) it disturbs neither the process nor others
    /// that wait.
    ///
    /// # Errors
    ///
    /// [`CommandError::Wait`] if somebody else has waited for the process; a
    /// [`ProcessError`](crate::ProcessError) if this one has no descriptors left.
    ///
    /// ```
    /// use async_proc::dispatch::wait_for;
    /// use async_proc::process::Command;
    /// use std::os::unix::process::ExitStatusExt;
    ///
    /// let child = Command::new("sleep").arg("1000").spawn()?;
    /// child.kill()?;
    /// assert_eq!(wait_for(child.wait())?.signal(), Some(libc::SIGKILL));
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[track_caller]
    pub fn wait(&self) -> Future<ExitStatus> {
        wait(self.clone())
    }

    /// How the process ended, if it has, without waiting.
    ///
    /// # Errors
    ///
    /// [`CommandError::Wait`] if somebody else has waited for the process.
    #[doc(alias = "poll")]
    #[doc(alias = "returncode")]
    pub fn try_wait(&self) -> Result<Option<ExitStatus>, Error> {
        self.shared.process.borrow_mut().try_wait().map_err(|source| {
            let program = self.shared.program.clone();
            CommandError::Wait { program, pid: self.id(), source }.into()
        })
    }

    /// Kills the process, which cannot do anything about that. One that has ended is left alone.
    ///
    /// # Errors
    ///
    /// [`CommandError::Signal`]: the process has changed its user, say.
    pub fn kill(&self) -> Result<(), Error> {
        self.signal(libc::SIGKILL)
    }

    /// Sends the process a signal: a number as in `libc::SIGTERM`. One that has ended is left alone.
    ///
    /// # Errors
    ///
    /// [`CommandError::Signal`]: the system has no signal of this number, or the process has changed
    /// its user.
    ///
    /// ```
    /// use async_proc::dispatch::wait_for;
    /// use async_proc::process::Command;
    /// use std::os::unix::process::ExitStatusExt;
    ///
    /// let child = Command::new("sleep").arg("1000").spawn()?;
    /// child.signal(libc::SIGTERM)?;
    /// assert_eq!(wait_for(child.wait())?.signal(), Some(libc::SIGTERM));
    /// child.signal(libc::SIGTERM)?; // nobody gets this one
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[doc(alias = "send_signal")]
    pub fn signal(&self, signal: i32) -> Result<(), Error> {
        // Once it was waited for, its number may be another's.
        if !matches!(self.try_wait(), Ok(None)) {
            return Ok(());
        }
        self.shared.signal(signal).map_err(|source| {
            let program = self.shared.program.clone();
            CommandError::Signal { program, pid: self.id(), signal, source }.into()
        })
    }

    /// This program's end of the process's stdin, if that is piped and was not taken before. It blocks.
    /// Dropping it closes it.
    pub fn take_stdin(&self) -> Option<ChildStdin> {
        self.shared.process.borrow_mut().stdin.take()
    }

    /// This program's end of the process's stdout, if that is piped and was not taken before. It
    /// blocks, and may become the stdin of another process.
    ///
    /// ```
    /// use async_proc::dispatch::wait_for;
    /// use async_proc::process::{AsyncPipe, Command};
    /// use std::process::Stdio;
    ///
    /// let first = Command::new("echo").arg("hello").stdout(Stdio::piped()).spawn()?;
    /// let mut count = Command::new("wc").arg("-c").stdout(Stdio::piped());
    /// if let Some(stdout) = first.take_stdout() {
    ///     count = count.stdin(stdout);
    /// }
    /// let last = count.spawn()?;
    /// drop(count); // with its end of the pipe between them
    /// let ended = wait_for(AsyncPipe::new(first, last)?.communicate(None))?;
    /// assert_eq!(ended.stdout.as_deref(), Some(&b"6\n"[..]));
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn take_stdout(&self) -> Option<ChildStdout> {
        self.shared.process.borrow_mut().stdout.take()
    }

    /// This program's end of the process's stderr, if that is piped and was not taken before. It
    /// blocks.
    pub fn take_stderr(&self) -> Option<ChildStderr> {
        self.shared.process.borrow_mut().stderr.take()
    }

    pub(super) fn program(&self) -> OsString {
        self.shared.program.clone()
    }

    /// A future that finishes when the process has ended, which all who wait share.
    fn exit(&self) -> Future<()> {
        let mut exit = self.shared.exit.borrow_mut();
        match &*exit {
            Some(exit) if !exit.finished() => exit.clone(),
            // The first one; or the last who waited was cancelled.
            _ => exit.insert(process_exit(self.id())).clone(),
        }
    }
}

#[async_proc]
fn wait(child: Child) -> Future<ExitStatus> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status);
        }
        let exit = child.exit();
        (&exit).await?;
    }
}

impl Shared {
    /// The process must not have been waited for.
    fn signal(&self, signal: i32) -> io::Result<()> {
        let pid = self.pid.cast_signed();
        // SAFETY: it takes two numbers, and touches no memory of this process.
        match unsafe { libc::kill(pid, signal) } {
            0 => Ok(()),
            _ => Err(io::Error::last_os_error()),
        }
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // Of one that was waited for the standard library keeps how it ended.
        if let Ok(None) = self.process.get_mut().try_wait() {
            if self.kill_on_drop {
                // It may have changed its user, and go on.
                let _ = self.signal(libc::SIGKILL);
            }
            orphans::adopt(self.pid);
        }
    }
}

impl fmt::Debug for Child {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Child")
            .field("program", &self.shared.program)
            .field("pid", &self.id())
            .finish_non_exhaustive()
    }
}
