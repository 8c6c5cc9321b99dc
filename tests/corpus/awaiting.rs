//! Macros of other crates that await: `select!`, `join!`, `try_join!`, `stream!`.
//!
//! What is polled first is drawn by lot where a `select!` does not say `biased;`, so most say it.

use std::pin::{Pin, pin};

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;
use futures_core::Stream;
use tokio::{join, select, try_join};

case! {
    select_the_first_that_is_ready [select_the_first_that_is_ready(0, 2), select_the_first_that_is_ready(2, 1)]
    async fn select_the_first_that_is_ready(a: u32, b: u32) -> usize {
        let kept = D::new("kept");
        let n = tokio::select! {
            biased;
            d = after(a, "a", D::new("from a")) => d.len(),
            d = after(b, "b", D::new("from b")) => {
                tick("in the handler").await;
                d.len() + 10
            }
        };
        n + kept.len()
    }
}

case! {
    select_by_lot_of_one [select_by_lot_of_one()]
    async fn select_by_lot_of_one() -> usize {
        select! {
            n = later("only", 3) => n,
        }
    }
}

case! {
    select_with_conditions [select_with_conditions(true, false), select_with_conditions(false, true), select_with_conditions(false, false), select_with_conditions(true, true)]
    { fn asked(name: &str, answer: bool) -> bool { event(format!("asked {name}")); answer } }
    async fn select_with_conditions(a: bool, b: bool) -> usize {
        select! {
            biased;
            _ = tick("a"), if asked("a", a) => 1,
            n = later("b", 2usize), if asked("b", b) => n,
            else => {
                tick("nothing is open").await;
                3
            }
        }
    }
}

case! {
    select_by_pattern [select_by_pattern(0), select_by_pattern(1), select_by_pattern(2)]
    async fn select_by_pattern(n: usize) -> usize {
        let mut got = 0;
        loop {
            got += select! {
                biased;
                Some(mut d) = later("some", (n == 0).then(|| D::new("zero"))) => { d.rename("changed"); d.len() }
                (Ok(a), _) = later("ok", (if n == 1 { Ok(D::new("one")) } else { Err(D::new("err")) }, D::new("both"))) => a.len(),
                whole @ Shape::Two(..) = later("shape", Shape::Two(D::new("a"), D::new("b"))) => { drop(whole); 7 }
                else => break,
            };
            if got > 3 {
                break;
            }
        }
        got
    }
}

case! {
    select_with_no_branch_left [select_with_no_branch_left()]
    async fn select_with_no_branch_left() -> usize {
        let _kept = D::new("kept");
        select! {
            biased;
            Some(n) = later("none", None::<usize>) => n,
            None::<usize> = later("some", Some(D::new("some")).map(|d| d.len())) => 2,
        }
    }
}

case! {
    select_leaves_by_its_handlers [select_leaves_by_its_handlers(0), select_leaves_by_its_handlers(1), select_leaves_by_its_handlers(2), select_leaves_by_its_handlers(3)]
    async fn select_leaves_by_its_handlers(n: usize) -> Result<usize, D> {
        let mut turns = 0;
        loop {
            let _held = D::new("held");
            turns += 1;
            let d = select! {
                biased;
                r = later("result", if n == 0 { Err(D::new("error")) } else { Ok(D::new("fine")) }) => r?,
                _ = tick("never first") => continue,
            };
            select! {
                biased;
                () = tick("leave") => match n {
                    1 => return Ok(d.len()),
                    2 if turns == 2 => break,
                    2 => continue,
                    _ => {}
                },
            }
            if turns == 2 {
                return Err(d);
            }
        }
        Ok(turns)
    }
}

case! {
    select_that_borrows [select_that_borrows()]
    async fn select_that_borrows() -> usize {
        let mut a = D::new("a");
        let b = D::new("bb");
        let mut n = 0;
        for _ in 0..2 {
            n += select! {
                biased;
                n = look(&b) => { a.rename("changed"); n + a.len() }
                n = look(&a) => n,
            };
        }
        n + b.len()
    }
}

case! {
    select_of_pinned_futures [select_of_pinned_futures()]
    async fn select_of_pinned_futures() -> usize {
        let mut slow = pin!(after(3, "slow", D::new("slow")));
        let mut rounds = 0;
        loop {
            rounds += 1;
            select! {
                biased;
                d = &mut slow => return d.len() + rounds,
                _ = tick("quick") => {}
            }
        }
    }
}

case! {
    select_in_operands_and_handlers [select_in_operands_and_handlers()]
    async fn select_in_operands_and_handlers() -> usize {
        let d = D::new("d");
        d.len() + select! {
            biased;
            n = async { tick("own").await; 4usize } => n + select! { biased; _ = tick("inner") => 1, _ = tick("late") => 2 },
            n = later({ tick("before").await; "x" }, 2) => n,
        } + d.touch().len()
    }
}

case! {
    select_drops_what_lost_before_the_handler [select_drops_what_lost_before_the_handler()]
    async fn select_drops_what_lost_before_the_handler() {
        let d = D::new("lost");
        select! {
            biased;
            _ = look(&d), if false => {}
            _ = async { let _own = D::new("its own"); tick("first").await; tick("second").await } => event("never".to_string()),
            _ = tick("wins") => { event("handler".to_string()); tick("in it").await }
        }
        event("after".to_string());
    }
}

case! {
    join_of_three [join_of_three()]
    async fn join_of_three() -> usize {
        let d = D::new("d");
        let (a, b, c) = tokio::join!(after(2, "a", D::new("a")), look(&d), now("c", 3));
        a.len() + b + c
    }
}

case! {
    join_one_in_the_other [join_one_in_the_other()]
    async fn join_one_in_the_other() -> usize {
        let ((a, b), (c,)) = join!(
            async { join!(later("a", 1), after(2, "b", 2)) },
            async { join!(later("c", 4usize)) },
        );
        let d = join!(tick("as a value"), later("last", D::new("last"))).1;
        a + b + c + d.len()
    }
}

case! {
    join_in_the_order_of_its_futures [join_in_the_order_of_its_futures()]
    async fn join_in_the_order_of_its_futures() -> usize {
        let (a, b) = futures::join!(after(2, "a", 1), after(1, "b", D::new("b")));
        a + b.len()
    }
}

case! {
    try_join_up_to_the_first_error [try_join_up_to_the_first_error(0), try_join_up_to_the_first_error(1), try_join_up_to_the_first_error(2)]
    { fn given(name: &'static str, fails: bool) -> Result<D, D> { if fails { Err(D::new(name)) } else { Ok(D::new(name)) } } }
    async fn try_join_up_to_the_first_error(n: usize) -> Result<usize, D> {
        let (a, b, c) = try_join!(
            after(2, "a", given("a", n == 1)),
            later("b", given("b", n == 2)),
            async { let _own = D::new("its own"); tick("c").await; given("c", false) },
        )?;
        tick("all").await;
        Ok(a.len() + b.len() + c.len())
    }
}

case! {
    try_join_as_a_value [try_join_as_a_value(true), try_join_as_a_value(false)]
    async fn try_join_as_a_value(fails: bool) -> usize {
        match futures::try_join!(later("a", Ok::<_, D>(1)), later("b", if fails { Err(D::new("e")) } else { Ok(2) })) {
            Ok((a, b)) => a + b,
            Err(d) => d.len() + 100,
        }
    }
}

case! {
    a_stream_of_what_it_captures [a_stream_of_what_it_captures(2)]
    { async fn next<S: Stream + ?Sized>(mut stream: Pin<&mut S>) -> Option<S::Item> {
        std::future::poll_fn(|cx| stream.as_mut().poll_next(cx)).await
    } }
    async fn a_stream_of_what_it_captures(count: usize) -> usize {
        let d = D::new("captured");
        let mut last = D::new("last");
        tick("before").await;
        let mut stream = pin!(async_stream::stream! {
            for n in 0..count {
                tick("in the stream").await;
                yield d.len() + n;
            }
            last.rename("renamed");
            yield last.len();
        });
        let mut sum = 0;
        while let Some(n) = next(stream.as_mut()).await {
            sum += n;
            tick("between").await;
        }
        sum
    }
}
