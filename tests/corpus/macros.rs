//! The standard macros with locals and suspensions in their arguments.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

use std::fmt::Write as _;

case! {
    inline_captures [inline_captures(3)]
    async fn inline_captures(n: usize) -> String {
        let d = D::new("d");
        tick("before").await;
        let text = format!("{d} {n} {n:>3} {d:?} {{n}} {}", d.len());
        tick("after").await;
        format!("{text}{0}{m}{width:w$}", n, m = n + 1, width = n, w = 4)
    }
}

case! {
    format_with_await [format_with_await(3)]
    async fn format_with_await(n: usize) -> String {
        let d = D::new("d");
        let text = format!("{} {} {d}", later("x", n).await, D::new("argument").touch());
        tick("after").await;
        text
    }
}

case! {
    vec_of_values [vec_of_values()]
    async fn vec_of_values() -> usize {
        let first = D::new("first");
        let all = vec![first, D::new("second"), later("third", D::new("third")).await];
        tick("after").await;
        let zeros = vec![later("zero", 0usize).await; 3];
        all.len() + zeros.len()
    }
}

case! {
    vec_of_locals [vec_of_locals()]
    async fn vec_of_locals() -> usize {
        let a = D::new("a");
        let b = later("b", D::new("b")).await;
        let all = vec![a, b];
        tick("after").await;
        all.len()
    }
}

case! {
    asserts [asserts(2), asserts(3)]
    async fn asserts(n: usize) -> usize {
        let d = D::new("dd");
        tick("before").await;
        assert!(n < 10, "{d} is {n}");
        assert_eq!(n, d.len());
        assert_ne!(n, 5, "not {n}");
        debug_assert!(!d.is_empty());
        tick("after").await;
        n
    }
}

case! {
    asserts_with_await [asserts_with_await(2), asserts_with_await(3)]
    async fn asserts_with_await(n: usize) -> usize {
        let d = D::new("dd");
        assert_eq!(later("left", n).await, d.len(), "{d}");
        assert!(later("condition", n == 2).await);
        n
    }
}

case! {
    matches_macro [matches_macro(Some(1)), matches_macro(None)]
    async fn matches_macro(n: Option<usize>) -> bool {
        let d = n.map(|n| D::new(format!("d{n}")));
        tick("before").await;
        let some = matches!(d, Some(ref d) if d.len() == 2);
        let awaited = matches!(later("n", n).await, Some(1..=3));
        tick("after").await;
        some && awaited
    }
}

case! {
    write_macro [write_macro(1)]
    async fn write_macro(n: usize) -> Result<String, std::fmt::Error> {
        let mut out = String::new();
        let d = D::new("d");
        write!(out, "{n}")?;
        tick("before").await;
        writeln!(out, " {d} {}", n + 1)?;
        let written = write!(&mut out, "{}", later("n", n).await);
        written?;
        Ok(out)
    }
}

case! {
    panics_in_words [panics_in_words(1), panics_in_words(2), panics_in_words(3)]
    async fn panics_in_words(n: usize) -> usize {
        let d = D::new("d");
        tick("before").await;
        match n {
            1 => panic!("{d} and {n}"),
            2 => unreachable!("{d}"),
            _ => later("n", n).await,
        }
    }
}

case! {
    not_done [not_done(true), not_done(false)]
    async fn not_done(fine: bool) -> usize {
        let _d = D::new("d");
        tick("before").await;
        if fine { 1 } else { todo!() }
    }
}

case! {
    compile_time [compile_time()]
    async fn compile_time() -> usize {
        let _d = D::new("d");
        let text = concat!("a", 1, stringify!(b));
        tick("before").await;
        text.len() + (line!() > 0) as usize + cfg!(any()) as usize
    }
}

macro_rules! twice {
    ($e:expr) => {
        $e + $e
    };
}

case! {
    own_macro_without_locals [own_macro_without_locals()]
    async fn own_macro_without_locals() -> usize {
        let _d = D::new("d");
        tick("before").await;
        let n = twice!(peek(&D::new("in a macro")));
        later("n", n).await
    }
}

case! {
    stringified [stringified()]
    async fn stringified() -> String {
        let d = D::new("d");
        tick("between").await;
        format!("{}{}", stringify!(d), d.len())
    }
}

case! {
    write_in_an_operand [write_in_an_operand()]
    async fn write_in_an_operand() -> usize {
        use std::fmt::Write as _;
        fn sum(a: usize, b: usize) -> usize {
            a + b
        }
        let mut out = String::new();
        let n = sum(
            write!(out, "{}", make("temporary")).is_ok() as usize,
            later("two", 2).await,
        );
        tick("after").await;
        n + out.len()
    }
}

case! {
    dbg_and_format_args [dbg_and_format_args()]
    async fn dbg_and_format_args() -> String {
        let d = D::new("d");
        tick("before").await;
        let text = std::fmt::format(format_args!("{d}-{}", d.len()));
        let text = later("text", text).await;
        text
    }
}

macro_rules! bail {
    ($($text:tt)*) => {
        return ::core::result::Result::Err(Small(D::new(format!($($text)*))).into())
    };
}

macro_rules! ensure {
    ($condition:expr $(,)?) => {
        ensure!($condition, concat!("not ", stringify!($condition)))
    };
    ($condition:expr, $($text:tt)*) => {
        if !$condition {
            bail!($($text)*);
        }
    };
}

case! {
    bails [bails(0), bails(1), bails(2), bails(3)]
    async fn bails(n: usize) -> Result<usize, Large> {
        let d = D::new("d");
        let _other = D::new("other");
        tick("before").await;
        ensure!(n > 0);
        ensure!(n != 1, "{d} is {n}, not {}", d.len());
        let m = match n {
            2 => bail!("{d:?} and {n:>width$}", width = d.len() + 2),
            m => m,
        };
        tick("after").await;
        Ok(m + d.len())
    }
}

case! {
    bails_between_suspensions [bails_between_suspensions(1), bails_between_suspensions(2), bails_between_suspensions(3)]
    async fn bails_between_suspensions(n: usize) -> Result<usize, Small> {
        let d = D::new("d");
        for i in 0..n {
            let round = D::new(format!("round {i}"));
            if later("n", i == 1).await {
                tick("more").await;
                bail!("{} at {i}", round.touch());
            }
            ensure!(n < 3, "{n} of {d}");
        }
        Ok(d.len())
    }
}

macro_rules! ensure_some {
    ($option:expr) => {
        match $option {
            Some(value) => value,
            None => return None,
        }
    };
}

case! {
    ensures_an_option [ensures_an_option(Some(1)), ensures_an_option(None)]
    async fn ensures_an_option(n: Option<usize>) -> Option<usize> {
        let d = D::new("d");
        tick("before").await;
        let m = ensure_some!(n) + 1;
        let e = ensure_some!(Some(D::new("e")));
        tick("after").await;
        Some(d.len() + e.len() + m)
    }
}

macro_rules! shown {
    ($($value:expr),* $(,)?) => {
        [$(format!("{}={:?}", stringify!($value), $value)),*].join(" ")
    };
}

case! {
    shows_its_arguments [shows_its_arguments(3)]
    async fn shows_its_arguments(n: usize) -> String {
        let mut d = D::new("d");
        tick("before").await;
        let text = shown!(n, d, n + 1);
        d.rename("e");
        tick("between").await;
        let more = shown!(d);
        text + &more + &shown!(n)
    }
}

macro_rules! name_of {
    ($name:ident) => {
        (stringify!($name), $name.len())
    };
    (mut $name:ident to $text:literal) => {
        $name.rename($text)
    };
}

case! {
    takes_an_identifier [takes_an_identifier()]
    async fn takes_an_identifier() -> usize {
        let mut d = D::new("d");
        tick("before").await;
        let (name, len) = name_of!(d);
        name_of!(mut d to "renamed");
        tick("after").await;
        name.len() + len + d.len()
    }
}

macro_rules! record {
    ($($key:ident = $(%)? $value:expr,)* $(?$name:ident,)* $text:literal $($rest:tt)*) => {{
        $(event(format!("{} is {}", stringify!($key), $value));)*
        $(event(format!("{} is {:?}", stringify!($name), $name));)*
        event(format!($text $($rest)*));
    }};
}

case! {
    with_a_grammar_of_its_own [with_a_grammar_of_its_own(3)]
    async fn with_a_grammar_of_its_own(n: usize) -> usize {
        let d = D::new("d");
        let pair = Pair(D::new("left"), n);
        tick("before").await;
        record!(n = n, left = %pair.0, ?d, "{d} and {}, {n:?}", pair.1);
        let local = pair.1 + 1;
        record!(local = %local, "{d} at last, {local}");
        tick("after").await;
        record!("{}", d.len());
        (0..n).for_each(|i| record!(i = i, ?d, "{d} {i} {}", pair.1));
        d.len()
    }
}

macro_rules! push {
    ($to:expr, $value:expr) => {
        $to.push($value)
    };
}

case! {
    changes_a_variable [changes_a_variable()]
    async fn changes_a_variable() -> usize {
        let mut all = Vec::new();
        let mut n = 0;
        tick("before").await;
        push!(all, D::new("a"));
        let b = later("b", D::new("b")).await;
        push!(all, { b });
        n += all.len();
        tick("after").await;
        push!(all, D::new(format!("{}", n)));
        all.len() + n
    }
}

case! {
    in_a_method_of_self [Holder::new().in_a_method_of_self(1)]
    {
        struct Holder { d: D }
        impl Holder { fn new() -> Self { Holder { d: D::new("self.d") } } }
    }
    impl Holder {
        async fn in_a_method_of_self(&self, n: usize) -> Result<usize, Small> {
            tick("before").await;
            record!(left = %self.d, "{} {n}", self.d.len());
            ensure!(!self.d.is_empty());
            ensure!(n != 1, "{} {n}", self.d);
            Ok(self.d.len())
        }
    }
}

macro_rules! pin_mut {
    ($($name:ident),*) => {
        $(let mut $name = std::pin::pin!($name);)*
    };
}

case! {
    pinned_by_a_macro [pinned_by_a_macro()]
    async fn pinned_by_a_macro() -> usize {
        let a = after(2, "a", D::new("a"));
        let b = later("b", 2);
        let d = D::new("d");
        tick("before").await;
        pin_mut!(a, b);
        let n = (&mut b).await;
        tick("between").await;
        a.as_mut().await.len() + n + d.len()
    }
}

case! {
    pinned_in_a_let [pinned_in_a_let()]
    async fn pinned_in_a_let() -> usize {
        let step = later("step", D::new("value"));
        tick("before").await;
        let mut pinned = std::pin::pin!(step);
        tick("between").await;
        let d = pinned.as_mut().await;
        tick("after").await;
        d.len()
    }
}

case! {
    more_of_std [more_of_std(1), more_of_std(2), more_of_std(3), more_of_std(4)]
    async fn more_of_std(n: usize) -> usize {
        let d = D::new("d");
        let trio = Trio::new("t");
        let w = n + 4;
        tick("before").await;
        let text = format!("{d:>w$}{:<1$}{n:0w$.p$}|{2:?}", trio.a, w, (n, &d), p = 1);
        assert!(matches!(n, m if m < w), "{d} {n}");
        debug_assert_eq!(d.len(), 1, "{w:?}");
        debug_assert_ne!(n, w);
        let many = vec![d.len(); n];
        let d = dbg!(d);
        tick("between").await;
        match n {
            1 => unimplemented!("{d}"),
            2 => unreachable!("{} {w}", trio.b),
            3 => todo!("{0} {0} {n}", d.name()),
            _ => text.len() + many.len() + unsafe { *std::ptr::addr_of!(n) },
        }
    }
}

case! {
    bound_in_an_argument [bound_in_an_argument(1), bound_in_an_argument(2)]
    async fn bound_in_an_argument(n: usize) -> usize {
        assert_ne!(later("n", match Some(D::new("d")).filter(|_| n == 1) { None => 7, kept => kept.map_or(0, |d| d.len()) }).await, 0);
        n
    }
}
