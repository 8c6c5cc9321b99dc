//! A function of two thousand lines, with 160 suspensions.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};

/// Waits once.
struct Once<T>(bool, Option<T>);

fn once<T: Unpin>(value: T) -> Once<T> {
    Once(false, Some(value))
}

impl<T: Unpin> Future for Once<T> {
    type Output = T;

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<T> {
        if !std::mem::replace(&mut self.0, true) {
            return Poll::Pending;
        }
        self.1.take().map_or(Poll::Pending, Poll::Ready)
    }
}

/// Fifty lines for each number.
macro_rules! long {
    ([$($attr:tt)*] $name:ident $($n:literal)*) => {
        $($attr)*
        async fn $name(names: Vec<String>, start: u64) -> Result<u64, String> {
            let mut sum = start;
            $(
                let mut name = names[sum as usize % names.len()].clone();
                name.push_str("-rest");
                if name.len() > 10 {
                    name.truncate(once(10).await);
                } else {
                    name.push('!');
                }
                let parts: Vec<&str> = name.split('-').collect();
                let size = match parts.as_slice() {
                    [] => return Err(name),
                    [one] => one.len() as u64,
                    [one, ..] if one.is_empty() => 1,
                    [one, rest @ ..] => once(one.len() as u64).await + rest.len() as u64,
                };
                let longest = {
                    let mut longest = 0;
                    for name in &names {
                        let trimmed = name.trim();
                        if trimmed.is_empty() {
                            continue;
                        }
                        let letters = trimmed.chars().filter(|c| c.is_alphabetic()).count();
                        let others = trimmed.len() - letters;
                        longest = match (letters, others) {
                            (0, _) => longest,
                            (letters, 0) => letters.max(longest),
                            (letters, others) if letters > others => letters - others,
                            (_, others) => {
                                let half = others / 2;
                                half.max(longest)
                            }
                        };
                    }
                    let squares: Vec<u64> = (0..longest as u64).map(|n| n * n).collect();
                    let even = squares.iter().filter(|n| *n % 2 == 0).sum::<u64>();
                    if even > 1000 { 1000 } else { even }
                };
                sum = sum.wrapping_add(longest);
                let mut rounds = 0;
                while rounds < size % 4 {
                    rounds += once(1).await;
                    sum = sum.wrapping_mul(31).wrapping_add(rounds);
                }
                let checked = sum.checked_add(size).ok_or_else(|| format!("{name}: {sum}"))?;
                {
                    let kept = once(checked).await;
                    sum ^= kept.rotate_left(7) ^ $n;
                }
            )*
            Ok(sum)
        }
    };
}

long! {
    [#[async_proc::async_proc]] ours
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19
    20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
}

long! {
    [] rustcs
    0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19
    20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 36 37 38 39
}

/// The value, and how often the future waited.
fn run<T>(future: impl Future<Output = T>) -> (T, usize) {
    let mut future = pin!(future);
    let mut cx = Context::from_waker(Waker::noop());
    for polls in 0.. {
        if let Poll::Ready(value) = future.as_mut().poll(&mut cx) {
            return (value, polls);
        }
    }
    unreachable!("it waits finitely often")
}

#[test]
fn two_thousand_lines_do_what_rustcs_do() {
    let names = || ["a", "a-b", "long enough", "", "-"].map(str::to_owned).to_vec();
    for start in [0, 1, 2, 3, 4, u64::MAX] {
        assert_eq!(run(ours(names(), start)), run(rustcs(names(), start)));
    }
}
