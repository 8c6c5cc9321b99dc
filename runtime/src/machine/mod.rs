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
//! A [`Frame`] is memory laid out by a [`Plan`]. The emitted closure makes two more, none of which
//! captures anything: one runs the machine to its next suspension, the other drops variables that may
//! have been moved out of in part. All else that the frame holds is dropped as the plan says. A proc
//! ([`start`]) makes a [`Vtable`] of them in the call; an `async fn` ([`lazy`]) carries them in its
//! type, and starts at its first poll. Only these two touch a frame, under these rules:
//!
//! - Once it is started the frame never moves.
//! - A step that ends (with a value or by unwinding) has dropped everything the frame held.
//! - A frame that did not end is dropped once, before its memory goes.
//! - Which slots hold a value is noted in live bits beside the frame while a step runs. At a
//!   suspension the state tells it, but for the bits that vary, which the frame keeps. With debug
//!   assertions the two are compared at every suspension.
//! - A slot that is needed at no suspension lies beside the frame, for one step.
//! - Inside a step, variables are reached only through [`Slot`]s: raw pointers into the frame, so
//!   that no `&mut` to the frame exists while one variable borrows another.

mod alias;
mod branch;
mod chain;
#[cfg(test)]
mod chapter;
mod crossed;
mod diagram;
mod exits;
mod frame;
mod hygiene;
mod lazy;
mod order;
mod plan;
mod probe;
mod shown;
mod site;
mod slot;
mod table;
pub mod together;
mod unit;
mod unwinding;
mod wrong;

use std::alloc::Layout;

use std::marker::PhantomData;

pub use self::alias::{Alias, ByReference, LentOn};
pub use self::branch::Branch;
pub use self::chain::{
    Chain, FoundSilently, Loud, Quiet, Silent, StepsLoudly, StepsNowhere, found_silently,
};
pub use self::crossed::crossed;
pub(crate) use self::crossed::type_id;
pub use self::diagram::Diagram;
pub use self::exits::{Done, Fails};
pub use self::frame::{At, Frame, Room, Words};
pub use self::hygiene::{AnotherVariable, ThisVariable};
pub use self::lazy::{Lazy, Visit};
pub use self::order::{Answer, AnswersOverloaded, Builtin, Order, Overloaded, Scalar, Sides};
pub use self::plan::{Destructor, Live, Meets, Need, Plan, Shape, flag, need};
pub use self::probe::{Arm, Held, Moves, Outcome, Probe, Run};
pub use self::shown::{Bound, InFrame, Kept, Shown};
pub use self::site::{Function, Suspension};
pub use self::slot::{Base, FieldsBehindAPointer, HoldsItsFields, Moved, Slot, poll};
pub use self::table::{Tabulate, Vtable};
pub use self::unit::{Returns, Unit, unit};
pub(crate) use self::unwinding::unwound_after;
pub use self::wrong::{Awaited, Tried, Wrong, behind, copied, unread};

pub use std::task::Poll;
pub use std::task::Poll::{Pending, Ready};

use crate::future::Future;
use std::future::Future as StdFuture;

/// A value, to be used as `Value(value).0`: an expression into which nothing flows from the type that
/// is asked for. If the value is of another, rustc says that this is wrong as a whole, and where twin
/// and machine have it at the same place, says it once.
#[derive(Debug)]
pub struct Value<T>(pub T);

/// Notes the twin's type: just that, with every lifetime in it, which `&mut` makes sure of.
pub fn twin<W: StdFuture<Output = R>, R>(_: &mut PhantomData<W>, _: &mut W) {}

/// Notes the twin's type, and that it borrows nothing from its caller.
pub fn twin_of_proc<W: StdFuture<Output = R> + 'static, R>(_: &mut PhantomData<W>, _: &mut W) {}

/// The handle of an `async fn`'s machine.
///
/// # Safety
///
/// `W` is the type of the twin of the same body. `params` is the state to start in, with the state
/// at the place where the frame has it, and the parameters. `machine` is the emitted closure.
#[inline(always)]
pub unsafe fn lazy<W, P, M, R>(_: PhantomData<W>, params: P, machine: M) -> Lazy<W, P, M, R>
where
    W: StdFuture<Output = R>,
    M: Fn(Visit<'_, '_, W, P, R>) -> Poll<R>,
{
    // SAFETY: the caller's promise.
    unsafe { Lazy::new(params, machine) }
}

/// [`lazy`] for a function that returns `impl Trait`: a closure in its value is one of the machine's,
/// not the twin's.
///
/// # Safety
///
/// As for [`lazy`].
#[inline(always)]
pub unsafe fn lazy_hidden<W, P, M, R>(_: PhantomData<W>, params: P, machine: M) -> Lazy<W, P, M, R>
where
    W: StdFuture,
    M: Fn(Visit<'_, '_, W, P, R>) -> Poll<R>,
{
    // SAFETY: the caller's promise.
    unsafe { Lazy::new(params, machine) }
}

/// Starts a proc: runs it to its first suspension and gives its handle.
///
/// # Safety
///
/// `W` is the type of the twin of the same body, `params` holds the parameters, and `machine` is the
/// emitted closure.
#[inline(always)]
#[track_caller]
pub unsafe fn start<W, P, M, T>(_: PhantomData<W>, params: P, machine: M) -> Future<T>
where
    M: Fn(Tabulate<W, P, Result<T, crate::Error>>) -> &'static Vtable,
{
    let vtable = machine(Tabulate(PhantomData));
    // SAFETY: the caller's promise.
    unsafe { crate::future::start_machine(params, vtable) }
}

/// The size and alignment of the frame of a proc: none if `future` is not a proc's. Procs that are
/// called have frames of their own.
pub fn frame_of<T: 'static>(future: &Future<T>) -> Option<Layout> {
    crate::future::machine_of(future.handle()).map(|vtable| vtable.layout)
}

/// Stands for the closure that drops variables in parts, where there are none.
pub fn nothing_in_parts<F: Frame>(_: At<F>, _: u16) {}

/// The state of a machine that was resumed although it had ended or unwound.
#[cold]
pub fn poisoned() -> ! {
    panic!("`async fn` resumed after panicking")
}
