//! What is dropped when it depends on the way that was taken: variables that are there on some
//! ways only, parts that are gone, slots that were filled again.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

/// A value that comes later.
fn d(name: &str) -> Step<D> {
    later(name, D::new(name))
}

case! {
    filled_on_one_way [filled_on_one_way(true), filled_on_one_way(false)]
    async fn filled_on_one_way(fill: bool) {
        let _x;
        if fill {
            _x = d("x").await;
        }
        tick("after").await;
    }
}

case! {
    emptied_on_one_way [emptied_on_one_way(true), emptied_on_one_way(false)]
    async fn emptied_on_one_way(empty: bool) {
        let x = d("x").await;
        if empty {
            Some(x)
        } else {
            None
        };
        tick("after").await;
    }
}

case! {
    two_and_three_ways [
        two_and_three_ways(false, false, false), two_and_three_ways(true, false, false),
        two_and_three_ways(true, true, false), two_and_three_ways(true, false, true),
        two_and_three_ways(false, true, true), two_and_three_ways(true, true, true)
    ]
    async fn two_and_three_ways(first: bool, second: bool, whole: bool) {
        for i in 0..2usize {
            let pair = (d("left").await, d("right").await);
            if first {
                tick("first").await;
                drop(pair.0);
            }
            if second {
                drop(pair.1);
                tick("second").await;
            }
            if whole && i == 0 {
                continue;
            }
            tick("end of the round").await;
        }
    }
}

case! {
    parts_in_a_loop [
        parts_in_a_loop(true, true), parts_in_a_loop(true, false), parts_in_a_loop(false, true)
    ]
    async fn parts_in_a_loop(first: bool, second: bool) {
        for _ in 0..2usize {
            let t = Trio { a: d("a").await, b: d("b").await, c: d("c").await };
            if first {
                drop(t.a);
            }
            if second {
                eat(t.b);
            }
            tick("round").await;
        }
    }
}

case! {
    field_after_a_move [field_after_a_move(true), field_after_a_move(false)]
    async fn field_after_a_move(take: bool) -> usize {
        let mut pair = Pair(d("0").await, d("1").await);
        pair.1 = d("new 1").await;
        pair.1 = d("newer 1").await;
        if take {
            drop(pair.0);
        } else {
            pair.0 = d("new 0").await;
        }
        tick("after").await;
        pair.1.len()
    }
}

case! {
    one_into_the_other [
        one_into_the_other(true, true), one_into_the_other(true, false),
        one_into_the_other(false, true), one_into_the_other(false, false)
    ]
    async fn one_into_the_other(again: bool, back: bool) {
        let mut x = d("x").await;
        let mut y = d("y").await;
        if back {
            drop(y);
            tick("no y").await;
        } else {
            drop(x);
            tick("no x").await;
            if again {
                x = y;
            } else {
                x = d("new x").await;
            }
            tick("x again").await;
        }
        tick("after").await;
    }
}

case! {
    array_of_awaits [array_of_awaits()]
    async fn array_of_awaits() -> usize {
        let all = [d("a").await, d("b").await, d("c").await];
        tick("after").await;
        all.len()
    }
}

case! {
    vec_of_awaits [vec_of_awaits()]
    async fn vec_of_awaits() -> usize {
        let all = vec![d("a").await, d("b").await, d("c").await];
        tick("after").await;
        all.len()
    }
}

case! {
    left_in_the_middle [left_in_the_middle(true), left_in_the_middle(false)]
    async fn left_in_the_middle(leave: bool) -> usize {
        let _own = D::new("own");
        let all = vec![
            d("a").await,
            d("b").await,
            if leave { return later("out", 1).await } else { d("c").await },
        ];
        all.len()
    }
}

case! {
    never_complete [never_complete()]
    async fn never_complete() -> usize {
        let _x = vec![d("a").await, d("b").await, return 2];
    }
}

case! {
    rest_from_the_end [rest_from_the_end(true, true), rest_from_the_end(true, false), rest_from_the_end(false, true)]
    async fn rest_from_the_end(first: bool, second: bool) {
        let all = [d("a").await, d("b").await, d("c").await];
        if first {
            let [.., _y, _] = all;
            tick("first").await;
        } else if second {
            let [_x, ..] = all;
            tick("second").await;
        } else {
            drop(all);
        }
        tick("after").await;
    }
}

case! {
    declared_together [declared_together(true), declared_together(false)]
    async fn declared_together(third: bool) -> usize {
        let (x, y, z);
        x = d("x").await;
        if third {
            z = d("z").await;
            tick("z").await;
        }
        y = d("y").await;
        tick("after").await;
        x.len() + y.len()
    }
}

case! {
    after_the_value [after_the_value(true), after_the_value(false)]
    async fn after_the_value(early: bool) -> D {
        let _x = d("x").await;
        let _y = d("y").await;
        if early {
            return d("early").await;
        }
        let result = { let _z = d("z").await; d("value").await };
        tick("after").await;
        result
    }
}

case! {
    break_with_locals [break_with_locals(0), break_with_locals(1)]
    async fn break_with_locals(rounds: usize) -> usize {
        let _x = d("x").await;
        let mut n = 0;
        let value = loop {
            let _y = d("y").await;
            if n == rounds {
                let _z = d("z").await;
                break d("value").await;
            }
            n += 1;
        };
        tick("after").await;
        value.len()
    }
}

case! {
    bound_at_and_moved [bound_at_and_moved(true), bound_at_and_moved(false)]
    async fn bound_at_and_moved(some: bool) {
        let _x = d("x").await;
        let option = if some { Some(d("y").await) } else { None };
        let (bar, baz) = match option {
            bar @ Some(_) => (bar, None),
            baz => (None, baz),
        };
        tick("after").await;
        drop(bar);
        drop(baz);
    }
}

case! {
    copies_do_not_count [copies_do_not_count(1)]
    async fn copies_do_not_count(n: usize) -> (usize, usize) {
        let _x = d("x").await;
        let pair = (n, d("y").await);
        let m = pair.0;
        tick("between").await;
        (pair.0, m)
    }
}

case! {
    moved_while_another_is_not_there [moved_while_another_is_not_there()]
    async fn moved_while_another_is_not_there() -> usize {
        let later_on;
        let x = d("x").await;
        tick("one of two").await;
        later_on = x;
        tick("the other").await;
        later_on.len()
    }
}

case! {
    dropped_and_replaced [dropped_and_replaced()]
    async fn dropped_and_replaced() -> usize {
        let mut x = d("one").await;
        drop(x);
        tick("none").await;
        x = d("two").await;
        tick("two").await;
        x = d("three").await;
        tick("three").await;
        x.len()
    }
}

case! {
    future_replaced_unpolled [future_replaced_unpolled()]
    async fn future_replaced_unpolled() -> usize {
        let mut f = Some(d("first"));
        tick("first").await;
        f = Some(d("second"));
        drop(f);
        tick("none").await;
        f = None;
        f.is_some() as usize
    }
}
