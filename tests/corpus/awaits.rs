//! What is awaited: locals, parameters, blocks; futures that never start.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

async fn child(d: D, n: usize) -> usize {
    let _own = D::new("child");
    tick("child").await;
    d.len() + n
}

case! {
    a_local [a_local()]
    async fn a_local() -> usize {
        let f = later("f", D::new("value"));
        let _between = D::new("between");
        let d = f.await;
        tick("after").await;
        d.len()
    }
}

case! {
    a_parameter [a_parameter(later("f", 3), D::new("d"))]
    async fn a_parameter(f: Step<usize>, d: D) -> usize {
        let n = f.await;
        tick("after").await;
        n + d.len()
    }
}

case! {
    started_in_another_order [started_in_another_order()]
    async fn started_in_another_order() -> usize {
        let a = later("a", 1);
        let b = later("b", 2);
        let y = b.await;
        let x = a.await;
        x * 10 + y
    }
}

case! {
    moved_then_awaited [moved_then_awaited()]
    async fn moved_then_awaited() -> usize {
        let f = child(D::new("d"), 1);
        let g = f;
        tick("before").await;
        let h = g;
        h.await
    }
}

case! {
    never_awaited [never_awaited(true), never_awaited(false)]
    async fn never_awaited(go: bool) -> usize {
        let f = child(D::new("d"), 1);
        tick("before").await;
        if go { f.await } else { 0 }
    }
}

case! {
    dropped_unawaited [dropped_unawaited()]
    async fn dropped_unawaited() {
        let f = child(D::new("one"), 1);
        drop(f);
        let _g = child(D::new("two"), 2);
        let _ = child(D::new("three"), 3);
        tick("after").await;
    }
}

case! {
    children [children()]
    async fn children() -> usize {
        let a = child(D::new("a"), 1).await;
        let b = child(D::new("b"), a).await;
        a + child(D::new("c"), b).await
    }
}

case! {
    into_future [into_future()]
    async fn into_future() -> usize {
        let make = Make(D::new("make"), 2);
        let a = make.await;
        a + Make(D::new("inline"), 3).await
    }
}

case! {
    async_block [async_block(D::new("d"))]
    async fn async_block(d: D) -> usize {
        let own = D::new("own");
        let n = async {
            tick("in the block").await;
            own.touch().len()
        }
        .await;
        let f = async move {
            tick("in the moving block").await;
            d.eat() + n
        };
        tick("between").await;
        f.await + own.len()
    }
}

case! {
    async_block_with_question [async_block_with_question(true), async_block_with_question(false)]
    async fn async_block_with_question(fine: bool) -> usize {
        let result: Result<usize, Large> = async {
            let d = if fine { good("d", D::new("d")) } else { fails("d") }.await?;
            if d.is_empty() {
                return Ok(0);
            }
            Ok(d.len())
        }
        .await;
        tick("after").await;
        result.unwrap_or(99)
    }
}

case! {
    by_mutable_reference [by_mutable_reference()]
    async fn by_mutable_reference() -> usize {
        let mut f = Box::pin(after(2, "f", D::new("value")));
        let first = std::future::poll_fn(|cx| {
            std::task::Poll::Ready(std::future::Future::poll(f.as_mut(), cx).is_ready())
        })
        .await;
        tick("between").await;
        let d = (&mut f).await;
        first as usize + d.len()
    }
}

case! {
    many_futures [many_futures()]
    async fn many_futures() -> usize {
        let all = vec![later("a", 1), later("b", 2), later("c", 3)];
        let mut n = 0;
        for f in all {
            n += f.await;
        }
        n
    }
}

case! {
    in_a_field [in_a_field()]
    async fn in_a_field() -> usize {
        struct Job {
            run: Step<usize>,
            d: D,
        }
        let job = Job { run: later("run", 2), d: D::new("d") };
        tick("before").await;
        let n = job.run.await;
        tick("after").await;
        n + job.d.len()
    }
}

case! {
    future_is_conditional [future_is_conditional(true), future_is_conditional(false)]
    async fn future_is_conditional(long: bool) -> usize {
        let f = if long { after(3, "long", 3) } else { now("short", 0) };
        let _d = D::new("d");
        f.await
    }
}

case! {
    parenthesised [parenthesised()]
    async fn parenthesised() -> usize {
        ((later("a", 1)).await) + { later("b", 2) }.await + (if true { later("c", 3) } else { now("c", 4) }).await
    }
}

case! {
    polled_often [polled_often()]
    async fn polled_often() -> usize {
        let _d = D::new("d");
        after(6, "often", 1).await + now("now", 2).await + after(2, "twice", 3).await
    }
}

case! {
    unit_and_never [unit_and_never(true), unit_and_never(false)]
    async fn unit_and_never(out: bool) -> usize {
        let _d = D::new("d");
        let () = tick("unit").await;
        if out {
            let never: std::convert::Infallible = return later("out", 1).await;
        }
        2
    }
}
