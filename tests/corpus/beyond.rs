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
