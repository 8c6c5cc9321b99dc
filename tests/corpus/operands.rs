//! Operands of struct, array, tuple, field and index expressions, assignments.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    struct_in_written_order [struct_in_written_order()]
    async fn struct_in_written_order() -> usize {
        let t = Trio {
            c: D::new("c"),
            a: later("a", D::new("a")).await,
            b: D::new("b"),
        };
        tick("after").await;
        t.a.len()
    }
}

case! {
    struct_shorthand [struct_shorthand()]
    async fn struct_shorthand() -> usize {
        let a = D::new("a");
        let c = later("c", D::new("c")).await;
        let t = Trio { a, b: later("b", D::new("b")).await, c };
        tick("after").await;
        t.a.len() + t.c.len()
    }
}

case! {
    tuple [tuple()]
    async fn tuple() -> usize {
        let t = (D::new("0"), later("1", D::new("1")).await, later("2", 5).await);
        tick("after").await;
        t.0.len() + t.2
    }
}

case! {
    array [array()]
    async fn array() -> usize {
        let a = [D::new("0"), later("1", D::new("1")).await, D::new("2")];
        tick("after").await;
        a.len()
    }
}

case! {
    array_repeated [array_repeated()]
    async fn array_repeated() -> usize {
        let a = [later("n", 3usize).await; 4];
        tick("after").await;
        a.iter().sum()
    }
}

case! {
    nested_aggregates [nested_aggregates()]
    async fn nested_aggregates() -> usize {
        let all = Pair(
            [(D::new("a"), later("b", D::new("b")).await), (D::new("c"), D::new("d"))],
            vec![later("e", D::new("e")).await],
        );
        tick("after").await;
        all.0.len() + all.1.len()
    }
}

case! {
    field_of_awaited [field_of_awaited()]
    async fn field_of_awaited() -> usize {
        let b = later("trio", Trio::new("t")).await.b;
        tick("after").await;
        b.len() + later("pair", Pair(1, 2)).await.1
    }
}

case! {
    index_awaited [index_awaited(1)]
    async fn index_awaited(n: usize) -> usize {
        let all = [10, 20, 30];
        let names = vec![D::new("a"), D::new("bb")];
        all[later("n", n).await] + names[later("m", n).await].touch().len()
    }
}

case! {
    index_overloaded [index_overloaded(1)]
    async fn index_overloaded(n: usize) -> usize {
        let mut num = Num::new("num", 5);
        num[later("write", n).await] = later("value", 8).await;
        tick("between").await;
        num[later("read", n).await]
    }
}

case! {
    index_out_of_bounds [index_out_of_bounds(0), index_out_of_bounds(3)]
    async fn index_out_of_bounds(n: usize) -> usize {
        let _d = D::new("d");
        let all = [1, 2, 3];
        all[later("n", n).await]
    }
}

case! {
    assigned_field [assigned_field()]
    async fn assigned_field() -> usize {
        let mut t = Trio::new("t");
        t.b = later("b", D::new("new b")).await;
        tick("between").await;
        t.a = D::new("new a");
        t.a.len() + t.b.len()
    }
}

case! {
    assigned_through_reference [assigned_through_reference()]
    async fn assigned_through_reference() -> usize {
        let mut d = D::new("old");
        let r = &mut d;
        *r = later("value", D::new("new")).await;
        tick("between").await;
        r.rename("newer");
        d.len()
    }
}

case! {
    assigned_element [assigned_element()]
    async fn assigned_element() -> usize {
        let mut all = vec![D::new("a"), D::new("b")];
        all[1] = later("b", D::new("bee")).await;
        all[later("at", 0).await] = D::new("ay");
        tick("after").await;
        all[0].len() + all[1].len()
    }
}

case! {
    destructuring_assignment [destructuring_assignment()]
    async fn destructuring_assignment() -> usize {
        let mut a = D::new("a");
        let b;
        (a, b) = later("both", (D::new("new a"), D::new("b"))).await;
        tick("between").await;
        [_, a] = [D::new("x"), D::new("y")];
        tick("after").await;
        a.len() + b.len()
    }
}

case! {
    moved_field_then_assigned [moved_field_then_assigned()]
    async fn moved_field_then_assigned() -> usize {
        let mut t = Trio::new("t");
        let n = eat(t.b);
        tick("without b").await;
        t.b = later("b", D::new("b again")).await;
        tick("whole").await;
        n + t.b.len()
    }
}

case! {
    assigned_in_nested_operands [assigned_in_nested_operands()]
    async fn assigned_in_nested_operands() -> usize {
        let mut x = 0;
        let mut d = D::new("d");
        let n = [later("a", 1).await, { x = later("b", 2).await; x }, { d = D::new("e"); d.len() }];
        tick("after").await;
        n.iter().sum::<usize>() + x
    }
}

case! {
    fields_of_temporaries [fields_of_temporaries()]
    async fn fields_of_temporaries() -> usize {
        let one = something("one", Trio::new("trio").b).await;
        tick("between").await;
        let two = now("two", [Trio::new("other").c, D::new("d")]).await;
        let deep = ((Trio::new("deep"), 1).0.c, later("last", 1).await);
        tick("after").await;
        one.map_or(0, eat) + two.len() + deep.0.len()
    }
}

case! {
    out_of_temporary_boxes [out_of_temporary_boxes()]
    async fn out_of_temporary_boxes() -> usize {
        let d = something("w", *Box::new(D::new("boxed"))).await;
        tick("between").await;
        let n = later("n", *make("temp").touch().name().len().checked_add(1).as_ref().unwrap()).await;
        tick("after").await;
        d.map_or(0, eat) + n
    }
}

case! {
    field_of_a_match [field_of_a_match(true), field_of_a_match(false)]
    async fn field_of_a_match(first: bool) -> usize {
        let (a, b) = (Num::new("a", 1), Num::new("b", 2));
        tick("before").await;
        let d = (match first {
            true => a,
            false => b,
        })
        .d;
        let n = if first { D::new("c") } else { d }.len();
        tick("after").await;
        n
    }
}

case! {
    ranges [ranges(1)]
    async fn ranges(n: usize) -> usize {
        let all = [1, 2, 3, 4, 5];
        let mut sum = 0;
        for i in later("start", n).await..later("end", 3).await {
            sum += all[i];
            tick("round").await;
        }
        let names = vec![D::new("a"), D::new("b"), D::new("c")];
        let part = &names[later("from", 1).await..];
        let inclusive = peek(&part[0])..=later("last", 4).await;
        let to = ..later("to", 2).await;
        let d = D::new("d")..later("other", D::new("e")).await;
        tick("after").await;
        sum + part.len() + inclusive.count() + all[to].len() + d.end.len()
    }
}

case! {
    update_from_a_temporary [update_from_a_temporary()]
    async fn update_from_a_temporary() -> usize {
        let n = later("n", Trio { a: D::new("mine"), ..Trio::new("base") }).await.a.len();
        let m = match (Trio { b: later("b", D::new("mine")).await, ..Trio::new("other") }) {
            Trio { b, .. } => later("m", b.len()).await,
        };
        n + m
    }
}
