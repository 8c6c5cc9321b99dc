//! Which side of `place op= value` is evaluated first: of numbers the value, of all other types, for
//! which the operator is a call, the place.

use std::marker::PhantomData;

/// The types whose operators are the language's own.
pub trait Scalar {}

macro_rules! scalars {
    ($($type:ty)*) => { $(impl Scalar for $type {})* };
}

scalars! {
    bool char f32 f64 i8 i16 i32 i64 i128 isize u8 u16 u32 u64 u128 usize
}

/// What the answer is.
pub trait Answer {
    /// Whether the value comes first.
    const VALUE_FIRST: bool;
    /// What has to be kept of a place of type `P` while the value is evaluated.
    type Kept<P>;
    /// Keeps it.
    fn keep<P>(place: P) -> Self::Kept<P>;
    /// Gives it back.
    fn place<P>(kept: Self::Kept<P>) -> P;
}

/// The operator is the language's own.
#[derive(Debug)]
pub struct Builtin;

impl Answer for Builtin {
    const VALUE_FIRST: bool = true;
    type Kept<P> = ();

    fn keep<P>(_: P) {}

    fn place<P>((): ()) -> P {
        unreachable!("the place of a number is found after the value")
    }
}

/// The operator is a method.
#[derive(Debug)]
pub struct Overloaded;

impl Answer for Overloaded {
    const VALUE_FIRST: bool = false;
    type Kept<P> = P;

    #[inline(always)]
    fn keep<P>(place: P) -> P {
        place
    }

    #[inline(always)]
    fn place<P>(kept: P) -> P {
        kept
    }
}

/// The question, for a reference `P` to a place: made at the machine's start, and answered in code
/// that is compiled and never runs, where both types are known.
#[derive(Debug)]
pub struct Order<O, P>(PhantomData<fn() -> (O, P)>);

impl<O, P> Clone for Order<O, P> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<O, P> Copy for Order<O, P> {}

impl<O: Answer, P> Order<O, P> {
    /// Asks.
    #[inline(always)]
    #[allow(clippy::new_without_default, reason = "its types are inferred from its use")]
    pub fn new() -> Self {
        Order(PhantomData)
    }

    /// Gives the question its answer. In code that is compiled and never runs.
    pub fn tell(&self, _: O) {}

    /// Whether the value comes first.
    #[inline(always)]
    pub fn value_first(&self) -> bool {
        O::VALUE_FIRST
    }

    /// Keeps the place while the value is evaluated.
    #[inline(always)]
    pub fn keep(&self, place: P) -> O::Kept<P> {
        O::keep(place)
    }

    /// Gives the place back.
    #[inline(always)]
    pub fn place(&self, kept: O::Kept<P>) -> P {
        O::place(kept)
    }
}

/// The types of the two sides.
#[derive(Debug)]
pub struct Sides<L: ?Sized, R>(PhantomData<(*const L, *const R)>);

impl<L: ?Sized, R> Sides<L, R> {
    /// The types of a reference to the place, and of a reference to the value.
    pub fn of(_: &L, _: &R) -> Self {
        Sides(PhantomData)
    }
}

impl<L: Scalar, R: Scalar> Sides<L, R> {
    /// The answer for two numbers.
    pub fn answer(&self) -> Builtin {
        Builtin
    }
}

/// The answer for other types, found under the same name.
pub trait AnswersOverloaded {
    /// The operator is a method.
    fn answer(&self) -> Overloaded {
        Overloaded
    }
}

impl<L: ?Sized, R> AnswersOverloaded for Sides<L, R> {}
