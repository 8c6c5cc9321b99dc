//! Starting programs.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::{self, ExitStatus, Stdio};

use super::{AsyncPipe, Child, CommandError, Communicated};
use crate::{Error, Future};

/// A program to start, with its arguments, its environment and its ends: the builder of the standard
/// library, whose children are waited for without blocking.
///
/// What has no method here is set on the one [behind it](Command::as_std_mut).
///
/// ```
/// use async_proc::dispatch::wait_for;
/// use async_proc::process::Command;
///
/// let mut command = Command::new("sh").arg("-c").arg("exit $CODE").env("CODE", "3");
/// assert_eq!(wait_for(command.status())?.code(), Some(3));
/// # Ok::<(), async_proc::Error>(())
/// ```
#[doc(alias = "Popen")]
#[derive(Debug)]
pub struct Command {
    command: process::Command,
    kill_on_drop: bool,
    /// Whether it says what to read from and to write to, or leaves that to who starts it.
    pub(super) has_stdin: bool,
    pub(super) has_stdout: bool,
    has_stderr: bool,
}

impl Command {
    /// A command for `program`, a path or a name that is looked for in `PATH`.
    pub fn new(program: impl AsRef<OsStr>) -> Command {
        let command = process::Command::new(program);
        Command {
            command,
            kill_on_drop: false,
            has_stdin: false,
            has_stdout: false,
            has_stderr: false,
        }
    }

    /// Adds an argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Command {
        self.command.arg(argument);
        self
    }

    /// Adds several arguments.
    pub fn args(mut self, arguments: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
        self.command.args(arguments);
        self
    }

    /// Sets a variable of the program's environment, which is this one's otherwise.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Command {
        self.command.env(name, value);
        self
    }

    /// Takes a variable out of the program's environment.
    pub fn env_remove(mut self, name: impl AsRef<OsStr>) -> Command {
        self.command.env_remove(name);
        self
    }

    /// Has the program start with an empty environment, but for what is set after this.
    pub fn env_clear(mut self) -> Command {
        self.command.env_clear();
        self
    }

    /// The directory in which the program starts, which is this one's otherwise.
    #[doc(alias = "cwd")]
    pub fn current_dir(mut self, directory: impl AsRef<Path>) -> Command {
        self.command.current_dir(directory);
        self
    }

    /// What the program reads from, which is what this one reads from otherwise.
    pub fn stdin(mut self, stdin: impl Into<Stdio>) -> Command {
        self.command.stdin(stdin);
        self.has_stdin = true;
        self
    }

    /// What the program writes to, which is what this one writes to otherwise.
    pub fn stdout(mut self, stdout: impl Into<Stdio>) -> Command {
        self.command.stdout(stdout);
        self.has_stdout = true;
        self
    }

    /// What the program writes its errors to, which is what this one writes them to otherwise.
    pub fn stderr(mut self, stderr: impl Into<Stdio>) -> Command {
        self.command.stderr(stderr);
        self.has_stderr = true;
        self
    }

    /// Has the process killed when the last handle of its [`Child`] is dropped, and nobody waits for
    /// it. Without this it goes on.
    ///
    /// ```
    /// use async_proc::process::Command;
    ///
    /// let child = Command::new("sleep").arg("1000").kill_on_drop(true).spawn()?;
    /// drop(child);
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn kill_on_drop(mut self, kill: bool) -> Command {
        self.kill_on_drop = kill;
        self
    }

    /// The builder of the standard library behind this one, to look at.
    pub fn as_std(&self) -> &process::Command {
        &self.command
    }

    /// The builder of the standard library behind this one, to set what there is no method for here.
    ///
    /// ```
    /// use async_proc::process::Command;
    /// use std::os::unix::process::CommandExt;
    ///
    /// let mut command = Command::new("true");
    /// command.as_std_mut().process_group(0);
    /// # let _ = async_proc::wait_for(command.status())?;
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn as_std_mut(&mut self) -> &mut process::Command {
        &mut self.command
    }

    /// Starts the program. It may be called again, for another process of the same.
    ///
    /// It blocks until the program has taken the place of the copy of this process that becomes it,
    /// which takes a fraction of a millisecond.
    ///
    /// # Errors
    ///
    /// [`CommandError::Spawn`], which names the program.
    ///
    /// ```
    /// use async_proc::process::{Command, CommandError};
    ///
    /// let error = Command::new("no such program").spawn().unwrap_err();
    /// assert!(matches!(error.downcast_ref(), Some(CommandError::Spawn { .. })));
    /// assert!(error.to_string().starts_with("cannot start \"no such program\": "));
    /// ```
    pub fn spawn(&mut self) -> Result<Child, Error> {
        match self.command.spawn() {
            Ok(child) => Ok(Child::new(self.program(), child, self.kill_on_drop)),
            Err(source) => Err(CommandError::Spawn { program: self.program(), source }.into()),
        }
    }

    /// Starts the program, and waits until it has ended.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Command::spawn) and [`Child::wait`].
    #[track_caller]
    pub fn status(&mut self) -> Future<ExitStatus> {
        match self.spawn() {
            Ok(child) => child.wait(),
            Err(error) => Future::failed_with(error),
        }
    }

    /// Starts the program with nothing to read, and waits until it has ended: what it has written to
    /// stdout and stderr, unless they go elsewhere, and how it ended.
    ///
    /// # Errors
    ///
    /// As [`spawn`](Command::spawn) and [`AsyncPipe::communicate`].
    ///
    /// ```
    /// use async_proc::dispatch::wait_for;
    /// use async_proc::process::Command;
    ///
    /// let output = wait_for(Command::new("echo").arg("hello").output())?;
    /// assert_eq!(output.stdout.as_deref(), Some(&b"hello\n"[..]));
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[doc(alias = "check_output")]
    #[track_caller]
    pub fn output(mut self) -> Future<Communicated> {
        if !self.has_stdin {
            self = self.stdin(Stdio::null());
        }
        if !self.has_stdout {
            self = self.stdout(Stdio::piped());
        }
        if !self.has_stderr {
            self = self.stderr(Stdio::piped());
        }
        match self.spawn().and_then(|child| AsyncPipe::new(child, None)) {
            Ok(pipe) => pipe.communicate(None),
            Err(error) => Future::failed_with(error),
        }
    }

    fn program(&self) -> OsString {
        self.command.get_program().to_owned()
    }
}

/// Its ends are those it has: a chain pipes none of them to this program.
impl From<process::Command> for Command {
    fn from(command: process::Command) -> Command {
        Command {
            command,
            kill_on_drop: false,
            has_stdin: true,
            has_stdout: true,
            has_stderr: true,
        }
    }
}
