//! Variables: borrowed, moved, dead, not there yet.

use crate::shapes::*;
use crate::table::Table;

shapes! {
    fn held [] () -> () { let x = [1u8; 1024]; io().await; see(&x); Ok(()) }
    fn held_little [] () -> () { let x = [1u8; 512]; io().await; see(&x); Ok(()) }
    fn direct [] () -> () { held().await }
    fn bound [] () -> () { let f = held(); f.await }
    fn bound_seen [] () -> () { let f = held(); see(&f); f.await }
    fn bound_pinned [] () -> () { let mut f = pin!(held()); f.as_mut().await }
    fn bound_boxed [] () -> () { let f = Box::pin(held()); f.await }
    fn bound_moved_on [] () -> () { let f = held(); let g = f; io().await; let h = g; h.await }
    fn moved_clean [] () -> () { let x = D::new(); let y = x; io().await; see(&y); Ok(()) }
    fn moved_after_borrow [] () -> () {
        let x = D::new();
        see(&x);
        let y = x;
        io().await;
        see(&y);
        Ok(())
    }
    fn consumed_clean [] () -> () { let x = D::new(); drop(x); io().await; Ok(()) }
    fn consumed_after_borrow [] () -> () {
        let x = D::new();
        see(&x);
        drop(x);
        io().await;
        Ok(())
    }
    fn plain_data_dead [] () -> () { let x = [1u8; 1024]; see(&x); io().await; Ok(()) }
    fn plain_data_scoped [] () -> () { { let x = [1u8; 1024]; see(&x); } io().await; Ok(()) }
    fn number_dead [] () -> u64 { let x = number().await; let y = x + 1; io().await; Ok(y) }
    fn flag_kept [] () -> u8 { let flag = number().await > 0; io().await; Ok(flag as u8) }
    fn cond_move [](c: bool) -> () { let x = D::new(); if c { drop(x) } io().await; Ok(()) }
    fn cond_move_each_way [](c: bool) -> () {
        let x = D::new();
        if c { drop(x); io().await; } else { io().await; drop(x); }
        Ok(())
    }
    fn reinit [] () -> () {
        let mut x = D::new();
        drop(x);
        io().await;
        x = D::new();
        io().await;
        Ok(())
    }
    fn reinit_in_a_loop [] () -> () {
        let mut x = D::new();
        loop { drop(x); io().await; x = D::new(); }
    }
    fn partly_moved [] () -> () {
        let pair = (D::new(), D::new());
        drop(pair.0);
        io().await;
        see(&pair.1);
        Ok(())
    }
    fn uninit_single [] () -> () { let x; io().await; x = Big::new(); x.await; Ok(()) }
    fn uninit_with_noop [] () -> () {
        let x;
        io().await;
        x = Big::new();
        noop();
        x.await;
        io().await;
        Ok(())
    }
    fn uninit_joined [] () -> () {
        let joined;
        io().await;
        let (a, b, c) = (Big::new(), Big::new(), Big::new());
        joined = Joined(a, b, c);
        joined.await;
        Ok(())
    }
    fn uninit_returned [] () -> [u8; 1024] {
        let x;
        io().await;
        x = b();
        io().await;
        Ok(x)
    }
    fn big_single [] () -> () { let x = Big::new(); x.await; Ok(()) }
    fn big_with_noop [] () -> () { let x = Big::new(); noop(); x.await; io().await; Ok(()) }
    fn big_joined [] () -> () {
        let a = Big::new();
        let b = Big::new();
        let c = Big::new();
        let joined = Joined(a, b, c);
        joined.await;
        Ok(())
    }
    fn big_joined_with_noop [] () -> () {
        let a = Big::new();
        let b = Big::new();
        let c = Big::new();
        noop();
        let joined = Joined(a, b, c);
        io().await;
        joined.await;
        Ok(())
    }
    fn big_mixed [] () -> () {
        let a = Big::new();
        let b = Big::new();
        let c = Big::new();
        noop();
        let joined = Joined(a, b, c);
        io().await;
        see(&joined);
        let Joined(a, b, c) = joined;
        a.await;
        io().await;
        c.await;
        Ok(())
    }
    fn move_before_await [] () -> () { let x = Big::new(); let y = x; io().await; drop(y); Ok(()) }
    fn move_before_await_with_noop [] () -> () {
        let x = Big::new();
        noop();
        let y = x;
        io().await;
        drop(y);
        Ok(())
    }
    fn moves_in_turn [] () -> () {
        let x = Big::new();
        io().await;
        let y = x;
        io().await;
        let z = y;
        io().await;
        drop(z);
        Ok(())
    }
    fn x_then_y [] () -> () {
        let x = Big::new();
        io().await;
        drop(x);
        let y = Big::new();
        io().await;
        drop(y);
        Ok(())
    }
    fn formatted [] () -> usize { let s = format!("{}", 1); io().await; Ok(s.len()) }
    fn rc_kept [](rc: Rc<u64>) -> u64 { let n = *rc; io().await; Ok(n + *rc) }
    fn closure_kept [](n: u64) -> u64 {
        let add = move |m: u64| n + m;
        io().await;
        Ok(add(1))
    }
    fn reference_kept [] () -> usize {
        let numbers = vec![1u64, 2, 3];
        let first = &numbers[0];
        io().await;
        Ok(*first as usize)
    }
}

pub(crate) fn measure(table: &mut Table) {
    measure! { table, "Futures in variables":
        direct() => held();
        bound() => held();
        bound_seen() => held();
        bound_pinned() => held();
        bound_boxed() => held();
        bound_moved_on() => held();
        big_single();
        big_with_noop();
        big_joined();
        big_joined_with_noop();
        big_mixed();
    }
    measure! { table, "Moved, dead and conditional":
        moved_clean();
        moved_after_borrow();
        consumed_clean();
        consumed_after_borrow();
        plain_data_dead();
        plain_data_scoped();
        number_dead();
        flag_kept();
        cond_move(false);
        cond_move_each_way(false);
        reinit();
        reinit_in_a_loop();
        partly_moved();
        move_before_await();
        move_before_await_with_noop();
        moves_in_turn();
        x_then_y();
    }
    measure! { table, "Declared before they are needed":
        uninit_single();
        uninit_with_noop();
        uninit_joined();
        uninit_returned();
    }
    measure! { table, "Small things":
        formatted();
        rc_kept(Rc::new(1));
        closure_kept(1);
        reference_kept();
    }
}
