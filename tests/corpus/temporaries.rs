//! Where temporaries are dropped: statements, conditions, tails; both editions.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    reference_to_a_temporary [reference_to_a_temporary()]
    async fn reference_to_a_temporary() -> usize {
        let n = look(&make("temporary")).await;
        tick("after").await;
        n
    }
}

case! {
    in_a_statement [in_a_statement()]
    async fn in_a_statement() {
        look(&make("temporary")).await;
        tick("after").await;
    }
}

case! {
    two_in_a_statement [two_in_a_statement()]
    async fn two_in_a_statement() -> usize {
        let n = look(&make("one")).await + look(&make("two")).await;
        tick("after").await;
        n
    }
}

case! {
    in_the_tail [in_the_tail()]
    async fn in_the_tail() -> usize {
        let _local = D::new("local");
        look(&make("temporary")).await
    }
}

case! {
    tail_with_deref [tail_with_deref(3)]
    async fn tail_with_deref(n: usize) -> usize {
        let lock = D::new("other");
        let _local = D::new("local");
        tick("before").await;
        make("temporary").touch().len() + n
    }
}

case! {
    tail_of_an_inner_block [tail_of_an_inner_block()]
    async fn tail_of_an_inner_block() -> usize {
        let n = {
            let _local = D::new("local");
            look(&make("temporary")).await
        };
        tick("after").await;
        n
    }
}

case! {
    tail_is_a_match [tail_is_a_match(1)]
    async fn tail_is_a_match(n: usize) -> usize {
        let _local = D::new("local");
        match make("scrutinee").touch().len() + n {
            10 => later("ten", 1).await,
            _ => 0,
        }
    }
}

case! {
    lifetime_extended [lifetime_extended()]
    async fn lifetime_extended() -> usize {
        let r = &make("extended");
        let Pair(a, b) = &Pair(D::new("a"), later("b", D::new("b")).await);
        tick("between").await;
        r.touch();
        let s = &later("awaited", D::new("awaited")).await;
        tick("again").await;
        a.len() + b.len() + s.len()
    }
}

case! {
    in_an_if_condition [in_an_if_condition(9), in_an_if_condition(1)]
    async fn in_an_if_condition(n: usize) -> usize {
        if peek(&make("temporary")) == n {
            tick("then").await;
            1
        } else {
            tick("else").await;
            0
        }
    }
}

case! {
    awaited_in_an_if_condition [awaited_in_an_if_condition()]
    async fn awaited_in_an_if_condition() -> usize {
        if look(&make("temporary")).await == 9 {
            tick("then").await;
        }
        tick("after").await;
        0
    }
}

case! {
    in_a_while_condition [in_a_while_condition()]
    async fn in_a_while_condition() -> usize {
        let mut n = 9;
        while look(&make("temporary")).await == n {
            tick("body").await;
            n += 1;
        }
        n
    }
}

case! {
    in_an_if_let [in_an_if_let("temporary"), in_an_if_let("other")]
    async fn in_an_if_let(name: &str) -> usize {
        if let 9 = make(name).touch().len() {
            tick("then").await;
            1
        } else {
            tick("else").await;
            0
        }
    }
}

case! {
    in_an_awaited_if_let [in_an_awaited_if_let("temporary"), in_an_awaited_if_let("other")]
    async fn in_an_awaited_if_let(name: &str) -> usize {
        let _local = D::new("local");
        if let 9 = look(&make(name)).await {
            tick("then").await;
            1
        } else {
            tick("else").await;
            0
        }
    }
}

case! {
    in_a_match [in_a_match("temporary"), in_a_match("other")]
    async fn in_a_match(name: &str) -> usize {
        let n = match look(&make(name)).await {
            9 => {
                tick("arm").await;
                1
            }
            n => n,
        };
        tick("after").await;
        n
    }
}

case! {
    in_a_while_let [in_a_while_let()]
    async fn in_a_while_let() -> usize {
        let mut left = vec![1, 2];
        while let Some(n) = { make("source").touch(); left.pop() } {
            later("body", n).await;
        }
        while let 4 = make("more").touch().len() + left.len() {
            tick("more").await;
            left.push(0);
        }
        left.len()
    }
}

case! {
    in_a_for [in_a_for()]
    async fn in_a_for() -> usize {
        let mut n = 0;
        for c in make("ab").touch().name().chars() {
            tick("body").await;
            n += (c == 'a') as usize;
        }
        tick("after").await;
        n
    }
}

case! {
    in_a_return [in_a_return()]
    async fn in_a_return() -> usize {
        let _local = D::new("local");
        return look(&make("temporary")).await;
    }
}

case! {
    pinned_by_macro [pinned_by_macro()]
    async fn pinned_by_macro() -> usize {
        let mut fut = std::pin::pin!(look2(D::new("moved in")));
        let n = fut.as_mut().await;
        tick("after").await;
        n
    }
}

async fn look2(d: D) -> usize {
    tick("look2").await;
    d.touch().len()
}

#[test]
fn the_corpus_has_the_edition_of_its_package() {
    let edition_2021 = env!("CARGO_PKG_NAME").ends_with("2021");
    let (_, in_the_tail) = in_the_tail::real::RUNS[0];
    let trace = async_proc_tests::driver::run(in_the_tail, 2, None);
    let at = |event: &str| trace.events.iter().position(|e| e == event).unwrap();
    assert_eq!(at("~local") < at("~temporary"), edition_2021);
}

case! {
    temporary_between_operands [temporary_between_operands()]
    {
        fn all(a: D, b: &D, c: usize, d: D, e: usize) -> usize {
            a.len() + b.len() + c + d.len() + e
        }
    }
    async fn temporary_between_operands() -> usize {
        let n = all(
            make("a"),
            &make("temporary"),
            later("c", 1).await,
            make("d"),
            peek(&make("last temporary")),
        );
        tick("after").await;
        n
    }
}

case! {
    temporary_in_an_inner_operand [temporary_in_an_inner_operand()]
    {
        fn pair(a: D, b: usize, c: D) -> usize { a.len() + b + c.len() }
        fn inner(b: &D, c: usize, d: D) -> usize { b.touch().len() + c + d.len() }
    }
    async fn temporary_in_an_inner_operand() -> usize {
        let n = pair(
            make("a"),
            inner(&make("temporary"), later("c", 1).await, make("d")),
            make("e"),
        );
        tick("after").await;
        n
    }
}

case! {
    temporary_after_a_receiver [temporary_after_a_receiver()]
    async fn temporary_after_a_receiver() -> usize {
        let d = D::new("d");
        tick("before").await;
        let pair = (
            d.with(later("name", make("temporary").name().len().to_string()).await.as_str()),
            Pair(make("x"), make("temporary").with(later("?", "?").await)).1.touch().len(),
            make("last"),
        );
        tick("after").await;
        pair.1
    }
}

case! {
    temporaries_in_a_struct [temporaries_in_a_struct()]
    async fn temporaries_in_a_struct() -> usize {
        let t = Trio {
            a: make("a"),
            b: make(make("temporary").with(later("!", "!").await).name()),
            c: make("c").with(make("temporary").name()),
        };
        tick("after").await;
        t.a.len() + t.b.len() + t.c.len()
    }
}

case! {
    value_of_a_block_with_a_temporary_at_its_end [value_of_a_block_with_a_temporary_at_its_end()]
    async fn value_of_a_block_with_a_temporary_at_its_end() -> usize {
        let d = D::new("d");
        let n = {
            let e = D::new("e");
            tick("inner").await;
            later("value", D::new("value")).await.touch().len() + e.len()
        };
        tick("outer").await;
        later("last", D::new("last")).await.touch().len() + peek(&make("temporary")) + d.len() + n
    }
}

case! {
    temporaries_of_an_arm [temporaries_of_an_arm(Some("d")), temporaries_of_an_arm(None)]
    async fn temporaries_of_an_arm(name: Option<&'static str>) -> usize {
        let n = match name.map(D::new) {
            Some(d) => sum(peek(&make("temporary")), d.len()).await + make("last").len(),
            None => later("none", D::new("none")).await.touch().len(),
        };
        tick("after").await;
        match later("bound", D::new("bound")).await {
            d if d.len() > 9 => 0,
            d => peek(make("temporary").touch()) + later("arm", D::new("arm")).await.len() + n,
        }
    }
}

case! {
    borrowed_by_a_format [borrowed_by_a_format()]
    async fn borrowed_by_a_format() -> usize {
        let n = look(&D::new(format!("{:?}{:?}", later("w", make("a")).await, D::new("b")))).await;
        tick("after").await;
        n + peek(&make(&format!("{} {}", later("v", D::new("c")).await, make("d")))) + now("n", 1).await
    }
}

case! {
    left_of_a_match_that_is_discarded [left_of_a_match_that_is_discarded()]
    async fn left_of_a_match_that_is_discarded() {
        _ = match later("pair", Pair(2, Some(make("left")))).await {
            Pair(_n, ..) => D::new("value"),
        };
    }
}

case! {
    matches_as_operands [matches_as_operands(0), matches_as_operands(1)]
    async fn matches_as_operands(n: usize) -> usize {
        let x = (
            match shape(n) {
                Shape::One(d) => d,
                _ => make("other"),
            },
            later("between", match shape(1) { _ => 1 }).await,
            match later("pair", Pair::new("p")).await {
                Pair(a, _) => a,
            },
            make("last").len(),
        );
        tick("after").await;
        x.3
    }
}

case! {
    matches_beside_others [matches_beside_others(0), matches_beside_others(1)]
    async fn matches_beside_others(n: usize) -> usize {
        let d = D::new("d");
        let n = eat(match later("shape", shape(n)).await {
            Shape::One(ref a) => D::new(a.name()),
            _ => d,
        }) + match make("one").touch().len() {
            3 => later("in", 4).await,
            m => m,
        } + peek(&make("t"));
        tick("after").await;
        n
    }
}
