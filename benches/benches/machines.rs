//! Our machines beside rustc's: how large they are, what a call, a poll and a start cost.

use std::future::Future;
use std::hint::black_box;
use std::mem::size_of_val;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

use async_proc::{Error, async_proc, poll};
use async_proc_benches::{Counting, Effort, Times, allocations_of, in_turn};

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Pending when it is first polled.
#[derive(Default)]
struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

fn pause() -> Pause {
    Pause::default()
}

/// Functions, compiled by rustc and by us.
macro_rules! both {
    ($($(#[doc = $doc:literal])+ $vis:vis async fn $name:ident($($params:tt)*) -> $result:ty $body:block)*) => {
        mod real {
            use super::*;
            $($vis async fn $name($($params)*) -> $result $body)*
        }
        mod ours {
            use super::*;
            $(#[async_proc] $vis async fn $name($($params)*) -> $result $body)*
        }
    };
}

both! {
    /// Never suspended.
    pub(super) async fn straight(n: u64) -> u64 {
        black_box(n) + 1
    }

    /// Suspended once.
    pub(super) async fn pauses(n: u64) -> u64 {
        pause().await;
        n + 1
    }

    /// Holds a few values that need dropping, and a reference to one.
    pub(super) async fn holds(n: u64) -> u64 {
        let numbers = vec![n; 4];
        let text = String::new();
        let first = &numbers[0];
        pause().await;
        let sum = numbers.iter().sum::<u64>() + first;
        pause().await;
        sum + text.len() as u64
    }

    /// A large value that is moved on, and used after the suspension.
    pub(super) async fn moves_on(large: [u64; 128]) -> u64 {
        let moved = large;
        pause().await;
        let again = moved;
        pause().await;
        again.iter().sum()
    }

    /// A large value is gone, by a call, before the suspension.
    pub(super) async fn drops_first(large: [u64; 128]) -> u64 {
        let boxed = Box::new(large);
        let n = boxed[0];
        drop(boxed);
        pause().await;
        n
    }

    /// Suspended as often as it is told: the innermost of a chain.
    pub(super) async fn counts(polls: u64) -> u64 {
        let mut n = 0;
        while n < polls {
            pause().await;
            n += 1;
        }
        n
    }

    /// Passes every poll on.
    pub(super) async fn deeper(polls: u64) -> u64 {
        let n = counts(polls).await;
        n + 1
    }

    /// The third of a chain.
    pub(super) async fn deeper_still(polls: u64) -> u64 {
        let n = deeper(polls).await;
        n + 1
    }

    /// The fourth of a chain.
    pub(super) async fn deepest(polls: u64) -> u64 {
        let n = deeper_still(polls).await;
        n + 1
    }
}

/// Waits for a future of ours.
async fn waits_real(gate: async_proc::Future<u64>) -> Result<u64, Error> {
    Ok(gate.await? + 1)
}

/// The same.
#[async_proc]
async fn waits_ours(gate: async_proc::Future<u64>) -> Result<u64, Error> {
    Ok(gate.await? + 1)
}

/// The same, as a proc.
#[async_proc]
fn waits_proc(gate: async_proc::Future<u64>) -> async_proc::Future<u64> {
    Ok(gate.await? + 1)
}

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// Calls and polls to the end.
fn to_the_end<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut context()) {
            return value;
        }
    }
}

fn row(name: &str, cells: &[&dyn std::fmt::Display]) {
    print!("{name:16}");
    for cell in cells {
        print!("{:>24}", cell.to_string());
    }
    println!();
}

fn sizes() {
    println!("\nBytes of what the call gives, and allocations from there to the end");
    row("", &[&"rustc", &"ours", &"rustc allocates", &"ours allocates"]);
    macro_rules! sizes {
        ($($name:ident($argument:expr);)*) => {$(
            row(stringify!($name), &[
                &size_of_val(&real::$name($argument)),
                &size_of_val(&ours::$name($argument)),
                &allocations_of(|| { to_the_end(real::$name($argument)); }),
                &allocations_of(|| { to_the_end(ours::$name($argument)); }),
            ]);
        )*};
    }
    sizes! {
        straight(1);
        pauses(1);
        holds(1);
        moves_on([1; 128]);
        drops_first([1; 128]);
        counts(1);
        deeper(1);
        deeper_still(1);
        deepest(1);
    }
}

fn calls(effort: Effort) {
    println!("\nNanoseconds from the call to the end");
    row("", &[&"rustc", &"ours"]);
    macro_rules! calls {
        ($($name:ident($argument:expr);)*) => {$(
            let [real, ours] = in_turn(effort, [
                &mut |n| (0..n).for_each(|_| { black_box(to_the_end(real::$name(black_box($argument)))); }),
                &mut |n| (0..n).for_each(|_| { black_box(to_the_end(ours::$name(black_box($argument)))); }),
            ]);
            row(stringify!($name), &[&real, &ours]);
        )*};
    }
    calls! {
        straight(1);
        pauses(1);
        holds(1);
        moves_on([1; 128]);
        drops_first([1; 128]);
    }
}

fn polls(effort: Effort) {
    println!("\nNanoseconds a poll, of something that goes on being suspended");
    row("", &[&"rustc", &"ours"]);
    macro_rules! polls {
        ($($name:ident;)*) => {$(
            let mut real = Box::pin(real::$name(u64::MAX));
            let mut ours = Box::pin(ours::$name(u64::MAX));
            let [real, ours] = in_turn(effort, [
                &mut |n| (0..n).for_each(|_| assert!(real.as_mut().poll(&mut context()).is_pending())),
                &mut |n| (0..n).for_each(|_| assert!(ours.as_mut().poll(&mut context()).is_pending())),
            ]);
            row(stringify!($name), &[&real, &ours]);
        )*};
    }
    polls! { counts; deeper; deeper_still; deepest; }
}

/// Starts one on the dispatcher, lets it wait for a future, finishes that, and takes its value.
fn start<F: FnOnce(async_proc::Future<u64>) -> async_proc::Future<u64>>(
    spawn: F,
) -> Result<u64, Error> {
    let gate = async_proc::Future::new("gate");
    let proc = spawn(gate.clone());
    gate.complete(1)?;
    poll(None)?;
    proc.take()
}

fn starts(effort: Effort) -> Result<(), Error> {
    use async_proc::Future;

    println!("\nNanoseconds to start one on the dispatcher, wake it once, and take its value");
    row("", &[&"from_std(rustc)", &"from_std(ours)", &"proc"]);
    assert_eq!(start(|gate| Future::from_std(waits_real(gate)))?, 2);
    assert_eq!(start(|gate| Future::from_std(waits_ours(gate)))?, 2);
    assert_eq!(start(waits_proc)?, 2);
    let [real, ours, proc]: [Times; 3] = in_turn(
        effort,
        [
            &mut |n| {
                (0..n).for_each(|_| {
                    let _ = black_box(start(|gate| Future::from_std(waits_real(gate))));
                })
            },
            &mut |n| {
                (0..n).for_each(|_| {
                    let _ = black_box(start(|gate| Future::from_std(waits_ours(gate))));
                })
            },
            &mut |n| {
                (0..n).for_each(|_| {
                    let _ = black_box(start(waits_proc));
                })
            },
        ],
    );
    row("one suspension", &[&real, &ours, &proc]);
    let count = |spawn: fn(Future<u64>) -> Future<u64>| {
        allocations_of(|| {
            let _ = start(spawn);
        })
    };
    row(
        "allocations",
        &[
            &count(|gate| Future::from_std(waits_real(gate))),
            &count(|gate| Future::from_std(waits_ours(gate))),
            &count(|gate| waits_proc(gate)),
        ],
    );
    Ok(())
}

fn main() -> Result<(), Error> {
    let effort = Effort::of_this_run();
    println!("Times are medians over rounds in turn, with their quartiles.");
    sizes();
    calls(effort);
    polls(effort);
    starts(effort)
}
