//! The descriptors that are registered by hand with one dispatcher.

use std::cell::RefCell;
use std::mem;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::rc::Rc;

use super::AsyncFd;
use super::registered::Registered;
use crate::error::Closed;

/// The descriptors, each at its number: the system gives out the smallest that is free.
#[derive(Default)]
pub(in crate::dispatch) struct Table(RefCell<Vec<Option<Entry>>>);

/// A registered descriptor.
pub(super) struct Entry {
    pub(super) registered: Rc<Registered>,
    /// Behind the source, so that the reactor forgets it before it is closed. `None` if it is
    /// somebody else's.
    pub(super) owned: Option<OwnedFd>,
}

impl Entry {
    /// Fails what is pending, and closes the descriptor if that is for the dispatcher to do.
    pub(super) fn close(self) {
        let number = self.registered.fd.as_raw_fd();
        self.registered.source.close_as(|name| Closed::new(name).on(number));
    }
}

impl Table {
    pub(super) fn insert(&self, entry: Entry) {
        let mut entries = self.0.borrow_mut();
        // Only descriptors that the system has registered come here, and none is negative.
        let Ok(index) = usize::try_from(entry.registered.fd.as_raw_fd()) else { return };
        if index >= entries.len() {
            entries.resize_with(index + 1, || None);
        }
        entries[index] = Some(entry);
    }

    pub(super) fn has_number(&self, fd: RawFd) -> bool {
        let entries = self.0.borrow();
        usize::try_from(fd).is_ok_and(|index| entries.get(index).is_some_and(Option::is_some))
    }

    pub(super) fn get(&self, fd: AsyncFd) -> Option<Rc<Registered>> {
        let entries = self.0.borrow();
        let entry = entries.get(usize::try_from(fd.as_raw_fd()).ok()?)?.as_ref()?;
        (entry.registered.fd == fd).then(|| entry.registered.clone())
    }

    pub(super) fn remove(&self, fd: AsyncFd) -> Option<Entry> {
        let mut entries = self.0.borrow_mut();
        let entry = entries.get_mut(usize::try_from(fd.as_raw_fd()).ok()?)?;
        entry.take_if(|entry| entry.registered.fd == fd)
    }

    /// Everything, which is no longer in the table.
    pub(in crate::dispatch) fn take(&self) -> impl Sized + use<> {
        mem::take(&mut *self.0.borrow_mut())
    }
}
