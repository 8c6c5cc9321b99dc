//! One function, written once and compiled twice.

/// A case: its name, the calls to drive, and the function.
///
/// ```ignore
/// case! {
///     name [name(1), name(2)]
///     async fn name(n: usize) -> usize { tick("a").await; n }
/// }
/// ```
///
/// Items that both copies need stand in braces before the function. The function may be the one
/// method of an `impl`, which then needs a type of its own there.
macro_rules! case {
    (@modules $name:ident [$($run:expr),+ $(,)?] { $($real:tt)* } { $($ours:tt)* }) => {
        mod $name {
            pub mod real {
                use super::super::*;
                $($real)*
                pub const RUNS: &[Scenario] = &[$((stringify!($run), || drive($run))),+];
            }
            pub mod ours {
                use super::super::*;
                $($ours)*
                pub const RUNS: &[Scenario] = &[$((stringify!($run), || drive($run))),+];
            }

            #[test]
            fn equivalent() {
                async_proc_tests::driver::compare(module_path!(), real::RUNS, ours::RUNS);
            }
        }
    };
    ($name:ident $runs:tt { $($shared:tt)* } impl $type:ident { $($method:tt)* }) => {
        case! { @modules $name $runs
            { $($shared)* impl $type { $($method)* } }
            { $($shared)* impl $type {
                #[cfg_attr(not(rustc_only), ::async_proc::async_proc)]
                $($method)*
            } }
        }
    };
    ($name:ident $runs:tt { $($shared:tt)* } impl<$a:lifetime> $type:ident<$b:lifetime> {
        $($method:tt)*
    }) => {
        case! { @modules $name $runs
            { $($shared)* impl<$a> $type<$b> { $($method)* } }
            { $($shared)* impl<$a> $type<$b> {
                #[cfg_attr(not(rustc_only), ::async_proc::async_proc)]
                $($method)*
            } }
        }
    };
    ($name:ident $runs:tt { $($shared:tt)* } impl $trait:ident for $type:ident {
        $($method:tt)*
    }) => {
        case! { @modules $name $runs
            { $($shared)* impl $trait for $type { $($method)* } }
            { $($shared)* impl $trait for $type {
                #[cfg_attr(not(rustc_only), ::async_proc::async_proc)]
                $($method)*
            } }
        }
    };
    ($name:ident $runs:tt { $($shared:tt)* } $($function:tt)*) => {
        case! { @modules $name $runs
            { $($shared)* $($function)* }
            { $($shared)* #[cfg_attr(not(rustc_only), ::async_proc::async_proc)] $($function)* }
        }
    };
    ($name:ident $runs:tt $($function:tt)*) => {
        case! { $name $runs {} $($function)* }
    };
}
