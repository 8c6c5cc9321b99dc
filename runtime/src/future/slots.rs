//! A table whose entries are found again by a small number, and never mistaken for a later one.

/// Entries in numbered slots. A slot is used again after its entry was removed, under the next
/// generation, so that an old number finds nothing.
#[derive(Debug)]
pub(crate) struct Slots<T> {
    slots: Vec<Slot<T>>,
    /// The first free slot, or the number of slots.
    free: usize,
}

#[derive(Debug)]
struct Slot<T> {
    generation: u32,
    entry: Entry<T>,
}

#[derive(Debug)]
enum Entry<T> {
    Used(T),
    /// With the next free slot.
    Free(usize),
}

/// Where an entry is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Place {
    pub(crate) index: usize,
    pub(crate) generation: u32,
}

impl<T> Slots<T> {
    pub(crate) const fn new() -> Slots<T> {
        Slots { slots: Vec::new(), free: 0 }
    }

    pub(crate) fn insert(&mut self, value: T) -> Place {
        let index = self.free;
        match self.slots.get_mut(index) {
            Some(slot) => {
                if let Entry::Free(next) = slot.entry {
                    self.free = next;
                }
                slot.entry = Entry::Used(value);
                Place { index, generation: slot.generation }
            }
            None => {
                self.slots.push(Slot { generation: 0, entry: Entry::Used(value) });
                self.free = self.slots.len();
                Place { index, generation: 0 }
            }
        }
    }

    /// The entry at `place`; generations are compared in the bits of `mask`.
    pub(crate) fn get(&self, place: Place, mask: u32) -> Option<&T> {
        match self.slots.get(place.index)? {
            Slot { generation, entry: Entry::Used(value) }
                if (generation ^ place.generation) & mask == 0 =>
            {
                Some(value)
            }
            _ => None,
        }
    }

    pub(crate) fn remove(&mut self, index: usize) -> Option<T> {
        let slot = self.slots.get_mut(index)?;
        if matches!(slot.entry, Entry::Free(_)) {
            return None;
        }
        slot.generation = slot.generation.wrapping_add(1);
        match std::mem::replace(&mut slot.entry, Entry::Free(self.free)) {
            Entry::Used(value) => {
                self.free = index;
                Some(value)
            }
            Entry::Free(_) => None,
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.slots.iter().filter_map(|slot| match &slot.entry {
            Entry::Used(value) => Some(value),
            Entry::Free(_) => None,
        })
    }
}
