//! Where a suspension may stand, and what is there while it lasts: conditions, initialisers,
//! compound assignments, arguments after a borrow, receivers, patterns; and more states than a byte
//! can number.

use std::cell::{Cell, RefCell};
use std::future::Future;

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    in_conditions [in_conditions(0), in_conditions(3)]
    async fn in_conditions(limit: usize) -> usize {
        let mut n = 0;
        if { tick("first").await; n == limit } {
            return 7;
        }
        loop {
            if later("enough", n >= limit).await {
                break;
            }
            n += { tick("inside").await; 1 };
        }
        while (tick("again").await, n > 1).1 {
            n -= 1;
        }
        n
    }
}

case! {
    in_both_sides_of_an_assignment [in_both_sides_of_an_assignment(true), in_both_sides_of_an_assignment(false)]
    async fn in_both_sides_of_an_assignment(left: bool) -> (usize, usize) {
        let mut x = 10;
        let mut y = 20;
        *{
            tick("place").await;
            if left { &mut x } else { &mut y }
        } += match later("which", 2usize).await {
            2 => {
                let d = D::new("two");
                later("value", d.len()).await
            }
            n => n,
        };
        (x, y)
    }
}

case! {
    before_a_borrowed_argument [before_a_borrowed_argument()]
    { fn both(n: usize, d: &D, e: &mut D) -> usize { e.rename("changed"); n + d.len() + e.len() } }
    async fn before_a_borrowed_argument() -> usize {
        let d = D::new("d");
        let mut e = D::new("e");
        both(later("n", 1).await, &d, &mut e) + both(later("m", 2).await, &d, { tick("late").await; &mut e })
    }
}

case! {
    in_an_initialiser [in_an_initialiser()]
    async fn in_an_initialiser() -> usize {
        let mut rounds = 0;
        loop {
            let done = { tick("initialiser").await; rounds == 2 };
            let text = if done { D::new("done") } else { later("more", D::new("more")).await };
            rounds += 1;
            if done {
                break text.len() + rounds;
            }
        }
    }
}

case! {
    while_bound_by_a_match [while_bound_by_a_match(0), while_bound_by_a_match(1), while_bound_by_a_match(2)]
    async fn while_bound_by_a_match(n: usize) -> usize {
        let shape = shape(n);
        let m = match shape {
            Shape::One(ref d) => {
                tick("one").await;
                d.touch().len()
            }
            Shape::Two(ref d, ref e) if later("guard", d.len() == e.len()).await => {
                tick("two").await;
                d.len()
            }
            _ => 0,
        };
        tick("after").await;
        m
    }
}

case! {
    captured_and_called [captured_and_called(D::new("captured"))]
    async fn captured_and_called(d: D) -> usize {
        let call = |n: usize| d.touch().len() + n;
        let a = call(later("first", 1).await);
        tick("between").await;
        a + call(later("second", 2).await)
    }
}

case! {
    one_after_the_other [one_after_the_other(1)]
    async fn one_after_the_other(n: i32) -> i32 {
        let mut sum = 0;
        { let a = n; tick("a").await; sum += a; }
        { let b = n + 1; tick("b").await; sum += b; }
        { let c = n + 2; tick("c").await; sum += c; }
        { let e = n + 3; tick("e").await; sum += e; }
        sum
    }
}

case! {
    reborrowed_parameter [async { let mut d = D::new("d"); reborrowed_parameter(&mut d).await + d.len() }]
    { async fn deeper(d: &mut D) -> usize { tick("deeper").await; d.rename("deeper"); d.len() } }
    async fn reborrowed_parameter(d: &mut D) -> usize {
        let before = deeper(d).await;
        d.rename("between");
        let again = deeper(&mut *d).await;
        tick("after").await;
        d.rename("at the end");
        before + again
    }
}

case! {
    keeps_its_address [keeps_its_address()]
    async fn keeps_its_address() -> (bool, bool) {
        let n = 5usize;
        let pointer = &raw const n as usize;
        tick("first").await;
        let same = &raw const n as usize == pointer;
        let array = [n; 3];
        let slice = &array[1..];
        let from = slice.as_ptr() as usize;
        tick("second").await;
        (same, slice.as_ptr() as usize == from && &raw const array[1] as usize == from)
    }
}

case! {
    autoref_of_a_receiver [autoref_of_a_receiver()]
    { struct Holder(RefCell<usize>); impl Holder { fn add(&self, n: usize) -> usize { *self.0.borrow_mut() += n; *self.0.borrow() } } }
    async fn autoref_of_a_receiver() -> usize {
        let holder = Holder(RefCell::new(1));
        let a = holder.add(later("n", 2).await);
        let b = Holder(RefCell::new(10)).add(later("m", 3).await);
        a * 100 + b
    }
}

case! {
    guard_in_an_operand [guard_in_an_operand()]
    async fn guard_in_an_operand() -> usize {
        let cell = RefCell::new(3usize);
        let n = { *cell.borrow() } + later("right", 1).await;
        let m = later("left", 1).await + *cell.borrow();
        *cell.borrow_mut() += later("value", 5).await;
        let last = *cell.borrow();
        n * 100 + m * 10 + last
    }
}

case! {
    statement_temporaries_are_gone [statement_temporaries_are_gone()]
    async fn statement_temporaries_are_gone() -> usize {
        let lock = Lock::new("m");
        lock.lock().query(1);
        tick("between").await;
        lock.lock().query(2) + 1;
        tick("after").await;
        let count = lock.lock().count;
        count
    }
}

case! {
    awaited_output_of_a_parameter [awaited_output_of_a_parameter(later("a", D::new("a")), later("b", D::new("b")))]
    async fn awaited_output_of_a_parameter<F: Future<Output = D>, G: Future>(a: F, b: G) -> (usize, G::Output) {
        let first = a.await;
        let second = b.await;
        tick("after").await;
        (first.len(), second)
    }
}

case! {
    match_on_what_a_call_left [match_on_what_a_call_left(0), match_on_what_a_call_left(2)]
    { fn consume(d: D, n: usize) -> Result<usize, D> { if n == 0 { Ok(d.eat()) } else { Err(d.with("!")) } } }
    async fn match_on_what_a_call_left(n: usize) -> usize {
        let d = D::new("d");
        match consume(d, n) {
            Ok(len) => {
                tick("consumed").await;
                len
            }
            Err(d) => {
                tick("given back").await;
                d.len()
            }
        }
    }
}

case! {
    dropped_by_an_outer_expression [dropped_by_an_outer_expression(true), dropped_by_an_outer_expression(false)]
    { struct Outer { d: D, n: usize } impl Outer { fn new() -> Outer { Outer { d: D::new("outer"), n: 1 } } } }
    async fn dropped_by_an_outer_expression(keep: bool) -> usize {
        let n = match Outer::new() {
            Outer { d, n } if keep => {
                tick("kept").await;
                d.len() + n
            }
            outer => outer.n,
        };
        tick("after").await;
        n + Outer::new().n + later("right", 1).await
    }
}

case! {
    suspends_in_array_and_index [suspends_in_array_and_index(1)]
    async fn suspends_in_array_and_index(at: usize) -> usize {
        let all = [later("0", 1).await, 5, later("2", 3).await];
        all[later("at", at).await] + [4, later("inner", 6).await][at] + all[{ tick("block").await; 0 }]
    }
}

case! {
    interior_value_kept [interior_value_kept()]
    async fn interior_value_kept() -> usize {
        let cell = Cell::new(1usize);
        let seen = &cell;
        tick("first").await;
        seen.set(seen.get() + 1);
        tick("second").await;
        cell.get() + seen.take()
    }
}

case! {
    conditionally_there [conditionally_there(0), conditionally_there(1), conditionally_there(2)]
    async fn conditionally_there(n: usize) -> usize {
        let d = D::new("d");
        if n == 0 {
            drop(d);
            tick("dropped").await;
        } else if n == 1 {
            tick("there").await;
            drop(d);
        } else {
            tick("kept").await;
        }
        tick("end").await;
        n
    }
}

case! {
    subtyped [async { let d = D::new("long"); subtyped(&d).await }]
    async fn subtyped<'a>(long: &'a D) -> usize {
        let short_lived = D::new("short");
        let mut some: &D = long;
        tick("long").await;
        some = &short_lived;
        tick("short").await;
        some.len() + long.len()
    }
}

/// A function with more suspensions than a byte can number; all but a few are ready at once.
macro_rules! long_case {
    ($name:ident: $($number:literal)*) => {
        case! {
            $name [$name()]
            async fn $name() -> usize {
                let d = D::new("d");
                let mut sum = 0;
                $(sum += std::future::ready($number).await;)*
                tick("after all these").await;
                sum += later("and more", 1).await;
                sum + d.len()
            }
        }
    };
}

/// Repeats its argument.
macro_rules! sixteen_times {
    ($name:ident: $($n:literal)*) => {
        long_case! { $name: $($n)* $($n)* $($n)* $($n)* $($n)* $($n)* $($n)* $($n)*
            $($n)* $($n)* $($n)* $($n)* $($n)* $($n)* $($n)* $($n)* }
    };
}

sixteen_times! { more_states_than_a_byte_numbers: 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 }
