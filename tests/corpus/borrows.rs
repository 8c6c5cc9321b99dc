//! References to locals that are held across suspensions.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

async fn change(d: &mut D, name: &str) -> usize {
    let _own = D::new("change");
    tick("before the change").await;
    d.rename(name);
    d.len()
}

case! {
    shared [shared()]
    async fn shared() -> usize {
        let d = D::new("d");
        let r = &d;
        tick("between").await;
        r.touch();
        tick("again").await;
        r.len()
    }
}

case! {
    mutable [mutable()]
    async fn mutable() -> usize {
        let mut d = D::new("d");
        let r = &mut d;
        tick("between").await;
        r.rename("changed");
        tick("again").await;
        d.len()
    }
}

case! {
    of_a_field [of_a_field()]
    async fn of_a_field() -> usize {
        let mut t = Trio::new("t");
        let (a, b) = (&t.a, &mut t.b);
        tick("between").await;
        b.rename(a.touch().name());
        tick("again").await;
        t.b.len()
    }
}

case! {
    of_an_element [of_an_element()]
    async fn of_an_element() -> usize {
        let mut all = vec![D::new("a"), D::new("b")];
        let last = all.last_mut().unwrap();
        tick("between").await;
        last.rename("z");
        let slice = &all[1..];
        tick("again").await;
        slice[0].touch().len()
    }
}

case! {
    passed_on [passed_on()]
    async fn passed_on() -> usize {
        let mut d = D::new("d");
        let n = look(&d).await + change(&mut d, "changed").await;
        n + look(&d).await
    }
}

case! {
    reborrowed [reborrowed()]
    async fn reborrowed() -> usize {
        let mut d = D::new("d");
        let r = &mut d;
        change(r, "one").await;
        change(&mut *r, "two").await;
        r.rename("three");
        d.len()
    }
}

case! {
    held_by_a_struct [held_by_a_struct()]
    async fn held_by_a_struct() -> usize {
        struct Holder<'a> {
            d: &'a D,
            _own: D,
        }
        let d = D::new("d");
        let holder = Holder { d: &d, _own: D::new("own") };
        tick("between").await;
        holder.d.touch();
        tick("again").await;
        holder.d.len()
    }
}

case! {
    guard_across [guard_across()]
    async fn guard_across() -> usize {
        let mut lock = Lock::new("m");
        {
            let mut guard = lock.lock_mut();
            tick("held").await;
            guard.add(2);
            tick("still held").await;
        }
        let guard = lock.lock();
        let n = guard.count;
        drop(guard);
        tick("released").await;
        n
    }
}

case! {
    of_a_parameter [of_a_parameter(&D::new("given"), Trio::new("t"))]
    async fn of_a_parameter(d: &D, mut t: Trio) -> usize {
        let name = d.name();
        let c = &mut t.c;
        tick("between").await;
        c.rename(name);
        tick("again").await;
        t.c.touch().len()
    }
}

case! {
    iterator_over_local [iterator_over_local()]
    async fn iterator_over_local() -> usize {
        let all = vec![D::new("a"), D::new("bb"), D::new("ccc")];
        let mut iter = all.iter().filter(|d| d.len() > 1);
        let first = iter.next().map(|d| d.touch().len());
        tick("between").await;
        let second = iter.next().map(|d| d.touch().len());
        tick("again").await;
        first.unwrap_or(0) + second.unwrap_or(0) * 10
    }
}

case! {
    string_slices [string_slices("key = value")]
    async fn string_slices(line: &str) -> Option<String> {
        let owned = line.to_owned();
        let (key, value) = owned.split_once('=')?;
        tick("split").await;
        let key = key.trim();
        tick("trimmed").await;
        Some([value.trim(), key].concat())
    }
}

case! {
    chosen_reference [chosen_reference(true), chosen_reference(false)]
    async fn chosen_reference(left: bool) -> usize {
        let a = D::new("a");
        let b = D::new("bb");
        let r = if left { &a } else { &b };
        tick("between").await;
        r.touch().len()
    }
}

case! {
    swapped [swapped()]
    async fn swapped() -> usize {
        let mut a = D::new("a");
        let mut b = D::new("bb");
        std::mem::swap(&mut a, &mut b);
        tick("swapped").await;
        let old = std::mem::replace(&mut a, D::new("new"));
        tick("replaced").await;
        old.len() + a.len() + b.len()
    }
}

case! {
    borrow_ends_then_moved [borrow_ends_then_moved()]
    async fn borrow_ends_then_moved() -> usize {
        let d = D::new("d");
        let r = &d;
        tick("borrowed").await;
        let n = r.touch().len();
        tick("no longer").await;
        n + eat(d)
    }
}
