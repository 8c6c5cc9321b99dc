//! Parameters: rustc captures them, and stores them once more if they are used after a suspension.

use crate::shapes::*;
use crate::table::Table;

shapes! {
    fn arg_unused [](a: B) -> () { io().await; Ok(()) }
    fn arg_used_before [](a: B) -> () { see(&a); io().await; Ok(()) }
    fn arg_used_after [](a: B) -> () { io().await; see(&a); Ok(()) }
    fn arg_moved_on [](a: B) -> () { arg_used_after(a).await }
    fn arg_moved_on_twice [](a: B) -> () { arg_moved_on(a).await }
    fn arg_dropped_first [](a: D) -> () { drop(a); io().await; Ok(()) }
    fn arg_pattern [](D(_): D, (a, _): (u64, u64)) -> u64 { io().await; Ok(a) }
    fn arg_any [T: 'static](a: T) -> () { io().await; see(&a); Ok(()) }
    fn arg_any_moved_on [T: 'static](a: T) -> () { arg_any(a).await }
    fn arg_any_moved_on_twice [T: 'static](a: T) -> () { arg_any_moved_on(a).await }
    fn held [] () -> () { let x = [1u8; 1024]; io().await; see(&x); Ok(()) }
    fn fut_arg [F: StdFuture<Output = Result<(), Error>> + 'static](f: F) -> () { f.await }
    fn fut_arg_then_more [F: StdFuture<Output = Result<(), Error>> + 'static](f: F) -> () {
        f.await?;
        io().await;
        Ok(())
    }
    fn fut_arg_in_a_branch [F: StdFuture<Output = Result<(), Error>> + 'static](f: F, c: bool) -> () {
        if c {
            loop { io().await; }
        } else {
            f.await?;
        }
        io().await;
        Ok(())
    }
    fn p1 [](x: u64) -> u64 { io().await; Ok(x) }
    fn p2 [](x: u64) -> u64 { Ok(p1(x).await? + 1) }
    fn p3 [](x: u64) -> u64 { Ok(p2(x).await? + 1) }
    fn p4 [](x: u64) -> u64 { Ok(p3(x).await? + 1) }
    fn n1 [](x: u64) -> u64 { p1(x).await }
    fn n2 [](x: u64) -> u64 { n1(x).await }
    fn n3 [](x: u64) -> u64 { n2(x).await }
    fn string_arg [](s: String) -> usize { io().await; Ok(s.len()) }
    fn string_arg_moved [](s: String) -> usize { io().await; let t = s; io().await; Ok(t.len()) }
    fn three_args [](a: String, b: Vec<u64>, c: u32) -> usize {
        io().await;
        Ok(a.len() + b.len() + c as usize)
    }
    fn arg_by_value_at_call [](n: u64) -> () { arg_used_after([1; 1024]).await }
    fn temporary_at_call [](n: u64) -> () { fut_arg(arg_used_after([1; 1024])).await }
}

pub(crate) fn measure(table: &mut Table) {
    measure! { table, "Parameters":
        arg_unused(b());
        arg_used_before(b());
        arg_used_after(b());
        arg_moved_on(b()) => arg_used_after(b());
        arg_moved_on_twice(b()) => arg_moved_on(b()) => arg_used_after(b());
        arg_dropped_first(D::new());
        arg_pattern(D::new(), (1, 2));
        arg_any(b());
        arg_any_moved_on(b()) => arg_any(b());
        arg_any_moved_on_twice(b()) => arg_any_moved_on(b()) => arg_any(b());
        held();
        fut_arg(held()) => held();
        fut_arg(fut_arg(held())) => fut_arg(held()) => held();
        fut_arg(fut_arg(fut_arg(held()))) => fut_arg(fut_arg(held())) => fut_arg(held()) => held();
        fut_arg_then_more(held()) => held();
        fut_arg_in_a_branch(held(), true) => held();
        p1(1);
        p2(1) => p1(1);
        p3(1) => p2(1) => p1(1);
        p4(1) => p3(1) => p2(1) => p1(1);
        n1(1) => p1(1);
        n2(1) => n1(1) => p1(1);
        n3(1) => n2(1) => n1(1) => p1(1);
        string_arg(String::new());
        string_arg_moved(String::new());
        three_args(String::new(), Vec::new(), 1);
        arg_by_value_at_call(1) => arg_used_after(b());
        temporary_at_call(1) => fut_arg(arg_used_after(b())) => arg_used_after(b());
    }
}
