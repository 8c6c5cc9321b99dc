//! `?` and return.

use async_proc_tests::driver::{Scenario, drive};
use async_proc_tests::world::*;

case! {
    question [question(true), question(false)]
    async fn question(fine: bool) -> Result<usize, Small> {
        let _a = D::new("a");
        let x = if fine { good("x", 3) } else { fails("x") }.await?;
        let _b = D::new("b");
        tick("after").await;
        Ok(x)
    }
}

case! {
    converted [converted(true), converted(false)]
    async fn converted(fine: bool) -> Result<usize, Large> {
        let _a = D::new("a");
        good("first", ()).await?;
        let d = if fine { good("d", D::new("d")) } else { fails("d") }.await?;
        tick("after").await;
        Ok(d.len())
    }
}

case! {
    question_in_operands [question_in_operands(0), question_in_operands(1), question_in_operands(2)]
    async fn question_in_operands(bad: usize) -> Result<usize, Large> {
        let get = |n: usize| if n == bad { fails("operand") } else { good("operand", D::new("d")) };
        let pair = Pair(get(1).await?, get(2).await?);
        tick("after").await;
        Ok(pair.0.len() + pair.1.len())
    }
}

case! {
    options [options(true), options(false)]
    async fn options(fine: bool) -> Option<usize> {
        let _a = D::new("a");
        let d = if fine { something("d", D::new("d")) } else { nothing("d") }.await?;
        tick("after").await;
        Some(d.len())
    }
}

case! {
    plain_question [plain_question("12"), plain_question("x")]
    async fn plain_question(text: &str) -> Result<u32, std::num::ParseIntError> {
        let _a = D::new("a");
        tick("before").await;
        let n: u32 = text.parse()?;
        tick("after").await;
        Ok(n)
    }
}

case! {
    boxed_error [boxed_error("1"), boxed_error("x"), boxed_error("")]
    async fn boxed_error(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
        let _a = D::new("a");
        if text.is_empty() {
            return Err("empty".into());
        }
        let n: u32 = later("text", text).await.parse()?;
        tick("after").await;
        Ok(n)
    }
}

case! {
    question_in_a_loop [question_in_a_loop(1), question_in_a_loop(9)]
    async fn question_in_a_loop(bad: usize) -> Result<usize, Small> {
        let mut all = Vec::new();
        for i in 0..3usize {
            let _own = D::new(format!("own{i}"));
            let d = if i == bad { fails("item") } else { good("item", D::new("item")) }.await?;
            all.push(d);
        }
        Ok(all.len())
    }
}

case! {
    question_then_method [question_then_method(true), question_then_method(false)]
    async fn question_then_method(fine: bool) -> Result<usize, Small> {
        let first = if fine { good("d", D::new("d")) } else { fails("d") };
        let n = first.await?.with("x").touch().len();
        tick("after").await;
        Ok(n)
    }
}

case! {
    returns [returns(0), returns(1), returns(2)]
    async fn returns(n: usize) -> usize {
        let a = D::new("a");
        if n == 0 {
            return a.len();
        }
        tick("first").await;
        let b = D::new("b");
        match n {
            1 => return later("one", b).await.len(),
            _ => {}
        }
        tick("second").await;
        return a.eat() + b.len();
    }
}

case! {
    return_nothing [return_nothing(true), return_nothing(false)]
    async fn return_nothing(out: bool) {
        let _a = D::new("a");
        tick("first").await;
        if out {
            return;
        }
        let _b = D::new("b");
        tick("second").await;
    }
}

case! {
    return_in_an_operand [return_in_an_operand(true), return_in_an_operand(false)]
    async fn return_in_an_operand(out: bool) -> usize {
        let pair = Pair(later("left", D::new("left")).await, if out { return 0 } else { D::new("right") });
        tick("after").await;
        pair.0.len() + pair.1.len()
    }
}

case! {
    error_holds_local [error_holds_local()]
    async fn error_holds_local() -> Result<(), Large> {
        let cause = D::new("cause");
        let _other = D::new("other");
        tick("before").await;
        Err(Small(cause))?;
        tick("never").await;
        Ok(())
    }
}

case! {
    panics_after_the_value [panics_after_the_value()]
    async fn panics_after_the_value() -> D {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                event("bomb");
                if !std::thread::panicking() {
                    panic!("boom");
                }
            }
        }
        let _bomb = Bomb;
        tick("before").await;
        D::new("value")
    }
}

case! {
    panics_itself [panics_itself(None), panics_itself(Some(1))]
    async fn panics_itself(n: Option<usize>) -> usize {
        let _a = D::new("a");
        tick("before").await;
        let _b = D::new("b");
        let m = n.unwrap();
        later("m", m).await
    }
}
