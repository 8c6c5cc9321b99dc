//! What functions return: hidden types, every type that `?` knows, coercions.

use std::future::Future;
use std::ops::ControlFlow;
use std::task::Poll;

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    hidden [async { hidden(3).await.map(|d| d.len()).collect::<Vec<_>>() }]
    async fn hidden(n: usize) -> impl Iterator<Item = D> {
        let prefix = D::new("prefix");
        tick("before").await;
        if n == 0 {
            panic!("no iterator");
        }
        let len = prefix.len();
        (0..n).map(move |i| D::new(format!("{i}-{len}")))
    }
}

case! {
    hidden_and_borrowing [async { let d = D::new("d"); let text = hidden_and_borrowing(&d, "text").await.to_string(); text }]
    async fn hidden_and_borrowing<'a>(d: &'a D, text: &'a str) -> impl std::fmt::Display + 'a {
        tick("before").await;
        format!("{d} {text}")
    }
}

case! {
    hidden_in_a_result [
        async { hidden_in_a_result(2).await.map(|all| all.map(|d| d.len()).sum::<usize>()).map_err(|l| l.0.len()) },
        async { hidden_in_a_result(0).await.map(|all| all.count()).map_err(|l| l.0.len()) },
    ]
    async fn hidden_in_a_result(n: usize) -> Result<impl Iterator<Item = D>, Large> {
        let first = good("first", D::new("first")).await?;
        if n == 0 {
            return Err(Large(first));
        }
        let rest: Vec<D> = (0..n).map(|i| D::new(format!("d{i}"))).collect();
        tick("made").await;
        Ok(rest.into_iter().chain([first]))
    }
}

case! {
    hidden_closure [async { hidden_closure(D::new("d")).await(3) }]
    async fn hidden_closure(d: D) -> impl Fn(usize) -> usize {
        tick("before").await;
        let n = later("n", 2).await;
        move |m: usize| d.len() + n + m
    }
}

case! {
    hidden_future [async { hidden_future(D::new("d")).await.await }]
    async fn hidden_future(d: D) -> impl Future<Output = usize> {
        tick("before").await;
        async move { look(&d).await + 1 }
    }
}

case! {
    control_flow [control_flow(1), control_flow(3)]
    async fn control_flow(n: usize) -> ControlFlow<D, usize> {
        let d = D::new("d");
        let flow = later("flow", if n > 2 { ControlFlow::Break(D::new("broken")) } else { ControlFlow::Continue(n) }).await;
        let n = flow?;
        tick("continues").await;
        if n == 0 { ControlFlow::Break(D::new("zero"))? }
        ControlFlow::Continue(n + d.len())
    }
}

case! {
    poll_of_a_result [poll_of_a_result(0), poll_of_a_result(1), poll_of_a_result(2)]
    async fn poll_of_a_result(n: usize) -> Poll<Result<usize, Large>> {
        let _d = D::new("d");
        let poll: Poll<Result<usize, Small>> = match n {
            0 => Poll::Pending,
            1 => Poll::Ready(good("good", 5).await),
            _ => Poll::Ready(fails("bad").await),
        };
        let poll = poll?;
        tick("no error").await;
        poll.map(|n| Ok::<_, Large>(n + 1))
    }
}

case! {
    poll_of_an_option [poll_of_an_option(0), poll_of_an_option(1), poll_of_an_option(2), poll_of_an_option(3)]
    async fn poll_of_an_option(n: usize) -> Poll<Option<Result<usize, Large>>> {
        let _d = D::new("d");
        let poll: Poll<Option<Result<usize, Small>>> = match n {
            0 => Poll::Pending,
            1 => Poll::Ready(None),
            2 => Poll::Ready(Some(good("good", 5).await)),
            _ => Poll::Ready(Some(fails("bad").await)),
        };
        let poll = poll?;
        tick("no error").await;
        poll.map(|item| item.map(Ok::<_, Large>))
    }
}

case! {
    option_of_many [option_of_many(1), option_of_many(2), option_of_many(3)]
    async fn option_of_many(n: usize) -> Option<(D, usize)> {
        let a = something("a", D::new("a")).await?;
        let b = (n > 1).then(|| D::new("b"))?;
        let c = match n { 2 => nothing("c").await?, _ => later("c", D::new("c")).await };
        tick("all").await;
        Some((a, b.len() + c.len()))
    }
}

case! {
    boxed_trait_objects [async { boxed_trait_objects(1).await.map(|f| f(2)) }, async { boxed_trait_objects(0).await.map(|f| f(2)) }]
    async fn boxed_trait_objects(n: usize) -> Option<Box<dyn Fn(usize) -> usize>> {
        let d = D::new("d");
        tick("before").await;
        if n == 0 {
            return Some(Box::new(|m| m));
        }
        let f: Box<dyn Fn(usize) -> usize> = Box::new(move |m| d.len() + m + n);
        tick("after").await;
        Some(f)
    }
}

case! {
    coerced_everywhere [async { let d = D::new("d"); let r = coerced_everywhere(&d, 1).await; (r.0.len(), r.1(2), r.2.to_string()) }]
    async fn coerced_everywhere(d: &D, n: usize) -> (&[usize], fn(usize) -> usize, &dyn std::fmt::Display) {
        fn double(n: usize) -> usize { n * 2 }
        tick("before").await;
        if n == 0 {
            return (&[1, 2, 3], |n| n, d);
        }
        tick("between").await;
        (&[1], double, d)
    }
}

case! {
    errors_of_every_kind [errors_of_every_kind("1"), errors_of_every_kind("x"), errors_of_every_kind("300"), errors_of_every_kind("")]
    async fn errors_of_every_kind(text: &str) -> Result<u8, String> {
        let _d = D::new("d");
        let text = later("text", text).await;
        let number: u32 = text.parse().map_err(|error| format!("{error}"))?;
        tick("parsed").await;
        let number = u8::try_from(number).or_else(|_| Err("too large"))?;
        Ok(later("number", number).await)
    }
}
