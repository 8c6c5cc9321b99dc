//! Shapes that other compilers of `async fn` have stumbled over: coercions, closures with
//! lifetimes, unrelated lifetimes, values that cannot exist, awaits in odd places.

use std::collections::BTreeMap;
use std::fmt::{Debug, Display};
use std::future::Future;
use std::rc::Rc;
use std::sync::Arc;

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

static TABLE: [usize; 3] = [10, 20, 30];

case! {
    async_closures [async_closures()]
    async fn async_closures() -> usize {
        let d = D::new("d");
        let by_reference = async |n: usize| {
            tick("closure").await;
            d.touch().len() + n
        };
        let a = by_reference(1).await;
        tick("between").await;
        let b = by_reference(2).await;
        let moving = async move || {
            tick("moving").await;
            d.len()
        };
        a + b + moving().await
    }
}

case! {
    anonymous_lifetimes [async { let d = D::new("d"); View(&d).anonymous_lifetimes(&D::new("other")).await }]
    { struct View<'a>(&'a D); }
    impl<'a> View<'a> {
        async fn anonymous_lifetimes(&self, other: &D) -> usize {
            tick("before").await;
            self.0.touch().len() + other.touch().len()
        }
    }
}

case! {
    dyn_closure_in_a_projection [dyn_closure_in_a_projection(Tool(Box::new(|n: usize| n + 1) as Box<dyn FnMut(usize) -> usize>))]
    {
        trait Kit { type Run: FnMut(usize) -> usize; }
        struct Any;
        impl Kit for Any { type Run = Box<dyn FnMut(usize) -> usize>; }
        struct Tool<K: Kit>(K::Run);
    }
    async fn dyn_closure_in_a_projection(mut tool: Tool<Any>) -> usize {
        let a = (tool.0)(1);
        tick("between").await;
        a + (tool.0)(later("n", 5).await)
    }
}

case! {
    unsized_by_a_cast [unsized_by_a_cast()]
    async fn unsized_by_a_cast() -> Box<dyn Debug + Send> {
        let boxed = Box::new(later("n", 5).await) as Box<dyn Debug + Send>;
        tick("after").await;
        boxed
    }
}

case! {
    coerced_at_the_end [async { coerced_at_the_end(true).await.to_string() }, async { coerced_at_the_end(false).await.to_string() }]
    async fn coerced_at_the_end(early: bool) -> Box<dyn Display> {
        if early {
            return Box::new(later("n", 5).await);
        }
        tick("late").await;
        Box::new("text")
    }
}

case! {
    raw_pointer_at_the_end [async { let n = 5; unsafe { *raw_pointer_at_the_end(&n).await } }]
    async fn raw_pointer_at_the_end(n: &usize) -> *const usize {
        tick("before").await;
        n
    }
}

case! {
    projected_result [projected_result(D::new("d"))]
    {
        trait Makes { type Made: Debug; fn made(self) -> Self::Made; }
        impl Makes for D { type Made = (usize, bool); fn made(self) -> (usize, bool) { (self.eat(), true) } }
    }
    async fn projected_result<T: Makes>(maker: T) -> T::Made {
        tick("before").await;
        maker.made()
    }
}

case! {
    called_twice_with_one_type [async {
        let (a, b) = (called_twice_with_one_type(1), called_twice_with_one_type(2));
        let all = vec![a, b];
        let mut sum = 0;
        for f in all { sum += f.await; }
        sum
    }]
    async fn called_twice_with_one_type(n: usize) -> usize {
        tick("inside").await;
        n
    }
}

case! {
    waits_for_ever_while_moved [async {
        let f = waits_for_ever_while_moved(Rc::new(D::new("shared")));
        let moved = Box::pin(f);
        moved.await
    }]
    async fn waits_for_ever_while_moved(rc: Rc<D>) -> usize {
        let other = Rc::clone(&rc);
        tick("inside").await;
        Rc::strong_count(&other) + rc.len()
    }
}

case! {
    nothing_beside_a_reference [async { let unit = (); nothing_beside_a_reference(|n| n + 1, &unit).await }]
    async fn nothing_beside_a_reference<F: Fn(usize) -> usize>(f: F, _unit: &()) -> usize {
        tick("before").await;
        f(1)
    }
}

case! {
    odd_sizes_in_scopes [odd_sizes_in_scopes()]
    async fn odd_sizes_in_scopes() -> usize {
        {
            let odd = [1u8; 17];
            tick("odd").await;
            assert_eq!(odd[16], 1);
        }
        let even = later("even", 7u64).await;
        tick("even").await;
        even as usize
    }
}

case! {
    borrowed_temporaries_to_the_end [borrowed_temporaries_to_the_end()]
    { struct Test(D); impl Test { fn with(self, n: &str) -> Test { Test(self.0.with(n)) } async fn run(&self) -> usize { look(&self.0).await } } }
    async fn borrowed_temporaries_to_the_end() -> usize {
        let n = Test(D::new("s")).with("x").run().await;
        n + async { look(&[D::new("element")][0]).await }.await
    }
}

case! {
    block_of_parameters_in_the_tail [block_of_parameters_in_the_tail(1, 2)]
    async fn block_of_parameters_in_the_tail(x: usize, y: usize) -> usize {
        async { x + y }.await + async move { tick("moving").await; x * y }.await
    }
}

case! {
    mapped_and_questioned [mapped_and_questioned(true), mapped_and_questioned(false)]
    { struct Client; impl Client { async fn send(&self, d: &D, fine: bool) -> Result<D, Small> { d.touch(); if fine { good("sent", D::new("answer")).await } else { fails("send").await } } } }
    async fn mapped_and_questioned(fine: bool) -> Result<(), Large> {
        let client = Client;
        Ok(client.send(&D::new("request"), fine).await.map(drop)?)
    }
}

case! {
    length_by_a_block [length_by_a_block()]
    async fn length_by_a_block() -> usize {
        const COUNT: usize = 2;
        let all = [later("n", 3usize).await; { COUNT + 1 }];
        let mut buffer = [0u8; COUNT];
        let part = &mut buffer;
        tick("between").await;
        part[1] = 4;
        all.len() + usize::from(part[1])
    }
}

case! {
    fields_out_of_order [fields_out_of_order()]
    async fn fields_out_of_order() -> usize {
        let t = Trio { c: D::new("c"), a: later("a", D::new("a")).await, b: D::new("b") };
        let r = &t;
        tick("borrowed").await;
        r.a.touch().len() + r.b.len() + r.c.len()
    }
}

case! {
    async_fn_inside_of_one [async_fn_inside_of_one()]
    async fn async_fn_inside_of_one() -> usize {
        struct Inside(D);
        async fn inner(inside: &Inside) -> usize {
            tick("inner").await;
            inside.0.touch().len()
        }
        let inside = Inside(D::new("inside"));
        inner(&inside).await + inner(&Inside(D::new("temporary"))).await
    }
}

case! {
    awaits_what_never_comes [awaits_what_never_comes(true), awaits_what_never_comes(false)]
    { async fn never(go: bool) -> std::convert::Infallible { tick("never").await; panic!("never: {go}") } }
    async fn awaits_what_never_comes(go: bool) -> usize {
        let d = D::new("d");
        if go {
            match never(go).await {}
        }
        d.len()
    }
}

case! {
    never_returns [never_returns(1), never_returns(3)]
    async fn never_returns(rounds: usize) -> ! {
        let d = D::new("d");
        for _ in 0..rounds {
            tick("round").await;
        }
        panic!("the end of {d}")
    }
}

case! {
    closure_for_any_lifetime [closure_for_any_lifetime(|d| d.touch())]
    async fn closure_for_any_lifetime<F>(f: F) -> usize
    where
        F: for<'a> Fn(&'a D) -> &'a D,
    {
        let d = D::new("d");
        let r = f(&d);
        tick("between").await;
        r.len() + f(&D::new("temporary")).len()
    }
}

case! {
    shared_objects [shared_objects(Arc::new(3), &D::new("d"))]
    { trait Counts { fn count(&self) -> usize; } impl Counts for usize { fn count(&self) -> usize { *self } } impl Counts for D { fn count(&self) -> usize { self.touch().len() } } }
    async fn shared_objects(shared: Arc<dyn Counts>, borrowed: &dyn Counts) -> usize {
        let other = Arc::clone(&shared);
        tick("between").await;
        shared.count() + borrowed.count() + other.count()
    }
}

case! {
    future_and_reference [async { let d = D::new("d"); future_and_reference(Box::pin(later("f", 1)), &d).await }]
    async fn future_and_reference<F: Future<Output = usize> + Unpin>(mut f: F, d: &D) -> usize {
        let n = std::future::poll_fn(|cx| {
            d.touch();
            std::pin::Pin::new(&mut f).poll(cx)
        })
        .await;
        n + d.len()
    }
}

case! {
    closure_that_keeps_a_reference [async { let mut d = D::new("d"); closure_that_keeps_a_reference(&mut d, |d: &mut D| d.rename("by closure")).await }]
    async fn closure_that_keeps_a_reference<'a, F: FnMut(&'a mut D)>(d: &'a mut D, mut f: F) -> usize {
        tick("before").await;
        f(d);
        1
    }
}

case! {
    uninhabited_across_an_await [uninhabited_across_an_await(true), uninhabited_across_an_await(false)]
    { enum Void {} fn void(panics: bool) -> Option<Void> { assert!(!panics); None } }
    async fn uninhabited_across_an_await(panics: bool) -> usize {
        let nothing = void(panics);
        tick("with nothing").await;
        match nothing {
            Some(void) => {
                tick("impossible").await;
                match void {}
            }
            None => 3,
        }
    }
}

case! {
    iterator_argument [iterator_argument(items(&["a", "b"]))]
    async fn iterator_argument(source: impl Iterator<Item = D>) -> usize {
        let mut sum = 0;
        for d in source {
            sum += look(&d).await;
        }
        sum
    }
}

case! {
    statements_in_a_while_let [statements_in_a_while_let()]
    async fn statements_in_a_while_let() -> usize {
        let mut left = 2;
        while let Some(_) = later("next", (left > 0).then_some(left)).await {
            D::new("statement");
            String::new();
            left -= 1;
        }
        left
    }
}

case! {
    index_of_a_static [index_of_a_static(1)]
    async fn index_of_a_static(n: usize) -> usize {
        let a = TABLE[later("index", n).await];
        match a {
            20 if later("guard", TABLE[n] == 20).await => TABLE[later("again", 2).await] + a,
            _ => 0,
        }
    }
}

case! {
    nested_compound_blocks [nested_compound_blocks(1)]
    async fn nested_compound_blocks(start: usize) -> usize {
        let mut n = start;
        n += { tick("outer").await; n += { tick("inner").await; 10 }; 100 };
        let mut d = Num::new("d", n);
        d += { let e = later("e", 3).await; e + later("f", 4).await };
        d.value
    }
}

case! {
    unrelated_lifetimes [async {
        let (a, b) = (D::new("a"), D::new("long b"));
        let first = unrelated_lifetimes(&a, &b, |d| d.touch().len()).await;
        first.len()
    }]
    async fn unrelated_lifetimes<'a, 'b>(a: &'a D, b: &'b D, f: impl Fn(&D) -> usize) -> &'a D {
        tick("before").await;
        if f(b) > f(a) {
            tick("longer").await;
        }
        a
    }
}

case! {
    invariant_lifetimes [async {
        let (a, b) = (D::new("a"), D::new("b"));
        let mut map = BTreeMap::new();
        invariant_lifetimes(&mut map, &a, &b).await;
        map.len()
    }]
    async fn invariant_lifetimes<'a, 'm>(map: &'m mut BTreeMap<&'a str, &'a D>, a: &'a D, b: &'a D) {
        map.insert(a.name(), a);
        tick("one").await;
        map.insert(b.name(), b);
        let entry = map.entry("c").or_insert(a);
        tick("entry").await;
        *entry = b;
    }
}

case! {
    relocked_in_a_loop [async { let mut lock = Lock::new("m"); relocked_in_a_loop(&mut lock).await }]
    async fn relocked_in_a_loop(lock: &mut Lock) -> usize {
        let mut guard = lock.lock_mut();
        for n in 0..2usize {
            guard.add(n);
            drop(guard);
            tick("unlocked").await;
            guard = lock.lock_mut();
        }
        guard.count
    }
}

case! {
    futures_out_of_adaptors [futures_out_of_adaptors(vec![1, 2, 3])]
    async fn futures_out_of_adaptors(all: Vec<usize>) -> usize {
        let own = D::new("own");
        let futures = all
            .iter()
            .filter(|n| **n != 2)
            .map(|n| {
                let own = &own;
                async move {
                    tick("inside").await;
                    own.touch().len() + n
                }
            });
        let mut sum = 0;
        for future in futures {
            sum += future.await;
        }
        sum
    }
}

case! {
    panics_where_it_is_called [panics_where_it_is_called(0), panics_where_it_is_called(1)]
    async fn panics_where_it_is_called(n: usize) -> usize {
        let d = D::new("d");
        tick("before").await;
        let all = [1usize];
        let option: Option<usize> = None;
        if n == 1 {
            return option.expect("some");
        }
        all[later("index", n).await] + d.len()
    }
}

case! {
    operands_around_awaits [operands_around_awaits(3)]
    {
        async fn add(a: usize, b: usize) -> usize { tick("add").await; a + b }
    }
    async fn operands_around_awaits(n: usize) -> (usize, usize) {
        let nested = async { async { add(n, 1).await }.await + add(2, async { n }.await).await };
        let pair = (add(n, n).await, nested.await);
        let (text, m): (String, usize) = (String::new(), if n > 5 { return (1, add(n, 5).await) } else { 2 });
        (pair.0 + text.len(), pair.1 + m)
    }
}

case! {
    reader_of_a_slice [async { let mut data: &[u8] = &[1, 2, 3, 4, 5]; reader_of_a_slice(&mut data).await + data.len() }]
    {
        async fn byte(data: &mut &[u8]) -> Option<u8> {
            tick("byte").await;
            let (first, rest) = data.split_first()?;
            *data = rest;
            Some(*first)
        }
    }
    async fn reader_of_a_slice(data: &mut &[u8]) -> usize {
        let count = byte(data).await.unwrap_or(0);
        let mut sum = 0;
        for _ in 0..=count {
            sum += usize::from(byte(data).await.unwrap_or(0));
        }
        sum
    }
}

case! {
    private_types_and_docs [private_types_and_docs(1)]
    { struct Private(usize); impl Debug for Private { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, "{}", self.0) } } }
    #[doc = concat!("Written by", " a macro.")]
    #[must_use]
    #[inline]
    async fn private_types_and_docs(n: usize) -> Private {
        tick("before").await;
        Private(n)
    }
}

case! {
    value_made_by_a_match_on_a_temporary [value_made_by_a_match_on_a_temporary()]
    async fn value_made_by_a_match_on_a_temporary() -> usize {
        let text = match &*make("scrutinee").name().to_owned() {
            "scrutinee" => later("text", D::new("found")).await,
            other => D::new(other),
        };
        tick("after").await;
        text.len()
    }
}
