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
