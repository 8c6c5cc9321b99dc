//! Functions that come out of a `macro_rules!`: groups that no one sees, and names that only read the same.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

/// The function, written by `$made!` for rustc and for us.
macro_rules! made {
    ($name:ident [$($run:expr),+ $(,)?] $made:ident!($($argument:tt)*)) => {
        mod $name {
            pub mod real {
                use super::super::*;
                $made! { [] $name $($argument)* }
                pub const RUNS: &[Scenario] = &[$((stringify!($run), || drive($run))),+];
            }
            pub mod ours {
                use super::super::*;
                $made! { [#[cfg_attr(not(rustc_only), ::async_proc::async_proc)]] $name $($argument)* }
                pub const RUNS: &[Scenario] = &[$((stringify!($run), || drive($run))),+];
            }

            #[test]
            fn equivalent() {
                async_proc_tests::driver::compare(module_path!(), real::RUNS, ours::RUNS);
            }
        }
    };
}

macro_rules! of_expressions {
    ([$($attr:tt)*] $name:ident ($($param:ident: $ty:ty),*) -> $output:ty, $first:expr, $second:expr $(, $more:expr)*) => {
        $($attr)*
        pub async fn $name($($param: $ty),*) -> $output {
            let first = $first;
            tick("between").await;
            let mut sum = first * $second;
            $( sum += $more * 2; )*
            if $first > 1 && later("asked", $second > 0).await {
                sum += 1;
            }
            sum
        }
    };
}

made! {
    expressions [expressions(D::new("d"), 2), expressions(D::new(""), 0)]
    of_expressions!((d: D, n: usize) -> usize, d.len() + n, later("second", n).await + d.len(), n + 1, { let m = n; tick("block").await; m } + later("last", 1).await)
}

macro_rules! of_parts {
    ([$($attr:tt)*] $name:ident $block:block, $pattern:pat => $value:expr, $ty:ty, $statement:stmt, $literal:literal, $path:path) => {
        $($attr)*
        pub async fn $name(n: usize) -> $ty {
            let kept = D::new($literal);
            $statement;
            let value = $block;
            tick("block done").await;
            let matched = match shape(value) {
                $pattern => $value,
                _ => 100,
            };
            let made = $path(format!("made {n}"));
            tick("made").await;
            matched + kept.len() + made.len() + value + n
        }
    };
}

made! {
    parts [parts(1), parts(2)]
    of_parts!({ let d = D::new("in the block"); later("block", 1).await }, Shape::One(d) => { tick("matched").await; d.len() }, usize, let _d = later("statement", D::new("statement")).await, "literal", D::new)
}

macro_rules! with_names_of_its_own {
    ([$($attr:tt)*] $name:ident $value:ident, $body:expr, $change:stmt) => {
        $($attr)*
        pub async fn $name($value: usize) -> usize {
            // The names of this macro, which are not those that the arguments use.
            let d = D::new("macro's");
            let result = $body;
            tick("between").await;
            let value = 1000;
            let n = {
                let d = later("inner", D::new("inner")).await;
                $change;
                d.len() + $body
            };
            tick("after").await;
            result + value + d.len() + n + $value
        }
    };
}

made! {
    names_of_its_own [names_of_its_own(3)]
    with_names_of_its_own!(value, { let d = value + 1; tick("argument").await; d * value }, let d = { tick("statement").await; value })
}

macro_rules! with_two_of_a_name {
    ([$($attr:tt)*] $name:ident $outer:ident, $given:ident, $sum:expr) => {
        $($attr)*
        pub async fn $name($outer: D) -> usize {
            let $given = D::new("given");
            let given = D::new("macro's own");
            tick("first").await;
            let n = $sum + given.len();
            let moved = $given;
            tick("moved").await;
            drop(given);
            tick("dropped").await;
            n + moved.len() + $outer.len()
        }
    };
}

made! {
    two_of_a_name [two_of_a_name(D::new("outer"))]
    with_two_of_a_name!(outer, given, given.len() * 100 + later("sum", outer.len()).await)
}

macro_rules! with_loops {
    ([$($attr:tt)*] $name:ident $item:ident in $items:expr => $step:expr) => {
        $($attr)*
        pub async fn $name() -> usize {
            let mut sum = 0;
            'outer: for $item in $items {
                for item in 0..2 {
                    sum += item + $step;
                    if later("stop", sum > 20).await {
                        break 'outer;
                    }
                }
            }
            sum
        }
    };
}

made! {
    loops [loops()]
    with_loops!(item in items(&["a", "bee", "sea"]) => { tick("step").await; item.len() * 3 })
}

macro_rules! of_operands {
    ([$($attr:tt)*] $name:ident $n:ident, $sum:expr, $d:expr, $pair:expr, $range:expr, $negative:literal, $flag:expr, $ty:ty) => {
        $($attr)*
        pub async fn $name($n: usize) -> $ty {
            let mut total: $ty = 10 * $sum;
            total += (-$negative as isize).unsigned_abs() + $d.len();
            tick("between").await;
            for i in $range { total += later("i", i).await; }
            if $pair == $pair && !$flag { total += 1000; }
            total -= $sum / 2;
            let list = &$range;
            total + list.len() + vec![$sum * 2, $n][0] + if $flag { $negative.min(0) as $ty } else { 7 }
        }
    };
}

made! {
    operands [operands(1), operands(4)]
    of_operands!(n, n + later("sum", 1).await, { let d = D::new("d"); tick("d").await; d }, Pair { 0: 1, 1: 2 }.1, 1..3, -3, n > 2 || later("flag", n == 1).await, usize)
}
