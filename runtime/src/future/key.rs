//! The waker of a proc: a number, packed in the waker's data pointer.

use std::ptr;
use std::task::{RawWaker, RawWakerVTable, Waker};

use super::inbox;
use super::schedule;
use super::slots::Place;

// How the bits of a key are shared out: the schedule's number, the generation, the slot. Addresses
// of 64 bits allow for a quarter of a thousand million procs a thread.
#[cfg(target_pointer_width = "64")]
const BITS: (u32, u32) = (28, 20);
#[cfg(not(target_pointer_width = "64"))]
const BITS: (u32, u32) = (20, 4);

const SLOT_BITS: u32 = BITS.0;
const GENERATION_BITS: u32 = BITS.1;
const SCHEDULE_BITS: u32 = usize::BITS - SLOT_BITS - GENERATION_BITS;

/// The bits of a generation that are compared.
pub(crate) const GENERATION_MASK: u32 = (1 << GENERATION_BITS) - 1;
/// How many schedules can be told apart.
pub(crate) const SCHEDULES: usize = 1 << SCHEDULE_BITS;
/// How many procs a schedule can have at a time.
pub(crate) const PROCS: usize = 1 << SLOT_BITS;

/// A proc of this process, alive or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Key(usize);

impl Key {
    pub(crate) fn new(schedule: usize, place: Place) -> Key {
        let generation = (place.generation & GENERATION_MASK) as usize;
        Key(schedule << (SLOT_BITS + GENERATION_BITS) | generation << SLOT_BITS | place.index)
    }

    /// The number of the schedule whose proc it is.
    pub(crate) fn schedule(self) -> usize {
        self.0 >> (SLOT_BITS + GENERATION_BITS)
    }

    pub(crate) fn place(self) -> Place {
        let generation = (self.0 >> SLOT_BITS) as u32 & GENERATION_MASK;
        Place { index: self.0 & (PROCS - 1), generation }
    }

    /// The key in `waker`, if that is a proc's.
    pub(crate) fn of(waker: &Waker) -> Option<Key> {
        ptr::eq(waker.vtable(), &VTABLE).then(|| Key(waker.data().addr()))
    }

    pub(crate) fn waker(self) -> Waker {
        // SAFETY: the functions of the table take the data for a number and keep the contract of a
        // waker: they may be called on any thread, and own nothing.
        unsafe { Waker::from_raw(self.raw()) }
    }

    fn raw(self) -> RawWaker {
        RawWaker::new(ptr::without_provenance(self.0), &VTABLE)
    }

    fn wake(self) {
        let local = schedule::if_any(|schedule| {
            let local = schedule.number() == self.schedule();
            if local {
                schedule.wake(self);
            }
            local
        });
        if local != Some(true) {
            inbox::wake(self);
        }
    }
}

// A static, not a constant: its address is what tells a key from other wakers.
static VTABLE: RawWakerVTable = RawWakerVTable::new(
    |data| {
        let key = Key(data.addr());
        schedule::if_any(|schedule| schedule.note_clone(key));
        key.raw()
    },
    |data| Key(data.addr()).wake(),
    |data| Key(data.addr()).wake(),
    |_| {},
);
