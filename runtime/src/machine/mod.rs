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
//! A [`Frame`] is made by the emitted function and handed, in the same call, to [`lazy`] or
//! [`start`], with two closures that capture nothing: *resume* runs the machine to its next
//! suspension, *drop* drops whatever the frame still holds. From then on only the [`Vtable`] made
//! of the two touches it, under these rules:
//!
//! - After the first resume the frame never moves.
//! - A step that ends (with a value or by unwinding) has dropped everything the frame held.
//! - A frame that did not end is dropped once, by [`Vtable::drop`], before its memory goes.
//! - Inside a step, variables are reached only through [`Slot`]s: raw pointers into the frame, so
//!   that no `&mut` to the frame exists while one variable borrows another.

mod frame;
mod site;

pub use frame::{Frame, Vtable};
pub use site::{Function, Suspension};
