//! Does this expression move the variable? Decided when the function is compiled.
//!
//! A variable in the frame is reached through a pointer, and rustc moves nothing out of a pointer.
//! Whether `x.unwrap()` or `match x { … }` moves `x` depends on types that a macro does not see.
//! So the expression is written once more as a closure over a stand-in `x: Box<T>`, which is never
//! made: a closure that moves out of `*x` captures the box, one that does not captures a reference
//! to what it holds, and `needs_drop` of the closure's type tells the two apart.
//!
//! - It *moves*: the value is taken out of the slot into a local of that name, and used there.
//! - It does not: the closure is one pointer, to the variable. Made of the slot's own address and
//!   called, it runs the expression in place, and what it returns may go on borrowing the slot.
//!
//! `let _ = &*x` inside the closure makes it capture the whole variable, never only a field of it.
//! That the closure is one pointer is asserted when the function is compiled.

use std::marker::PhantomData;
use std::mem::{self, ManuallyDrop};

/// An expression of type `R` over a variable of type `T`, as a closure of type `F` that takes `A`.
pub struct Probe<T, A, F, R> {
    variable: *mut T,
    expression: PhantomData<fn(A) -> (F, R)>,
}

impl<T, A, F, R> std::fmt::Debug for Probe<T, A, F, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Probe").field(&self.variable).finish()
    }
}

impl<T, A, F: FnOnce(A) -> R, R> Probe<T, A, F, R> {
    /// Asks about the variable at `variable`.
    #[inline(always)]
    pub fn new(variable: *mut T) -> Self {
        Probe { variable, expression: PhantomData }
    }

    /// The stand-in for the variable. In code that is compiled and never runs.
    pub fn stand_in(&self) -> Box<T> {
        unreachable!("a probe's stand-in is never made")
    }

    /// Gives the probe the type of the expression. In code that is compiled and never runs.
    pub fn ask(&self, _: F) {}

    /// The values the expression takes beside the variable.
    #[inline(always)]
    pub fn with(&self, values: A) -> A {
        values
    }

    /// Whether the expression moves the variable.
    #[inline(always)]
    pub const fn moves(&self) -> bool {
        const {
            assert!(
                mem::size_of::<F>() == mem::size_of::<*mut T>()
                    && mem::align_of::<F>() == mem::align_of::<*mut T>(),
                "the expression captures more than the variable",
            );
            mem::needs_drop::<F>()
        }
    }

    /// Runs the expression on the variable where it lies.
    ///
    /// # Safety
    ///
    /// The variable is initialised, and [`Probe::moves`] says no.
    #[inline(always)]
    pub unsafe fn in_place(&self, values: A) -> R {
        // SAFETY: `moves` has checked that the closure is as large as a pointer, and one that
        // captures its variable without moving it holds a reference to it, which the variable's
        // address is.
        let expression = unsafe { mem::transmute_copy::<*mut T, F>(&self.variable) };
        expression(values)
    }

    /// The result of the expression, run on the variable taken out of its slot.
    ///
    /// # Safety
    ///
    /// [`Probe::moves`] says yes, and `Q` is then `R` but for lifetimes.
    #[inline(always)]
    pub unsafe fn moved<Q>(&self, result: Q) -> R {
        if mem::size_of::<Q>() != mem::size_of::<R>() {
            unreachable!("the expression does not move the variable");
        }
        let result = ManuallyDrop::new(result);
        // SAFETY: the two types are the same but for lifetimes, and the value is moved once.
        unsafe { mem::transmute_copy::<ManuallyDrop<Q>, R>(&result) }
    }

    /// Runs the expression on the variable in a box of its own, which it owns from then on.
    ///
    /// # Safety
    ///
    /// [`Probe::moves`] says yes.
    pub unsafe fn boxed(&self, value: T, values: A) -> R {
        let variable = Box::into_raw(Box::new(value));
        // SAFETY: a closure that moves its variable holds the box of it.
        let expression = unsafe { mem::transmute_copy::<*mut T, F>(&variable) };
        expression(values)
    }

    /// Makes `Q` the type `R` but for lifetimes. In code that is compiled and never runs.
    pub fn same(&self) -> R {
        unreachable!("a probe's result is made by running the expression")
    }
}

/// The arm of a `match` that was taken, with its bindings.
#[derive(Debug)]
pub enum Arm<A, B> {
    /// This one.
    This(A),
    /// One of those after it.
    Later(B),
}

/// Calls a method on a variable in the frame, which the call may or may not move; see
/// [`machine`](crate::machine).
///
/// `receiver!(x, x.take(), (name = value, …) x.method(…))`: the slot, what gives the receiver if
/// the call moves it, the values the call takes beside the variable, the call. `once` compiles the
/// call only once, at the price of a box where it moves the variable.
#[doc(hidden)]
#[macro_export]
macro_rules! receiver {
    (
        once $slot:expr, $take:expr, ($($name:ident = $value:expr),*)
        $x:ident $($call:tt)*
    ) => {
        match ($($value,)*) {
            values => {
                let probe = $crate::machine::Probe::new($slot.at);
                let values = probe.with(values);
                if false {
                    loop {}
                    let mut $x = probe.stand_in();
                    probe.ask(|($($name,)*)| { let _ = &*$x; (*$x) $($call)* });
                }
                if probe.moves() { probe.boxed($take, values) } else { probe.in_place(values) }
            }
        }
    };
    (
        $slot:expr, $take:expr, ($($name:ident = $value:expr),*)
        $x:ident $($call:tt)*
    ) => {
        match ($($value,)*) {
            values => {
                let probe = $crate::machine::Probe::new($slot.at);
                let values = probe.with(values);
                if false {
                    loop {}
                    let mut $x = probe.stand_in();
                    probe.ask(|($($name,)*)| { let _ = &*$x; (*$x) $($call)* });
                }
                if probe.moves() {
                    let ($($name,)*) = values;
                    let mut $x = $take;
                    let result = $x $($call)*;
                    if false { loop {} let mut same = probe.same(); same = result; }
                    probe.moved(result)
                } else {
                    probe.in_place(values)
                }
            }
        }
    };
}

/// Matches a variable in the frame that the patterns may or may not move:
/// `scrutinee!(x, (name = value, …) x => { pattern => bindings, … }, { pattern => moved, … })`.
///
/// The second list of arms is for a variable that is moved: its patterns see a reference to it, and
/// its values read the bindings out of it. What is not bound stays where it is.
#[doc(hidden)]
#[macro_export]
macro_rules! scrutinee {
    (
        $slot:expr, ($($name:ident = $value:expr),*) $x:ident => $arms:tt, $moved:tt
    ) => {{
        let probe = $crate::machine::Probe::new($slot.at);
        let values = probe.with(($($value,)*));
        if false {
            loop {}
            let mut $x = probe.stand_in();
            probe.ask(|($($name,)*)| { let _ = &*$x; match (*$x) $arms });
        }
        if probe.moves() {
            let ($($name,)*) = values;
            probe.moved(match &*$slot.at $moved)
        } else {
            probe.in_place(values)
        }
    }};
}

/// `*x` for a variable in the frame: moves out of a box, copies from a reference.
#[doc(hidden)]
#[macro_export]
macro_rules! dereferenced {
    ($slot:expr) => {{
        let probe = $crate::machine::Probe::new($slot.at);
        if false {
            loop {}
            let x = probe.stand_in();
            probe.ask(|()| {
                let _ = &*x;
                **x
            });
        }
        if probe.moves() {
            let x = $slot.take();
            probe.moved(*x)
        } else {
            probe.in_place(())
        }
    }};
}

/// A closure that captures a variable in the frame, and may own it:
/// `captured!(x => |…| …)`.
#[doc(hidden)]
#[macro_export]
macro_rules! captured {
    ($slot:expr, $x:ident => $closure:expr) => {{
        let probe = $crate::machine::Probe::new($slot.at);
        if false {
            loop {}
            let mut $x = probe.stand_in();
            probe.ask(|()| {
                let _ = &*$x;
                $closure
            });
        }
        if probe.moves() { probe.boxed($slot.take(), ()) } else { probe.in_place(()) }
    }};
}
