//! Closures: borrowing, moving, stored across a suspension, passed to adaptors.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    borrows_a_local [borrows_a_local()]
    async fn borrows_a_local() -> usize {
        let d = D::new("d");
        let look = || d.touch().len();
        let a = look();
        tick("between").await;
        let b = look();
        tick("after").await;
        a + b + d.len()
    }
}

case! {
    borrows_mutably [borrows_mutably()]
    async fn borrows_mutably() -> usize {
        let mut count = 0;
        let mut all = Vec::new();
        let mut add = |name: &str| {
            count += 1;
            all.push(D::new(name));
        };
        add("a");
        tick("between").await;
        add("b");
        tick("after").await;
        count + all.len()
    }
}

case! {
    moves_a_local [moves_a_local()]
    async fn moves_a_local() -> usize {
        let d = D::new("d");
        let e = D::new("e");
        let own = move || d.touch().len();
        tick("between").await;
        let n = own();
        drop(own);
        tick("after").await;
        n + e.len()
    }
}

case! {
    consumes_a_local [consumes_a_local(true), consumes_a_local(false)]
    async fn consumes_a_local(call: bool) -> usize {
        let d = D::new("d");
        let consume = || eat(d);
        tick("between").await;
        let n = if call { consume() } else { 0 };
        tick("after").await;
        n
    }
}

case! {
    called_in_place [called_in_place()]
    async fn called_in_place() -> usize {
        let d = D::new("d");
        tick("before").await;
        let n = (|| d.touch().len())();
        let m = Some(2).map(|n| n + d.len()).unwrap_or(0);
        tick("after").await;
        n + m
    }
}

case! {
    in_adaptors [in_adaptors(2)]
    async fn in_adaptors(factor: usize) -> usize {
        let limit = later("limit", 3).await;
        let all: Vec<D> = items(&["a", "bb", "ccc", "dddd"]).filter(|d| d.len() <= limit).collect();
        tick("between").await;
        let n: usize = all.iter().map(|d| d.touch().len() * factor).sum();
        tick("after").await;
        n
    }
}

case! {
    adaptor_kept_across [adaptor_kept_across()]
    async fn adaptor_kept_across() -> usize {
        let suffix = D::new("!");
        let mut iter = items(&["a", "b"]).map(|d| d.with(suffix.name()));
        let mut n = 0;
        while let Some(d) = iter.next() {
            tick("got").await;
            n += d.len();
        }
        n
    }
}

case! {
    makes_futures [makes_futures()]
    async fn makes_futures() -> usize {
        let prefix = D::new("p");
        let start = |n: usize| later(prefix.name(), n);
        let a = start(1).await;
        let b = start(a + 1).await;
        a + b
    }
}

case! {
    returns_async_block [returns_async_block()]
    async fn returns_async_block() -> usize {
        let d = D::new("d");
        let run = |n: usize| {
            let d = &d;
            async move {
                tick("inside").await;
                d.touch().len() + n
            }
        };
        run(1).await + run(2).await
    }
}

case! {
    parameter_shadows [parameter_shadows()]
    async fn parameter_shadows() -> usize {
        let d = D::new("outer");
        let n = |d: &D| d.touch().len();
        let inner = D::new("in");
        tick("between").await;
        n(&inner) + n(&d)
    }
}

case! {
    captures_a_field [captures_a_field()]
    async fn captures_a_field() -> usize {
        let mut t = Trio::new("t");
        let look = || t.a.touch().len();
        tick("between").await;
        let n = look();
        let mut change = || t.b.rename("b");
        change();
        tick("again").await;
        let take = move || eat(t.c);
        tick("taken").await;
        n + take()
    }
}

case! {
    boxed_closures [boxed_closures()]
    async fn boxed_closures() -> usize {
        let base = D::new("base");
        let mut all: Vec<Box<dyn Fn(usize) -> usize + '_>> = Vec::new();
        all.push(Box::new(|n| n + base.len()));
        let own = D::new("own");
        all.push(Box::new(move |n| n * own.touch().len()));
        tick("between").await;
        let mut n = 1;
        for f in &all {
            n = f(n);
            tick("called").await;
        }
        n
    }
}

case! {
    question_and_return_inside [question_and_return_inside("4"), question_and_return_inside("x")]
    async fn question_and_return_inside(text: &str) -> usize {
        let d = D::new("d");
        let parse = || -> Result<usize, std::num::ParseIntError> {
            if text == "0" {
                return Ok(d.len());
            }
            Ok(text.parse::<usize>()? + d.len())
        };
        tick("between").await;
        parse().unwrap_or(0)
    }
}

case! {
    lent_to_a_last_use [lent_to_a_last_use(Some("d")), lent_to_a_last_use(None)]
    async fn lent_to_a_last_use(name: Option<&'static str>) -> usize {
        let option = name.map(D::new);
        let list = vec![D::new("a"), D::new("bb")];
        tick("before").await;
        let n = later("n", 2).await;
        let mut sum = 0;
        let more = option.map(|d| d.len() + n).unwrap_or(n);
        list.into_iter().filter(|d| d.len() == n).for_each(|d| sum += d.len());
        more + sum
    }
}

case! {
    owns_a_part_and_a_part_of_that [owns_a_part_and_a_part_of_that(true), owns_a_part_and_a_part_of_that(false)]
    async fn owns_a_part_and_a_part_of_that(whole_first: bool) -> usize {
        let t = (D::new("0"), (D::new("1.0"), (Trio::new("1.1.0"), 7)), D::new("2"));
        tick("before").await;
        let own = move || {
            let inner = t.1.1.0.b.touch().len();
            match whole_first {
                true => inner + eat((t.1).0) + t.1.1.1,
                false => {
                    let part = t.1;
                    inner + part.0.len()
                }
            }
        };
        tick("stored").await;
        let n = own();
        tick("called").await;
        n + t.0.len() + t.2.touch().len()
    }
}

case! {
    owns_nested_parts_and_is_dropped [owns_nested_parts_and_is_dropped()]
    async fn owns_nested_parts_and_is_dropped() -> usize {
        let mut t = (Trio::new("t"), D::new("u"));
        tick("before").await;
        let mut rename = move |name: &str| {
            t.0.b.rename(name);
            t.0.c.len() + t.0.a.len() + (&t.0).b.len()
        };
        let n = rename("bee");
        tick("borrowed").await;
        let m = rename("c");
        drop(rename);
        tick("gone").await;
        n + m + t.1.len()
    }
}
