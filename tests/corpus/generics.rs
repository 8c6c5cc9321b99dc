//! Generics, lifetimes, impl Trait arguments, const generics.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

use std::fmt::{Debug, Display};
use std::future::Future; // Not in the prelude of edition 2021.

case! {
    type_parameter [type_parameter(D::new("d"), 2), type_parameter("text", 1)]
    async fn type_parameter<T: AsRef<str>>(value: T, n: usize) -> usize {
        let _own = D::new("own");
        tick("before").await;
        value.as_ref().len() * n
    }
}

case! {
    where_clause [where_clause(vec![D::new("a"), D::new("b")])]
    async fn where_clause<I, T>(all: I) -> Vec<String>
    where
        I: IntoIterator<Item = T>,
        T: Display,
    {
        let mut out = Vec::new();
        for value in all {
            tick("value").await;
            out.push(value.to_string());
        }
        out
    }
}

case! {
    returns_parameter [returns_parameter(D::new("d"))]
    async fn returns_parameter<T: Debug>(value: T) -> (T, usize) {
        let n = later("n", 1).await;
        (value, n)
    }
}

case! {
    impl_trait [impl_trait(D::new("d"), |n| n + 1)]
    async fn impl_trait(name: impl AsRef<str>, f: impl Fn(usize) -> usize) -> usize {
        tick("before").await;
        let n = f(name.as_ref().len());
        later("n", n).await
    }
}

case! {
    future_parameter [future_parameter(tick("given")), future_parameter(async { tick("block").await })]
    async fn future_parameter<F>(future: F) -> usize
    where
        F: Future<Output = ()>,
    {
        let _own = D::new("own");
        future.await;
        tick("after").await;
        1
    }
}

case! {
    once_closure [once_closure(move || D::new("made"))]
    async fn once_closure<F: FnOnce() -> D>(make: F) -> usize {
        tick("before").await;
        let d = make();
        tick("after").await;
        d.len()
    }
}

case! {
    const_generic [const_generic([D::new("a"), D::new("b")])]
    async fn const_generic<const N: usize>(all: [D; N]) -> usize {
        let mut lengths = [0; N];
        for (at, d) in all.into_iter().enumerate() {
            lengths[at] = later("length", d.len()).await;
        }
        lengths.iter().sum::<usize>() + N
    }
}

case! {
    named_lifetimes [named_lifetimes(&D::new("long one"), &D::new("short"))]
    async fn named_lifetimes<'a, 'b>(a: &'a D, b: &'b D) -> &'a str {
        tick("before").await;
        b.touch();
        tick("between").await;
        a.name()
    }
}

case! {
    elided_lifetimes [elided_lifetimes(&D::new("d"), &[1, 2])]
    async fn elided_lifetimes(d: &D, all: &[usize]) -> usize {
        let mut n = 0;
        for m in all {
            tick("round").await;
            n += d.touch().len() + m;
        }
        n
    }
}

case! {
    slice_of_generics [slice_of_generics(&["x", "yy"], &mut vec![])]
    async fn slice_of_generics<'a, T: AsRef<str>>(all: &'a [T], out: &mut Vec<D>) -> Option<&'a str> {
        let mut best = None;
        for (i, item) in all.iter().enumerate() {
            let d = D::new(item.as_ref());
            let r = &d;
            sum(i, r.len()).await;
            if r.len() > 1 {
                out.push(d);
                best = Some(item.as_ref());
                break;
            }
        }
        best
    }
}

case! {
    trait_object [trait_object(&D::new("d"), Box::new(3))]
    async fn trait_object(a: &dyn Display, b: Box<dyn Display + '_>) -> String {
        let first = a.to_string();
        tick("before").await;
        first + &b.to_string() + &later("c", "!").await
    }
}

case! {
    dyn_future [dyn_future(Box::pin(later("boxed", 4)))]
    async fn dyn_future(future: std::pin::Pin<Box<dyn Future<Output = usize>>>) -> usize {
        let _own = D::new("own");
        future.await + 1
    }
}

case! {
    associated_type [associated_type(items(&["a", "bb"]))]
    async fn associated_type<I: Iterator<Item = D>>(mut iter: I) -> Option<I::Item> {
        let first = iter.next()?;
        tick("first").await;
        let second = iter.next();
        tick("second").await;
        drop(first);
        second
    }
}

case! {
    turbofish [outer()]
    {
        async fn outer() -> usize {
            turbofish::<u8, 3>().await + turbofish::<String, 1>().await
        }
    }
    async fn turbofish<T: Default + Debug, const N: usize>() -> usize {
        let value: T = Default::default();
        tick("before").await;
        format!("{value:?}").len() + N
    }
}

case! {
    recursive [recursive(3)]
    async fn recursive(n: usize) -> usize {
        let d = D::new(format!("level{n}"));
        if n == 0 {
            tick("bottom").await;
            return 0;
        }
        let inner: std::pin::Pin<Box<dyn Future<Output = usize>>> = Box::pin(recursive(n - 1));
        inner.await + d.len()
    }
}

case! {
    coerced_return [coerced_return(true), coerced_return(false)]
    async fn coerced_return(a: bool) -> Box<dyn std::fmt::Debug> {
        let d = D::new("d");
        tick("before").await;
        if a {
            return Box::new(d);
        }
        tick("between").await;
        Box::new(1)
    }
}

case! {
    unsafe_function [unsafe { unsafe_function(&raw const SEVEN) }]
    { static SEVEN: usize = 7; }
    async unsafe fn unsafe_function(pointer: *const usize) -> usize {
        let _d = D::new("d");
        tick("before").await;
        unsafe { *pointer }
    }
}
