//! Large results, operands and temporaries.

use crate::shapes::*;
use crate::table::Table;

shapes! {
    fn held_ret [] () -> B { io().await; Ok([0; 1024]) }
    fn big [] () -> Result<B, B> { io().await; Ok(Ok([0; 1024])) }
    fn number_of [](n: u64) -> u64 { io().await; Ok(n) }
    fn match_scrut [] () -> () {
        match held_ret().await { Ok(v) => { io().await; } Err(_) => {} }
        Ok(())
    }
    fn let_then_match [] () -> () {
        let r = held_ret().await;
        match r { Ok(v) => { io().await; } Err(_) => {} }
        Ok(())
    }
    fn question [] () -> () { let v = held_ret().await?; io().await; see(&v); Ok(()) }
    fn question3 [] () -> () {
        let a = held_ret().await?;
        see(&a);
        let b = held_ret().await?;
        see(&b);
        let c = held_ret().await?;
        see(&c);
        Ok(())
    }
    fn use_big [] () -> () {
        let r = big().await?;
        let v = match r { Ok(v) => v, Err(e) => e };
        io().await;
        see(&v);
        Ok(())
    }
    fn use_big_ref [] () -> () {
        match big().await? { Ok(ref v) => { io().await; see(v) } Err(_) => {} }
        Ok(())
    }
    fn use_big_moved [] () -> () {
        match big().await? { Ok(v) => { io().await; see(&v) } Err(_) => {} }
        Ok(())
    }
    fn if_let [] () -> () { if let Ok(v) = big().await? { io().await; see(&v) } Ok(()) }
    fn let_else [] () -> () {
        let Ok(v) = big().await? else { return Ok(()) };
        io().await;
        see(&v);
        Ok(())
    }
    fn arguments [] () -> () { crate::results::take(io().await, [1u8; 1024], io().await); Ok(()) }
    fn two_numbers [] () -> u64 { Ok(crate::results::add(number_of(1).await?, number_of(2).await?)) }
    fn array_of_numbers [] () -> u64 {
        let all = [number().await, number().await, number().await, number().await];
        Ok(all.iter().sum())
    }
    fn printed [] () -> usize {
        Ok(format!("{} {}", number_of(1).await?, number_of(2).await?).len())
    }
    fn temporary_kept [] () -> () { crate::results::see_later(&crate::results::make_big()).await; Ok(()) }
}

pub(crate) fn take(_: (), _: B, _: ()) {}

pub(crate) fn add(a: u64, b: u64) -> u64 {
    a + b
}

pub(crate) fn make_big() -> B {
    b()
}

/// Borrows a large temporary of its caller; by rustc, for all.
pub(crate) async fn see_later(bytes: &B) {
    io().await;
    see(bytes);
}

pub(crate) fn measure(table: &mut Table) {
    measure! { table, "Large results":
        held_ret();
        match_scrut() => held_ret();
        let_then_match() => held_ret();
        question() => held_ret();
        question3() => held_ret();
        big();
        use_big() => big();
        use_big_ref() => big();
        use_big_moved() => big();
        if_let() => big();
        let_else() => big();
    }
    measure! { table, "Operands and temporaries":
        arguments();
        two_numbers() => number_of(1);
        array_of_numbers();
        printed() => number_of(1);
        temporary_kept();
    }
}
