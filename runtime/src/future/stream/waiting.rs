//! What the futures of reads and writes keep: how to give up.

use std::cell::Cell;
use std::rc::{Rc, Weak};

use super::Shared;
use crate::Error;
use crate::future::{Handle, Leaf};

/// Kept by the future of a read.
pub(super) struct Reader<T> {
    stream: Weak<Shared<T>>,
    /// While it waits, its own number; then that of the value it was given.
    serial: Cell<u64>,
}

impl<T> Reader<T> {
    pub(super) fn of(stream: &Rc<Shared<T>>) -> Reader<T> {
        Reader { stream: Rc::downgrade(stream), serial: Cell::new(0) }
    }

    pub(super) fn wait_as(&self, serial: u64) {
        self.serial.set(serial);
    }

    /// It is about to be completed with the value of this number.
    pub(super) fn give(&self, serial: u64) {
        self.serial.set(serial);
    }
}

impl<T: 'static> Leaf for Reader<T> {
    fn cancel(&self, _: &mut Vec<Handle>) {
        if let Some(stream) = self.stream.upgrade() {
            let reader = stream.queue.borrow_mut().readers.remove(&self.serial.get());
            // Not before: dropping it may run anything.
            drop(reader);
        }
    }

    unsafe fn abandoned(&self, result: *mut ()) -> bool {
        let result = result.cast::<Result<Option<T>, Error>>();
        // SAFETY: the caller's promise; futures with this leaf are of an `Option<T>`.
        let has_value = matches!(unsafe { &*result }, Ok(Some(_)));
        let stream = self.stream.upgrade().filter(|_| has_value);
        let Some(stream) = stream else { return false };
        // SAFETY: as above. It is not used again, as `true` says.
        if let Ok(Some(value)) = unsafe { result.read() } {
            stream.put_back(self.serial.get(), value);
        }
        true
    }
}

/// Kept by the future of a write.
pub(super) struct Writer<T> {
    stream: Weak<Shared<T>>,
    serial: Cell<u64>,
}

impl<T> Writer<T> {
    pub(super) fn of(stream: &Rc<Shared<T>>) -> Writer<T> {
        Writer { stream: Rc::downgrade(stream), serial: Cell::new(0) }
    }

    pub(super) fn wait_as(&self, serial: u64) {
        self.serial.set(serial);
    }
}

impl<T: 'static> Leaf for Writer<T> {
    fn cancel(&self, _: &mut Vec<Handle>) {
        if let Some(stream) = self.stream.upgrade() {
            let writer = stream.queue.borrow_mut().writers.remove(&self.serial.get());
            drop(writer);
        }
    }
}
