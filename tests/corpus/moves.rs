//! Moves: conditional, partial, in loops, at the last use.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    conditional [conditional(true), conditional(false)]
    async fn conditional(take: bool) -> usize {
        let d = D::new("d");
        let mut n = 0;
        if take {
            n = eat(d);
        }
        tick("after").await;
        n
    }
}

case! {
    conditional_then_again [conditional_then_again(true), conditional_then_again(false)]
    async fn conditional_then_again(take: bool) -> usize {
        let mut d = D::new("d");
        if take {
            drop(d);
            tick("without").await;
            d = D::new("again");
        }
        tick("with").await;
        d.len()
    }
}

case! {
    in_a_loop_with_break [in_a_loop_with_break(0), in_a_loop_with_break(2), in_a_loop_with_break(9)]
    async fn in_a_loop_with_break(at: usize) -> usize {
        let d = D::new("d");
        let mut all = Vec::new();
        for i in 0..3usize {
            tick("round").await;
            if i == at {
                all.push(d);
                break;
            }
        }
        tick("after").await;
        all.len()
    }
}

case! {
    in_a_loop_and_refilled [in_a_loop_and_refilled()]
    async fn in_a_loop_and_refilled() -> usize {
        let mut d = D::new("0");
        let mut all = vec![];
        for i in 1..3 {
            all.push(d);
            tick("empty").await;
            d = D::new(format!("{i}"));
        }
        all.len() + d.len()
    }
}

case! {
    into_another_local [into_another_local()]
    async fn into_another_local() -> usize {
        let a = D::new("a");
        tick("in a").await;
        let b = a;
        tick("in b").await;
        let c = b;
        let _later = D::new("later");
        tick("in c").await;
        c.len()
    }
}

case! {
    unwrapped_at_last_use [unwrapped_at_last_use()]
    async fn unwrapped_at_last_use() -> usize {
        let option = Some(D::new("d"));
        tick("before").await;
        let some = option.is_some();
        let d = option.unwrap();
        tick("between").await;
        d.len() + some as usize
    }
}

case! {
    into_iter_at_last_use [into_iter_at_last_use()]
    async fn into_iter_at_last_use() -> usize {
        let all = vec![D::new("a"), D::new("b")];
        tick("before").await;
        let mut n = all.len();
        for d in all.into_iter().rev() {
            tick("round").await;
            n += d.len();
        }
        n
    }
}

case! {
    receiver_moved_in_a_branch [receiver_moved_in_a_branch(true), receiver_moved_in_a_branch(false)]
    async fn receiver_moved_in_a_branch(take: bool) -> usize {
        let d = D::new("d");
        let n = if take { d.eat() } else { d.touch().len() };
        tick("after").await;
        n
    }
}

case! {
    copy_receiver [copy_receiver(Some(3))]
    async fn copy_receiver(n: Option<usize>) -> usize {
        tick("before").await;
        let a = n.unwrap_or(1);
        tick("between").await;
        a + n.map_or(0, |n| n)
    }
}

case! {
    part_of_a_struct [part_of_a_struct()]
    async fn part_of_a_struct() -> usize {
        let t = Trio::new("t");
        let b = t.b;
        tick("without b").await;
        drop(b);
        tick("b is gone").await;
        t.a.touch().len() + t.c.len()
    }
}

case! {
    part_of_a_tuple [part_of_a_tuple(true), part_of_a_tuple(false)]
    async fn part_of_a_tuple(take: bool) -> usize {
        let t = (D::new("0"), (D::new("1.0"), D::new("1.1")));
        tick("whole").await;
        if take {
            drop((t.1).0);
            tick("part").await;
        }
        tick("after").await;
        t.0.len()
    }
}

case! {
    part_awaited [part_awaited()]
    async fn part_awaited() -> usize {
        let pair = Pair(later("f", D::new("f")), D::new("rest"));
        let d = pair.0.await;
        tick("between").await;
        d.len() + pair.1.len()
    }
}

case! {
    part_of_a_parameter [part_of_a_parameter(Trio::new("t"))]
    async fn part_of_a_parameter(t: Trio) -> D {
        tick("before").await;
        eat(t.a);
        tick("between").await;
        t.c
    }
}

case! {
    out_of_a_box [out_of_a_box()]
    async fn out_of_a_box() -> usize {
        let boxed = Box::new(Trio::new("boxed"));
        tick("before").await;
        let a = boxed.a;
        tick("without a").await;
        a.len() + boxed.b.len()
    }
}

case! {
    into_a_struct [into_a_struct()]
    async fn into_a_struct() -> usize {
        let a = D::new("a");
        let b = D::new("b");
        tick("before").await;
        let pair = Pair(b, a);
        tick("between").await;
        let Pair(b, a) = pair;
        drop(b);
        tick("after").await;
        a.len()
    }
}

case! {
    into_a_future [into_a_future()]
    async fn into_a_future() -> usize {
        async fn takes(d: D) -> D {
            tick("takes").await;
            d
        }
        let d = D::new("d");
        let d = takes(d).await;
        let f = takes(d);
        tick("not yet").await;
        f.await.len()
    }
}

case! {
    explicit_drops [explicit_drops()]
    async fn explicit_drops() {
        let a = D::new("a");
        let b = D::new("b");
        let c = D::new("c");
        tick("three").await;
        drop(b);
        tick("two").await;
        drop(a);
        tick("one").await;
        let _ = c;
        tick("still one").await;
    }
}

case! {
    moved_in_one_match_arm_of_a_loop [moved_in_one_match_arm_of_a_loop()]
    async fn moved_in_one_match_arm_of_a_loop() -> usize {
        let d = D::new("d");
        let mut n = 0usize;
        let got = loop {
            n += 1;
            match later("n", n).await {
                1 => continue,
                2 => {
                    tick("two").await;
                }
                _ => break d,
            }
        };
        tick("after").await;
        got.len() + n
    }
}

case! {
    taken_from_an_option [taken_from_an_option()]
    async fn taken_from_an_option() -> usize {
        let mut slot = Some(D::new("d"));
        tick("before").await;
        let taken = slot.take();
        tick("between").await;
        slot = taken.map(|d| d.with("!"));
        tick("after").await;
        slot.as_ref().map_or(0, D::len)
    }
}

case! {
    copies_stay [copies_stay(3)]
    async fn copies_stay(n: usize) -> usize {
        let pair = (n, n + 1);
        let a = pair;
        tick("between").await;
        let f = move || pair.0;
        tick("after").await;
        f() + a.1 + pair.1
    }
}

case! {
    field_refilled_before_it_is_moved [field_refilled_before_it_is_moved()]
    async fn field_refilled_before_it_is_moved() -> usize {
        let mut t = Trio::new("t");
        let mut n = 0;
        loop {
            t.b = D::new(format!("b{n}"));
            tick("between").await;
            drop(t.b);
            n += 1;
            if n == 3 {
                break n;
            }
        }
    }
}

case! {
    assigned_before_a_field_is_moved [assigned_before_a_field_is_moved()]
    async fn assigned_before_a_field_is_moved() -> usize {
        let mut t = Trio::new("first");
        let mut n = 0;
        loop {
            t = Trio::new("next");
            tick("between").await;
            drop(t.b);
            n += 1;
            if n == 3 {
                break n;
            }
        }
    }
}

case! {
    assigned_before_it_is_matched [assigned_before_it_is_matched()]
    async fn assigned_before_it_is_matched() -> usize {
        let mut x = None;
        let mut n = 0;
        while n < 3 {
            x = Some(D::new("x"));
            tick("between").await;
            match x {
                Some(d) => n += eat(d),
                None => break,
            }
        }
        n
    }
}

case! {
    assigned_by_an_await_before_it_is_matched [assigned_by_an_await_before_it_is_matched()]
    async fn assigned_by_an_await_before_it_is_matched() -> usize {
        let mut x;
        let mut n = 0;
        loop {
            x = later("x", Some(D::new("x"))).await;
            match x {
                Some(d) => n += eat(d),
                None => {}
            }
            if n == 3 {
                break n;
            }
        }
    }
}

case! {
    a_constant_pattern_moves_nothing [a_constant_pattern_moves_nothing(true), a_constant_pattern_moves_nothing(false)]
    async fn a_constant_pattern_moves_nothing(some: bool) -> usize {
        let option = some.then(|| D::new("d"));
        tick("between").await;
        let None = option else {
            event("else");
            return 1;
        };
        event("after");
        2
    }
}

case! {
    rest_of_a_tuple [rest_of_a_tuple((D::new("a"), D::new("b")))]
    async fn rest_of_a_tuple(pair: (D, D)) -> usize {
        tick("before").await;
        let (first, _) = pair;
        tick("between").await;
        let n = pair.1.len() + first.len();
        drop(first);
        tick("after").await;
        n
    }
}

case! {
    rest_of_a_match [rest_of_a_match(Some(D::new("a")), 1), rest_of_a_match(None, 2)]
    async fn rest_of_a_match(option: Option<D>, n: usize) -> usize {
        let pair = (option, n);
        tick("before").await;
        let m = match pair {
            (Some(d), _) => later("some", d).await.len(),
            (None, _) => 0,
        };
        tick("after").await;
        pair.1 + m
    }
}

case! {
    names_of_our_own [names_of_our_own(1, 2)]
    {
        async fn step(_: usize) {}
        async fn step_2() {}
        async fn r#type(n: usize) -> usize {
            n
        }
    }
    async fn names_of_our_own(begin: usize, state: usize) -> usize {
        step(begin).await;
        step(state).await;
        step_2().await;
        let frame = D::new("frame");
        let frame = (frame, D::new("second"));
        let frame_2 = r#type(begin).await;
        tick("rest").await;
        frame.0.len() + frame.1.len() + frame_2 + state
    }
}

case! {
    no_suspension [no_suspension(D::new("d"))]
    async fn no_suspension(d: D) -> usize {
        let kept = D::new("kept");
        d.len() + kept.len()
    }
}

case! {
    updated_from_a_variable [updated_from_a_variable(true), updated_from_a_variable(false)]
    async fn updated_from_a_variable(early: bool) -> usize {
        let base = Trio::new("base");
        let _other = D::new("other");
        tick("before").await;
        if early {
            return base.b.len();
        }
        let t = Trio { b: D::new("b"), ..base };
        tick("between").await;
        let n = base.b.touch().len();
        drop(t);
        tick("after").await;
        n
    }
}

case! {
    updated_with_a_value_that_suspends [updated_with_a_value_that_suspends()]
    async fn updated_with_a_value_that_suspends() -> usize {
        let base = Trio::new("base");
        tick("before").await;
        let t = Trio { c: later("c", D::new("c")).await, a: make("a"), ..base };
        tick("between").await;
        drop(base.a);
        tick("after").await;
        t.b.len() + t.c.len()
    }
}

case! {
    updated_after_a_field_has_moved [updated_after_a_field_has_moved(0), updated_after_a_field_has_moved(1), updated_after_a_field_has_moved(2)]
    async fn updated_after_a_field_has_moved(n: usize) -> usize {
        let base = Trio::new("base");
        tick("before").await;
        let m = match n {
            0 => {
                drop(base.b);
                let t = Trio { b: later("b", D::new("b")).await, ..base };
                t.b.len()
            }
            1 => eat(base.a),
            _ => Trio { a: D::new("a"), b: D::new("b"), ..base }.c.len(),
        };
        tick("after").await;
        m
    }
}

case! {
    updated_from_a_field [updated_from_a_field()]
    async fn updated_from_a_field() -> usize {
        let pair = Pair(Trio::new("left"), D::new("right"));
        tick("before").await;
        let t = Trio { a: D::new("a"), ..pair.0 };
        tick("between").await;
        drop(pair.1);
        tick("after").await;
        t.b.len() + pair.0.a.len()
    }
}

case! {
    updated_copies [updated_copies(3)]
    {
        #[derive(Clone, Copy)]
        struct Point { x: usize, y: usize, z: usize }
        struct Named { name: D, n: usize }
    }
    async fn updated_copies(n: usize) -> usize {
        let p = Point { x: n, y: n, z: n };
        let named = Named { name: D::new("named"), n };
        tick("before").await;
        let q = Point { y: later("y", 5).await, ..p };
        let other = Named { name: D::new("other"), ..named };
        tick("after").await;
        let r = Point { x: 1, ..p };
        p.x + q.y + q.z + r.z + other.n + named.name.len() + named.n
    }
}

case! {
    value_of_a_box [value_of_a_box()]
    async fn value_of_a_box() -> usize {
        let boxed = Box::new(D::new("boxed"));
        let pair = Box::new(Pair(D::new("left"), D::new("right")));
        tick("before").await;
        let d = *boxed;
        let Pair(left, right) = *pair;
        drop(left);
        tick("after").await;
        d.len() + right.len()
    }
}

case! {
    matched_in_a_box [matched_in_a_box(1), matched_in_a_box(2), matched_in_a_box(0)]
    async fn matched_in_a_box(n: usize) -> usize {
        let boxed = Box::new(shape(n));
        tick("before").await;
        let m = match *boxed {
            Shape::One(d) => later("one", d).await.len(),
            Shape::Two(_, b) => eat(b),
            _ => 0,
        };
        tick("after").await;
        m
    }
}
