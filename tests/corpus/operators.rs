//! Operands of operators; short circuits; compound assignment.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    arithmetic [arithmetic(3)]
    async fn arithmetic(n: usize) -> usize {
        let a = n + later("a", 1).await * later("b", 2).await;
        let b = later("c", a).await - 1;
        (a << later("shift", 1).await) | b
    }
}

case! {
    left_is_copied_first [left_is_copied_first()]
    async fn left_is_copied_first() -> usize {
        let mut x = 1usize;
        x + {
            x = 10;
            later("right", x).await
        }
    }
}

case! {
    overloaded [overloaded()]
    async fn overloaded() -> usize {
        let a = Num::new("a", 1);
        let c = a + later("b", Num::new("b", 2)).await;
        tick("between").await;
        let d = later("d", Num::new("d", 3)).await + c;
        d.value
    }
}

case! {
    unary [unary()]
    async fn unary() -> usize {
        let a = -later("a", Num::new("a", 1)).await;
        tick("between").await;
        let b = !later("flag", false).await;
        let c = !later("c", Num::new("c", 0)).await;
        a.value + b as usize + c as usize
    }
}

case! {
    compared [compared()]
    async fn compared() -> usize {
        let a = Num::new("a", 1);
        let equal = a == later("b", Num::new("b", 1)).await;
        tick("between").await;
        let less = a < Num::new("c", later("n", 2).await);
        (equal as usize) + (less as usize) + (later("x", 3).await >= 3) as usize
    }
}

case! {
    compound_primitive [compound_primitive()]
    async fn compound_primitive() -> usize {
        let mut n = 1;
        n += later("two", 2).await;
        n *= {
            n += 1;
            later("three", 3).await
        };
        let mut all = [1, 2];
        all[1] += later("index", n).await;
        all[1]
    }
}

case! {
    compound_overloaded [compound_overloaded()]
    async fn compound_overloaded() -> usize {
        let mut n = Num::new("n", 1);
        n += later("two", 2).await;
        tick("after").await;
        n.value
    }
}

case! {
    and_or [and_or(true, false), and_or(false, true), and_or(false, false), and_or(true, true)]
    async fn and_or(a: bool, b: bool) -> usize {
        let _d = D::new("d");
        let both = later("a", a).await && later("b", b).await;
        let either = a || later("b again", b).await;
        (both as usize) + (either as usize) * 2
    }
}

case! {
    short_circuit_in_condition [
        short_circuit_in_condition(1), short_circuit_in_condition(2), short_circuit_in_condition(3)
    ]
    async fn short_circuit_in_condition(n: usize) -> usize {
        if n == 1 && later("and", true).await || n == 3 && !later("or", false).await {
            tick("then").await;
            1
        } else {
            0
        }
    }
}

case! {
    short_circuit_temporaries [short_circuit_temporaries(1), short_circuit_temporaries(2)]
    async fn short_circuit_temporaries(n: usize) -> bool {
        let lock = Lock::new("m");
        lock.lock().query(n) == 2 && later("right", true).await && peek(&D::new("last")) == 4
    }
}

case! {
    casts [casts(300)]
    async fn casts(n: usize) -> u8 {
        let a = later("a", n).await as u8;
        a + later("b", true).await as u8
    }
}

case! {
    references_and_derefs [references_and_derefs()]
    async fn references_and_derefs() -> usize {
        let a = later("a", D::new("a")).await;
        let boxed = Box::new(later("b", D::new("boxed")).await);
        let r = &*boxed;
        tick("between").await;
        let n = r.len() + *later("reference", &5usize).await;
        drop(a);
        let inner = *boxed;
        tick("after").await;
        n + inner.len()
    }
}

case! {
    ranges [ranges(2)]
    async fn ranges(n: usize) -> usize {
        let all = [1, 2, 3, 4, 5];
        let range = later("from", 1).await..later("to", n + 1).await;
        let part = &all[range];
        tick("between").await;
        part.iter().sum::<usize>() + all[later("start", 3).await..].len()
    }
}

case! {
    operator_receiver [operator_receiver(0), operator_receiver(1)]
    async fn operator_receiver(n: usize) -> Option<usize> {
        let num = Num::new("n", n);
        tick("before").await;
        let option = (!num).then_some(later("argument", 3).await);
        option
    }
}

case! {
    tuple_receiver [tuple_receiver()]
    async fn tuple_receiver() -> usize {
        let mut n = 7usize;
        tick("before").await;
        let t = (n, 1usize).max({
            n = 2;
            later("argument", (n, 0)).await
        });
        t.0 + n
    }
}

case! {
    compound_on_numbers [compound_on_numbers(1), compound_on_numbers(3)]
    async fn compound_on_numbers(at: usize) -> usize {
        let mut all = vec![1, 2];
        let lock = &mut Lock::new("m");
        all[eat(D::new("one")) - 2] += later("value", 5).await;
        lock.lock_mut().count += later("count", all[0]).await;
        all[at - 1] += later("out of bounds", 1).await;
        *all.iter_mut().rev().next().unwrap() *= later("last", 2).await;
        tick("after").await;
        let count = lock.lock().count;
        all.iter().sum::<usize>() + count
    }
}

case! {
    compound_on_other_types [compound_on_other_types(0), compound_on_other_types(2)]
    { fn first(all: &mut Vec<Num>) -> &mut Num { event("first"); &mut all[0] } }
    async fn compound_on_other_types(at: usize) -> usize {
        let mut all = vec![Num::new("a", 1), Num::new("b", 2)];
        *first(&mut all) += later("value", 5).await;
        all[at] += later("at", 3).await;
        let mut pair = Pair(Num::new("c", 1), 2);
        pair.0 += later("field", 3).await;
        pair.1 += later("number", 3).await;
        tick("after").await;
        all[0].value + pair.0.value + pair.1
    }
}

case! {
    compound_by_reference [compound_by_reference()]
    { fn cell(n: &mut usize) -> &mut usize { event("cell"); n } }
    async fn compound_by_reference() -> usize {
        let mut n = 1;
        *cell(&mut n) += &later("overloaded, as its value is a reference", 2).await;
        *cell(&mut n) += later("not overloaded", 2).await;
        tick("after").await;
        n
    }
}

case! {
    compound_both_suspend [compound_both_suspend(1), compound_both_suspend(5)]
    async fn compound_both_suspend(at: usize) -> usize {
        let mut numbers = [1, 2, 3];
        let mut nums = vec![Num::new("a", 1), Num::new("b", 2)];
        numbers[later("index", at).await] -= later("value", 1).await;
        nums[later("index", at - 1).await] += later("value", 7).await;
        numbers[later("index", 0).await] += peek(&make("native"));
        nums[later("index", 0).await] += peek(&make("native"));
        tick("after").await;
        numbers.iter().sum::<usize>() + nums[0].value
    }
}

case! {
    compound_generic [compound_generic(1usize, 2usize), compound_generic(Num::new("n", 1), 2usize)]
    async fn compound_generic<T: std::ops::AddAssign<U>, U>(t: T, u: U) -> usize {
        let mut all = vec![t];
        *{ event("place"); &mut all[0] } += later("value", u).await;
        tick("after").await;
        all.len()
    }
}

case! {
    compound_shift_and_bits [compound_shift_and_bits()]
    async fn compound_shift_and_bits() -> u64 {
        let mut bits = [1u64, 2];
        let mut flags = [true, false];
        bits[0] <<= later("shift", 3u8).await;
        bits[1] |= later("or", 5).await;
        flags[1] |= later("flag", true).await;
        tick("after").await;
        bits[0] + bits[1] + flags[1] as u64
    }
}
