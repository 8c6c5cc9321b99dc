//! Waiters that are allocated: wakers, and callbacks queued by themselves.

use std::cell::Cell;
use std::collections::HashMap;
use std::panic::{self, AssertUnwindSafe};
use std::ptr::NonNull;
use std::task::Waker;

use super::head::{Handle, Head};
use super::key::Key;
use super::list::{Node, NodeKind};
use super::proc::{self, Proc};
use super::schedule;
use crate::Error;

/// A waker that waits on a future.
#[repr(C)]
pub(crate) struct WakerNode {
    node: Node,
    waker: Waker,
    head: NonNull<Head>,
    /// The proc the waker is of, if it is of this thread. Its extras hold this node.
    owner: Option<NonNull<Proc>>,
}

/// The future waited on, and the waker's data and table: what makes two wakers the same.
pub(crate) type WakerId = (NonNull<Head>, usize, usize);

impl WakerNode {
    fn id(head: NonNull<Head>, waker: &Waker) -> WakerId {
        (head, waker.data().addr(), std::ptr::from_ref(waker.vtable()).addr())
    }

    /// # Safety
    ///
    /// `place` is in the list of `head`, if it is given; `head` is alive.
    unsafe fn insert(self, place: Option<NonNull<Node>>) -> NonNull<WakerNode> {
        let head = self.head;
        // SAFETY: a box is not null.
        let this = unsafe { NonNull::new_unchecked(Box::into_raw(Box::new(self))) };
        let node = this.cast::<Node>();
        // SAFETY: the node is new, and the list owns it from here on.
        unsafe {
            match place {
                Some(place) => Node::insert_before(place, node),
                None => head.as_ref().waiters.push_back(node),
            }
            node.as_ref().set_on(Some(head));
        }
        this
    }

    /// Takes a node that is out of its list out of the table it is found by.
    ///
    /// # Safety
    ///
    /// `node` begins a `WakerNode` that is the caller's.
    unsafe fn take(node: NonNull<Node>) -> Box<WakerNode> {
        // SAFETY: the caller's promise.
        let this = unsafe { Box::from_raw(node.cast::<WakerNode>().as_ptr()) };
        match this.owner {
            // SAFETY: a proc removes its extras when it ends, so it is alive.
            Some(owner) => unsafe { owner.as_ref() }.extras.forget(this.head),
            None => {
                let id = WakerNode::id(this.head, &this.waker);
                schedule::with(|schedule| schedule.wakers.borrow_mut().remove(&id));
            }
        }
        this
    }
}

static WAKER: NodeKind =
    NodeKind { run: run_waker, discard: discard_waker, fired: None, is_callback: false };

unsafe fn run_waker(node: NonNull<Node>) {
    // SAFETY: the queue gave the node to us.
    let this = unsafe { WakerNode::take(node) };
    match this.owner {
        // SAFETY: a proc removes its extras when it ends, so it is unfinished.
        Some(owner) => unsafe { proc::resume(owner) },
        None => guarded(|| this.waker.wake()),
    }
}

unsafe fn discard_waker(node: NonNull<Node>) {
    // SAFETY: the list gave the node to us.
    drop(unsafe { WakerNode::take(node) });
}

/// Puts a waker into the list of those who wait on `handle`, unless it is there already.
pub(super) fn wait(handle: &Handle, waker: &Waker) {
    let head = handle.raw();
    let id = WakerNode::id(head, waker);
    if schedule::with(|schedule| schedule.wakers.borrow().contains_key(&id)) {
        return;
    }
    let waker = waker.clone();
    if handle.head().is_finished() {
        return waker.wake(); // Cloning it ran code that finished the future.
    }
    let node = WakerNode { node: Node::new(&WAKER), waker, head, owner: None };
    // SAFETY: the handle keeps the future alive.
    let node = unsafe { node.insert(None) };
    schedule::with(|schedule| schedule.wakers.borrow_mut().insert(id, node));
}

/// What a proc waits on besides the future its own node waits on.
#[derive(Default)]
pub(crate) struct Extras(Cell<Option<Box<Nodes>>>);

type Nodes = HashMap<NonNull<Head>, NonNull<WakerNode>>;

impl Extras {
    fn with<R>(&self, f: impl FnOnce(&mut Option<Box<Nodes>>) -> R) -> R {
        let mut nodes = self.0.take();
        let result = f(&mut nodes);
        self.0.set(nodes);
        result
    }

    pub(super) fn is_empty(&self) -> bool {
        self.with(|nodes| nodes.as_ref().is_none_or(|nodes| nodes.is_empty()))
    }

    pub(super) fn contains(&self, head: NonNull<Head>) -> bool {
        self.with(|nodes| nodes.as_ref().is_some_and(|nodes| nodes.contains_key(&head)))
    }

    fn forget(&self, head: NonNull<Head>) {
        self.with(|nodes| nodes.as_mut().and_then(|nodes| nodes.remove(&head)));
    }

    /// Adds the futures waited on.
    pub(super) fn upstream(&self, upstream: &mut Vec<Handle>) {
        self.with(|nodes| {
            let nodes = nodes.iter().flat_map(|nodes| nodes.values());
            // SAFETY: a node that is in the table is alive.
            let heads = nodes.filter_map(|node| unsafe { node.as_ref() }.node.on());
            // SAFETY: a future clears `on` in every node of its list before it is freed.
            upstream.extend(heads.map(|head| unsafe { Handle::of(head) }));
        });
    }

    /// Takes every node out of its list and drops it.
    pub(super) fn clear(&self) {
        for node in self.0.take().into_iter().flat_map(|nodes| nodes.into_values()) {
            // SAFETY: a node that is in the table is alive; out of its list, it is ours.
            unsafe {
                node.cast::<Node>().as_ref().unlink();
                drop(Box::from_raw(node.as_ptr()));
            }
        }
    }
}

/// Makes a proc wait on one more future, in front of `place` or as the last.
///
/// # Safety
///
/// `proc` is unfinished, `head` is alive, and `place` is in its list.
pub(super) unsafe fn add_extra(
    proc: NonNull<Proc>,
    key: Key,
    head: NonNull<Head>,
    place: Option<NonNull<Node>>,
) {
    // SAFETY: an unfinished proc is alive.
    let extras = unsafe { &proc.as_ref().extras };
    if extras.contains(head) {
        return;
    }
    let node = WakerNode { node: Node::new(&WAKER), waker: key.waker(), head, owner: Some(proc) };
    // SAFETY: the caller's promise.
    let node = unsafe { node.insert(place) };
    extras.with(|nodes| nodes.get_or_insert_default().insert(head, node));
}

/// A function in the queue.
#[repr(C)]
struct CallNode<F> {
    node: Node,
    call: F,
}

impl<F: FnOnce()> CallNode<F> {
    const KIND: &'static NodeKind =
        &NodeKind { run: Self::run, discard: Self::discard, fired: None, is_callback: false };

    unsafe fn run(node: NonNull<Node>) {
        // SAFETY: a node of this kind begins a box of this type, and the queue gave it to us.
        let this = unsafe { Box::from_raw(node.cast::<CallNode<F>>().as_ptr()) };
        guarded(this.call);
    }

    unsafe fn discard(node: NonNull<Node>) {
        // SAFETY: as in `run`.
        drop(unsafe { Box::from_raw(node.cast::<CallNode<F>>().as_ptr()) });
    }
}

/// Queues `call` on this thread.
pub(crate) fn call_soon<F: FnOnce() + 'static>(call: F) {
    let node = Box::new(CallNode { node: Node::new(CallNode::<F>::KIND), call });
    // SAFETY: a box is not null; the queue owns the node until it is run or discarded.
    schedule::with(|schedule| unsafe {
        schedule.queue.push_back(NonNull::new_unchecked(Box::into_raw(node)).cast());
    });
}

/// Calls `f`. If it panics, the running `poll` returns that as an error.
pub(crate) fn guarded(f: impl FnOnce()) {
    if let Err(payload) = panic::catch_unwind(AssertUnwindSafe(f)) {
        schedule::with(|schedule| schedule.fail(Error::panicked(payload)));
    }
}
