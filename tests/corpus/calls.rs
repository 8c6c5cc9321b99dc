//! Operands of calls and methods; receivers and their chains.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

fn three(a: D, b: D, c: D) -> usize {
    event("three");
    a.len() + b.len() + c.len()
}

case! {
    arguments [arguments()]
    async fn arguments() -> usize {
        let a = D::new("a");
        three(a, later("b", D::new("b")).await, D::new("c"))
    }
}

case! {
    all_arguments_awaited [all_arguments_awaited()]
    async fn all_arguments_awaited() -> usize {
        three(
            later("a", D::new("a")).await,
            later("b", D::new("b")).await,
            later("c", D::new("c")).await,
        )
    }
}

case! {
    awaited_call [awaited_call(2)]
    async fn awaited_call(n: usize) -> usize {
        sum(later("left", n).await, sum(n, 1).await).await
    }
}

case! {
    method_chain [method_chain()]
    async fn method_chain() -> usize {
        let d = D::new("d");
        later("first", d).await.with("x").touch().len() + later("n", 1).await
    }
}

case! {
    chain_of_awaits [chain_of_awaits()]
    async fn chain_of_awaits() -> usize {
        later("outer", later("inner", D::new("d"))).await.await.with("!").eat()
    }
}

case! {
    receiver_through_deref [receiver_through_deref(4)]
    async fn receiver_through_deref(n: usize) -> usize {
        let a = Lock::new("a");
        let m = a.lock().get().query(later("n", n).await);
        tick("after").await;
        m
    }
}

case! {
    receiver_autoref [receiver_autoref(4)]
    async fn receiver_autoref(n: usize) -> usize {
        let mut all: Vec<D> = Vec::new();
        all.push(later("first", D::new("first")).await);
        all.push(later("second", D::new(format!("{}", all.len()))).await);
        tick("after").await;
        all.len()
    }
}

case! {
    receiver_by_value [receiver_by_value()]
    async fn receiver_by_value() -> usize {
        let d = D::new("d");
        let d = d.with(later("suffix", "!").await);
        tick("after").await;
        d.eat()
    }
}

case! {
    call_through_a_local [call_through_a_local()]
    async fn call_through_a_local() -> usize {
        let f: fn(D) -> usize = eat;
        let boxed: Box<dyn Fn(usize, usize) -> usize> = Box::new(|a, b| a * b);
        let n = f(later("d", D::new("four")).await);
        boxed(n, later("m", 10).await)
    }
}

case! {
    generic_call [generic_call()]
    async fn generic_call() -> usize {
        let all: Vec<D> = later("items", items(&["a", "b"])).await.collect::<Vec<D>>();
        let n = Vec::<D>::len(&all);
        tick("after").await;
        n + <D as AsRef<str>>::as_ref(&all[0]).len()
    }
}

case! {
    left_operands_are_kept [left_operands_are_kept()]
    async fn left_operands_are_kept() -> usize {
        fn first(a: usize, _: (), c: usize) -> usize {
            a * 100 + c
        }
        let mut n = 1;
        first(
            n,
            {
                n = 7;
                tick("changed").await
            },
            n,
        )
    }
}

case! {
    argument_is_a_block [argument_is_a_block()]
    async fn argument_is_a_block() -> usize {
        eat({
            let d = D::new("block");
            tick("inside").await;
            d.with("!")
        }) + peek(&D::new("reference"))
    }
}

case! {
    argument_is_a_branch [argument_is_a_branch(true), argument_is_a_branch(false)]
    async fn argument_is_a_branch(yes: bool) -> usize {
        three(
            D::new("a"),
            if yes { later("b", D::new("b")).await } else { D::new("no b") },
            match yes {
                true => D::new("c"),
                false => later("c", D::new("c")).await,
            },
        )
    }
}
