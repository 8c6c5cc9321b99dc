//! match: by value, by reference, guards without a suspension.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    by_value [by_value(0), by_value(1), by_value(2), by_value(3)]
    async fn by_value(n: usize) -> usize {
        let shape = shape(n);
        tick("made").await;
        match shape {
            Shape::Unit => 0,
            Shape::One(d) => {
                tick("one").await;
                d.len()
            }
            Shape::Two(a, b) => {
                let sum = a.len() + later("two", b.len()).await;
                drop(a);
                tick("a is gone").await;
                sum
            }
            Shape::Named { left, right } => {
                tick("named").await;
                left.len() + right
            }
        }
    }
}

case! {
    by_value_part [by_value_part(1), by_value_part(2), by_value_part(3)]
    async fn by_value_part(n: usize) -> usize {
        let shape = shape(n);
        let n = match shape {
            Shape::Two(_, b) => {
                tick("part").await;
                b.len()
            }
            Shape::Named { right, .. } => later("right", right).await,
            _ => 0,
        };
        tick("after").await;
        n
    }
}

case! {
    by_reference [by_reference(0), by_reference(1), by_reference(2)]
    async fn by_reference(n: usize) -> usize {
        let shape = shape(n);
        let n = match &shape {
            Shape::Unit => later("unit", 0).await,
            Shape::One(d) => {
                tick("one").await;
                d.touch().len()
            }
            Shape::Two(a, b) => {
                tick("two").await;
                a.touch().len() + b.touch().len()
            }
            Shape::Named { .. } => 9,
        };
        tick("after").await;
        drop(shape);
        tick("end").await;
        n
    }
}

case! {
    by_mut_reference [by_mut_reference(1), by_mut_reference(2)]
    async fn by_mut_reference(n: usize) -> usize {
        let mut shape = shape(n);
        match &mut shape {
            Shape::One(d) => {
                tick("one").await;
                d.rename("uno");
            }
            Shape::Two(_, b) => {
                b.rename("due");
                tick("two").await;
            }
            _ => {}
        }
        tick("after").await;
        matches!(shape, Shape::One(_)) as usize
    }
}

case! {
    ref_bindings [ref_bindings()]
    async fn ref_bindings() -> usize {
        let mut pair = Pair::new("p");
        match pair {
            Pair(ref a, ref mut b) => {
                tick("arm").await;
                b.rename("second");
                a.touch();
            }
        }
        tick("after").await;
        pair.1.len()
    }
}

case! {
    guards [guards(1), guards(5), guards(10), guards(20)]
    async fn guards(n: usize) -> &'static str {
        let limit = D::new("limit");
        match later("n", n).await {
            0..=3 => "small",
            m if m < limit.touch().len() + 1 => {
                tick("guarded").await;
                "guarded"
            }
            10 | 11 => {
                tick("ten").await;
                "ten"
            }
            _ => "large",
        }
    }
}

case! {
    awaited_scrutinee [awaited_scrutinee(0), awaited_scrutinee(2)]
    async fn awaited_scrutinee(n: usize) -> usize {
        match later("shape", shape(n)).await {
            Shape::Two(a, _) => {
                tick("two").await;
                a.len()
            }
            _ => 0,
        }
    }
}

case! {
    scrutinee_temporary [scrutinee_temporary(1), scrutinee_temporary(2)]
    async fn scrutinee_temporary(n: usize) -> usize {
        let lock = Lock::new("m");
        let result = match lock.lock().query(n) {
            2 => {
                tick("two").await;
                20
            }
            m => later("other", m).await,
        };
        tick("after").await;
        result
    }
}

case! {
    or_pattern [or_pattern(1), or_pattern(2), or_pattern(0)]
    async fn or_pattern(n: usize) -> usize {
        match shape(n) {
            Shape::One(d) | Shape::Two(d, _) => {
                tick("either").await;
                d.len()
            }
            _ => 0,
        }
    }
}

case! {
    match_tuple [match_tuple(true, false), match_tuple(false, false)]
    async fn match_tuple(a: bool, b: bool) -> usize {
        let x = D::new("x");
        match (a, b, x) {
            (true, _, d) => {
                tick("true").await;
                d.len()
            }
            (false, b, _) => {
                tick("false").await;
                b as usize
            }
        }
    }
}

case! {
    match_as_statement [match_as_statement(Some(2)), match_as_statement(None)]
    async fn match_as_statement(n: Option<usize>) {
        let _a = D::new("a");
        match n {
            Some(n) => {
                let _b = D::new(format!("b{n}"));
                tick("some").await
            }
            None => (),
        }
        tick("after").await;
    }
}

case! {
    match_moves_in_one_arm [match_moves_in_one_arm(0), match_moves_in_one_arm(1)]
    async fn match_moves_in_one_arm(n: usize) -> usize {
        let kept = D::new("kept");
        let taken = match n {
            0 => {
                tick("zero").await;
                Some(kept)
            }
            _ => None,
        };
        tick("after").await;
        taken.map_or(0, eat)
    }
}

case! {
    slices [slices(&[1, 2, 3]), slices(&[1]), slices(&[])]
    async fn slices(all: &[usize]) -> usize {
        let _d = D::new("d");
        match all {
            [first, rest @ ..] if !rest.is_empty() => {
                tick("rest").await;
                first + rest.len()
            }
            [only] => later("only", *only).await,
            _ => 0,
        }
    }
}

case! {
    parts_by_reference_and_by_value [parts_by_reference_and_by_value((D::new("a"), D::new("b"), D::new("c")))]
    async fn parts_by_reference_and_by_value(triple: (D, D, D)) -> usize {
        let mut triple = triple;
        tick("before").await;
        let (ref a, b, ref mut c) = triple;
        tick("between").await;
        c.rename("renamed");
        let n = a.touch().len() + eat(b);
        tick("after").await;
        n + triple.2.len()
    }
}

case! {
    arms_by_reference_and_by_value [
        arms_by_reference_and_by_value(0),
        arms_by_reference_and_by_value(1),
        arms_by_reference_and_by_value(2),
        arms_by_reference_and_by_value(3),
    ]
    async fn arms_by_reference_and_by_value(n: usize) -> usize {
        let mut shape = shape(n);
        tick("before").await;
        let m = match shape {
            Shape::Unit => 0,
            Shape::One(ref mut d) => {
                d.rename("changed");
                tick("one").await;
                d.len()
            }
            Shape::Two(ref a, b) => {
                let m = eat(b);
                tick("two").await;
                a.touch().len() + m
            }
            Shape::Named { left, ref right } => {
                tick("named").await;
                left.len() + *right
            }
        };
        tick("after").await;
        m
    }
}

case! {
    value_by_reference_and_by_value [value_by_reference_and_by_value(2), value_by_reference_and_by_value(3)]
    async fn value_by_reference_and_by_value(n: usize) -> usize {
        let m = if let Shape::Two(ref a, b) = later("shape", shape(n)).await {
            drop(b);
            tick("two").await;
            a.len()
        } else {
            0
        };
        let Pair(ref left, right) = later("pair", Pair::<D, D>::new("pair")).await;
        drop(right);
        tick("between").await;
        let (Ok(ref d) | Err(ref d)) = later("result", Ok::<D, D>(D::new("d"))).await;
        tick("after").await;
        left.len() + d.len() + m
    }
}

case! {
    a_struct_is_matched [a_struct_is_matched()]
    async fn a_struct_is_matched() -> usize {
        let n = match (Shape::Named { right: later("right", 2).await, left: D::new("left") }) {
            shape => usize::from(matches!(shape, Shape::Named { right: 2, .. })),
        };
        tick("after").await;
        n
    }
}

case! {
    patterns_against_references_as_operands [patterns_against_references_as_operands()]
    async fn patterns_against_references_as_operands() -> usize {
        let mut pair = Pair(D::new("a"), Some(later("b", D::new("b")).await));
        let n = later("left", 1).await
            + match (&pair) {
                Pair(_, Some(r)) => {
                    tick("matched").await;
                    r.len()
                }
                _ => 0,
            };
        let r = &mut pair;
        n + if let Pair(a, Some(b)) = (&mut *r) {
            a.rename("changed");
            tick("after").await;
            b.len()
        } else {
            tick("else").await;
            0
        }
    }
}

case! {
    copied_out_and_then_moved_in_a_loop [copied_out_and_then_moved_in_a_loop()] {
        pub enum Either { Number(usize), Value(D) }
    }
    async fn copied_out_and_then_moved_in_a_loop() -> usize {
        let mut n = 0;
        for i in 0..3usize {
            let x = if i == 0 { Either::Number(1) } else { Either::Value(D::new("d")) };
            match x {
                Either::Number(k) => {
                    tick("number").await;
                    n += k;
                    drop(x);
                    tick("dropped").await;
                }
                Either::Value(d) => {
                    tick("value").await;
                    n += eat(d);
                }
            }
            tick("after").await;
        }
        n
    }
}
