//! Locals: patterns, deferred initialisation, shadowing, nested blocks.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    two_locals [two_locals()]
    async fn two_locals() -> usize {
        let a = D::new("a");
        tick("first").await;
        let b = D::new("b");
        tick("second").await;
        a.len() + b.len()
    }
}

case! {
    value_of_await [value_of_await(3)]
    async fn value_of_await(n: usize) -> usize {
        let x = later("x", n).await;
        let y: usize = later("y", x + 1).await;
        x * y
    }
}

case! {
    ready_at_once [ready_at_once()]
    async fn ready_at_once() -> usize {
        let a = now("a", 1).await;
        let b = after(3, "b", 2).await;
        now("c", a + b).await
    }
}

case! {
    tuple_pattern [tuple_pattern()]
    async fn tuple_pattern() -> usize {
        let (a, _, mut c) = later("tuple", (D::new("a"), D::new("b"), D::new("c"))).await;
        tick("between").await;
        c.rename("see");
        a.len() + c.len()
    }
}

case! {
    struct_pattern [struct_pattern()]
    async fn struct_pattern() -> usize {
        let Trio { a, b: ref held, .. } = Trio::new("t");
        tick("between").await;
        held.touch();
        a.len()
    }
}

case! {
    nested_pattern [nested_pattern()]
    async fn nested_pattern() -> usize {
        let Pair((first, second), third) = Pair((D::new("1"), 2usize), D::new("three"));
        tick("between").await;
        first.len() + second + third.len()
    }
}

case! {
    array_pattern [array_pattern()]
    async fn array_pattern() -> usize {
        let [a, .., z] = later("array", ["a", "b", "c", "d"].map(D::new)).await;
        tick("between").await;
        z.touch();
        a.len()
    }
}

case! {
    bind_whole_and_part [bind_whole_and_part(Some(4))]
    async fn bind_whole_and_part(n: Option<usize>) -> usize {
        let whole @ (part, _) = (n.unwrap_or(0), 1usize);
        tick("between").await;
        whole.0 + whole.1 + part
    }
}

case! {
    wildcard_drops_at_once [wildcard_drops_at_once()]
    async fn wildcard_drops_at_once() {
        let _ = D::new("gone");
        let _kept = D::new("kept");
        let _ = later("value", D::new("awaited")).await;
        tick("after").await;
    }
}

case! {
    unused_value [unused_value()]
    async fn unused_value() {
        later("value", D::new("awaited")).await;
        D::new("statement");
        tick("after").await;
    }
}

case! {
    deferred [deferred(true), deferred(false)]
    async fn deferred(first: bool) -> usize {
        let a;
        let b;
        if first {
            b = D::new("b");
            tick("b first").await;
            a = D::new("a");
        } else {
            a = later("a", D::new("a")).await;
            b = D::new("b");
        }
        tick("both").await;
        a.len() + b.len()
    }
}

case! {
    deferred_never [deferred_never(true), deferred_never(false)]
    async fn deferred_never(init: bool) -> usize {
        let a;
        let _b = D::new("b");
        if init {
            a = D::new("a");
            tick("inside").await;
            return a.len();
        }
        tick("outside").await;
        0
    }
}

case! {
    assigned_again [assigned_again()]
    async fn assigned_again() -> usize {
        let mut a = D::new("one");
        tick("first").await;
        a = D::new("two");
        tick("second").await;
        a = later("third", D::new("three")).await;
        a.len()
    }
}

case! {
    shadowed [shadowed()]
    async fn shadowed() -> usize {
        let x = D::new("outer");
        tick("first").await;
        let x = Pair(x.len(), D::new("inner"));
        tick("second").await;
        {
            let x = later("deep", D::new("deepest")).await;
            tick("third").await;
            x.touch();
        }
        let n = x.0;
        let x = x.1;
        tick("fourth").await;
        n + x.len()
    }
}

case! {
    shadowed_by_itself [shadowed_by_itself()]
    async fn shadowed_by_itself() -> usize {
        let x = D::new("x");
        let x = x.with("y");
        let x = later("z", x).await;
        let x = x.with("w");
        tick("end").await;
        x.len()
    }
}

case! {
    block_values [block_values()]
    async fn block_values() -> usize {
        let a = {
            let inner = D::new("inner");
            tick("in the block").await;
            inner.with("!")
        };
        let n = {
            let b = D::new("b");
            later("n", b.len()).await
        };
        tick("after").await;
        a.len() + n
    }
}

case! {
    scopes_end [scopes_end()]
    async fn scopes_end() {
        {
            let _a = D::new("a");
            tick("one").await;
        }
        {
            let _b = D::new("b");
            {
                let _c = D::new("c");
                tick("two").await;
            }
            tick("three").await;
        }
        tick("four").await;
    }
}

case! {
    items_inside [items_inside(2)]
    async fn items_inside(n: usize) -> usize {
        const FACTOR: usize = 10;
        struct Local(D);
        fn helper(n: usize) -> usize {
            n * FACTOR
        }
        use std::cmp::max;
        let local = Local(D::new("local"));
        let m = later("m", helper(n)).await;
        max(m, local.0.len())
    }
}

case! {
    unsafe_inside [unsafe_inside(5)]
    async fn unsafe_inside(n: usize) -> usize {
        let pointer = &raw const n;
        tick("between").await;
        let m = unsafe { *pointer };
        unsafe {
            let d = D::new("d");
            tick("within").await;
            m + d.len()
        }
    }
}

case! {
    let_else [let_else(Some("d")), let_else(None)]
    async fn let_else(name: Option<&'static str>) -> usize {
        let _a = D::new("a");
        let option = name.map(D::new);
        let Some(d) = option else {
            tick("none").await;
            return 0;
        };
        tick("some").await;
        d.len()
    }
}

case! {
    let_else_awaited [let_else_awaited(Some(1)), let_else_awaited(None)]
    async fn let_else_awaited(n: Option<usize>) -> usize {
        let mut rounds = 0;
        loop {
            rounds += 1;
            let Some(n) = later("n", n.filter(|_| rounds > 1)).await else {
                if rounds == 3 {
                    break 0;
                }
                tick("again").await;
                continue;
            };
            let _d = D::new("d");
            tick("got").await;
            break n + rounds;
        }
    }
}

case! {
    irrefutable_variant [irrefutable_variant()]
    async fn irrefutable_variant() -> usize {
        type Sure<T> = Result<T, std::convert::Infallible>;
        let pair: Sure<(D, D)> = Ok((D::new("a"), D::new("b")));
        let Ok((a, _)) = later("pair", pair).await;
        tick("between").await;
        let one: Sure<D> = Ok(D::new("c"));
        one.as_ref().map_or(0, D::len);
        tick("after").await;
        let Ok(taken) = one;
        tick("last").await;
        a.len() + taken.len()
    }
}
