//! A proc: a future whose allocation also holds the machine that finishes it.

use std::alloc::{self, Layout};
use std::cell::Cell;
use std::mem::{self, ManuallyDrop, offset_of};
use std::panic::{self, AssertUnwindSafe, Location};
use std::ptr::{self, NonNull};
use std::task::Context;

use super::Future;
use super::cancel;
use super::head::{self, Handle, Head, Kind, ResultOf, Room, State, empty_room};
use super::key::Key;
use super::list::{Node, NodeKind};
use super::schedule::{self, Schedule};
use super::waiter::{self, Extras};
use crate::Error;
use crate::machine::{Vtable, unwound_after};

/// The part of a proc that depends on neither its frame nor its result.
#[repr(C)]
pub(crate) struct Proc {
    head: Head,
    node: Node,
    machine: &'static Vtable,
    /// Where the frame stands, in bytes from the head.
    frame: usize,
    key: Cell<Option<Key>>,
    phase: Cell<Phase>,
    /// It was woken in the middle of its own step, and found out only then.
    again: Cell<bool>,
    /// It was cancelled in the middle of its own step.
    cancel: Cell<bool>,
    /// Something cloned its waker since the last time that waker was woken.
    cloned: Cell<bool>,
    /// It counts as one that something foreign may wake.
    counted: Cell<bool>,
    /// The futures it waits on besides the one its node waits on.
    pub(super) extras: Extras,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// In a step, or its frame is being dropped.
    Running,
    Suspended,
    Ended,
}

/// What lies before a proc's frame.
#[repr(C)]
struct Block<T> {
    proc: Proc,
    result: Room<T>,
}

impl<T> Block<T> {
    const KIND: &'static Kind = &Kind {
        result: offset_of!(Block<T>, result),
        is_proc: true,
        is_failed: ResultOf::<T>::is_failed,
        put_error: ResultOf::<T>::put_error,
        take_error: ResultOf::<T>::take_error,
        drop_result: ResultOf::<T>::drop_result,
        free: Self::free,
        cancel: let_go,
    };

    /// The layout of a proc's one allocation, and where the frame stands in it.
    fn layout(machine: &Vtable) -> (Layout, usize) {
        let Ok((layout, frame)) = Layout::new::<Self>().extend(machine.layout) else {
            unreachable!("a frame and a result, each smaller than memory by far")
        };
        (layout.pad_to_align(), frame)
    }

    unsafe fn free(head: NonNull<Head>) {
        let block = head.cast::<Block<T>>();
        // SAFETY: a head of this kind begins a block that `start_machine` has allocated with this
        // layout, and it is not used again. Its frame has been dropped.
        unsafe {
            let (layout, _) = Self::layout(block.as_ref().proc.machine);
            ptr::drop_in_place(block.as_ptr());
            alloc::dealloc(block.as_ptr().cast(), layout);
        }
    }
}

/// Starts a proc: allocates it, runs it to its first suspension, and returns its future.
///
/// # Safety
///
/// `vtable` is of a frame that starts with a `P`, and of the result type `Result<T, Error>`. Whatever
/// the types say about lifetimes, the frame and `T` may live as long as the thread.
#[track_caller]
pub(crate) unsafe fn start_machine<P, T>(params: P, vtable: &'static Vtable) -> Future<T> {
    let (layout, frame) = Block::<T>::layout(vtable);
    let proc = Proc {
        head: Head::new(Block::<T>::KIND, vtable.function.name, Location::caller()),
        node: Node::new(&NODE),
        machine: vtable,
        frame,
        key: Cell::new(None),
        phase: Cell::new(Phase::Suspended),
        again: Cell::new(false),
        cancel: Cell::new(false),
        cloned: Cell::new(false),
        counted: Cell::new(false),
        extras: Extras::default(),
    };
    let mut params = ManuallyDrop::new(params);
    // SAFETY: the layout is not of size 0, and begins with a block.
    let head = unsafe {
        let Some(block) = NonNull::new(alloc::alloc(layout).cast::<Block<T>>()) else {
            alloc::handle_alloc_error(layout)
        };
        block.write(Block { proc, result: empty_room::<T>() });
        block.cast::<Head>()
    };
    // SAFETY: the block was made with one reference, and holds a `T`.
    let future = unsafe { Future::from_handle(Handle::from_raw(head)) };
    // SAFETY: the head begins a proc that has not been started; its machine moves the parameters
    // out, and they are not used again.
    unsafe { start(head.cast(), (&raw mut params).cast()) };
    future
}

/// # Safety
///
/// `proc` is alive and has not been started; `params` are the parameters of its machine.
unsafe fn start(proc: NonNull<Proc>, params: *mut ()) {
    // SAFETY: the caller promises that it is alive.
    let this = unsafe { proc.as_ref() };
    this.key.set(Some(schedule::with(|schedule| schedule.enroll(proc))));
    // SAFETY: it is alive. This is the reference an unfinished proc holds to itself.
    mem::forget(unsafe { Handle::of(proc.cast()) });
    // SAFETY: it is unfinished and in no step.
    unsafe { step(proc, params) };
}

impl Proc {
    /// The key of its waker.
    ///
    /// # Panics
    ///
    /// If it has not been started, which no caller can see.
    pub(super) fn key(&self) -> Key {
        self.key.get().unwrap_or_else(|| unreachable!("a proc is started where it is made"))
    }

    pub(super) fn note_clone(&self) {
        self.cloned.set(true);
    }

    /// # Safety
    ///
    /// `this` is alive.
    unsafe fn frame(this: NonNull<Proc>) -> *mut () {
        // SAFETY: the offset is that of the frame in the allocation `this` points to.
        unsafe { this.byte_add(this.as_ref().frame) }.cast().as_ptr()
    }

    fn set_counted(&self, counted: bool) {
        if self.counted.replace(counted) != counted {
            schedule::with(|schedule| {
                let foreign = schedule.foreign.get();
                schedule.foreign.set(if counted { foreign + 1 } else { foreign - 1 });
            });
        }
    }

    /// The proc's own node, as a pointer that may be turned back into one to the proc.
    ///
    /// # Safety
    ///
    /// `this` is alive.
    unsafe fn node(this: NonNull<Proc>) -> NonNull<Node> {
        // SAFETY: a field of something alive is not null.
        unsafe { NonNull::new_unchecked(&raw mut (*this.as_ptr()).node) }
    }

    fn of_node(node: NonNull<Node>) -> NonNull<Proc> {
        // SAFETY: `node` was made by `Proc::node`, so it is this far into a proc.
        unsafe { node.byte_sub(offset_of!(Proc, node)) }.cast()
    }
}

/// The machine that finishes a future, if one does.
pub(crate) fn machine_of(future: &Handle) -> Option<&'static Vtable> {
    // SAFETY: a head of this kind begins a proc, which the handle keeps alive.
    future.head().kind.is_proc.then(|| unsafe { future.raw().cast::<Proc>().as_ref() }.machine)
}

static NODE: NodeKind = NodeKind { run, discard, fired: None, is_callback: false };

unsafe fn run(node: NonNull<Node>) {
    // SAFETY: a proc in the queue is unfinished, so it is alive.
    unsafe { resume(Proc::of_node(node)) };
}

/// The future it waited on can never finish, or the thread ends. The proc owns itself.
unsafe fn discard(_: NonNull<Node>) {}

/// Steps a proc whose turn has come.
///
/// # Safety
///
/// `proc` is unfinished.
pub(super) unsafe fn resume(proc: NonNull<Proc>) {
    // SAFETY: the caller promises that it is unfinished, so it is alive.
    unsafe {
        match proc.as_ref().phase.get() {
            Phase::Suspended => {
                schedule::with(|schedule| free_node(proc, schedule));
                step(proc, ptr::null_mut());
            }
            // A `wait_for` inside the proc runs the queue it stands in.
            Phase::Running => proc.as_ref().again.set(true),
            Phase::Ended => {}
        }
    }
}

/// The proc's waker was woken: queues it.
///
/// # Safety
///
/// `proc` is unfinished.
pub(super) unsafe fn woken(proc: NonNull<Proc>, schedule: &Schedule) {
    // SAFETY: the caller promises that it is unfinished, so it is alive.
    unsafe {
        let this = proc.as_ref();
        this.cloned.set(false);
        if this.node.is_linked() && this.node.on().is_none() {
            return; // It is queued already.
        }
        free_node(proc, schedule);
        schedule.queue.push_back(Proc::node(proc));
    }
}

/// Takes the proc's node out of where it stands. If that is a future's list, an allocated node
/// takes its place: the proc may still be interested, and may rely on having been heard.
///
/// # Safety
///
/// `proc` is unfinished.
unsafe fn free_node(proc: NonNull<Proc>, _: &Schedule) {
    // SAFETY: the caller promises that it is unfinished, so it is alive.
    let this = unsafe { proc.as_ref() };
    if let Some(head) = this.node.on() {
        // SAFETY: the node is linked in the list of `head`, which is therefore alive.
        unsafe { waiter::add_extra(proc, this.key(), head, Some(Proc::node(proc))) };
    }
    this.node.unlink();
}

/// Puts the running proc into the list of those who wait on `head`.
///
/// # Safety
///
/// `proc` is running and `head` is alive and pending.
pub(super) unsafe fn wait(proc: NonNull<Proc>, head: NonNull<Head>) {
    // SAFETY: the caller promises that both are alive; a proc's node stays in place.
    unsafe {
        let this = proc.as_ref();
        if this.node.on() == Some(head) {
        } else if this.node.is_linked() || this.extras.contains(head) {
            waiter::add_extra(proc, this.key(), head, None);
        } else {
            head.as_ref().waiters.push_back(Proc::node(proc));
            this.node.set_on(Some(head));
        }
    }
}

/// Runs the proc to its next suspension, or to its end.
///
/// # Safety
///
/// `proc` is unfinished, in no step, and its node stands nowhere. `params` is given in the first
/// step, and null afterwards.
unsafe fn step(proc: NonNull<Proc>, params: *mut ()) {
    // SAFETY: an unfinished proc is alive, and holds a reference to itself until `end`. The frame
    // and the result are fields of its allocation; in a step only the machine touches them.
    unsafe {
        let this = proc.as_ref();
        let head = proc.cast::<Head>();
        let frame = Proc::frame(proc);
        let out = Head::result(head);
        this.set_counted(false);
        this.phase.set(Phase::Running);
        let outer = schedule::with(|schedule| schedule.running.replace(Some(proc)));
        let waker = this.key().waker();
        let done = panic::catch_unwind(AssertUnwindSafe(|| {
            this.machine.resume(frame, params, &mut Context::from_waker(&waker), out)
        }));
        schedule::with(|schedule| schedule.running.set(outer));
        match done {
            Ok(false) => suspend(proc),
            Ok(true) => {
                let failed = (this.head.kind.is_failed)(out);
                end(proc, if failed { State::Failed } else { State::Value });
            }
            Err(payload) => {
                let (error, function) = (Error::panicked(payload), this.machine.function);
                let error = match unwound_after(function) {
                    Some(line) => error.panicked_in(function, line),
                    None => error,
                };
                (this.head.kind.put_error)(out, error);
                end(proc, State::Failed);
            }
        }
    }
}

/// # Safety
///
/// `proc` has just been suspended.
unsafe fn suspend(proc: NonNull<Proc>) {
    // SAFETY: an unfinished proc is alive.
    let this = unsafe { proc.as_ref() };
    this.phase.set(Phase::Suspended);
    if this.cancel.get() {
        // SAFETY: it is alive.
        cancel::cancel(unsafe { Handle::of(proc.cast()) });
        return;
    }
    if this.again.replace(false) {
        // SAFETY: it is unfinished.
        schedule::with(|schedule| unsafe { woken(proc, schedule) });
    }
    let waits_on_ours = this.node.is_linked() || !this.extras.is_empty();
    this.set_counted(this.cloned.get() || !waits_on_ours);
}

/// # Safety
///
/// The proc's last step is done, and its result is written as `state` says.
unsafe fn end(proc: NonNull<Proc>, state: State) {
    // SAFETY: the proc's reference to itself, which ends here.
    let handle = unsafe { Handle::from_raw(proc.cast()) };
    // SAFETY: it is alive.
    unsafe { retire(proc) };
    // SAFETY: the caller's promise.
    unsafe { head::finish(handle.raw(), state) };
}

/// Takes the proc out of everything it stands in.
///
/// # Safety
///
/// `proc` is alive, and its frame is not used again.
unsafe fn retire(proc: NonNull<Proc>) {
    // SAFETY: the caller promises that it is alive.
    let this = unsafe { proc.as_ref() };
    this.phase.set(Phase::Ended);
    this.set_counted(false);
    this.node.unlink();
    this.extras.clear();
    schedule::with(|schedule| schedule.strike(this.key()));
}

/// Cancels the proc: drops its frame and takes it out of everything. The caller finishes it.
unsafe fn let_go(head: NonNull<Head>, upstream: &mut Vec<Handle>) -> Result<bool, Error> {
    let proc = head.cast::<Proc>();
    // SAFETY: a head of this kind begins a proc, and the caller keeps it alive.
    let this = unsafe { proc.as_ref() };
    match this.phase.get() {
        Phase::Suspended => {}
        // Its frame is in use. It is cancelled where it is next suspended, if it ever is.
        Phase::Running | Phase::Ended => {
            this.cancel.set(true);
            return Ok(false);
        }
    }
    // SAFETY: a node in a future's list keeps that future from being freed unnoticed.
    upstream.extend(this.node.on().map(|head| unsafe { Handle::of(head) }));
    this.extras.upstream(upstream);
    this.node.unlink();
    this.phase.set(Phase::Running);
    // SAFETY: the frame is a field of the proc's allocation; the proc was suspended, is marked as
    // running while the frame is dropped, and as ended afterwards.
    let dropped = panic::catch_unwind(AssertUnwindSafe(|| unsafe {
        this.machine.drop(Proc::frame(proc));
    }));
    // SAFETY: it is alive; the frame is gone. The proc's reference to itself ends here, and the
    // caller has another.
    unsafe {
        retire(proc);
        drop(Handle::from_raw(head));
    }
    dropped.map(|()| true).map_err(Error::panicked)
}
