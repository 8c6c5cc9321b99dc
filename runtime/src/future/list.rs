//! Doubly linked lists whose links stand in the listed things themselves.

use std::cell::Cell;
use std::ptr::{self, NonNull};

use super::head::Head;

/// The two links of an entry, or of the list itself, which closes the circle.
#[derive(Debug)]
#[repr(C)]
struct Links {
    next: Cell<*const Links>,
    previous: Cell<*const Links>,
}

/// Something that waits in a future's list, or to be run in the schedule's queue.
///
/// It is the first field of what it stands for, or at a known offset in it. Pointers to it are
/// made from pointers to the whole, so that they may be turned back.
#[repr(C)]
pub(crate) struct Node {
    links: Links,
    kind: &'static NodeKind,
    /// The future in whose list it waits; null if in the queue or nowhere.
    on: Cell<*const Head>,
}

/// What to do with a node once it is out of its list.
pub(crate) struct NodeKind {
    /// Its turn has come. The list's ownership of the node passes to this function.
    pub(crate) run: unsafe fn(NonNull<Node>),
    /// It will never run. The list's ownership of the node passes to this function.
    pub(crate) discard: unsafe fn(NonNull<Node>),
    /// The future it waits on has finished, and it is about to be queued.
    pub(crate) fired: Option<unsafe fn(NonNull<Node>, NonNull<Head>)>,
    /// Whether it is a callback, which can be cleared.
    pub(crate) is_callback: bool,
}

impl Links {
    const fn new() -> Links {
        Links { next: Cell::new(ptr::null()), previous: Cell::new(ptr::null()) }
    }
}

impl Node {
    pub(crate) const fn new(kind: &'static NodeKind) -> Node {
        Node { links: Links::new(), kind, on: Cell::new(ptr::null()) }
    }

    pub(crate) fn kind(&self) -> &'static NodeKind {
        self.kind
    }

    /// Whether it is in a list or in the queue.
    pub(crate) fn is_linked(&self) -> bool {
        !self.links.next.get().is_null()
    }

    /// The future in whose list it waits.
    pub(crate) fn on(&self) -> Option<NonNull<Head>> {
        NonNull::new(self.on.get().cast_mut())
    }

    pub(crate) fn set_on(&self, head: Option<NonNull<Head>>) {
        self.on.set(head.map_or(ptr::null(), |head| head.as_ptr().cast_const()));
    }

    /// Takes it out of whatever it is in. What owned it there no longer does.
    pub(crate) fn unlink(&self) {
        let (next, previous) = (self.links.next.get(), self.links.previous.get());
        if next.is_null() {
            return;
        }
        #[cfg(test)]
        note_step();
        // SAFETY: what is linked is alive, as the functions that link require.
        unsafe {
            (*next).previous.set(previous);
            (*previous).next.set(next);
        }
        self.links.next.set(ptr::null());
        self.links.previous.set(ptr::null());
        self.on.set(ptr::null());
    }

    /// Puts `new` into the same list, at the place just before this one.
    ///
    /// # Safety
    ///
    /// This node is linked, `new` is not, and stays alive and in place until it is unlinked.
    pub(crate) unsafe fn insert_before(this: NonNull<Node>, new: NonNull<Node>) {
        // SAFETY: a node begins with its links; the caller's promise is the callee's.
        unsafe { link_before(this.cast(), new.cast()) };
    }
}

/// # Safety
///
/// `place` is in a circle, `new` is not, and both are alive until they are taken out.
unsafe fn link_before(place: NonNull<Links>, new: NonNull<Links>) {
    #[cfg(test)]
    note_step();
    // SAFETY: the caller promises that both are alive; so are those between which `new` goes.
    unsafe {
        let previous = place.as_ref().previous.get();
        new.as_ref().next.set(place.as_ptr());
        new.as_ref().previous.set(previous);
        (*previous).next.set(new.as_ptr());
        place.as_ref().previous.set(new.as_ptr());
    }
}

/// A list of nodes. It must not move once something has been put in.
#[derive(Debug)]
pub(crate) struct List(Links);

impl List {
    pub(crate) const fn new() -> List {
        List(Links::new())
    }

    pub(crate) fn is_empty(&self) -> bool {
        let next = self.0.next.get();
        next.is_null() || ptr::eq(next, &self.0)
    }

    /// Adds `node` at the end.
    ///
    /// # Safety
    ///
    /// `node` is in no list, and stays alive and in place until it is taken out.
    pub(crate) unsafe fn push_back(&self, node: NonNull<Node>) {
        let this = NonNull::from(&self.0);
        if self.0.next.get().is_null() {
            self.0.next.set(this.as_ptr());
            self.0.previous.set(this.as_ptr());
        }
        // SAFETY: the circle was just closed; the rest is the caller's promise.
        unsafe { link_before(this, node.cast()) };
    }

    /// Takes the first node out.
    pub(crate) fn pop_front(&self) -> Option<NonNull<Node>> {
        if self.is_empty() {
            return None;
        }
        let node = NonNull::new(self.0.next.get().cast_mut())?.cast::<Node>();
        // SAFETY: what is linked is alive, and only nodes are linked into a list.
        unsafe { node.as_ref() }.unlink();
        Some(node)
    }

    /// Takes every callback out, in order, and leaves the rest.
    pub(crate) fn take_callbacks(&self) -> Vec<NonNull<Node>> {
        let mut taken = Vec::new();
        let mut at = self.0.next.get();
        while !at.is_null() && !ptr::eq(at, &self.0) {
            #[cfg(test)]
            note_step();
            // SAFETY: what is linked is alive, and what is not the list itself is a node.
            let node = unsafe { &*at.cast::<Node>() };
            let next = node.links.next.get();
            if node.kind.is_callback {
                node.unlink();
                taken.extend(NonNull::new(at.cast_mut()).map(NonNull::cast::<Node>));
            }
            at = next;
        }
        taken
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        let mut count = 0;
        let mut at = self.0.next.get();
        while !at.is_null() && !ptr::eq(at, &self.0) {
            count += 1;
            // SAFETY: what is linked is alive.
            at = unsafe { (*at).next.get() };
        }
        count
    }
}

#[cfg(test)]
thread_local!(static STEPS: Cell<usize> = const { Cell::new(0) });

#[cfg(test)]
fn note_step() {
    STEPS.set(STEPS.get() + 1);
}

/// How many entries this thread has put in, taken out and passed by.
#[cfg(test)]
pub(crate) fn steps() -> usize {
    STEPS.get()
}
