//! Callbacks of a future.

use std::cell::Cell;
use std::fmt;
use std::marker::PhantomData;
use std::ptr::NonNull;
use std::rc::Rc;

use super::Future;
use super::head::{Handle, Head};
use super::list::{Node, NodeKind};
use super::schedule;
use super::waiter::guarded;

/// A callback that was [added](Future::add_callback) to a future.
///
/// Dropping it changes nothing; [`remove`](CallbackId::remove) takes the callback back.
pub struct CallbackId(Rc<dyn Entry>);

trait Entry {
    fn remove(self: Rc<Self>) -> bool;
    fn subject(&self) -> Option<Handle>;
}

impl CallbackId {
    /// Takes the callback back: it is dropped and never runs. `false` if it has run, or was
    /// removed before. Takes constant time.
    ///
    /// ```
    /// let future = async_proc::Future::<()>::new("event");
    /// let id = future.add_callback(|_| unreachable!("it was removed"));
    /// assert!(id.remove());
    /// assert!(!id.remove());
    /// ```
    pub fn remove(&self) -> bool {
        self.0.clone().remove()
    }

    /// The future, if it is still unfinished.
    pub(crate) fn subject(&self) -> Option<Handle> {
        self.0.subject()
    }
}

impl fmt::Debug for CallbackId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CallbackId").finish_non_exhaustive()
    }
}

#[repr(C)]
struct CallbackNode<T, C> {
    node: Node,
    /// The future that has finished: one reference to it, from then until the callback runs.
    subject: Cell<Option<NonNull<Head>>>,
    callback: Cell<Option<C>>,
    of: PhantomData<fn(&Future<T>)>,
}

impl<T: 'static, C: FnOnce(&Future<T>) + 'static> CallbackNode<T, C> {
    const KIND: &'static NodeKind = &NodeKind {
        run: Self::run,
        discard: Self::discard,
        fired: Some(Self::fired),
        is_callback: true,
    };

    unsafe fn run(node: NonNull<Node>) {
        // SAFETY: a node of this kind begins an `Rc` of this type, whose reference the queue had.
        let this = unsafe { Rc::from_raw(node.cast::<Self>().as_ptr()) };
        let subject = this.take_subject();
        let callback = this.callback.take();
        // The identifier may keep the node: it holds neither closure nor future any more.
        drop(this);
        guarded(move || {
            if let (Some(subject), Some(callback)) = (subject, callback) {
                // SAFETY: the future that fired the node is a `Future<T>`.
                callback(&unsafe { Future::from_handle(subject) });
            }
        });
    }

    unsafe fn discard(node: NonNull<Node>) {
        // SAFETY: as in `run`.
        let this = unsafe { Rc::from_raw(node.cast::<Self>().as_ptr()) };
        drop((this.take_subject(), this.callback.take()));
    }

    unsafe fn fired(node: NonNull<Node>, head: NonNull<Head>) {
        // SAFETY: the node is of this kind, and the future that fires it is alive.
        unsafe { (*node.cast::<Self>().as_ptr()).subject.set(Some(Handle::of(head).into_raw())) };
    }

    fn take_subject(&self) -> Option<Handle> {
        // SAFETY: `fired` put the reference there, and it is taken out once.
        self.subject.take().map(|head| unsafe { Handle::from_raw(head) })
    }
}

impl<T: 'static, C: FnOnce(&Future<T>) + 'static> Entry for CallbackNode<T, C> {
    fn remove(self: Rc<Self>) -> bool {
        if !self.node.is_linked() {
            return false;
        }
        self.node.unlink();
        // SAFETY: the list had one reference, and does not know the node any more.
        unsafe { Rc::decrement_strong_count(Rc::as_ptr(&self)) };
        drop((self.take_subject(), self.callback.take()));
        true
    }

    fn subject(&self) -> Option<Handle> {
        // SAFETY: a future clears `on` in every node of its list before it is freed.
        self.node.on().map(|head| unsafe { Handle::of(head) })
    }
}

pub(super) fn add<T: 'static, C>(future: &Future<T>, callback: C) -> CallbackId
where
    C: FnOnce(&Future<T>) + 'static,
{
    let entry = Rc::new(CallbackNode {
        node: Node::new(CallbackNode::<T, C>::KIND),
        subject: Cell::new(None),
        callback: Cell::new(Some(callback)),
        of: PhantomData,
    });
    let head = future.handle().raw();
    // SAFETY: an `Rc` is not null. The list owns the reference until the node is run, discarded or
    // removed; the node does not move.
    unsafe {
        let node = NonNull::new_unchecked(Rc::into_raw(entry.clone()).cast_mut()).cast::<Node>();
        if future.finished() {
            CallbackNode::<T, C>::fired(node, head);
            schedule::with(|schedule| schedule.queue.push_back(node));
        } else {
            head.as_ref().waiters.push_back(node);
            node.as_ref().set_on(Some(head));
        }
    }
    CallbackId(entry)
}

/// Removes every callback that has not been queued.
pub(super) fn clear(handle: &Handle) {
    for node in handle.head().waiters.take_callbacks() {
        // SAFETY: the node is out of its list, which gave it to us.
        unsafe { (node.as_ref().kind().discard)(node) };
    }
}
