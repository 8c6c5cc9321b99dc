//! Programs of which each reads what the one before it writes.

use std::io;
use std::process::Stdio;

use super::{AsyncPipe, Child, Command, CommandError};
use crate::Error;

/// Commands to be started together, each reading what the one before it writes, as `a | b | c` in a
/// shell. Made by [`Command::pipe`].
///
/// What the first reads from and what the last writes to is this program, unless they say otherwise.
#[derive(Debug)]
pub struct Chain {
    commands: Vec<Command>,
}

impl Command {
    /// A chain in which `next` reads what this one writes.
    ///
    /// ```
    /// use async_proc::dispatch::wait_for;
    /// use async_proc::process::Command;
    ///
    /// let pipe = Command::new("grep").arg("o").pipe(Command::new("wc").arg("-l")).spawn()?;
    /// let ended = wait_for(pipe.communicate("one\ntwo\nthree\n"))?;
    /// assert_eq!(ended.stdout.as_deref(), Some(&b"2\n"[..]));
    /// assert!(ended.statuses.iter().all(|status| status.success()));
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn pipe(self, next: Command) -> Chain {
        Chain { commands: vec![self, next] }
    }
}

impl Chain {
    /// Adds a command, which reads what the last one writes.
    pub fn pipe(mut self, next: Command) -> Chain {
        self.commands.push(next);
        self
    }

    /// Starts all of them. No end of the pipes between them stays open in this process, so if one of
    /// them ends, the one before it is told as soon as it writes.
    ///
    /// # Errors
    ///
    /// [`CommandError::Spawn`], which names the program that was not started. Those that were are
    /// killed.
    pub fn spawn(self) -> Result<AsyncPipe, Error> {
        let mut members = Vec::new();
        match spawn(self.commands, &mut members) {
            Ok(()) => AsyncPipe::of(members),
            Err(error) => {
                for member in members {
                    // What cannot be killed finds its ends closed.
                    let _ = member.kill();
                }
                Err(error)
            }
        }
    }
}

fn spawn(commands: Vec<Command>, members: &mut Vec<Child>) -> Result<(), Error> {
    let mut input = None;
    let count = commands.len();
    for (at, mut command) in commands.into_iter().enumerate() {
        match input.take() {
            Some(input) => command = command.stdin(Stdio::from(input)),
            None if !command.has_stdin => command = command.stdin(Stdio::piped()),
            None => {}
        }
        if at + 1 < count {
            let (reader, writer) = io::pipe().map_err(|source| CommandError::Spawn {
                program: command.as_std().get_program().to_owned(),
                source,
            })?;
            command = command.stdout(Stdio::from(writer));
            input = Some(reader);
        } else if !command.has_stdout {
            command = command.stdout(Stdio::piped());
        }
        members.push(command.spawn()?);
        // Here the command is dropped, and with it this process's ends of the pipes between.
    }
    Ok(())
}
