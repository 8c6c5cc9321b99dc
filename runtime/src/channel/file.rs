//! Channels on files and pipes.

use std::ops::Deref;
use std::os::fd::AsFd;

use rustix::io::ioctl_fionbio;

use super::events::{Bound, short_name};
use super::io::Io;
use super::kind::{ChannelKind, Sealed};
use super::{Channel, ChannelError, ChannelHandler, ChannelMap, FileWrapper, Operation};
use crate::Error;

/// A channel on a file, a pipe, a terminal. A file on disk is always ready.
///
/// Its handler is a `ChannelHandler<FileChannel>`. It is a [`Channel`] otherwise, on which what only
/// sockets can do is an error.
///
/// ```
/// use async_proc::channel::{ChannelHandler, FileChannel, run_loop};
/// use async_proc::Error;
/// use std::io::Write;
///
/// struct Reader;
/// impl ChannelHandler<FileChannel> for Reader {
///     fn handle_read(&mut self, channel: &FileChannel) -> Result<(), Error> {
///         print!("{}", String::from_utf8_lossy(&channel.recv(100)?));
///         Ok(())
///     }
///     fn writable(&mut self, _: &FileChannel) -> bool {
///         false
///     }
/// }
///
/// let (reader, mut writer) = std::io::pipe()?;
/// FileChannel::new(&reader, Reader)?;
/// writer.write_all(b"through a pipe\n")?;
/// drop(writer);
/// run_loop(None, true, None, None)?;
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "file_dispatcher")]
#[derive(Clone)]
pub struct FileChannel(Channel);

impl FileChannel {
    /// A channel on a file, in the thread's map. It has a descriptor of its own, so `file` may be
    /// closed; but the two are one open file, and `file` is non-blocking from here on too.
    ///
    /// # Errors
    ///
    /// [`ChannelError::Os`].
    pub fn new(
        file: impl AsFd,
        handler: impl ChannelHandler<FileChannel>,
    ) -> Result<FileChannel, Error> {
        FileChannel::new_in(&ChannelMap::global(), file, handler)
    }

    /// As [`new`](FileChannel::new), in `map`.
    ///
    /// # Errors
    ///
    /// As [`new`](FileChannel::new).
    pub fn new_in<H>(map: &ChannelMap, file: impl AsFd, handler: H) -> Result<FileChannel, Error>
    where
        H: ChannelHandler<FileChannel>,
    {
        let events = Bound::<H, FileChannel>::boxed(handler, ());
        let channel = Channel::make(short_name::<H>(), map, events);
        let refused = |error| ChannelError::os(Operation::Create, "", error);
        ioctl_fionbio(file.as_fd(), true).map_err(|error| refused(error.into()))?;
        let file = FileWrapper::new(file).map_err(refused)?;
        channel.set_io(Io::File(file))?;
        channel.state().connected.set(true);
        Ok(FileChannel(channel))
    }
}

impl Deref for FileChannel {
    type Target = Channel;

    fn deref(&self) -> &Channel {
        &self.0
    }
}

impl ChannelKind for FileChannel {
    fn channel(&self) -> &Channel {
        &self.0
    }
}

impl Sealed for FileChannel {
    type Parts = ();

    fn assemble(channel: &Channel, (): &()) -> Self {
        FileChannel(channel.clone())
    }
}
