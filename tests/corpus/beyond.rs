//! Constructs after the first stage: let else, suspensions in guards, and the like.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    receiver_is_a_field [receiver_is_a_field()]
    async fn receiver_is_a_field() -> usize {
        let mut t = Trio::new("t");
        t.b.rename(later("name", "bee").await);
        tick("between").await;
        let n = t.a.with(later("suffix", "!").await).len();
        tick("after").await;
        n + t.b.len()
    }
}

case! {
    struct_update [struct_update()]
    async fn struct_update() -> usize {
        let base = Trio::new("base");
        let t = Trio { b: later("b", D::new("b")).await, ..base };
        tick("after").await;
        t.b.len()
    }
}

case! {
    tuple_struct [tuple_struct()]
    async fn tuple_struct() -> usize {
        let p = Pair(later("0", D::new("0")).await, Some(later("1", D::new("1")).await));
        tick("after").await;
        p.0.len() + p.1.map_or(0, eat)
    }
}

case! {
    nested_calls [nested_calls()]
    async fn nested_calls() -> usize {
        let n = peek(&make("x").with(&make("y").touch().name().to_owned())) + look(&make("z")).await;
        tick("after").await;
        n
    }
}

case! {
    guards_in_operands [guards_in_operands()]
    async fn guards_in_operands() -> usize {
        let lock = Lock::new("m");
        let n = lock.lock().count + later("right", 1).await;
        tick("after").await;
        let n = n + lock.lock().query(later("argument", 2).await) + lock.lock().get().count;
        n
    }
}

case! {
    receiver_is_a_temporary [receiver_is_a_temporary()]
    async fn receiver_is_a_temporary() -> usize {
        let n = Lock::new("temporary").lock().query(later("n", 2).await);
        tick("after").await;
        n
    }
}

case! {
    receiver_mut_deref [receiver_mut_deref(4)]
    async fn receiver_mut_deref(n: usize) -> usize {
        let mut a = Lock::new("a");
        let m = a.lock_mut().add(later("n", n).await).query(1);
        tick("after").await;
        let n = m + a.lock().count;
        n
    }
}

case! {
    guard_on_binding [guard_on_binding(1), guard_on_binding(2)]
    async fn guard_on_binding(n: usize) -> usize {
        let shape = shape(n);
        match shape {
            Shape::One(d) if d.touch().len() > 5 => 100,
            Shape::One(d) => {
                tick("one").await;
                d.len()
            }
            Shape::Two(ref a, _) if a.len() == 5 => {
                tick("two").await;
                a.touch().len()
            }
            _ => 0,
        }
    }
}

case! {
    mixed_bindings [mixed_bindings()]
    async fn mixed_bindings() -> usize {
        let mut all = (later("a", D::new("a")).await, later("b", D::new("b")).await, later("c", D::new("c")).await, later("e", D::new("e")).await);
        let (ref _a, ref mut b, _c, mut e) = all;
        tick("bound").await;
        b.rename("changed");
        e.rename("owned");
        tick("after").await;
        e.len()
    }
}

case! {
    reference_in_a_guard [reference_in_a_guard(true), reference_in_a_guard(false)]
    async fn reference_in_a_guard(holds: bool) -> usize {
        let x = later("x", D::new("x")).await;
        match x {
            ref _x if holds => {
                tick("held").await;
                1
            }
            _rest => {
                tick("not held").await;
                2
            }
        }
    }
}

case! {
    box_emptied_and_refilled [box_emptied_and_refilled(true), box_emptied_and_refilled(false)]
    async fn box_emptied_and_refilled(refill: bool) -> usize {
        let mut boxed = Box::new(later("x", D::new("x")).await);
        let x = *boxed;
        tick("empty").await;
        if refill {
            *boxed = later("y", D::new("y")).await;
            tick("full").await;
        }
        x.len()
    }
}

case! {
    one_element_moved [one_element_moved(0), one_element_moved(1), one_element_moved(2), one_element_moved(3)]
    async fn one_element_moved(which: usize) {
        let all = [later("a", D::new("a")).await, later("b", D::new("b")).await, later("c", D::new("c")).await];
        tick("before").await;
        let _x = match which {
            0 => { let [a, ..] = all; a }
            1 => { let [_, b, _] = all; b }
            2 => { let [.., c] = all; c }
            _ => panic!("no such element"),
        };
        tick("after").await;
    }
}

case! {
    inner_arrays [inner_arrays()]
    async fn inner_arrays() {
        let mut all = [[later("a", D::new("a")).await, later("b", D::new("b")).await], [later("c", D::new("c")).await, later("d", D::new("d")).await]];
        tick("whole").await;
        let [_, _rest] = all;
        tick("half").await;
        all = [[later("e", D::new("e")).await, later("f", D::new("f")).await], [later("g", D::new("g")).await, later("h", D::new("h")).await]];
        let [[_e, _], _] = all;
        tick("after").await;
    }
}

case! {
    taken_and_refilled_array [taken_and_refilled_array()]
    async fn taken_and_refilled_array() {
        let mut all = [later("a", D::new("a")).await, later("b", D::new("b")).await, later("c", D::new("c")).await];
        let [_, _, _x] = all;
        tick("last gone").await;
        all = [later("d", D::new("d")).await, later("e", D::new("e")).await, later("f", D::new("f")).await];
        let [_y, ..] = all;
        tick("first gone").await;
    }
}

case! {
    returned_with_locals [returned_with_locals(D::new("x"))]
    async fn returned_with_locals(x: D) -> usize {
        let y = D::new("y");
        return { let z = D::new("z"); D::new("temporary").touch().len() } + look(&D::new("awaited")).await;
    }
}
