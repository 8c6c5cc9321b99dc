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

use super::Slot;

/// An expression of type `R` over a variable of type `T`, as a closure of type `F` that takes `A`.
///
/// The types are all there is to it, and all of them are inferred.
pub struct Probe<T, A, F, R> {
    variable: PhantomData<fn(T) -> T>,
    expression: PhantomData<fn(A) -> (F, R)>,
}

impl<T, A, F, R> std::fmt::Debug for Probe<T, A, F, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Probe")
    }
}

impl<T, A, F: FnOnce(A) -> R, R> Probe<T, A, F, R> {
    /// Asks about some variable.
    #[inline(always)]
    #[allow(clippy::new_without_default, reason = "its types are inferred from its use")]
    pub fn new() -> Self {
        Probe { variable: PhantomData, expression: PhantomData }
    }

    /// The stand-in for the variable at `at`. In code that is compiled and never runs.
    pub fn stand_in(&self, _at: *mut T) -> Box<T> {
        unreachable!("a probe's stand-in is never made")
    }

    /// Gives the probe the type of the expression. In code that is compiled and never runs.
    pub fn ask(&self, _: F) {}

    /// Gives the probe the types of the values. In code that is compiled and never runs.
    pub fn takes(&self, _: &A) {}

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
                mem::align_of::<F>() == mem::align_of::<*mut T>(),
                "the expression captures more than the variable",
            );
        }
        Moves::<F>::ANSWER
    }

    /// Runs the expression on the variable where it lies.
    ///
    /// # Safety
    ///
    /// The variable at `at` is initialised, and [`Probe::moves`] says no.
    #[inline(always)]
    pub unsafe fn in_place(&self, at: *mut T, values: A) -> R {
        // SAFETY: `moves` has checked that the closure is as large as a pointer, and one that
        // captures its variable without moving it holds a reference to it, which the variable's
        // address is.
        let expression = unsafe { mem::transmute_copy::<*mut T, F>(&at) };
        expression(values)
    }

    /// The result of the expression, run on the variable taken out of its slot.
    ///
    /// # Safety
    ///
    /// [`Probe::moves`] says yes, and `Q` is then `R` but for lifetimes.
    #[inline(always)]
    pub unsafe fn moved<Q>(&self, result: Q) -> R {
        // SAFETY: the caller's promise; what is moved borrows nothing of the slot.
        unsafe { Outcome::new().gives(result) }
    }

    /// Makes `Q` the type `R` but for lifetimes. In code that is compiled and never runs.
    pub fn same(&self) -> R {
        unreachable!("a probe's result is made by running the expression")
    }
}

/// An expression that is compiled once, to run on a variable that it moves or on one that it does
/// not: as a closure over a stand-in that is a variable of type `T` itself. It captures that, or a
/// reference to it, and nothing else, so that the closure is the one or the other.
pub struct Run<T, A, F, R> {
    variable: PhantomData<fn(T) -> T>,
    expression: PhantomData<fn(A) -> (F, R)>,
}

impl<T, A, F, R> std::fmt::Debug for Run<T, A, F, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Run")
    }
}

impl<T, A, F: FnOnce(A) -> R, R> Run<T, A, F, R> {
    /// Runs some expression.
    #[inline(always)]
    #[allow(clippy::new_without_default, reason = "its types are inferred from its use")]
    pub fn new() -> Self {
        Run { variable: PhantomData, expression: PhantomData }
    }

    /// The stand-in for the variable at `at`. In code that is compiled and never runs.
    pub fn stand_in(&self, _at: *mut T) -> T {
        unreachable!("a stand-in is never made")
    }

    /// Gives this the type of the expression. In code that is compiled and never runs.
    pub fn ask(&self, _: F) {}

    /// The values the expression takes beside the variable.
    #[inline(always)]
    pub fn with(&self, values: A) -> A {
        values
    }

    /// Runs the expression on a variable that it moves.
    ///
    /// # Safety
    ///
    /// A [`Probe`] has said that it does.
    #[inline(always)]
    pub unsafe fn on(&self, variable: T, values: A) -> R {
        if mem::size_of::<F>() != mem::size_of::<T>()
            || mem::align_of::<F>() != mem::align_of::<T>()
        {
            unreachable!("the expression captures more than the variable");
        }
        let variable = ManuallyDrop::new(variable);
        // SAFETY: a closure that moves the one variable it captures is as large as that, and holds
        // it; it is moved there, once.
        let expression = unsafe { mem::transmute_copy::<ManuallyDrop<T>, F>(&variable) };
        expression(values)
    }

    /// Runs the expression on the variable where it lies.
    ///
    /// # Safety
    ///
    /// The variable at `at` is initialised, and a [`Probe`] has said that the expression does not
    /// move it.
    #[inline(always)]
    pub unsafe fn in_place(&self, at: *mut T, values: A) -> R {
        if mem::size_of::<F>() != mem::size_of::<*mut T>()
            || mem::align_of::<F>() != mem::align_of::<*mut T>()
        {
            unreachable!("the expression captures more than the variable");
        }
        // SAFETY: a closure that captures one variable without moving it holds a reference to it,
        // which the variable's address is.
        let expression = unsafe { mem::transmute_copy::<*mut T, F>(&at) };
        expression(values)
    }
}

/// What one of two ways to make a call gives: what the other does, but for lifetimes. One that is never
/// gone may stand on a stand-in for its receiver, which the result seems to borrow.
#[derive(Debug)]
pub struct Outcome<R>(PhantomData<fn() -> R>);

impl<R> Outcome<R> {
    /// What some call gives.
    #[inline(always)]
    #[allow(clippy::new_without_default, reason = "its type is inferred from its use")]
    pub fn new() -> Self {
        Outcome(PhantomData)
    }

    /// Makes a type that of the result but for lifetimes. In code that is compiled and never runs.
    pub fn same(&self) -> R {
        unreachable!("a result is made by the call")
    }

    /// The result.
    ///
    /// # Safety
    ///
    /// `Q` is `R` but for lifetimes, and what the result borrows is borrowed for as long as `R` says.
    #[inline(always)]
    pub unsafe fn gives<Q>(&self, result: Q) -> R {
        if mem::size_of::<Q>() != mem::size_of::<R>() {
            unreachable!("both ways are the same call");
        }
        let result = ManuallyDrop::new(result);
        // SAFETY: the two types are the same but for lifetimes, and the value is moved once.
        unsafe { mem::transmute_copy::<ManuallyDrop<Q>, R>(&result) }
    }
}

/// The answer to a probe: whether an expression, as a closure of type `F`, moves its variable.
///
/// rustc moves a receiver before it evaluates the arguments, on whose types it depends whether it
/// does: so this is made at the machine's start, with a type that the probe tells later.
#[derive(Clone, Copy, Debug)]
pub struct Moves<F>(PhantomData<fn() -> F>);

impl<F> Moves<F> {
    const ANSWER: bool = {
        assert!(
            mem::size_of::<F>() == mem::size_of::<*mut ()>(),
            "the expression captures more than the variable",
        );
        mem::needs_drop::<F>()
    };

    /// Asks about some expression.
    #[inline(always)]
    #[allow(clippy::new_without_default, reason = "its type is inferred from its use")]
    pub const fn new() -> Self {
        Moves(PhantomData)
    }

    /// Gives the answer the type of a probe's expression. In code that is compiled and never runs.
    pub fn tell<T, A, R>(&self, _: &Probe<T, A, F, R>) {}

    /// Whether the expression moves the variable.
    #[inline(always)]
    pub fn moves(&self) -> bool {
        Self::ANSWER
    }

    /// The variable, if the expression moves it.
    #[inline(always)]
    pub fn held<T>(&self, take: impl FnOnce() -> T) -> Option<T> {
        Self::ANSWER.then(take)
    }
}

/// Stands for a variable that a call moves once its other operands are there, and that lies where it
/// is until then. What drops this drops the variable: as the temporary that rustc would have moved it
/// to, before the variables are dropped.
pub struct Held<T>(PhantomData<fn() -> T>);

impl<T> std::fmt::Debug for Held<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

impl<T> Held<T> {
    /// Stands for the variable in a slot.
    #[inline(always)]
    pub fn of(_: Slot<T>) -> Self {
        Held(PhantomData)
    }
}

impl<T> Drop for Held<T> {
    /// Nothing; but it gives the slot that holds this a live bit.
    fn drop(&mut self) {}
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
/// `receiver!(moves, x.at, x.take(), (name = value, …) x.method(…))`: the answer, where the receiver
/// lies, what gives it if the call moves it, the values the call takes beside it, the call. A
/// receiver that is moved is taken before the values are evaluated, as rustc does. `once` is for a
/// call with closures in it, whose types may be part of the result's: see [`Run`](crate::machine::Run).
#[doc(hidden)]
#[macro_export]
macro_rules! receiver {
    (
        once $moves:ident, $at:expr, $take:expr, ($($name:ident = $value:expr),*)
        $x:ident $($call:tt)*
    ) => {
        match ($moves.held(|| $take), ($($value,)*)) {
            (held, values) => {
                let probe = $crate::machine::Probe::new();
                if false { loop {} probe.takes(&values); }
                $crate::ask!($moves, probe, $at, ($($name),*) $x $($call)*);
                let run = $crate::machine::Run::new();
                let values = run.with(values);
                if false {
                    loop {}
                    let mut $x = run.stand_in($at);
                    run.ask(|($($name,)*)| { let _ = &$x; $x $($call)* });
                }
                match held {
                    ::core::option::Option::Some(receiver) => run.on(receiver, values),
                    ::core::option::Option::None => run.in_place($at, values),
                }
            }
        }
    };
    (
        $moves:ident, $at:expr, $take:expr, ($($name:ident = $value:expr),*)
        $x:ident $($call:tt)*
    ) => {
        match ($moves.held(|| $take), ($($value,)*)) {
            (held, values) => {
                let probe = $crate::machine::Probe::new();
                let values = probe.with(values);
                $crate::ask!($moves, probe, $at, ($($name),*) $x $($call)*);
                match held {
                    ::core::option::Option::Some(mut $x) => {
                        let ($($name,)*) = values;
                        let result = $x $($call)*;
                        if false { loop {} let mut same = probe.same(); same = result; }
                        probe.moved(result)
                    }
                    ::core::option::Option::None => probe.in_place($at, values),
                }
            }
        }
    };
}

/// [`receiver!`](crate::receiver) with arguments that do something, and are evaluated where they
/// stand if a `Deref` is followed before them that may do something, too.
#[doc(hidden)]
#[macro_export]
macro_rules! ordered {
    (
        $moves:ident, $at:expr, $take:expr, ($($name:ident = $value:expr),*)
        $x:ident { $($call:tt)* } { $($written:tt)* }
    ) => {
        if !$crate::chain!($at).is_loud() {
            $crate::receiver!($moves, $at, $take, ($($name = $value),*) $x $($call)*)
        } else {
            let call = $crate::machine::Outcome::new();
            let mut $x = $crate::chain!($at).place($at);
            let result = (*$x) $($written)*;
            if false { loop {} let mut same = call.same(); same = result; }
            call.gives(result)
        }
    };
}

/// The end of the chain of pointers that starts with the type of the place at `$at`.
#[doc(hidden)]
#[macro_export]
macro_rules! chain {
    ($at:expr) => {{
        use $crate::machine::{StepsLoudly as _, StepsNowhere as _};
        (&(&(&(&(&$crate::machine::Chain::of($at)).step()).step()).step()).step()).step()
    }};
}

/// Gives a probe, and its answer, their types: in code that is compiled and never runs.
#[doc(hidden)]
#[macro_export]
macro_rules! ask {
    ($moves:ident, $probe:ident, $at:expr, ($($name:ident),*) $x:ident $($call:tt)*) => {
        if false {
            loop {}
            let mut $x = $probe.stand_in($at);
            $probe.ask(|($($name,)*)| { let _ = &*$x; (*$x) $($call)* });
            $moves.tell(&$probe);
        }
    };
}

/// Matches a variable in the frame that the patterns may or may not move:
/// `scrutinee!(x, (name = value, …) x => { pattern => bindings, … }, { pattern => moved, … })`.
///
/// The second list of arms is for a variable that is moved: its patterns see a reference to it (a
/// mutable one after `mut`), and its values read the bindings out of it. What is not bound stays
/// where it is. `*(…)` matches what is in a box.
#[doc(hidden)]
#[macro_export]
macro_rules! scrutinee {
    (
        @ $slot:expr, ($($name:ident = $value:expr),*) $x:ident, $asked:expr, $moved:expr
    ) => {{
        let probe = $crate::machine::Probe::new();
        let values = probe.with(($($value,)*));
        if false {
            loop {}
            let mut $x = probe.stand_in($slot.at);
            probe.ask(|($($name,)*)| { let _ = &*$x; $asked });
        }
        if probe.moves() {
            let ($($name,)*) = values;
            probe.moved($moved)
        } else {
            probe.in_place($slot.at, values)
        }
    }};
    ($slot:expr, * $values:tt $x:ident => $arms:tt, mut $moved:tt) => {
        $crate::scrutinee!(@ $slot, $values $x, match (**$x) $arms, match &mut **$slot.at $moved)
    };
    ($slot:expr, * $values:tt $x:ident => $arms:tt, $moved:tt) => {
        $crate::scrutinee!(@ $slot, $values $x, match (**$x) $arms, match &**$slot.at $moved)
    };
    ($slot:expr, $values:tt $x:ident => $arms:tt, mut $moved:tt) => {
        $crate::scrutinee!(@ $slot, $values $x, match (*$x) $arms, match &mut *$slot.at $moved)
    };
    ($slot:expr, $values:tt $x:ident => $arms:tt, $moved:tt) => {
        $crate::scrutinee!(@ $slot, $values $x, match (*$x) $arms, match &*$slot.at $moved)
    };
}

/// `*x` for a variable in the frame: moves out of a box, copies from a reference.
#[doc(hidden)]
#[macro_export]
macro_rules! dereferenced {
    ($slot:expr) => {{
        let probe = $crate::machine::Probe::new();
        if false {
            loop {}
            let x = probe.stand_in($slot.at);
            probe.ask(|()| {
                let _ = &*x;
                **x
            });
        }
        if probe.moves() {
            let x = $slot.take();
            probe.moved(*x)
        } else {
            probe.in_place($slot.at, ())
        }
    }};
}

/// A closure that captures a variable in the frame, and may own it:
/// `captured!(x => |…| …, |…| …)`: the closure, over a box and over the variable itself.
#[doc(hidden)]
#[macro_export]
macro_rules! captured {
    ($slot:expr, $x:ident => $asked:expr, $closure:expr) => {{
        let probe = $crate::machine::Probe::new();
        if false {
            loop {}
            let mut $x = probe.stand_in($slot.at);
            probe.ask(|()| {
                let _ = &*$x;
                $asked
            });
        }
        let run = $crate::machine::Run::new();
        if false {
            loop {}
            let mut $x = run.stand_in($slot.at);
            run.ask(|()| {
                let _ = &$x;
                $closure
            });
        }
        if probe.moves() { run.on($slot.take(), ()) } else { run.in_place($slot.at, ()) }
    }};
}
