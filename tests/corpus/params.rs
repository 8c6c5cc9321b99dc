//! Parameters: patterns, `_`, unused ones, and the order in which they are dropped.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    dropped_in_reverse [dropped_in_reverse(D::new("a"), D::new("b"), D::new("c"))]
    async fn dropped_in_reverse(a: D, b: D, c: D) -> usize {
        tick("before").await;
        b.len()
    }
}

case! {
    unused [unused(D::new("a"), 1, D::new("b"))]
    async fn unused(a: D, n: usize, b: D) {}
}

case! {
    ignored [ignored(D::new("a"), D::new("b"), D::new("c"))]
    async fn ignored(_: D, b: D, _c: D) -> usize {
        let _own = D::new("own");
        tick("before").await;
        b.len()
    }
}

case! {
    tuple_pattern [tuple_pattern((D::new("a"), D::new("b")), D::new("c"))]
    async fn tuple_pattern((a, _): (D, D), c: D) -> usize {
        tick("before").await;
        a.len() + c.len()
    }
}

case! {
    many_patterns [many_patterns(
        (D::new("a"), D::new("b"), D::new("c")), D::new("d"), D::new("e"), Pair::new("p")
    )]
    async fn many_patterns((a, _, _c): (D, D, D), _: D, _e: D, Pair(p, _): Pair<D, D>) -> usize {
        let _own = D::new("own");
        tick("before").await;
        a.len() + p.len()
    }
}

case! {
    struct_pattern [struct_pattern(Trio::new("t"), 1)]
    async fn struct_pattern(Trio { b, a: first, .. }: Trio, mut n: usize) -> usize {
        n += 1;
        tick("before").await;
        b.len() + first.len() + n
    }
}

case! {
    ref_pattern [ref_pattern(D::new("a"), (D::new("b"), D::new("c")))]
    async fn ref_pattern(ref a: D, (ref b, mut c): (D, D)) -> usize {
        tick("before").await;
        c.rename("changed");
        a.touch().len() + b.touch().len() + c.len()
    }
}

case! {
    reference_pattern [reference_pattern(&3, &(D::new("a"), 4))]
    async fn reference_pattern(&n: &usize, (d, m): &(D, usize)) -> usize {
        tick("before").await;
        d.touch().len() + n + m
    }
}

case! {
    mutable [mutable(D::new("a"), 1)]
    async fn mutable(mut a: D, mut n: usize) -> usize {
        a.rename("changed");
        tick("before").await;
        a = D::new("replaced");
        n += later("n", 2).await;
        a.len() + n
    }
}

case! {
    moved_away [moved_away(D::new("a"), D::new("b"), true), moved_away(D::new("a"), D::new("b"), false)]
    async fn moved_away(a: D, b: D, first: bool) -> D {
        tick("before").await;
        if first {
            return a;
        }
        tick("between").await;
        b
    }
}

case! {
    never_suspends [never_suspends(D::new("a"))]
    async fn never_suspends(a: D) -> usize {
        let b = D::new("b");
        a.len() + b.len()
    }
}

case! {
    shadowed_parameter [shadowed_parameter(D::new("outer"))]
    async fn shadowed_parameter(d: D) -> usize {
        let d = Pair(d.len(), D::new("inner"));
        tick("before").await;
        d.0 + d.1.len()
    }
}

case! {
    array_pattern [array_pattern([D::new("a"), D::new("b"), D::new("c")])]
    async fn array_pattern([a, .., c]: [D; 3]) -> usize {
        tick("before").await;
        a.len() + c.len()
    }
}

case! {
    raw_identifiers [raw_identifiers(1)]
    async fn raw_identifiers(r#type: usize) -> usize {
        let r#match = D::new("match");
        tick("before").await;
        r#match.len() + r#type
    }
}

case! {
    lifetimes_left_out_in_impl_trait [lifetimes_left_out_in_impl_trait(&D::new("d"), [("a", Some("bb")), ("cc", None)])]
    async fn lifetimes_left_out_in_impl_trait(
        d: &D,
        names: impl IntoIterator<Item = (&str, Option<&'_ str>)>,
    ) -> usize {
        let mut n = d.len();
        for (name, other) in names {
            tick(name).await;
            n += other.map_or(0, str::len);
        }
        n
    }
}
