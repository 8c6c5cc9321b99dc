//! loop, while, while let and for; labels and values of break.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    loop_with_value [loop_with_value()]
    async fn loop_with_value() -> usize {
        let mut n = 0;
        let d = loop {
            let d = D::new(format!("d{n}"));
            tick("round").await;
            n += 1;
            if n == 3 {
                break d;
            }
        };
        tick("after").await;
        d.len() + n
    }
}

case! {
    while_count [while_count(0), while_count(3)]
    async fn while_count(times: usize) -> usize {
        let mut n = 0;
        while n < times {
            let _d = D::new(format!("d{n}"));
            tick("round").await;
            n += 1;
        }
        n
    }
}

case! {
    while_awaited [while_awaited()]
    async fn while_awaited() -> usize {
        let mut n = 0;
        while later("condition", n < 2).await {
            let d = D::new("d");
            if n == 0 {
                n += 1;
                continue;
            }
            tick("body").await;
            n += d.len();
        }
        n
    }
}

case! {
    while_let_pop [while_let_pop()]
    async fn while_let_pop() -> usize {
        let mut stack = vec![D::new("a"), D::new("bb"), D::new("ccc")];
        let mut n = 0;
        while let Some(d) = stack.pop() {
            tick("popped").await;
            n += d.len();
        }
        n
    }
}

case! {
    while_let_awaited [while_let_awaited()]
    async fn while_let_awaited() -> usize {
        let mut left = 2usize;
        while let Some(d) = later("next", left.checked_sub(1).map(|_| D::new("got"))).await {
            left -= 1;
            tick("body").await;
            d.touch();
        }
        left
    }
}

case! {
    for_items [for_items()]
    async fn for_items() -> usize {
        let mut n = 0;
        for d in items(&["a", "bb", "ccc"]) {
            tick("body").await;
            n += d.len();
        }
        tick("after").await;
        n
    }
}

case! {
    for_pattern [for_pattern()]
    async fn for_pattern() -> usize {
        let mut n = 0;
        for (i, mut d) in items(&["a", "bb"]).enumerate() {
            d.rename("renamed");
            tick("body").await;
            n += i * d.len();
        }
        n
    }
}

case! {
    for_borrowed [for_borrowed()]
    async fn for_borrowed() -> usize {
        let mut all = vec![D::new("a"), D::new("bb")];
        let mut n = 0;
        for d in &all {
            tick("shared").await;
            n += d.touch().len();
        }
        for d in all.iter_mut() {
            d.rename("x");
            tick("mutable").await;
        }
        tick("after").await;
        n + all.len()
    }
}

case! {
    for_range [for_range(3)]
    async fn for_range(n: usize) -> usize {
        let mut sum = 0;
        for i in 0..n {
            sum += later("i", i).await;
        }
        sum
    }
}

case! {
    for_awaited_source [for_awaited_source()]
    async fn for_awaited_source() -> usize {
        let mut n = 0;
        for d in later("source", vec![D::new("a"), D::new("b")]).await {
            n += d.len();
            tick("body").await;
        }
        n
    }
}

case! {
    for_break_and_continue [for_break_and_continue()]
    async fn for_break_and_continue() -> usize {
        let mut n = 0;
        for d in items(&["a", "skip", "bb", "stop", "never"]) {
            let _body = D::new("body");
            if d.name() == "skip" {
                continue;
            }
            tick("middle").await;
            if d.name() == "stop" {
                break;
            }
            n += d.len();
        }
        n
    }
}

case! {
    labelled [labelled()]
    async fn labelled() -> usize {
        let mut n = 0;
        'outer: for a in items(&["a", "b", "c"]) {
            let _o = D::new("outer");
            for b in items(&["x", "y", "z"]) {
                let _i = D::new("inner");
                n += 1;
                tick("deep").await;
                if b.name() == "y" && a.name() == "a" {
                    continue 'outer;
                }
                if a.name() == "b" {
                    break 'outer;
                }
            }
        }
        n
    }
}

case! {
    labelled_value [labelled_value()]
    async fn labelled_value() -> usize {
        let d = 'out: loop {
            let _one = D::new("one");
            loop {
                let two = D::new("two");
                tick("deep").await;
                break 'out two;
            }
        };
        tick("after").await;
        d.len()
    }
}

case! {
    labelled_block [labelled_block(true), labelled_block(false)]
    async fn labelled_block(early: bool) -> usize {
        let d = 'block: {
            let _a = D::new("a");
            if early {
                break 'block later("early", D::new("early")).await;
            }
            tick("late").await;
            D::new("late one")
        };
        d.len()
    }
}

case! {
    break_awaits [break_awaits()]
    async fn break_awaits() -> usize {
        let d = loop {
            let own = D::new("own");
            break later("last", own.with("!")).await;
        };
        d.len()
    }
}

case! {
    return_from_loops [return_from_loops()]
    async fn return_from_loops() -> usize {
        let _f = D::new("function");
        for a in items(&["a", "b"]) {
            let _x = D::new("x");
            while a.name() == "b" {
                let y = D::new("y");
                tick("deep").await;
                return y.len();
            }
            tick("shallow").await;
        }
        0
    }
}

case! {
    state_across_rounds [state_across_rounds()]
    async fn state_across_rounds() -> usize {
        let mut last: Option<D> = None;
        let mut all = Vec::new();
        for d in items(&["a", "b", "c"]) {
            if let Some(old) = last.replace(d) {
                all.push(old);
            }
            tick("round").await;
        }
        all.len() + last.map_or(0, eat)
    }
}

case! {
    loop_without_suspension [loop_without_suspension()]
    async fn loop_without_suspension() -> usize {
        let mut n = 0;
        for d in items(&["a", "b"]) {
            n += d.len();
        }
        tick("after").await;
        while n < 5 {
            n += 1;
        }
        n
    }
}

case! {
    closure_in_the_head [closure_in_the_head(1), closure_in_the_head(3)]
    async fn closure_in_the_head(least: usize) -> usize {
        let all = vec![D::new("a"), D::new("bb"), D::new("ccc")];
        let mut n = 0;
        for d in all.iter().filter(|d| d.len() >= least) {
            n += later("each", d.len()).await;
        }
        n + all.iter().map(|d| d.touch().len()).sum::<usize>() + later("last", 1).await
    }
}

case! {
    folded [folded()]
    async fn folded() -> usize {
        let all = items(&["a", "bb"]).collect::<Vec<D>>();
        all.into_iter().filter(|d| d.len() > 1).fold(later("start", 1).await, |n, d| n + d.len())
    }
}

case! {
    loop_in_an_operand [loop_in_an_operand()]
    async fn loop_in_an_operand() -> usize {
        let mut n = 0;
        let pair = Pair(D::new("left"), loop {
            n += 1;
            if later("n", n).await == 2 {
                break D::new("right");
            }
        });
        tick("after").await;
        pair.0.len() + pair.1.len()
    }
}
