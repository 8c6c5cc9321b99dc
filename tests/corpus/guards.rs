//! Guards of match arms that suspend.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    suspension_in_a_guard [suspension_in_a_guard(1), suspension_in_a_guard(2), suspension_in_a_guard(3)]
    async fn suspension_in_a_guard(n: usize) -> usize {
        let d = D::new("d");
        match n {
            1 if later("one", true).await => 10,
            m if later("two", m == 2).await => {
                tick("arm").await;
                20
            }
            _ => d.len(),
        }
    }
}

case! {
    guard_on_a_value [guard_on_a_value("yes"), guard_on_a_value("no")]
    async fn guard_on_a_value(name: &str) -> usize {
        match Some(D::new(name)) {
            Some(d) if later("guard", d.len() == 3).await => d.eat(),
            Some(d) => {
                tick("second arm").await;
                d.len() * 10
            }
            None => 0,
        }
    }
}

case! {
    bindings_move_when_it_holds [
        bindings_move_when_it_holds(0, true), bindings_move_when_it_holds(1, true),
        bindings_move_when_it_holds(1, false), bindings_move_when_it_holds(2, true),
        bindings_move_when_it_holds(2, false), bindings_move_when_it_holds(3, false),
    ]
    async fn bindings_move_when_it_holds(n: usize, holds: bool) -> usize {
        let shape = shape(n);
        tick("made").await;
        let n = match shape {
            Shape::One(d) if look(&d).await == 3 && later("one", holds).await => {
                tick("one holds").await;
                d.eat()
            }
            Shape::Two(a, b) if later("two", a.touch().len() == b.len() + 8 || holds).await => {
                tick("two holds").await;
                drop(a);
                tick("a is gone").await;
                b.eat()
            }
            Shape::Two(_, b) => {
                tick("only b").await;
                b.eat() * 10
            }
            Shape::Named { left, right } if later("named", right > 100).await => left.eat(),
            Shape::Unit if later("unit", true).await => 7,
            other => {
                tick("other").await;
                match other { Shape::One(d) => d.eat() * 100, _ => 0 }
            }
        };
        tick("after").await;
        n
    }
}

case! {
    bindings_by_reference [bindings_by_reference(1), bindings_by_reference(2), bindings_by_reference(3)]
    async fn bindings_by_reference(n: usize) -> usize {
        let mut shape = shape(n);
        let n = match &mut shape {
            Shape::One(d) if later("one", d.len()).await > 100 => 1,
            Shape::One(d) if later("one again", d.len()).await > 1 => {
                d.rename("uno");
                tick("renamed").await;
                d.len()
            }
            Shape::Two(a, _) if look(a).await > 100 => 2,
            _ => 3,
        };
        let m = match shape {
            Shape::One(ref d) if look(d).await == 3 => {
                tick("by ref").await;
                d.touch().len()
            }
            Shape::Named { ref mut left, .. } if later("left", left.len()).await > 0 => {
                left.rename("sinistra");
                left.len()
            }
            Shape::Two(ref a, ref b) if look(a).await > look(b).await => 5,
            _ => 0,
        };
        tick("after").await;
        n + m
    }
}

case! {
    alternatives_run_it_again [
        alternatives_run_it_again(1, 1), alternatives_run_it_again(1, 2),
        alternatives_run_it_again(2, 1), alternatives_run_it_again(3, 3),
    ]
    async fn alternatives_run_it_again(a: usize, b: usize) -> usize {
        let mut asked = 0;
        let pair = (Some(a), D::new("d"), Some(b));
        match pair {
            (Some(n), d, _) | (_, d, Some(n)) if {
                note(format!("asked {asked} about {n}"));
                later("guard", n == 2).await
            } => {
                tick("arm").await;
                d.eat() + n
            }
            (Some(1 | 3), _, Some(1 | 3)) if later("nested", { asked += 1; asked }).await > 3 => 4,
            (_, d, _) => {
                tick("none").await;
                d.eat() * 100
            }
        }
    }
}

case! {
    alternatives_with_one_body [
        alternatives_with_one_body(1), alternatives_with_one_body(2), alternatives_with_one_body(3),
    ]
    async fn alternatives_with_one_body(n: usize) -> usize {
        match (shape(n), n) {
            (Shape::One(d), m) | (Shape::Two(d, _), m) | (Shape::Named { left: d, right: m }, _)
                if later("guard", m != 1).await => d.eat() + m,
            (other, m) if later("second guard", m).await == 7 => 0,
            (Shape::One(d), _) => d.eat() * 10,
            _ => 1,
        }
    }
}

case! {
    ways_out_of_it [
        ways_out_of_it(0), ways_out_of_it(1), ways_out_of_it(2), ways_out_of_it(3), ways_out_of_it(4),
    ]
    async fn ways_out_of_it(n: usize) -> Result<usize, Large> {
        let mut rounds = 0;
        let found = 'search: loop {
            rounds += 1;
            let _d = D::new("round");
            match Some(D::new("value")) {
                Some(d) if n == 0 && fails::<bool>("question").await? => d.eat(),
                Some(_) if n == 1 && return Ok(later("return", 5).await) => 0,
                Some(d) if n == 2 && rounds == 1 && { tick("continue").await; continue 'search } => 0,
                Some(_) if n == 3 && { let _inner = D::new("inner"); break 'search later("break", 9).await } => 0,
                Some(d) if good("asked", rounds > 1 || n == 4).await? => {
                    tick("arm").await;
                    break d.eat();
                }
                _ => {
                    tick("again").await;
                    0
                }
            };
        };
        tick("after").await;
        Ok(found + rounds)
    }
}

case! {
    temporaries_of_it [temporaries_of_it(1), temporaries_of_it(2)]
    async fn temporaries_of_it(n: usize) -> usize {
        let lock = Lock::new("m");
        let n = match lock.lock().query(n) {
            m if lock.lock().query(1) + later("first", 1).await == 100 => m,
            m if make("temporary").len() == 9 && look(&make("argument")).await == m => {
                tick("second").await;
                2
            }
            _ if { let d = D::new("block"); tick("in the block").await; d.len() == n + 4 } => {
                tick("third").await;
                3
            }
            m => {
                tick("last").await;
                m
            }
        };
        n
    }
}

case! {
    interior_mutability [interior_mutability(1), interior_mutability(9)]
    async fn interior_mutability(n: usize) -> usize {
        let cells = Some((std::cell::Cell::new(n), std::cell::RefCell::new(vec![D::new("first")])));
        match cells {
            Some((cell, list)) if {
                cell.set(cell.get() + 1);
                list.borrow_mut().push(D::new("second"));
                later("guard", cell.get() > 5).await
            } => {
                tick("holds").await;
                cell.get() + list.into_inner().len()
            }
            Some((cell, list)) => {
                tick("does not").await;
                cell.get() * 10 + list.into_inner().len()
            }
            None => 0,
        }
    }
}

case! {
    arms_between [arms_between(0), arms_between(1), arms_between(2), arms_between(3), arms_between(4)]
    async fn arms_between(n: usize) -> usize {
        let d = D::new("d");
        match n {
            0 => later("zero", 10).await,
            m if later("even", m % 2 == 0).await => d.len() + m,
            1 => {
                let _e = D::new("one");
                tick("one").await;
                1
            }
            m if m > 3 => 4,
            m if later("three", m == 3).await => {
                tick("three").await;
                drop(d);
                tick("dropped").await;
                3
            }
            _ => 9,
        }
    }
}

case! {
    nested_guards [nested_guards(1), nested_guards(2), nested_guards(3)]
    async fn nested_guards(n: usize) -> usize {
        let shape = shape(n);
        match (shape, n) {
            (shape, m) if match &shape {
                Shape::One(d) if look(d).await == 3 => later("inner", m == 1).await,
                Shape::Two(a, b) if matches!(later("sum", a.len() + b.len()).await, k if later("inner guard", k > 3).await) => false,
                _ => m == 3,
            } => {
                tick("arm").await;
                m
            }
            (Shape::Two(a, _), _) => a.eat(),
            _ => 0,
        }
    }
}

case! {
    places [places(2), places(9)]
    async fn places(n: usize) -> usize {
        let lock = Lock::new("m");
        // Not of `shapes[…]`: there rustc 1.95 forgets the index while the guard waits, and
        // reads past the array.
        let shapes = (shape(1), Box::new(shape(2)));
        let trio = Trio::new("t");
        let a = match *shapes.1 {
            Shape::Two(ref a, ref b) if later("two", a.len() + b.len()).await == n => 1,
            Shape::Two(ref a, _) => look(a).await,
            _ => 0,
        } + match shapes.0 {
            Shape::One(ref d) if look(d).await == n + 1 => 1,
            _ => 2,
        } + match *lock.lock().get() {
            ref inside if inside.query(later("inside", n).await) == 2 => 1,
            ref inside => inside.count,
        };
        let b = match lock.lock().count {
            m if later("count", m).await == n => 1,
            m => m,
        };
        let c = match trio.b.len() {
            3 if later("never", false).await => 1,
            m => later("len", m).await,
        };
        const TWO: usize = 2;
        static NAMES: [&str; 2] = ["a", "bee"];
        let d = match NAMES { [a, _] if later("a", a.len()).await == n => 1, [_, b] => b.len() };
        let e = match TWO { m if later("two", m).await == n => 1, _ => 2 };
        let f = match Some(&trio.a) { Some(d) if look(d).await == 7 => 1, Some(d) => d.len(), None => 0 };
        let text = String::from("text");
        let g = match text.as_str() { "text" if later("text", n == 2).await => 1, s => s.len() };
        a + b + c + d + e + f + g
    }
}

case! {
    closures_and_formats [closures_and_formats("yes"), closures_and_formats("no")]
    async fn closures_and_formats(name: &str) -> String {
        match (D::new(name), 3) {
            (d, n) if later(&format!("{d} {n:>2} {}", d.len()), [1, 2, 3].iter().any(|m| *m == n && d.len() == 2)).await
                => format!("{d}"),
            (d, n) if { let longer = |m: usize| d.len() > m; longer(later("m", n).await) } => "longer".to_owned(),
            (d, _) => {
                tick("else").await;
                d.name().to_owned()
            }
        }
    }
}

case! {
    generic [generic(Some(D::new("a")), 1), generic(None::<D>, 2), generic(Some(5), 3), generic(Some("r"), 4)]
    async fn generic<T: std::fmt::Debug>(value: Option<T>, n: usize) -> String {
        let kept = match &value {
            Some(value) if later(&format!("{value:?}"), n > 2).await => format!("{value:?}"),
            _ => String::new(),
        };
        match value {
            Some(value) if later(&format!("{value:?}"), n % 2 == 1).await => {
                tick("some").await;
                format!("{kept} {value:?}")
            }
            Some(_) => kept,
            None => {
                tick("none").await;
                "none".to_owned()
            }
        }
    }
}

case! {
    slices_and_bindings [slices_and_bindings(3), slices_and_bindings(2), slices_and_bindings(1)]
    async fn slices_and_bindings(n: usize) -> usize {
        let list: Vec<D> = (0..n).map(|i| D::new(format!("d{i}"))).collect();
        match &list[..] {
            [first, .., last] if later("ends", first.len() + last.len()).await == 5 => 1,
            all @ [first, rest @ ..] if later("all", all.len()).await > 2 => {
                tick("all").await;
                rest.len() + first.len()
            }
            [only] | [_, only] if look(only).await == 2 => {
                tick("only").await;
                only.touch().len()
            }
            _ => 9,
        }
    }
}

case! {
    binding_used_mutably [binding_used_mutably(1), binding_used_mutably(2)]
    async fn binding_used_mutably(n: usize) -> usize {
        match (D::new("d"), n) {
            (mut d, mut m) if later("guard", m).await == 2 => {
                d.rename("renamed");
                m += 1;
                tick("holds").await;
                d.len() + m
            }
            (mut d, _) => {
                d.rename("other");
                d.len()
            }
        }
    }
}

case! {
    pattern_in_a_guard [
        pattern_in_a_guard(0), pattern_in_a_guard(1), pattern_in_a_guard(2), pattern_in_a_guard(3),
        pattern_in_a_guard(4),
    ]
    async fn pattern_in_a_guard(n: usize) -> usize {
        match (D::new("outer"), n) {
            (d, m) if let Some(inner) = something("inner", D::new("inner")).await
                && later("plain", m == 0).await
                && let Some(n) = later("n", Some(inner.len() + d.len())).await =>
            {
                tick("first").await;
                inner.eat() + d.len() + n
            }
            (_, 1) | (_, 4) if let Some(value) = make("temporary").with("!").name().strip_suffix("!") => {
                tick("second").await;
                value.len()
            }
            (d, m) if let Shape::Two(a, _) = shape(m) => {
                tick("third").await;
                a.eat() + d.eat()
            }
            (d, 3) if let Some(e) = nothing::<D>("nothing").await => d.eat() + e.eat(),
            (d, m) => {
                tick("last").await;
                d.eat() * m
            }
        }
    }
}
