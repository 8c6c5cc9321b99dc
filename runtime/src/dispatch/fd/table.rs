//! The descriptors that are registered by hand with one dispatcher.

use std::cell::RefCell;
use std::mem;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};

use super::AsyncFd;
use crate::dispatch::reactor::Source;

/// The descriptors, each at its number: the system gives out the smallest that is free.
#[derive(Default)]
pub(in crate::dispatch) struct Table(RefCell<Vec<Option<Entry>>>);

/// A registered descriptor.
pub(super) struct Entry {
    pub(super) fd: AsyncFd,
    pub(super) source: Source,
    /// Behind `source`, so that the reactor forgets it before it is closed. `None` if it is somebody
    /// else's.
    pub(super) owned: Option<OwnedFd>,
}

impl Table {
    pub(super) fn insert(&self, entry: Entry) {
        let mut entries = self.0.borrow_mut();
        // Only descriptors that the system has registered come here, and none is negative.
        let Ok(index) = usize::try_from(entry.fd.as_raw_fd()) else { return };
        if index >= entries.len() {
            entries.resize_with(index + 1, || None);
        }
        entries[index] = Some(entry);
    }

    pub(super) fn has_number(&self, fd: RawFd) -> bool {
        let entries = self.0.borrow();
        usize::try_from(fd).is_ok_and(|index| entries.get(index).is_some_and(Option::is_some))
    }

    pub(in crate::dispatch) fn source(&self, fd: AsyncFd) -> Option<Source> {
        let entries = self.0.borrow();
        let entry = entries.get(usize::try_from(fd.as_raw_fd()).ok()?)?.as_ref()?;
        (entry.fd == fd).then(|| entry.source.clone())
    }

    pub(super) fn remove(&self, fd: AsyncFd) -> Option<Entry> {
        let mut entries = self.0.borrow_mut();
        let entry = entries.get_mut(usize::try_from(fd.as_raw_fd()).ok()?)?;
        entry.take_if(|entry| entry.fd == fd)
    }

    /// Everything, which is no longer in the table.
    pub(in crate::dispatch) fn take(&self) -> impl Sized + use<> {
        mem::take(&mut *self.0.borrow_mut())
    }
}
