//! `#[cfg]`, and attributes that speak to lints and tools, in bodies that suspend.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    attributes_on_statements [attributes_on_statements()]
    async fn attributes_on_statements() -> usize {
        #[cfg(any())]
        let a = missing();
        #[cfg(all())]
        let a = D::new("a");
        #[allow(unused_variables)]
        let b = later("b", D::new("b")).await;
        #[cfg(any())]
        {
            tick("never").await;
        }
        match a.len() {
            #[cfg(any())]
            1 => missing(),
            1 => later("arm", 1).await,
            _ => 2,
        }
    }
}

case! {
    cfg_on_variables [cfg_on_variables()]
    async fn cfg_on_variables() -> usize {
        #[cfg(unix)]
        let a = D::new("unix");
        #[cfg(not(unix))]
        let a = D::new("other");
        tick("between").await;
        #[cfg(any())]
        let a = later("never", D::new("never")).await;
        #[cfg(not(any()))]
        let b = later("always", D::new("always")).await;
        tick("after").await;
        a.len() + b.len()
    }
}

case! {
    cfg_on_parameters [cfg_on_parameters(D::new("a"), Pair(D::new("b"), 2), 1)]
    async fn cfg_on_parameters(
        a: D,
        #[cfg(any())] missing: Missing,
        #[cfg(all())] Pair(b, n): Pair<D, usize>,
        #[cfg_attr(all(), allow(unused))] _: usize,
        #[cfg(all(any(), not(all())))] missing_too: Missing,
    ) -> usize {
        tick("first").await;
        a.len() + b.len() + n
    }
}

case! {
    cfg_on_arms [cfg_on_arms(1), cfg_on_arms(2), cfg_on_arms(3)]
    async fn cfg_on_arms(n: usize) -> usize {
        let shape = shape(n);
        tick("made").await;
        match shape {
            #[cfg(any())]
            Shape::Missing => 0,
            #[cfg(all())]
            Shape::One(d) => {
                tick("one").await;
                d.len()
            }
            #[allow(unused_variables)]
            Shape::Two(a, b) => later("two", a.len()).await,
            #[rustfmt::skip]
            _ => 0,
        }
    }
}

case! {
    cfg_on_fields [cfg_on_fields()]
    async fn cfg_on_fields() -> usize {
        let t = Trio {
            #[cfg(any())]
            missing: missing().await,
            a: later("a", D::new("a")).await,
            #[cfg(all())]
            b: later("b", D::new("b")).await,
            #[cfg(not(all()))]
            b: D::new("not b"),
            c: D::new("c"),
        };
        tick("made").await;
        let Trio { a, #[cfg(any())] missing, #[cfg(all())] b, .. } = t;
        tick("taken apart").await;
        a.len() + b.len()
    }
}

case! {
    cfg_on_arguments [cfg_on_arguments()]
    async fn cfg_on_arguments() -> usize {
        let a = D::new("a");
        let n = [
            #[cfg(any())]
            missing().await,
            later("one", 1).await,
            #[cfg(all())]
            later("two", 2).await,
        ];
        let pair = two(
            #[cfg(any())]
            missing().await,
            &a,
            #[cfg(all())]
            later("three", 3).await,
        );
        let b = a.with(#[cfg(any())] missing(), #[cfg(all())] later("name", "b").await);
        tick("after").await;
        n.iter().sum::<usize>() + pair + b.len()
    }
}

fn two(d: &D, n: usize) -> usize {
    d.touch().len() + n
}

case! {
    cfg_on_the_value [cfg_on_the_value()]
    async fn cfg_on_the_value() -> usize {
        let d = D::new("d");
        #[cfg(any())]
        {
            missing().await
        }
        #[cfg(not(any()))]
        {
            tick("value").await;
            d.len()
        }
    }
}

case! {
    cfg_on_control_flow [cfg_on_control_flow(3)]
    async fn cfg_on_control_flow(n: usize) -> usize {
        let mut sum = 0;
        #[cfg(all())]
        for i in 0..n {
            #[cfg(any())]
            continue;
            #[cfg(all())]
            if later("if", i).await == 1 {
                continue;
            }
            sum += i;
        }
        #[cfg(any())]
        while sum > 0 {
            tick("never").await;
        }
        #[cfg(any())]
        return missing();
        #[cfg_attr(all(), cfg(all()))]
        tick("kept").await;
        #[cfg_attr(all(), cfg(any()))]
        tick("removed").await;
        #[cfg(any())]
        println!("{}", missing().await);
        let closure = |n: usize| {
            #[cfg(any())]
            return missing();
            n + sum
        };
        later("end", closure(1)).await
    }
}

case! {
    lints_and_tools [lints_and_tools(1), lints_and_tools(2)]
    async fn lints_and_tools(n: usize) -> usize {
        #[expect(unused_variables)]
        let a = later("a", D::new("a")).await;
        #[rustfmt::skip]
        let  b  =  later("b",  D::new("b")).await;
        #[allow(clippy::let_unit_value, unused_parens)]
        if (later("if", n).await == 1) {
            #[warn(unused)]
            tick("then").await;
        }
        #[deny(unused_variables)]
        #[allow(clippy::all)]
        match n {
            #[expect(unreachable_patterns, reason = "n is not a constant")]
            1 | 1 => tick("one").await,
            #[cfg_attr(any(), missing)]
            _ => {
                tick("other").await;
            }
        }
        /// A comment that documents nothing.
        let c = D::new("c");
        tick("end").await;
        b.len() + c.len()
    }
}
