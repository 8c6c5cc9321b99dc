//! When a receiver is moved or followed, and when the arguments of its call are evaluated.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    moved_before_an_argument_that_suspends [moved_before_an_argument_that_suspends()]
    async fn moved_before_an_argument_that_suspends() -> usize {
        let d = D::new("d");
        let other = D::new("other");
        tick("before").await;
        let e = d.with(later("suffix", "!").await);
        tick("after").await;
        e.len() + other.len()
    }
}

case! {
    moved_before_an_argument [moved_before_an_argument()]
    async fn moved_before_an_argument() -> usize {
        let d = D::new("d");
        let other = D::new("other");
        tick("before").await;
        let e = d.with(make("argument").touch().name());
        tick("after").await;
        let f = e.with(if peek(&other) > 1 { "long" } else { "short" });
        tick("at last").await;
        f.len() + other.len()
    }
}

case! {
    moved_before_an_early_return [moved_before_an_early_return(true), moved_before_an_early_return(false)]
    async fn moved_before_an_early_return(fine: bool) -> Option<usize> {
        let d = D::new("d");
        let _other = D::new("other");
        tick("before").await;
        let name = fine.then(|| "!");
        let e = d.with(name?);
        tick("after").await;
        Some(e.len())
    }
}

case! {
    moved_before_a_question_that_suspends [
        moved_before_a_question_that_suspends(true),
        moved_before_a_question_that_suspends(false),
    ]
    async fn moved_before_a_question_that_suspends(fine: bool) -> Option<usize> {
        let d = D::new("d");
        let _other = D::new("other");
        tick("before").await;
        let e = d.with(later("suffix", fine.then(|| "!")).await?);
        tick("after").await;
        Some(e.len())
    }
}

case! {
    borrowed_at_last_use [borrowed_at_last_use()]
    async fn borrowed_at_last_use() -> usize {
        let mut d = D::new("d");
        let other = D::new("other");
        tick("before").await;
        d.rename(later("name", "renamed").await);
        tick("after").await;
        other.len()
    }
}

case! {
    followed_before_an_argument [followed_before_an_argument()]
    async fn followed_before_an_argument() -> usize {
        let lock = Lock::new("m");
        let guard = lock.lock();
        tick("before").await;
        let n = guard.query(eat(D::new("argument")));
        tick("after").await;
        n
    }
}

case! {
    followed_mutably_before_an_argument [followed_mutably_before_an_argument(Some(1)), followed_mutably_before_an_argument(None)]
    async fn followed_mutably_before_an_argument(n: Option<usize>) -> Option<usize> {
        let mut lock = Lock::new("m");
        let mut guard = lock.lock_mut();
        tick("before").await;
        let other = D::new("other");
        let count = guard.add(eat(D::new("argument")) + n?).count;
        tick("after").await;
        Some(count + other.len())
    }
}

case! {
    called_once_with_an_argument [called_once_with_an_argument()]
    async fn called_once_with_an_argument() -> usize {
        let d = D::new("d");
        let f = move |n: usize| d.eat() + n;
        let _other = D::new("other");
        tick("before").await;
        let n = f(eat(D::new("argument")));
        tick("after").await;
        n
    }
}

case! {
    called_once_with_an_argument_that_suspends [called_once_with_an_argument_that_suspends()]
    async fn called_once_with_an_argument_that_suspends() -> usize {
        let d = D::new("d");
        let f = move |n: usize| d.eat() + n;
        let _other = D::new("other");
        tick("before").await;
        let n = f(later("n", 2).await);
        tick("after").await;
        n
    }
}

case! {
    folded_from_a_value [folded_from_a_value()]
    async fn folded_from_a_value() -> usize {
        let mut all = items(&["a", "bb"]);
        let _other = D::new("other");
        tick("before").await;
        let d = all.next();
        tick("between").await;
        let n = all.fold(eat(D::new("start")), |n, d| n + d.touch().len());
        tick("after").await;
        n + d.map_or(0, |d| d.eat())
    }
}

case! {
    temporary_moved_before_an_argument [temporary_moved_before_an_argument()]
    async fn temporary_moved_before_an_argument() -> usize {
        let n = make("receiver").with(later("suffix", "!").await).with(make("x").name()).len();
        tick("after").await;
        n
    }
}

case! {
    generic_receiver [generic_receiver(Some(D::new("d"))), generic_receiver(vec![D::new("v")])]
    async fn generic_receiver<I: IntoIterator<Item = D>>(all: I) -> usize {
        let _other = D::new("other");
        tick("before").await;
        let mut n = 0;
        for d in all.into_iter() {
            n += later("n", d.len()).await;
        }
        n
    }
}

case! {
    receiver_in_a_loop [receiver_in_a_loop()]
    async fn receiver_in_a_loop() -> usize {
        let mut d = D::new("d");
        for i in 0..2 {
            let suffix = ["!", "?"];
            d = d.with(suffix[later("i", i).await]);
            tick("round").await;
        }
        d.len()
    }
}

case! {
    operands_left_by_a_break [operands_left_by_a_break()]
    {
        fn both(a: D, n: usize, b: &D) -> usize { a.len() + n + b.len() }
    }
    async fn operands_left_by_a_break() -> usize {
        let mut n = 0;
        let m = loop {
            n += 1;
            let n = both(
                make("operand"),
                match later("n", n).await {
                    1 => 1,
                    2 => continue,
                    n => break n,
                },
                &make("temporary"),
            );
            tick("round").await;
        };
        tick("after").await;
        m + n
    }
}

case! {
    receiver_left_by_a_break [receiver_left_by_a_break()]
    async fn receiver_left_by_a_break() -> usize {
        let mut n = 0;
        loop {
            let d = D::new("d");
            tick("before").await;
            let _other = D::new("other");
            n += 1;
            let suffix = d.with(match later("n", n).await {
                1 => "!",
                2 => continue,
                _ => break,
            });
            tick("round").await;
        }
        n
    }
}

case! {
    result_borrows_the_receiver_at_its_last_use [result_borrows_the_receiver_at_its_last_use(1), result_borrows_the_receiver_at_its_last_use(5)]
    {
        /// What is sent through it waits for a while, and borrows it.
        struct Sender(D);
        struct Sending<'a>(&'a D, Step<D>);
        impl Sender {
            fn send(&self, d: D) -> Sending<'_> { Sending(&self.0, later("sending", d)) }
        }
        impl Future for Sending<'_> {
            type Output = usize;
            fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
                // SAFETY: the step is never moved out.
                let (d, step) = unsafe { let this = self.get_unchecked_mut(); (this.0, Pin::new_unchecked(&mut this.1)) };
                step.poll(cx).map(|sent| sent.len() + d.len())
            }
        }
    }
    async fn result_borrows_the_receiver_at_its_last_use(n: usize) -> usize {
        let sender = Sender(D::new("sender"));
        let limit = &n;
        let d = D::new("d");
        match d.len() {
            _ if *limit > 3 => sender.send(D::new(format!("{}", *limit))).await,
            _ => sender.send(d).await,
        }
    }
}

case! {
    closure_in_an_argument_that_waits [closure_in_an_argument_that_waits(1), closure_in_an_argument_that_waits(4)]
    async fn closure_in_an_argument_that_waits(n: usize) -> usize {
        let first = (n < 3).then_some(1).and(Some(later("a", Some(D::new("a")).unwrap_or_else(|| make("or"))).await));
        let second = Some(make("b")).map_or_else(|| 1, later("f", |d: D| d.touch().len()).await);
        let option = Some(D::new("o"));
        tick("between").await;
        second + option.map_or(later("z", 1).await, |d| d.touch().len()) + first.map_or(0, eat)
    }
}
