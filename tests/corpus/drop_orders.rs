//! The order in which things are dropped, compared with each other: parameters of every shape and
//! place, locals of what was cancelled, temporaries of every construct.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

fn d(name: &str) -> D {
    D::new(name)
}

case! {
    params_bound [params_bound(d("x"), d("y"))]
    async fn params_bound(x: D, _y: D) { tick("in").await; }
}

case! {
    params_ignored [params_ignored(d("x"), d("y"))]
    async fn params_ignored(_: D, _y: D) { tick("in").await; }
}

case! {
    params_half_a_tuple [params_half_a_tuple((d("x"), d("gone")), d("y"))]
    async fn params_half_a_tuple((x, _): (D, D), _: D) { tick("in").await; }
}

case! {
    params_of_all_kinds [params_of_all_kinds(d("x"), (d("a"), d("b"), d("c")), d("y"), d("z"))]
    async fn params_of_all_kinds(_: D, (a, _, _c): (D, D, D), _: D, _y: D) { tick("in").await; }
}

case! {
    params_by_reference [params_by_reference(d("x"), (d("a"), d("b"), d("c")), d("y"))]
    async fn params_by_reference(ref x: D, (ref a, ref mut b, _): (D, D, D), ref _y: D) {
        tick("in").await;
        b.rename("changed");
    }
}

case! {
    associated_bound [Owner::associated_bound(d("x"), d("y"))]
    { pub struct Owner; }
    impl Owner { pub async fn associated_bound(x: D, _y: D) { tick("in").await; } }
}

case! {
    associated_ignored [Owner::associated_ignored(d("x"), d("y"))]
    { pub struct Owner; }
    impl Owner { pub async fn associated_ignored(_: D, _y: D) { tick("in").await; } }
}

case! {
    associated_half_a_tuple [Owner::associated_half_a_tuple((d("x"), d("gone")), d("y"))]
    { pub struct Owner; }
    impl Owner { pub async fn associated_half_a_tuple((x, _): (D, D), _: D) { tick("in").await; } }
}

case! {
    associated_of_all_kinds [Owner::associated_of_all_kinds(d("x"), (d("a"), d("b"), d("c")), d("y"), d("z"))]
    { pub struct Owner; }
    impl Owner {
        pub async fn associated_of_all_kinds(_: D, (a, _, _c): (D, D, D), _: D, _y: D) {
            tick("in").await;
        }
    }
}

case! {
    associated_by_reference [Owner::associated_by_reference(d("x"), (d("a"), d("b"), d("c")), d("y"))]
    { pub struct Owner; }
    impl Owner {
        pub async fn associated_by_reference(ref x: D, (ref a, ref mut b, _): (D, D, D), ref _y: D) {
            tick("in").await;
        }
    }
}

case! {
    method_bound [Owner(d("self")).method_bound(d("x"), d("y"))]
    { pub struct Owner(D); }
    impl Owner { pub async fn method_bound(self, x: D, _y: D) { tick("in").await; } }
}

case! {
    method_ignored [Owner(d("self")).method_ignored(d("x"), d("y"))]
    { pub struct Owner(D); }
    impl Owner { pub async fn method_ignored(self, _: D, _y: D) { tick("in").await; } }
}

case! {
    method_half_a_tuple [async { let owner = Owner(d("self")); owner.method_half_a_tuple((d("x"), d("gone")), d("y")).await }]
    { pub struct Owner(D); }
    impl Owner {
        pub async fn method_half_a_tuple(&self, (x, _): (D, D), _: D) { tick("in").await; }
    }
}

case! {
    method_of_all_kinds [async {
        let mut owner = Owner(d("self"));
        owner.method_of_all_kinds(d("x"), (d("a"), d("b"), d("c")), d("y"), d("z")).await
    }]
    { pub struct Owner(D); }
    impl Owner {
        pub async fn method_of_all_kinds(&mut self, _: D, (a, _, _c): (D, D, D), _: D, _y: D) {
            self.0.rename("known");
            tick("in").await;
        }
    }
}

case! {
    method_by_reference [Owner(d("self")).method_by_reference(d("x"), (d("a"), d("b"), d("c")), d("y"))]
    { pub struct Owner(D); }
    impl Owner {
        pub async fn method_by_reference(mut self, ref x: D, (ref a, ref mut b, _): (D, D, D), ref _y: D) {
            self.0.rename("mine");
            tick("in").await;
        }
    }
}

case! {
    locals_when_cancelled [locals_when_cancelled()]
    async fn locals_when_cancelled() {
        let x = d("x");
        let y = d("y");
        tick("here").await;
        tick("and here").await;
    }
}

case! {
    local_of_an_inner_block [local_of_an_inner_block()]
    async fn local_of_an_inner_block() {
        let x = d("x");
        async {
            let y = d("y");
            tick("inside").await;
        }
        .await;
        let z = d("z");
        tick("after").await;
    }
}

case! {
    moved_into_separate_blocks [moved_into_separate_blocks()]
    async fn moved_into_separate_blocks() {
        let x = d("x");
        let y = d("y");
        let f = async move {
            x;
            tick("first").await;
        };
        let g = async move {
            y;
            tick("second").await;
        };
        f.await;
        g.await;
    }
}

case! {
    moved_into_one_block [moved_into_one_block()]
    async fn moved_into_one_block() {
        let x = d("x");
        let y = d("y");
        async move {
            let b = y;
            let a = x;
            tick("inside").await;
        }
        .await;
    }
}

case! {
    moved_after_the_wait [moved_after_the_wait()]
    async fn moved_after_the_wait() {
        let x = d("x");
        let y = d("y");
        tick("before").await;
        drop(x);
        let z = y;
        tick("after").await;
    }
}

case! {
    tail_with_locals [tail_with_locals(d("x"))]
    async fn tail_with_locals(x: D) -> usize {
        let y = d("y");
        { let z = d("z"); d("temporary") }.touch().len() + look(&d("awaited")).await
    }
}

case! {
    tuples_of_temporaries [tuples_of_temporaries()]
    async fn tuples_of_temporaries() -> usize {
        let (a, b) = (d("a").len(), look(&d("b")).await);
        tick("after").await;
        (d("c").len() + look(&d("e")).await, a + b).0
    }
}

case! {
    arrays_of_temporaries [arrays_of_temporaries()]
    async fn arrays_of_temporaries() -> usize {
        let all = [d("a").len(), look(&d("b")).await, d("c").len()];
        tick("after").await;
        [d("e").len(), look(&d("f")).await][0] + all[1]
    }
}

case! {
    calls_with_temporaries [calls_with_temporaries()]
    async fn calls_with_temporaries() -> usize {
        let n = sum(d("a").len(), look(&d("b")).await).await;
        tick("after").await;
        sum(look(&d("c")).await, d("e").len()).await + n
    }
}

case! {
    if_let_both_ways [if_let_both_ways(true), if_let_both_ways(false)]
    async fn if_let_both_ways(some: bool) -> usize {
        let x = d("x");
        let n = if let Some(n) = some.then(|| look(&x)).map(|_| d("scrutinee").touch().len()) {
            tick("then").await;
            n
        } else {
            tick("else").await;
            0
        };
        tick("after").await;
        n
    }
}

case! {
    if_let_chain_of_else [if_let_chain_of_else(0), if_let_chain_of_else(1), if_let_chain_of_else(2)]
    { fn when(n: usize, m: usize, d: &D) -> Option<&D> { (n == m).then(|| d.touch()) } }
    async fn if_let_chain_of_else(n: usize) -> usize {
        if let Some(a) = when(n, 0, &d("first")) {
            tick("first").await;
            a.len()
        } else if let Some(b) = when(n, 1, &d("second")) {
            look(b).await
        } else {
            let c = d("third");
            tick("third").await;
            c.len()
        }
    }
}

case! {
    let_else_with_temporaries [let_else_with_temporaries(true), let_else_with_temporaries(false)]
    { fn when(holds: bool, d: &D) -> Option<usize> { holds.then(|| d.touch().len()) } }
    async fn let_else_with_temporaries(holds: bool) -> usize {
        let x = d("x");
        let Some(n) = when(holds, &d("temporary")) else {
            let y = d("y");
            tick("else").await;
            return y.len();
        };
        tick("after").await;
        n
    }
}

case! {
    nested_let_else [nested_let_else(0), nested_let_else(1), nested_let_else(2)]
    { fn when(holds: bool, d: &D) -> Option<usize> { holds.then(|| d.touch().len()) } }
    async fn nested_let_else(n: usize) -> usize {
        let Some(a) = when(n > 0, &d("a")) else {
            tick("no a").await;
            return 0;
        };
        let Some(b) = later("awaited", when(n > 1, &d("b"))).await else {
            let Some(c) = when(n > 0, &d("c")) else { return 1 };
            tick("no b").await;
            return c;
        };
        tick("both").await;
        a + b
    }
}

case! {
    match_arms_and_temporaries [match_arms_and_temporaries(0), match_arms_and_temporaries(9)]
    async fn match_arms_and_temporaries(n: usize) -> usize {
        let x = d("x");
        match d("scrutinee").touch().len() + n {
            9 => {
                let y = d("y");
                look(&d("nine")).await
            }
            _ => match d("inner").touch() {
                inner => {
                    tick("inner").await;
                    inner.len()
                }
            },
        }
    }
}

case! {
    and_or_associativity [
        and_or_associativity(true, true), and_or_associativity(true, false),
        and_or_associativity(false, true), and_or_associativity(false, false)
    ]
    { fn is(holds: bool, d: &D) -> bool { d.touch(); holds } }
    async fn and_or_associativity(a: bool, b: bool) -> usize {
        let mut n = 0;
        if is(a, &d("1")) && later("w", is(b, &d("2"))).await && is(true, &d("3")) {
            n += 1;
        }
        if (is(a, &d("4")) || later("w", is(b, &d("5"))).await) && is(true, &d("6")) {
            n += 2;
        }
        if is(a, &d("7")) || (is(b, &d("8")) && later("w", is(a, &d("9"))).await) {
            n += 4;
        }
        let c = is(a, &d("10")) && later("w", is(b, &d("11"))).await || is(true, &d("12"));
        tick("after").await;
        n + c as usize
    }
}

case! {
    while_with_temporaries [while_with_temporaries()]
    { fn below(n: usize, m: usize, d: &D) -> bool { d.touch(); n < m } }
    async fn while_with_temporaries() -> usize {
        let mut n = 0;
        while below(n, 2, &d("condition")) && look(&d("awaited")).await > 0 {
            let y = d("body");
            tick("round").await;
            n += 1;
        }
        n
    }
}

case! {
    assigned_to_nothing [assigned_to_nothing()]
    async fn assigned_to_nothing() -> usize {
        let x = d("x");
        _ = d("dropped at once");
        _ = later("awaited", d("dropped too")).await;
        _ = &d("temporary");
        _ = x;
        tick("after").await;
        x.len()
    }
}

case! {
    assigned_to_tuples [assigned_to_tuples()]
    async fn assigned_to_tuples() -> usize {
        let mut a = d("a");
        let mut b = d("b");
        (a, b) = (later("new a", d("new a")).await, d("new b"));
        tick("between").await;
        (a, _) = (d("newer a"), later("nothing", d("dropped")).await);
        tick("after").await;
        a.len() + b.len()
    }
}

case! {
    assigned_to_parts [assigned_to_parts()]
    async fn assigned_to_parts() -> usize {
        let mut t = Trio::new("t");
        let mut n = 0;
        Trio { a: t.c, b: _, .. } = later("other", Trio::new("other")).await;
        tick("between").await;
        [t.a, t.b] = [d("left"), later("right", d("right")).await];
        tick("one more").await;
        Pair(n, ..) = Pair(later("n", 3).await, d("rest"));
        n + t.a.len()
    }
}

case! {
    assigned_to_nested [assigned_to_nested()]
    async fn assigned_to_nested() -> usize {
        let mut a = d("a");
        let mut n = 1;
        let mut m = 2;
        ((a, n), _, [m, ..]) = ((d("new"), 3), d("dropped"), later("m", [4, 5, 6]).await);
        tick("after").await;
        (n, m) = (m, n);
        a.len() + n * 10 + m
    }
}

case! {
    refused_by_a_pattern [refused_by_a_pattern(0), refused_by_a_pattern(1)]
    async fn refused_by_a_pattern(n: usize) {
        if let (Some(_a), _b) = ((n > 0).then(|| D::new("a")), later("c", D::new("c")).await) {
            tick("matched").await;
        } else {
            tick("refused").await;
        }
        if let (Some(_), _b) = ((n > 0).then(|| D::new("d")), later("e", D::new("e")).await) {
            tick("matched").await;
        }
        if let (_d, 3) = (later("f", D::new("f")).await, n) {
            return;
        } else {
            tick("no three").await;
        }
        tick("end").await;
    }
}

case! {
    refused_by_a_pattern_on_a_field [refused_by_a_pattern_on_a_field(0), refused_by_a_pattern_on_a_field(1)]
    async fn refused_by_a_pattern_on_a_field(n: usize) -> usize {
        if let (Some(_a), _) = (((n > 0).then(|| D::new("a")), D::new("b")), later("c", D::new("c")).await).0 {
            tick("matched").await;
        } else {
            tick("refused").await;
        }
        let pair = (D::new("d"), (n > 0).then(|| D::new("e")));
        let m = if let (_d, None) = (pair, later("f", D::new("f")).await).0 { 1 } else { 2 };
        let pair = (D::new("g"), (n > 0).then(|| D::new("h")));
        let m = m + match (pair, later("i", D::new("i")).await).0 {
            (_g, Some(_h)) => {
                tick("some").await;
                1
            }
            (_g, _) => 3,
        };
        tick("end").await;
        m
    }
}

case! {
    pattern_on_a_field_of_a_tuple [pattern_on_a_field_of_a_tuple(0), pattern_on_a_field_of_a_tuple(1)]
    async fn pattern_on_a_field_of_a_tuple(n: usize) {
        let x = if let ((_p, 1..=4), _n) = (later("w5", D::new("d")).await, ((D::new("e"), n), 0)).1 { 1 } else { 2 };
        tick("mid").await;
        let y = match (later("w5", D::new("d")).await, (D::new("e"), (n > 0).then(|| D::new("f"))), D::new("g")).1 { (_e, None) => 1, (_, Some(_f)) => 2 };
        tick("mid").await;
        let (_e, _) = (later("w5", D::new("d")).await, (D::new("e"), D::new("f")), D::new("g")).1;
        tick("mid").await;
        let (Some(_e), _) = (later("w5", D::new("d")).await, ((n > 0).then(|| D::new("e")), D::new("f")), D::new("g")).1 else { return; };
        let _ = (later("w5", D::new("d")).await, (D::new("k"), D::new("l")), D::new("m")).1;
        let _k = (later("w5", D::new("d")).await, (D::new("k"), D::new("l")), D::new("m")).1;
        tick("end").await;
    }
}

case! {
    if_let_before_a_wait [if_let_before_a_wait(0), if_let_before_a_wait(1)]
    async fn if_let_before_a_wait(n: usize) {
        #[allow(irrefutable_let_patterns, reason = "it keeps what it matches all the same")]
        something("w7", if let _ = Pair(D::new("a"), Some(D::new("b"))) { D::new("c") } else { D::new("e") }).await;
        something("w7", if let Pair(_f, Some(_)) = Pair(D::new("a"), (n > 0).then(|| D::new("b"))) { D::new("c") } else { D::new("e") }).await;
        something("w7", if let 1..5 = make("t").len() * n { D::new("c") } else if let 5 = make("t").touch().len() { D::new("e") } else { D::new("z") }).await;
        let p = Pair(D::new("p"), Some(D::new("q")));
        something("w7", if let Pair(a, Some(b)) = (&p) { a.touch().len() + b.len() } else { 2 }).await;
    }
}
