//! What `#[async_proc]` emits calls to. Not for use by hand.
//!
//! # Soundness
//!
//! The macro emits a function's body twice: once as its own state machine, which runs, and once as
//! the *twin*, an `async` block in a branch never taken, which rustc type-checks and borrow-checks.
//! The machine reaches its variables through raw pointers, so rustc cannot check it. Everything
//! here rests on one sentence:
//!
//! > **The machine performs the same moves, borrows and drops as the twin, at addresses at least
//! > as stable.**
//!
//! What the twin's borrow check proves about the body then holds for the machine too: a variable
//! that is read is initialised, a reference that is followed is alive, nothing is moved twice.
//!
//! # Who may touch a frame
//!
//! A [`Frame`] is made when the machine starts: in the call for a proc ([`start`]), in the first
//! poll for an `async fn` ([`lazy`]). It is handed over, in one call, with two closures that capture
//! nothing: *resume* runs the machine to its next suspension, *drop* drops whatever the frame still
//! holds. From then on only the [`Vtable`] made of the two touches it, under these rules:
//!
//! - After the first resume the frame never moves.
//! - A step that ends (with a value or by unwinding) has dropped everything the frame held.
//! - A frame that did not end is dropped once, by [`Vtable::drop`], before its memory goes.
//! - Inside a step, variables are reached only through [`Slot`]s: raw pointers into the frame, so
//!   that no `&mut` to the frame exists while one variable borrows another.

mod branch;
mod crossed;
mod frame;
mod lazy;
mod probe;
mod site;
mod slot;
mod unit;

use std::alloc::Layout;
use std::mem::MaybeUninit;
use std::task::Context;

use std::marker::PhantomData;

pub use self::branch::Branch;
pub use self::crossed::crossed;
pub(crate) use self::crossed::type_id;
pub use self::frame::{Frame, Vtable};
pub use self::lazy::{Begin, Lazy};
pub use self::probe::{Arm, Probe};
pub use self::site::{Function, Suspension};
pub use self::slot::{Base, FieldsBehindAPointer, HoldsItsFields, Live, Moved, Slot, poll, temp};
pub use self::unit::{Unit, unit};

pub use std::task::Poll;
pub use std::task::Poll::{Pending, Ready};

use crate::future::Future;
use std::future::Future as StdFuture;

/// Storage of a variable: nothing, until its [`Slot`] is put into.
pub type Storage<T> = MaybeUninit<T>;

/// Storage with nothing in it.
#[inline(always)]
pub const fn storage<T>() -> Storage<T> {
    MaybeUninit::uninit()
}

/// Notes the twin's type: just that, with every lifetime in it, which `&mut` makes sure of.
pub fn twin<W: StdFuture<Output = R>, R>(_: &mut PhantomData<W>, _: &mut W) {}

/// Notes the twin's type, and that it borrows nothing from its caller.
pub fn twin_of_proc<W: StdFuture<Output = R> + 'static, R>(_: &mut PhantomData<W>, _: &mut W) {}

/// Gives the closure that resumes a machine the type of its frame. It says nothing of what the
/// closure returns: rustc then infers it as it infers that of the twin, and a value that does not
/// fit gets the same message in both, which is shown once.
#[inline(always)]
pub fn resume<F, P, G>(_: &F, resume: G) -> G
where
    G: Fn(*mut F, &mut Context<'_>) -> P,
{
    resume
}

/// The handle of an `async fn`'s machine.
///
/// # Safety
///
/// `W` is the type of the twin of the same body. `start` makes the frame in its first state, with
/// the parameters in their slots, and gives it to [`Begin::with`] with the emitted closures.
#[inline(always)]
pub unsafe fn lazy<W, I, R>(_: PhantomData<W>, start: I) -> Lazy<W, I, R>
where
    W: StdFuture<Output = R>,
    I: FnOnce(Begin<W, R>) -> &'static Vtable,
{
    // SAFETY: the caller's promise.
    unsafe { Lazy::new(start) }
}

/// Starts a proc: runs it to its first suspension and gives its handle.
///
/// # Safety
///
/// `frame` is in its first state, with the parameters in their slots, and borrows nothing but
/// itself; `resume` and `drop` are the emitted closures of that frame; `W` is the type of its twin.
#[inline(always)]
#[track_caller]
pub unsafe fn start<W, F, T, G, X>(_: PhantomData<W>, frame: F, resume: G, drop: X) -> Future<T>
where
    F: Frame,
    G: Fn(*mut F, &mut Context<'_>) -> Poll<Result<T, crate::Error>> + Copy,
    X: Fn(*mut F) + Copy,
{
    let vtable = Vtable::of(&frame, resume, drop);
    // SAFETY: the caller's promise.
    unsafe { crate::future::start_machine(frame, vtable) }
}

/// The size and alignment of the frame of a proc: none if `future` is not a proc's. Procs that are
/// called have frames of their own.
pub fn frame_of<T: 'static>(future: &Future<T>) -> Option<Layout> {
    crate::future::machine_of(future.handle()).map(|vtable| vtable.layout)
}

/// The state of a machine that was resumed although it had ended or unwound.
#[cold]
pub fn poisoned() -> ! {
    panic!("`async fn` resumed after panicking")
}
