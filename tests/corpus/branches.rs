//! if, else and if let.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    if_else [if_else(true), if_else(false)]
    async fn if_else(yes: bool) -> usize {
        let a = D::new("a");
        if yes {
            let b = D::new("then");
            tick("then").await;
            b.len()
        } else {
            let c = D::new("else");
            tick("else").await;
            tick("again").await;
            a.len() + c.len()
        }
    }
}

case! {
    if_without_else [if_without_else(true), if_without_else(false)]
    async fn if_without_else(yes: bool) {
        let _a = D::new("a");
        if yes {
            let _b = D::new("b");
            tick("then").await;
        }
        tick("after").await;
    }
}

case! {
    if_as_value [if_as_value(0), if_as_value(1), if_as_value(2)]
    async fn if_as_value(n: usize) -> usize {
        let x = if n == 0 {
            D::new("zero")
        } else if n == 1 {
            later("one", D::new("one")).await
        } else {
            let other = D::new("other");
            tick("other").await;
            other
        };
        tick("after").await;
        x.len()
    }
}

case! {
    awaited_condition [awaited_condition(true), awaited_condition(false)]
    async fn awaited_condition(yes: bool) -> &'static str {
        let _a = D::new("a");
        if later("condition", yes).await {
            tick("then").await;
            "then"
        } else {
            "else"
        }
    }
}

case! {
    if_let_option [if_let_option(Some("x")), if_let_option(None)]
    async fn if_let_option(name: Option<&'static str>) -> usize {
        let option = name.map(D::new);
        if let Some(d) = option {
            tick("some").await;
            d.len()
        } else {
            tick("none").await;
            0
        }
    }
}

case! {
    if_let_by_ref [if_let_by_ref(Some("x")), if_let_by_ref(None)]
    async fn if_let_by_ref(name: Option<&'static str>) -> usize {
        let option = name.map(D::new);
        let mut n = 0;
        if let Some(d) = &option {
            tick("some").await;
            n = d.touch().len();
        }
        tick("after").await;
        n + option.map_or(0, eat)
    }
}

case! {
    if_let_awaited [if_let_awaited(true), if_let_awaited(false)]
    async fn if_let_awaited(yes: bool) -> usize {
        let value = if yes { Some(D::new("payload")) } else { None };
        if let Some(d) = later("scrutinee", value).await {
            let _own = D::new("own");
            tick("body").await;
            d.len()
        } else {
            tick("else").await;
            7
        }
    }
}

case! {
    if_let_else_if [if_let_else_if(1), if_let_else_if(2), if_let_else_if(3)]
    async fn if_let_else_if(n: usize) -> usize {
        let one = (n == 1).then(|| D::new("one"));
        let two = (n == 2).then(|| D::new("two"));
        let result = if let Some(d) = one {
            tick("1").await;
            d.len()
        } else if let Some(d) = later("2", two).await {
            tick("in 2").await;
            d.len() * 10
        } else {
            0
        };
        tick("after").await;
        result
    }
}

case! {
    if_let_temporary [if_let_temporary(3), if_let_temporary(1)]
    async fn if_let_temporary(n: usize) -> usize {
        let lock = Lock::new("m");
        let n = if let 4 = lock.lock().query(n) {
            tick("then").await;
            1
        } else {
            tick("else").await;
            0
        };
        n
    }
}

case! {
    nested_branches [nested_branches(true, true), nested_branches(true, false), nested_branches(false, true)]
    async fn nested_branches(a: bool, b: bool) -> usize {
        let outer = D::new("outer");
        if a {
            let middle = D::new("middle");
            if b {
                let _inner = D::new("inner");
                tick("inner").await;
            } else {
                drop(middle);
                tick("dropped").await;
            }
            tick("end of a").await;
        }
        outer.len()
    }
}

case! {
    early_exit [early_exit(true), early_exit(false)]
    async fn early_exit(out: bool) -> usize {
        let _a = D::new("a");
        if out {
            let _b = D::new("b");
            return later("out", 1).await;
        }
        tick("on").await;
        2
    }
}

case! {
    block_like_statements [block_like_statements(2)]
    async fn block_like_statements(n: usize) -> usize {
        let d = D::new("d");
        if n > 1 { tick("if").await } else { () }
        match n { 2 => tick("match").await, _ => () }
        { tick("block").await }
        unsafe { tick("unsafe").await }
        d.len()
    }
}
