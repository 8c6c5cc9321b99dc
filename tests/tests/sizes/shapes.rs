//! What the shapes are made of, and the macros that compile and measure them.

pub(crate) use std::alloc::Layout;
pub(crate) use std::cell::{Cell, RefCell};
pub(crate) use std::collections::HashMap;
pub(crate) use std::future::{Future as StdFuture, poll_fn};
pub(crate) use std::pin::{Pin, pin};
pub(crate) use std::rc::Rc;
pub(crate) use std::sync::Mutex;
pub(crate) use std::task::{Context, Poll, Waker};

pub(crate) use async_proc::{Error, Future};

/// A kibibyte of plain data.
pub(crate) type B = [u8; 1024];

pub(crate) fn b() -> B {
    [1; 1024]
}

/// A kibibyte with a destructor.
pub(crate) struct D(pub(crate) B);

impl D {
    pub(crate) fn new() -> D {
        D(b())
    }
}

impl Drop for D {
    fn drop(&mut self) {}
}

/// A future of a kibibyte, with a destructor, that is pending for ever.
pub(crate) struct Big(B);

impl Big {
    pub(crate) fn new() -> Big {
        Big(b())
    }
}

impl Drop for Big {
    fn drop(&mut self) {}
}

impl StdFuture for Big {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

/// Three of them in one.
pub(crate) struct Joined(pub(crate) Big, pub(crate) Big, pub(crate) Big);

impl StdFuture for Joined {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

struct Never(bool);

impl StdFuture for Never {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

/// What everything waits for in the end. Two bytes.
pub(crate) async fn io() {
    Never(false).await;
}

/// The same, with a number.
pub(crate) async fn number() -> u64 {
    io().await;
    1
}

pub(crate) fn see<T>(_: &T) {}

pub(crate) fn edit<T>(_: &mut T) {}

pub(crate) fn noop() {}

/// Compiles functions as rustc's `async fn`, as ours, and as procs. The result type is what the
/// `Result` holds.
macro_rules! shapes {
    ($(fn $name:ident [$($generics:tt)*] $arguments:tt -> $result:ty $body:block)*) => {
        pub(crate) mod real {
            use crate::shapes::*;
            $(pub(crate) async fn $name<$($generics)*> $arguments -> Result<$result, Error> $body)*
        }
        pub(crate) mod ours {
            use crate::shapes::*;
            $(#[async_proc::async_proc]
            pub(crate) async fn $name<$($generics)*> $arguments -> Result<$result, Error> $body)*
        }
        pub(crate) mod procs {
            use crate::shapes::*;
            $(#[async_proc::async_proc]
            pub(crate) fn $name<$($generics)*> $arguments -> Future<$result> $body)*
        }
    };
}

/// Compiles items that hold `async fn`s which borrow, as rustc's and as ours. Each function stands
/// in braces with its attribute's place marked.
macro_rules! borrowing {
    ($(async fn $name:ident [$($generics:tt)*] $arguments:tt -> $result:ty $body:block)*
     $(impl $type:ident { $(async fn $method:ident $parameters:tt -> $output:ty $code:block)* })*) => {
        pub(crate) mod real_borrowing {
            use crate::shapes::*;
            use super::*;
            $(pub(crate) async fn $name<$($generics)*> $arguments -> $result $body)*
            $(#[derive(Default)] pub(crate) struct $type(pub(crate) super::$type);
            impl $type { $(pub(crate) async fn $method $parameters -> $output $code)* })*
        }
        pub(crate) mod ours_borrowing {
            use crate::shapes::*;
            use super::*;
            $(#[async_proc::async_proc]
            pub(crate) async fn $name<$($generics)*> $arguments -> $result $body)*
            $(#[derive(Default)] pub(crate) struct $type(pub(crate) super::$type);
            impl $type { $(#[async_proc::async_proc]
            pub(crate) async fn $method $parameters -> $output $code)* })*
        }
    };
}

/// Measures shapes, each with the procs that it waits for behind it.
macro_rules! measure {
    ($table:ident, $section:literal: $($name:ident $arguments:tt $(=> $callee:expr)*;)*) => {
        $table.section($section);
        $($table.row(
            concat!(stringify!($name), stringify!($arguments)),
            { use real::*; crate::table::Machine::of($name $arguments) },
            { use ours::*; crate::table::Machine::of($name $arguments) },
            {
                use procs::*;
                Some((
                    crate::table::frame(&$name $arguments),
                    vec![$(crate::table::frame(&$callee)),*],
                ))
            },
        );)*
    };
}

/// Measures functions that cannot be procs, because they borrow.
macro_rules! measure_borrowing {
    ($table:ident, $section:literal: $($(let $local:ident = $value:expr;)* $call:expr;)*) => {
        $table.section($section);
        $($table.row(
            stringify!($call),
            { use real_borrowing::*; $(let $local = $value;)* crate::table::Machine::of($call) },
            { use ours_borrowing::*; $(let $local = $value;)* crate::table::Machine::of($call) },
            None,
        );)*
    };
}
