//! Where the variables of a frame lie: worked out by the compiler's constant evaluation, for each
//! type the function is used with.
//!
//! The macro knows from when to when a variable needs its storage, rustc knows how large it is, and
//! whether it has a destructor. [`Plan::new`] brings the two together: variables that are never
//! needed at the same time may share their bytes.

use std::alloc::Layout;
use std::mem;
use std::ptr;

/// Which variables of a frame hold a value that must be dropped, a bit each.
pub type Live = u8;

/// What one variable needs, or one flag.
#[derive(Clone, Copy, Debug)]
pub struct Need {
    size: usize,
    align: usize,
    /// What drops it, if its type has a destructor.
    drop: Option<unsafe fn(*mut ())>,
    /// Parts of it may have been moved out.
    in_parts: bool,
    /// At some suspension it cannot be told from the state alone whether its bit is set.
    varies: bool,
    /// The variables it must not share its bytes with, if it lies in the frame.
    meets: Option<Meets>,
}

/// The variables that are written while one holds a value that is still needed: ranges of numbers,
/// the ends included.
pub type Meets = &'static [(u16, u16)];

/// A variable of type `T` that needs storage at no suspension, unless [`Need::meets`] and the like
/// say otherwise.
///
/// What a variable needs depends on whether `T` has a destructor. A value that has one must be
/// dropped, and once it is moved no reference to it is left; a value that has none is nothing once
/// it is not used any more, but may be a copy, whose original is still borrowed.
pub const fn need<T>() -> Need {
    Need {
        size: mem::size_of::<T>(),
        align: mem::align_of::<T>(),
        drop: if mem::needs_drop::<T>() { Some(drop_in_place::<T>) } else { None },
        in_parts: false,
        varies: false,
        meets: None,
    }
}

unsafe fn drop_in_place<T>(value: *mut ()) {
    // SAFETY: the caller gives a value of this type that is not used again.
    unsafe { ptr::drop_in_place(value.cast::<T>()) };
}

/// A flag that says of a variable of type `T` whether a part of it has been moved out.
pub const fn flag<T>() -> Need {
    Need { size: 0, align: 1, ..need::<T>() }
}

impl Need {
    /// It is needed at a suspension, and meets these.
    #[must_use]
    pub const fn meets(self, meets: Meets) -> Need {
        Need { meets: Some(meets), ..self }
    }

    /// The same, if its type has a destructor.
    #[must_use]
    pub const fn meets_if_dropped(self, meets: Meets) -> Need {
        if self.drop.is_some() { self.meets(meets) } else { self }
    }

    /// The same, if its type has none.
    #[must_use]
    pub const fn meets_if_plain(self, meets: Meets) -> Need {
        if self.drop.is_some() { self } else { self.meets(meets) }
    }

    /// The same, where the state does not tell whether the variable holds a value.
    #[must_use]
    pub const fn varies(self) -> Need {
        Need { varies: true, ..self }
    }

    /// The same, of a variable that may be moved out of in part, or that stands for another: how it
    /// is dropped, the function says.
    #[must_use]
    pub const fn in_parts(self) -> Need {
        Need { in_parts: true, ..self }
    }

    /// The ranges are sorted and apart.
    const fn has_met(&self, other: usize) -> bool {
        let Some(ranges) = self.meets else { return false };
        let (mut low, mut high) = (0, ranges.len());
        while low < high {
            let middle = low + (high - low) / 2;
            let (from, to) = ranges[middle];
            if other < from as usize {
                high = middle;
            } else if to as usize >= other {
                return true;
            } else {
                low = middle + 1;
            }
        }
        false
    }
}

/// Where each variable of a frame lies, and which live bit it has.
#[derive(Clone, Copy, Debug)]
pub struct Plan<const N: usize> {
    offsets: [usize; N],
    /// Whether each lies in the frame, and not beside it.
    kept: [bool; N],
    needs: [Need; N],
    /// The bit of each variable that can need dropping, and of each flag; `NO_BIT` for the others.
    bits: [u16; N],
    /// The frame as a whole.
    pub shape: Shape,
}

/// What is known of a frame as a whole.
#[derive(Clone, Copy, Debug)]
pub struct Shape {
    /// Its size and alignment.
    pub layout: Layout,
    /// Where the state is.
    pub state: usize,
    /// Where the live words are kept that the state does not tell.
    pub(super) kept: usize,
    /// How many they are.
    pub(super) kept_words: usize,
    /// How many bits of them count.
    kept_bits: u16,
}

impl Shape {
    /// The bits of a kept word that count.
    #[inline(always)]
    pub(super) const fn kept_mask(&self, word: usize) -> Live {
        let bits = self.kept_bits as usize - word * Live::BITS as usize;
        if bits >= Live::BITS as usize { Live::MAX } else { (1 << bits) - 1 }
    }
}

/// How a variable is dropped.
#[derive(Clone, Copy, Debug)]
pub struct Destructor {
    pub(super) slot: u16,
    pub(super) word: u16,
    pub(super) bit: Live,
    pub(super) how: How,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum How {
    /// All of it, by this.
    Whole { drop: unsafe fn(*mut ()), place: Place },
    /// As the function says.
    InParts,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    Frame(usize),
    Beside(usize),
}

const NO_BIT: u16 = u16::MAX;

impl<const N: usize> Plan<N> {
    /// Lays out the variables. `state_size` bytes hold the state; they lie at `state_at`, if that
    /// is given.
    pub const fn new(needs: [Need; N], state_size: usize, state_at: Option<usize>) -> Plan<N> {
        let (bits, kept_bits) = bits(&needs);
        let kept_words = (kept_bits as usize).div_ceil(Live::BITS as usize);
        let state = (state_size, state_at);
        let mut packer = Packer::pack(&needs, by_size(&needs), state, kept_words);
        if state_at.is_some() {
            // In the handle of an `async fn` a byte counts, and around the state there may be a gap.
            let other = Packer::pack(&needs, as_declared(), state, kept_words);
            if other.end < packer.end {
                packer = other;
            }
        }
        packer.place_beside();
        let (state, kept) = (packer.taken[0].0, packer.taken[1].0);
        let layout = match Layout::from_size_align(packer.end, packer.align) {
            Ok(layout) => layout.pad_to_align(),
            Err(_) => panic!("the variables of a function are larger than memory"),
        };
        let shape = Shape { layout, state, kept, kept_words, kept_bits };
        Plan { offsets: packer.offsets, kept: in_frame(&needs), bits, needs, shape }
    }

    /// For each suspension the words of the bits that are set there whatever happened before, given
    /// the variables that hold a value.
    pub const fn live<const W: usize, const S: usize>(
        &self,
        suspensions: [&[u16]; S],
    ) -> [[Live; W]; S] {
        let mut live = [[0; W]; S];
        let mut suspension = 0;
        while suspension < S {
            let slots = suspensions[suspension];
            let mut index = 0;
            while index < slots.len() {
                let bit = self.bits[slots[index] as usize];
                if bit != NO_BIT && bit >= self.shape.kept_bits {
                    let (word, mask) = word(bit);
                    live[suspension][word] |= mask;
                }
                index += 1;
            }
            suspension += 1;
        }
        live
    }

    /// How the variables are dropped, given their numbers in that order. A number of no variable
    /// stands for none.
    pub const fn drops<const D: usize>(&self, order: [u16; D]) -> [Destructor; D] {
        let nothing = Destructor { slot: 0, word: 0, bit: 0, how: How::InParts };
        let mut drops = [nothing; D];
        let mut index = 0;
        while index < D {
            let slot = order[index];
            if (slot as usize) < N
                && let Some(drop) = self.needs[slot as usize].drop
            {
                let offset = self.offsets[slot as usize];
                let kept = self.kept[slot as usize];
                let (word, bit) = self.bit(slot as usize);
                let place = if kept { Place::Frame(offset) } else { Place::Beside(offset) };
                let how = match self.needs[slot as usize].in_parts {
                    true => How::InParts,
                    false => How::Whole { drop, place },
                };
                drops[index] = Destructor { slot, word: word as u16, bit, how };
            }
            index += 1;
        }
        drops
    }

    /// Where a variable lies, in the frame or beside it.
    pub(super) const fn offset(&self, slot: usize) -> usize {
        self.offsets[slot]
    }

    /// Whether a variable lies in the frame.
    pub(super) const fn is_kept(&self, slot: usize) -> bool {
        self.kept[slot]
    }

    /// The word and the mask of a variable's bit, or of a flag's. What has no destructor has none.
    pub(super) const fn bit(&self, slot: usize) -> (usize, Live) {
        match self.bits[slot] {
            NO_BIT => (0, 0),
            bit => word(bit),
        }
    }
}

const fn word(bit: u16) -> (usize, Live) {
    (bit as usize / Live::BITS as usize, 1 << (bit % Live::BITS as u16))
}

const fn in_frame<const N: usize>(needs: &[Need; N]) -> [bool; N] {
    let mut kept = [false; N];
    let mut slot = 0;
    while slot < N {
        kept[slot] = needs[slot].meets.is_some();
        slot += 1;
    }
    kept
}

/// Numbers the bits: those that the state does not tell come first. Gives how many these are.
const fn bits<const N: usize>(needs: &[Need; N]) -> ([u16; N], u16) {
    let mut bits = [NO_BIT; N];
    let (mut next, mut kept) = (0, 0);
    let mut varies = true;
    loop {
        let mut slot = 0;
        while slot < N {
            if needs[slot].drop.is_some() && needs[slot].varies == varies {
                bits[slot] = next;
                next += 1;
            }
            slot += 1;
        }
        if !varies {
            return (bits, kept);
        }
        kept = next;
        varies = false;
    }
}

/// Places one variable after the other, each as low as it can lie.
#[derive(Clone, Copy)]
struct Packer<'n, const N: usize> {
    needs: &'n [Need; N],
    /// The variables that have a place, the lowest first.
    placed: [usize; N],
    count: usize,
    offsets: [usize; N],
    /// Bytes that are in use all the time: of the state, and of the kept live words.
    taken: [(usize, usize); 2],
    end: usize,
    align: usize,
}

impl<'n, const N: usize> Packer<'n, N> {
    /// Places the variables in this order, the state (its size, and its place if that is given) and
    /// the kept live words.
    const fn pack(
        needs: &'n [Need; N],
        order: [usize; N],
        (state_size, state_at): (usize, Option<usize>),
        kept_words: usize,
    ) -> Self {
        let mut packer = Packer {
            needs,
            placed: [0; N],
            count: 0,
            offsets: [0; N],
            taken: [(0, 0); 2],
            end: 0,
            align: state_size,
        };
        if let Some(at) = state_at {
            packer.taken[0] = (at, at + state_size);
            packer.end = at + state_size;
        }
        let mut index = 0;
        while index < N {
            packer.place(order[index]);
            index += 1;
        }
        if state_at.is_none() {
            packer.place_always(0, state_size, state_size);
        }
        packer.place_always(1, kept_words, 1);
        packer
    }

    /// Places the variables beside the frame, in memory that has room for each of them and the
    /// alignment of the strictest: by alignment, so that no byte is lost between them.
    const fn place_beside(&mut self) {
        let mut end = 0;
        let mut align = 1 << (usize::BITS - 1);
        while align > 0 {
            let mut slot = 0;
            while slot < N {
                let need = &self.needs[slot];
                if need.meets.is_none() && need.align == align {
                    self.offsets[slot] = end;
                    end += need.size;
                }
                slot += 1;
            }
            align >>= 1;
        }
    }

    const fn place(&mut self, slot: usize) {
        let need = self.needs[slot];
        if need.meets.is_none() {
            return;
        }
        self.align = max(self.align, need.align);
        if need.size == 0 {
            return; // It has an address, which is the frame's.
        }
        let offset = self.lowest(need.size, need.align, Some(slot));
        self.offsets[slot] = offset;
        let mut index = self.count;
        while index > 0 && self.offsets[self.placed[index - 1]] > offset {
            self.placed[index] = self.placed[index - 1];
            index -= 1;
        }
        self.placed[index] = slot;
        self.count += 1;
        self.end = max(self.end, offset + need.size);
    }

    /// A place for bytes that are in use all the time.
    const fn place_always(&mut self, which: usize, size: usize, align: usize) {
        if size == 0 {
            return;
        }
        let offset = self.lowest(size, align, None);
        self.taken[which] = (offset, offset + size);
        self.end = max(self.end, offset + size);
    }

    /// The lowest place where nothing lies that is needed at the same time.
    const fn lowest(&self, size: usize, align: usize, slot: Option<usize>) -> usize {
        let mut offset = 0;
        let mut index = 0;
        while index < self.count {
            let other = self.placed[index];
            let (from, until) = (self.offsets[other], self.offsets[other] + self.needs[other].size);
            // Asked last, as it takes longest.
            let in_the_way = until > offset
                && match slot {
                    Some(slot) => {
                        self.needs[slot].has_met(other) || self.needs[other].has_met(slot)
                    }
                    None => true,
                };
            if in_the_way {
                let before = self.past_taken(offset, size, align);
                if before + size <= from {
                    return before;
                }
                offset = up(max(until, offset), align);
            }
            index += 1;
        }
        self.past_taken(offset, size, align)
    }

    /// The first place from `offset` on that leaves the bytes alone which are always in use.
    const fn past_taken(&self, mut offset: usize, size: usize, align: usize) -> usize {
        let mut index = 0;
        let mut settled = 0;
        while settled < 2 {
            let (from, until) = self.taken[index];
            if offset < until && from < offset + size {
                offset = up(until, align);
                settled = 0;
            } else {
                settled += 1;
            }
            index = 1 - index;
        }
        offset
    }
}

const fn as_declared<const N: usize>() -> [usize; N] {
    let mut order = [0; N];
    let mut slot = 0;
    while slot < N {
        order[slot] = slot;
        slot += 1;
    }
    order
}

/// The variables in the order in which they are placed: by size, then by alignment.
const fn by_size<const N: usize>(needs: &[Need; N]) -> [usize; N] {
    let mut order = [0; N];
    let mut slot = 0;
    while slot < N {
        order[slot] = slot;
        slot += 1;
    }
    // Runs of twice the length each time, as there may be a thousand variables and more.
    let mut length = 1;
    while length < N {
        let from = order;
        let mut start = 0;
        while start < N {
            let (middle, end) = (min(start + length, N), min(start + 2 * length, N));
            let (mut left, mut right, mut index) = (start, middle, start);
            while index < end {
                let takes_right = left == middle
                    || (right < end && is_larger(&needs[from[right]], &needs[from[left]]));
                let next = if takes_right { &mut right } else { &mut left };
                order[index] = from[*next];
                *next += 1;
                index += 1;
            }
            start = end;
        }
        length *= 2;
    }
    order
}

const fn is_larger(a: &Need, b: &Need) -> bool {
    a.size > b.size || (a.size == b.size && a.align > b.align)
}

const fn min(a: usize, b: usize) -> usize {
    if a < b { a } else { b }
}

const fn max(a: usize, b: usize) -> usize {
    if a > b { a } else { b }
}

const fn up(offset: usize, align: usize) -> usize {
    offset.next_multiple_of(align)
}

#[cfg(test)]
mod tests {
    use super::{Plan, flag, need};

    type Word = u64;

    #[test]
    fn what_does_not_meet_shares_its_bytes() {
        let plan = Plan::new([need::<[u8; 100]>().meets(&[]), need::<Word>().meets(&[])], 1, None);
        assert_eq!((plan.offset(0), plan.offset(1)), (0, 0));
        assert_eq!((plan.shape.layout.size(), plan.shape.state), (104, 100));
    }

    #[test]
    fn one_that_meets_another_lies_apart_whichever_says_so() {
        for (first, second) in [(&[(1, 1)][..], &[][..]), (&[][..], &[(0, 0)][..])] {
            let plan =
                Plan::new([need::<Word>().meets(first), need::<Word>().meets(second)], 1, None);
            assert_eq!((plan.offset(0), plan.offset(1)), (0, 8));
        }
    }

    #[test]
    fn small_ones_fill_the_gaps() {
        let needs = [
            need::<u8>().meets(&[(1, 3)]),
            need::<Word>().meets(&[(2, 3)]),
            need::<u16>().meets(&[(3, 3)]),
            need::<u8>().meets(&[]),
        ];
        let plan = Plan::new(needs, 1, None);
        assert_eq!(plan.shape.layout.size(), 16);
    }

    #[test]
    fn the_state_lies_where_it_is_told_to() {
        let plan = Plan::new(
            [need::<[u8; 6]>().meets(&[]), need::<[u8; 2]>().meets(&[(0, 0)])],
            1,
            Some(2),
        );
        assert_eq!(plan.shape.state, 2);
        assert_eq!((plan.offset(0), plan.offset(1)), (3, 0));
    }

    #[test]
    fn what_no_suspension_needs_takes_no_room() {
        let plan = Plan::new([need::<Word>(), need::<String>()], 1, None);
        assert_eq!(plan.shape.layout.size(), 1);
        assert!(!plan.is_kept(0) && !plan.is_kept(1));
    }

    #[test]
    fn bits_that_vary_are_kept_and_only_they() {
        let needs = [
            need::<String>().meets(&[(1, 3)]),
            need::<String>().meets(&[(2, 3)]).varies(),
            need::<Word>().meets(&[(3, 3)]).varies(),
            flag::<String>().varies(),
        ];
        let plan = Plan::new(needs, 1, None);
        assert_eq!((plan.shape.kept_words, plan.shape.kept_mask(0)), (1, 0b11));
        assert_eq!(
            [plan.bit(0), plan.bit(1), plan.bit(2), plan.bit(3)],
            [(0, 4), (0, 1), (0, 0), (0, 2)]
        );
        assert_eq!(plan.live::<1, 2>([&[], &[0, 2]]), [[0], [4]]);
    }
}
