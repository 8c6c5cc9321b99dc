//! Items in bodies, in the outermost block and in blocks that suspend.

#![allow(non_upper_case_globals)]

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    pattern_macro_and_consts [pattern_macro_and_consts(3), pattern_macro_and_consts(4)]
    async fn pattern_macro_and_consts(n: usize) -> usize {
        const THREE: usize = 3;
        match n {
            THREE => later("three", 30).await,
            _ => {
                let d = D::new("other");
                tick("other").await;
                d.len()
            }
        }
    }
}

case! {
    items_of_every_kind [items_of_every_kind(1), items_of_every_kind(3)]
    async fn items_of_every_kind(n: usize) -> usize {
        use std::collections::BTreeMap;
        const LIMIT: usize = 2;
        static NAME: &str = "static";
        struct Held { d: D }
        enum Kind { Small, Large(D) }
        type Kinds = BTreeMap<usize, Kind>;
        trait Measure { fn measure(&self) -> usize; }
        impl Measure for Held { fn measure(&self) -> usize { self.d.len() } }
        fn kind(n: usize) -> Kind { if n < LIMIT { Kind::Small } else { Kind::Large(D::new(NAME)) } }
        macro_rules! twice { ($value:expr) => { ($value) * 2 }; }
        let held = Held { d: D::new("held") };
        let mut kinds = Kinds::new();
        tick("between").await;
        kinds.insert(n, kind(n));
        tick("inserted").await;
        match kinds.remove(&n) {
            Some(Kind::Small) => later("small", twice!(held.measure())).await,
            Some(Kind::Large(d)) => {
                tick("large").await;
                d.eat() + held.measure()
            }
            None => 0,
        }
    }
}

case! {
    items_in_blocks [items_in_blocks(true), items_in_blocks(false)]
    async fn items_in_blocks(wide: bool) -> usize {
        const SIZE: usize = 100;
        let before = D::new("before");
        let n = if wide {
            const SIZE: usize = 3;
            struct Wide(D, [u8; SIZE]);
            let wide = Wide(D::new("wide"), [1; SIZE]);
            tick("wide").await;
            fn measure(wide: &Wide) -> usize { wide.0.len() + wide.1.len() }
            measure(&wide)
        } else {
            struct Wide(usize);
            tick("not wide").await;
            fn measure(wide: &Wide) -> usize { wide.0 }
            let wide = Wide(SIZE);
            later("measured", measure(&wide)).await
        };
        tick("after").await;
        n + SIZE + before.len()
    }
}

case! {
    items_hide_variables [items_hide_variables(1)]
    async fn items_hide_variables(measure: usize) -> usize {
        let one = D::new("one");
        let n = {
            fn one() -> usize { 11 }
            const measure: usize = 5;
            tick("inner").await;
            let n = one() + measure;
            let n = match later("five", 5).await { measure => n, _ => 0 };
            let one = n;
            tick("hidden in its turn").await;
            one
        };
        tick("after").await;
        n + measure + one.len()
    }
}

case! {
    items_in_nested_blocks [items_in_nested_blocks(&["a", "bee", "sea"])]
    async fn items_in_nested_blocks(names: &'static [&'static str]) -> usize {
        let mut sum = 0;
        for d in items(names) {
            const STEP: usize = 1;
            enum Found { Nothing, Name(D) }
            use Found::*;
            let found = 'search: {
                const STEP: usize = 10;
                if later("short", d.len() < 2).await {
                    break 'search Nothing;
                }
                struct Longer(D);
                let longer = Longer(d);
                tick("longer").await;
                sum += STEP;
                Name(longer.0)
            };
            sum += STEP;
            match found {
                Nothing => continue,
                Name(d) => {
                    use std::ops::ControlFlow::{self, Break, Continue};
                    let flow: ControlFlow<usize, ()> = if later("sea", d.name() == "sea").await { Break(7) } else { Continue(()) };
                    if let Break(n) = flow {
                        tick("break").await;
                        sum += n;
                        break;
                    }
                }
            }
        }
        tick("after").await;
        sum
    }
}

case! {
    macros_in_blocks [macros_in_blocks(2)]
    async fn macros_in_blocks(n: usize) -> usize {
        macro_rules! scaled { ($n:expr) => { $n * 100 }; }
        let outer = scaled!(n);
        let n = {
            tick("first").await;
            macro_rules! added { ($n:expr, $($rest:expr),*) => { $n $(+ $rest)* }; }
            let d = D::new("d");
            tick("second").await;
            let n = added!(n, d.len(), 1);
            macro_rules! named { ($name:pat => $value:expr) => { let $name = $value; }; }
            tick("third").await;
            let e = D::new("e");
            n + added!(e.len(), outer)
        };
        tick("after").await;
        scaled!(n)
    }
}

case! {
    traits_in_blocks [traits_in_blocks()]
    {
        pub trait Loud { fn loud(&self) -> String; }
        impl Loud for D { fn loud(&self) -> String { self.name().to_uppercase() } }
    }
    async fn traits_in_blocks() -> String {
        mod inner { pub fn quiet(text: &str) -> String { text.to_lowercase() } }
        let d = D::new("d");
        let text = {
            tick("inner").await;
            use inner::quiet;
            let text = Loud::loud(&d);
            tick("loud").await;
            use std::fmt::Write as _;
            let mut text = quiet(&text);
            write!(text, "!").unwrap();
            text
        };
        tick("after").await;
        text
    }
}

case! {
    async_items [async_items()]
    async fn async_items() -> usize {
        async fn outer_helper(d: &D) -> usize { look(d).await }
        let d = D::new("d");
        let n = loop {
            async fn helper(d: &D) -> usize { tick("helper").await; d.len() }
            let n = helper(&d).await;
            tick("between").await;
            break n + outer_helper(&d).await;
        };
        tick("after").await;
        n
    }
}
