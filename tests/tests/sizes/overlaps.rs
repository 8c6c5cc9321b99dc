//! What is never there at the same time.

use crate::shapes::*;
use crate::table::Table;

shapes! {
    fn held [] () -> () { let x = [1u8; 1024]; io().await; see(&x); Ok(()) }
    fn held_little [] () -> () { let x = [1u8; 512]; io().await; see(&x); Ok(()) }
    fn seq2 [] () -> () { held().await?; held().await }
    fn blocks_1 [] () -> () {
        { let x = [1u8; 1024]; io().await; see(&x); }
        { let y = [2u8; 1024]; io().await; see(&y); }
        Ok(())
    }
    fn blocks_2 [] () -> () {
        { let x = [1u8; 1024]; io().await; io().await; see(&x); }
        { let y = [2u8; 1024]; io().await; io().await; see(&y); }
        Ok(())
    }
    fn lets_2 [] () -> () {
        let x = [1u8; 1024];
        io().await;
        see(&x);
        let y = [2u8; 1024];
        io().await;
        see(&y);
        Ok(())
    }
    fn two_arms [](c: bool) -> () { if c { held().await } else { held_little().await } }
    fn four_arms_2 [](k: u8) -> () {
        match k {
            0 => { let x = [1u8; 1024]; io().await; io().await; see(&x); }
            1 => { let x = [2u8; 1024]; io().await; io().await; see(&x); }
            2 => { let x = [3u8; 1024]; io().await; io().await; see(&x); }
            _ => { let x = [4u8; 1024]; io().await; io().await; see(&x); }
        }
        Ok(())
    }
    fn loops_in_blocks [] () -> () {
        { let x = [1u8; 1024]; for _ in 0..3 { io().await; } see(&x); }
        { let y = [2u8; 1024]; for _ in 0..3 { io().await; } see(&y); }
        Ok(())
    }
    fn loop_buf [] () -> () { loop { let b = [0u8; 1024]; see(&b); io().await; } }
    fn for_loop [] () -> () { for i in [[0u8; 64]; 16] { io().await; see(&i); } Ok(()) }
    fn branch_big [](c: bool) -> () {
        if c { let x = [1u8; 4096]; io().await; see(&x); }
        Ok(())
    }
    fn disjoint_ints [](n: i32) -> i32 {
        let mut sum = 0;
        { let a = n; io().await; sum += a; }
        { let a = n + 1; io().await; io().await; sum += a; }
        { let a = n + 2; io().await; io().await; sum += a; }
        { let a = n + 3; io().await; sum += a; }
        Ok(sum)
    }
    fn odd_sizes [] () -> u64 {
        { let a = [1u8; 17]; io().await; see(&a); }
        let n = number().await;
        io().await;
        Ok(n)
    }
    fn join2 [] () -> () {
        let (a, b) = (held(), held());
        let mut a = pin!(a);
        let mut b = pin!(b);
        poll_fn(|cx| { let _ = a.as_mut().poll(cx); b.as_mut().poll(cx) }).await
    }
    fn select_like [](a: B, b: B) -> () {
        let x = async move { io().await; see(&a) };
        let y = async move { io().await; see(&b) };
        let (mut x, mut y) = (Box::pin(x), Box::pin(y));
        poll_fn(|cx| { let _ = y.as_mut().poll(cx); x.as_mut().poll(cx) }).await;
        Ok(())
    }
    fn select_like_inline [](a: B, b: B) -> () {
        let x = async move { io().await; see(&a) };
        let y = async move { io().await; see(&b) };
        let mut x = pin!(x);
        let mut y = pin!(y);
        poll_fn(|cx| { let _ = y.as_mut().poll(cx); x.as_mut().poll(cx) }).await;
        Ok(())
    }
}

pub(crate) fn measure(table: &mut Table) {
    measure! { table, "One after the other":
        seq2() => held();
        blocks_1();
        blocks_2();
        lets_2();
        two_arms(true) => held();
        four_arms_2(1);
        loops_in_blocks();
        loop_buf();
        for_loop();
        branch_big(true);
        disjoint_ints(1);
        odd_sizes();
    }
    measure! { table, "At the same time":
        join2() => held() => held();
        select_like(b(), b());
        select_like_inline(b(), b());
    }
}
