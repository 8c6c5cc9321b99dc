//! `if let … && …` and `while let … && …`. Edition 2024 alone has them.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    let_then_condition [let_then_condition(1, true), let_then_condition(1, false), let_then_condition(0, true)]
    async fn let_then_condition(n: usize, holds: bool) -> usize {
        let outer = D::new("outer");
        let n = if let Shape::One(d) = shape(n) && later("holds", holds).await {
            tick("then").await;
            d.eat()
        } else {
            tick("else").await;
            outer.len()
        };
        tick("after").await;
        n
    }
}

case! {
    condition_then_let [condition_then_let(true, 1), condition_then_let(true, 0), condition_then_let(false, 1)]
    async fn condition_then_let(holds: bool, n: usize) -> usize {
        if later("holds", holds).await && let Some(d) = later("d", (n > 0).then(|| D::new("d"))).await {
            tick("then").await;
            return d.eat();
        }
        tick("after").await;
        0
    }
}

case! {
    links_of_every_kind [
        links_of_every_kind(1, 1), links_of_every_kind(1, 2), links_of_every_kind(2, 2),
        links_of_every_kind(2, 3), links_of_every_kind(3, 3),
    ]
    async fn links_of_every_kind(n: usize, m: usize) -> usize {
        let lock = Lock::new("m");
        let a = if n > 0
            && let Shape::Two(a, b) = shape(n)
            && a.len() > 1
            && let inner = lock.lock()
            && inner.query(1) > 0
            && let Some(c) = later("c", Some(make("c"))).await
            && look(&make("temporary")).await == 9
            && let Shape::Named { left, .. } | Shape::One(left) = later("second", shape(m)).await
            && (left.len() > 1 || later("or", true).await)
        {
            tick("then").await;
            drop(a);
            tick("a is gone").await;
            c.eat() + left.eat()
        } else if let Some(d) = something("d", D::new("d")).await && d.len() == m {
            tick("else if").await;
            d.eat() * 10
        } else {
            tick("else").await;
            100
        };
        tick("after").await;
        a
    }
}

case! {
    temporaries_of_links [temporaries_of_links(3), temporaries_of_links(4), temporaries_of_links(5)]
    async fn temporaries_of_links(n: usize) -> usize {
        let lock = Lock::new("m");
        let x = if let 1.. = lock.lock().query(1)
            && let name = make("first").touch().name()
            && name.len() == later("len", 5).await
            && make("condition").touch().len() == 9
            && let Some(m) = look(make("second").touch()).await.checked_sub(n)
            && lock.lock().query(m) + later("right", m).await > 0
        {
            tick("then").await;
            name.len() + m
        } else {
            tick("else").await;
            0
        };
        x
    }
}

case! {
    only_the_branch_suspends [only_the_branch_suspends(1), only_the_branch_suspends(2), only_the_branch_suspends(3)]
    async fn only_the_branch_suspends(n: usize) -> usize {
        let kept = shape(n);
        tick("before").await;
        if let Shape::Two(a, _) = &kept && a.len() == 5 && let Some(last) = a.name().chars().last() {
            tick("then").await;
            a.touch().len() + last as usize
        } else if let Shape::Named { left, right } = kept && right > 0 {
            tick("moved").await;
            left.eat()
        } else {
            0
        }
    }
}

case! {
    only_the_else_suspends [only_the_else_suspends(1), only_the_else_suspends(2)]
    async fn only_the_else_suspends(n: usize) -> usize {
        let kept = shape(n);
        tick("before").await;
        let n = if let Shape::Two(a, b) = kept && a.len() == 5 {
            b.eat()
        } else {
            tick("else").await;
            7
        };
        tick("after").await;
        n
    }
}

case! {
    while_chain [while_chain(&["a", "bee", "sea", ""]), while_chain(&["a"]), while_chain(&[])]
    async fn while_chain(names: &'static [&'static str]) -> usize {
        let mut items = items(names);
        let mut sum = 0;
        while let Some(d) = items.next()
            && later("len", d.len()).await > 0
            && let Some(first) = later("first", d.name().chars().next()).await
        {
            tick("body").await;
            if first == 'b' {
                continue;
            }
            if sum > 100 {
                break;
            }
            sum += d.len();
        }
        tick("after").await;
        sum + items.count()
    }
}

case! {
    ways_out_of_a_chain [
        ways_out_of_a_chain(0), ways_out_of_a_chain(1), ways_out_of_a_chain(2), ways_out_of_a_chain(3),
    ]
    async fn ways_out_of_a_chain(n: usize) -> Option<usize> {
        let mut rounds = 0;
        let found = loop {
            rounds += 1;
            let _round = D::new("round");
            if let Some(a) = something("a", D::new("a")).await
                && let b = (if n == 1 { nothing("b").await? } else { D::new("b") })
                && (n != 2 || { tick("break").await; break 7 })
                && let Some(c) = (if n == 3 && rounds == 1 { tick("continue").await; continue } else { Some(make("c")) })
            {
                tick("then").await;
                if n == 0 {
                    return Some(a.eat() + b.eat());
                }
                break c.eat();
            }
        };
        tick("after").await;
        Some(found + rounds)
    }
}

case! {
    chains_in_operands [chains_in_operands(1), chains_in_operands(2)]
    async fn chains_in_operands(n: usize) -> usize {
        let d = D::new("d");
        let n = peek(&d) + if let Shape::One(e) = shape(n) && later("e", e.len()).await == 3 { e.eat() } else { 9 }
            + later("last", 1).await;
        tick("after").await;
        n
    }
}

case! {
    nested_chains [nested_chains(1, 1), nested_chains(2, 1), nested_chains(2, 3)]
    async fn nested_chains(n: usize, m: usize) -> usize {
        if let Shape::Two(a, b) = shape(n)
            && (if let Shape::One(c) = shape(m) && look(&c).await == 3 { tick("inner").await; true } else { false })
            && let Some(d) = (match later("m", m).await { 1 => Some(D::new("d")), _ => None })
        {
            let e = D::new("e");
            if let 1 = later("one", e.len()).await && let name = d.name() && let Some(_) = later("some", Some(name)).await {
                tick("innermost").await;
                return a.eat() + d.eat();
            }
            b.eat()
        } else {
            0
        }
    }
}
