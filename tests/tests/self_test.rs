//! The harness sees what it is there to see: pairs that differ on purpose.

use async_proc_tests::driver::{Compared, Scenario, drive, run_all};
use async_proc_tests::world::{D, tick};

/// Compares two scenarios.
fn pair(real: fn(), ours: fn()) -> Compared {
    let (real, ours): (Scenario, Scenario) = (("real", real), ("ours", ours));
    run_all("self_test", &[real], &[ours])
}

async fn two(first: &str, second: &str) -> usize {
    let _first = D::new(first);
    let _second = D::new(second);
    tick("wait").await;
    1
}

#[test]
fn equal_pairs_are_equal_and_counted() {
    let compared = pair(|| drive(two("a", "b")), || drive(two("a", "b")));
    assert_eq!(compared.different, 0);
    // Dropped unstarted, cancelled at the suspension, and to the end.
    assert_eq!(compared.panic_points.len(), 3);
    let panics: usize = compared.panic_points.iter().sum();
    assert_eq!(compared.cases, 3 + panics);
    if !cfg!(miri) {
        // Unstarted: nothing. Cancelled: 3 values made and dropped, 1 poll. To the end: 2 polls.
        assert_eq!(compared.panic_points, [0, 7, 8]);
    }
}

#[test]
fn another_order_of_drops_is_reported_with_the_fewest_polls() {
    async fn swapped() -> usize {
        let _later = D::new("a");
        let earlier = D::new("b");
        tick("wait").await;
        drop(_later);
        drop(earlier);
        1
    }
    let compared = pair(|| drive(two("a", "b")), || drive(swapped()));
    // Cancelled, both drop `b` then `a`; only to the end do they differ.
    let first = compared.first.expect("a difference");
    assert_eq!((first.polls, first.panic_at), (2, None));
    assert_eq!(first.real.events[first.event() - 1], "~b");
    assert_eq!(first.ours.events[first.event() - 1], "~a");
    let text = first.to_string();
    assert!(text.contains("self_test: not equal to rustc's"), "{text}");
    assert!(text.lines().any(|line| line.starts_with("  =>") && line.contains("~b")), "{text}");
}

#[test]
fn a_difference_that_only_a_panic_shows_is_seen() {
    async fn forgets() -> usize {
        struct Twice(Option<D>);
        impl Drop for Twice {
            fn drop(&mut self) {
                if std::thread::panicking() {
                    std::mem::forget(self.0.take());
                }
            }
        }
        let _first = Twice(Some(D::new("a")));
        let _second = D::new("b");
        tick("wait").await;
        1
    }
    let compared = pair(|| drive(two("a", "b")), || drive(forgets()));
    assert!(compared.first.expect("a difference").panic_at.is_some());
    assert!(compared.different < compared.cases);
}

#[test]
fn a_leak_a_wrong_result_and_a_lost_wake_are_seen() {
    async fn leaks() -> usize {
        std::mem::forget(D::new("a"));
        let _second = D::new("b");
        tick("wait").await;
        1
    }
    async fn wrong() -> usize {
        two("a", "b").await + 1
    }
    async fn sleepy() -> usize {
        use std::task::{Context, Poll, Waker};
        let mut inner = std::pin::pin!(two("a", "b"));
        std::future::poll_fn(|_| {
            match inner.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
                Poll::Ready(value) => Poll::Ready(value),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    }
    for ours in [|| drive(leaks()), || drive(wrong()), || drive(sleepy())] {
        assert_ne!(pair(|| drive(two("a", "b")), ours).different, 0);
    }
}
