//! Everything in, everything out, and the end.

use std::fmt;
use std::fs::File;
use std::io::Read;
use std::process::ExitStatus;

use super::AsyncPipe;
use super::end::{Reader, drain, feed, feed_from};
use super::pipe::Ends;
use crate::Future;
use crate::async_proc;

/// What a pipe is given to read: bytes, a text, a file, a [reader](Input::from_reader), or nothing, which is
/// `None`.
#[derive(Default)]
pub struct Input(Kind);

#[derive(Default)]
enum Kind {
    #[default]
    Nothing,
    Bytes(Vec<u8>),
    Reader(Reader),
}

impl Input {
    /// All that `reader` gives. It is read by a thread that may block, up to a mebibyte ahead of what
    /// the process has taken.
    ///
    /// ```
    /// use async_proc::dispatch::wait_for;
    /// use async_proc::process::{AsyncPipe, Command, Input};
    /// use std::io::{self, Read};
    /// use std::process::Stdio;
    ///
    /// let count = Command::new("wc").arg("-c").stdin(Stdio::piped()).stdout(Stdio::piped());
    /// let pipe = AsyncPipe::new({ count }.spawn()?, None)?;
    /// let input = Input::from_reader(io::repeat(b'x').take(1_000_000));
    /// assert_eq!(wait_for(pipe.communicate(input))?.stdout.as_deref(), Some(&b"1000000\n"[..]));
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    pub fn from_reader(reader: impl Read + Send + 'static) -> Input {
        Input(Kind::Reader(Box::new(reader)))
    }
}

impl fmt::Debug for Input {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Kind::Nothing => "Input(nothing)",
            Kind::Bytes(_) => "Input(bytes)",
            Kind::Reader(_) => "Input(reader)",
        })
    }
}

impl From<Option<Input>> for Input {
    fn from(input: Option<Input>) -> Input {
        input.unwrap_or_default()
    }
}

impl From<Vec<u8>> for Input {
    fn from(bytes: Vec<u8>) -> Input {
        Input(Kind::Bytes(bytes))
    }
}

impl From<&[u8]> for Input {
    fn from(bytes: &[u8]) -> Input {
        bytes.to_vec().into()
    }
}

impl From<String> for Input {
    fn from(text: String) -> Input {
        text.into_bytes().into()
    }
}

impl From<&str> for Input {
    fn from(text: &str) -> Input {
        text.as_bytes().into()
    }
}

/// From where it stands to its end. It is read by a thread that may block.
impl From<File> for Input {
    fn from(file: File) -> Input {
        Input::from_reader(file)
    }
}

/// What came of communicating with a pipe.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Communicated {
    /// What the last process wrote; `None` if its stdout was not piped.
    pub stdout: Option<Vec<u8>>,
    /// What the processes wrote to stderr: all of the first one's, then of the next; `None` if none of
    /// them had it piped.
    pub stderr: Option<Vec<u8>>,
    /// How each process ended, in their order.
    pub statuses: Vec<ExitStatus>,
}

impl AsyncPipe {
    /// Feeds the first process with `input` and closes its stdin, reads all that comes out meanwhile,
    /// and waits for every process. All of it is done at once, so that no process waits for room; in
    /// memory, so it should fit there.
    ///
    /// That the first process does not read to the end is no error. Input for a process whose stdin is
    /// not piped is ignored. It ends when all processes have ended *and* nobody has their outputs open
    /// any more: a process that they leave behind may.
    ///
    /// [Cancelling](Future::cancel) it closes the ends; the processes go on.
    ///
    /// # Errors
    ///
    /// [`CommandError::Pipe`](super::CommandError::Pipe) if an end cannot be read or written; what
    /// reading the file failed with; as [`Child::wait`](super::Child::wait); of kind
    /// [`Closed`](crate::ErrorKind::Closed) if the pipe is closed, before or meanwhile.
    #[track_caller]
    pub fn communicate(&self, input: impl Into<Input>) -> Future<Communicated> {
        communicate(self.clone(), input.into().0)
    }
}

/// What goes on at once. It ends when nobody waits for it any more.
struct Parts {
    feeding: Option<Future<bool>>,
    stdout: Option<Future<Vec<u8>>>,
    stderr: Vec<Future<Vec<u8>>>,
    statuses: Future<Vec<ExitStatus>>,
}

impl Drop for Parts {
    fn drop(&mut self) {
        if let Some(feeding) = &self.feeding {
            feeding.cancel();
            // If another part failed, that is the error.
            let _ = feeding.failed();
        }
        for reading in self.stdout.iter().chain(&self.stderr) {
            reading.cancel();
            let _ = reading.failed();
        }
        self.statuses.cancel();
        let _ = self.statuses.failed();
    }
}

impl Parts {
    fn start(pipe: &AsyncPipe, ends: Ends, input: Kind) -> Parts {
        let feeding = match (ends.stdin, input) {
            // Dropping it closes it.
            (None, _) | (_, Kind::Nothing) => None,
            (Some(stdin), Kind::Bytes(bytes)) => Some(feed(stdin, bytes)),
            (Some(stdin), Kind::Reader(reader)) => Some(feed_from(stdin, reader)),
        };
        let stdout = ends.stdout.map(drain);
        let stderr = ends.stderr.into_iter().map(drain).collect();
        Parts { feeding, stdout, stderr, statuses: pipe.wait() }
    }
}

#[async_proc]
fn communicate(pipe: AsyncPipe, input: Kind) -> Future<Communicated> {
    let ends = pipe.take_ends()?;
    let parts = Parts::start(&pipe, ends, input);
    if let Some(feeding) = &parts.feeding {
        feeding.await?;
    }
    let stdout = match &parts.stdout {
        Some(stdout) => Some(stdout.await?),
        None => None,
    };
    let mut stderr = None;
    for reading in &parts.stderr {
        stderr.get_or_insert_with(Vec::new).extend(reading.await?);
    }
    Ok(Communicated { stdout, stderr, statuses: (&parts.statuses).await? })
}
