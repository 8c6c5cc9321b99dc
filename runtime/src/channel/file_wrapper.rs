//! A file that can be read and written as a socket can.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::mem;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, IntoRawFd, RawFd};

/// A descriptor of its own of an open file. Dropping it closes it.
///
/// ```
/// use async_proc::channel::FileWrapper;
///
/// let (reader, writer) = std::io::pipe()?;
/// let wrapper = FileWrapper::new(&writer)?;
/// drop(writer); // the wrapper has its own
/// assert_eq!(wrapper.write(b"abc")?, 3);
/// assert_eq!(FileWrapper::new(&reader)?.read(10)?, b"abc");
/// wrapper.close()?;
/// assert!(wrapper.write(b"d").is_err());
/// # Ok::<(), std::io::Error>(())
/// ```
#[doc(alias = "file_wrapper")]
pub struct FileWrapper(Cell<Option<RawFd>>);

impl FileWrapper {
    /// Wraps a copy of a file's descriptor.
    ///
    /// # Errors
    ///
    /// The system has no more descriptors to give.
    pub fn new(file: impl AsFd) -> io::Result<FileWrapper> {
        let own = file.as_fd().try_clone_to_owned()?;
        Ok(FileWrapper(Cell::new(Some(own.into_raw_fd()))))
    }

    /// Reads what is there, at most `size` bytes. Empty at the end.
    ///
    /// # Errors
    ///
    /// The system's; that it is closed.
    #[doc(alias = "recv")]
    pub fn read(&self, size: usize) -> io::Result<Vec<u8>> {
        let mut data = vec![0; size];
        let length = self.read_into(&mut data)?;
        data.truncate(length);
        Ok(data)
    }

    pub(super) fn read_into(&self, room: &mut [u8]) -> io::Result<usize> {
        Ok(rustix::io::read(self.as_fd()?, room)?)
    }

    /// Writes what there is room for, and says how many bytes.
    ///
    /// # Errors
    ///
    /// The system's; that it is closed.
    #[doc(alias = "send")]
    pub fn write(&self, data: &[u8]) -> io::Result<usize> {
        Ok(rustix::io::write(self.as_fd()?, data)?)
    }

    /// Closes it. Closing it again does nothing.
    ///
    /// # Errors
    ///
    /// The system's. It counts as closed nevertheless.
    pub fn close(&self) -> io::Result<()> {
        let Some(fd) = self.0.take() else { return Ok(()) };
        // SAFETY: it was made by `new` for this value alone, which has given it up. Should somebody
        // else have closed it, the system says so.
        if unsafe { libc::close(fd) } == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
    }

    /// The descriptor.
    ///
    /// # Errors
    ///
    /// It is closed.
    pub(super) fn as_fd(&self) -> io::Result<BorrowedFd<'_>> {
        let closed = || io::Error::from_raw_os_error(libc::EBADF);
        let fd = self.0.get().ok_or_else(closed)?;
        // SAFETY: it is this value's own, and stays open until `close`, which is not called while a
        // read or a write runs.
        Ok(unsafe { BorrowedFd::borrow_raw(fd) })
    }
}

/// The number of the descriptor, which stays the wrapper's own; -1 if it is closed.
impl AsRawFd for FileWrapper {
    fn as_raw_fd(&self) -> RawFd {
        self.0.get().unwrap_or(-1)
    }
}

impl fmt::Debug for FileWrapper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("FileWrapper").field(&self.as_raw_fd()).finish()
    }
}

impl Drop for FileWrapper {
    fn drop(&mut self) {
        mem::drop(self.close());
    }
}
