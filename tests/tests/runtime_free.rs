//! An `#[async_proc] async fn` is an ordinary future: it runs on any executor, crosses threads
//! when rustc's would, and borrows what rustc's would.

use std::cell::Cell;
use std::marker::{PhantomData, PhantomPinned};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};

/// A foreign executor.
fn block_on<F: Future>(future: F) -> F::Output {
    struct Unpark(Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let waker = Waker::from(Arc::new(Unpark(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(value) => return value,
            Poll::Pending => thread::park(),
        }
    }
}

/// Pending once; woken from another thread.
#[derive(Default)]
struct Elsewhere {
    woken: Arc<Mutex<Option<Waker>>>,
    started: bool,
    _pinned: PhantomPinned,
}

impl Future for Elsewhere {
    type Output = ();

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        // SAFETY: nothing is moved out of the future.
        let this = unsafe { self.get_unchecked_mut() };
        if this.started {
            return Poll::Ready(());
        }
        this.started = true;
        *this.woken.lock().expect("not poisoned") = Some(cx.waker().clone());
        let woken = Arc::clone(&this.woken);
        thread::spawn(move || {
            if let Some(waker) = woken.lock().expect("not poisoned").take() {
                waker.wake();
            }
        });
        Poll::Pending
    }
}

async fn pause() {
    Elsewhere::default().await;
}

/// Both versions of some functions, some of which hold on purpose what they should not.
macro_rules! both {
    ($($(#[$($attribute:tt)*])* async fn $name:ident [$($generics:tt)*] $arguments:tt -> $result:ty
        $body:block)*) => {
        #[allow(clippy::await_holding_lock)]
        mod real {
            #[allow(unused_imports)]
            use super::*;
            $(pub(super) async fn $name<$($generics)*> $arguments -> $result $body)*
        }
        #[allow(clippy::await_holding_lock)]
        mod ours {
            #[allow(unused_imports)]
            use super::*;
            $(#[cfg_attr(not(rustc_only), async_proc::async_proc)]
            pub(super) async fn $name<$($generics)*> $arguments -> $result $body)*
        }
    };
}

both! {
    async fn plain [](n: usize) -> usize {
        let text = String::from("plain");
        pause().await;
        text.len() + n
    }
    async fn borrows ['a](text: &'a str, count: &mut usize) -> &'a str {
        let first = text.split(' ').next().unwrap_or(text);
        pause().await;
        *count += first.len();
        first
    }
    async fn generic [T: Default](value: T) -> T {
        pause().await;
        drop(value);
        T::default()
    }
    async fn holds_rc [](n: usize) -> usize {
        let rc = Rc::new(n);
        pause().await;
        *rc
    }
    async fn holds_rc_no_longer [](n: usize) -> usize {
        let m = {
            let rc = Rc::new(n);
            *rc
        };
        pause().await;
        m
    }
    async fn holds_cell_reference [](cell: &Cell<usize>) -> usize {
        pause().await;
        cell.get()
    }
    async fn holds_guard [](mutex: &Mutex<usize>) -> usize {
        let guard = mutex.lock().expect("not poisoned");
        pause().await;
        *guard
    }
    async fn holds_guard_no_longer [](mutex: &Mutex<usize>) -> usize {
        let n = *mutex.lock().expect("not poisoned");
        pause().await;
        n
    }
    async fn unused_rc [](_rc: Rc<usize>) -> usize {
        pause().await;
        0
    }
    async fn awaits_parameter [F: Future<Output = usize>](future: F) -> usize {
        let before = [1u8; 64];
        let n = future.await;
        n + usize::from(before[0])
    }
    async fn two_large_in_turn [](n: usize) -> usize {
        let a = {
            let large = [1u8; 512];
            pause().await;
            usize::from(large[n])
        };
        let b = {
            let large = [2u8; 512];
            pause().await;
            usize::from(large[n])
        };
        a + b
    }
    async fn moved_large [](large: [u8; 512]) -> usize {
        let moved = large;
        pause().await;
        let again = moved;
        pause().await;
        usize::from(again[0])
    }
}

#[test]
fn runs_on_a_foreign_executor() {
    let mut count = 0;
    assert_eq!(block_on(ours::plain(1)), block_on(real::plain(1)));
    assert_eq!(block_on(ours::borrows("two words", &mut count)), "two");
    assert_eq!(block_on(real::borrows("two words", &mut count)), "two");
    assert_eq!(count, 6);
    assert_eq!(block_on(ours::generic(String::from("gone"))), "");
    assert_eq!(block_on(ours::holds_rc(4)), 4);
    assert_eq!(block_on(ours::awaits_parameter(ours::plain(1))), 7);
    assert_eq!(block_on(async { ours::plain(ours::plain(1).await).await }), 11);
    assert_eq!(block_on(ours::two_large_in_turn(1)), block_on(real::two_large_in_turn(1)));
    assert_eq!(block_on(ours::moved_large([3; 512])), block_on(real::moved_large([3; 512])));
}

#[test]
fn runs_on_another_thread() {
    let future = ours::awaits_parameter(ours::plain(1));
    let result = thread::spawn(move || block_on(future)).join();
    assert_eq!(result.expect("no panic"), 7);
}

/// Whether a value's type is `Send`, `Sync` and `Unpin`: the method that takes fewer references is
/// found first, if its bound holds.
struct Is<'a, T>(PhantomData<&'a T>);

impl<'a, T> Is<'a, T> {
    fn of(_: &'a T) -> Self {
        Is(PhantomData)
    }
}

macro_rules! marker {
    ($yes:ident $no:ident $method:ident $bound:path) => {
        trait $yes {
            fn $method(&self) -> bool {
                true
            }
        }
        impl<T: $bound> $yes for Is<'_, T> {}
        trait $no {
            fn $method(&self) -> bool {
                false
            }
        }
        impl<T> $no for &Is<'_, T> {}
    };
}

marker! { YesSend NoSend is_send Send }
marker! { YesSync NoSync is_sync Sync }
marker! { YesUnpin NoUnpin is_unpin Unpin }

macro_rules! same_markers {
    ($($name:ident $arguments:tt $send:literal;)*) => {$({
        let (real, ours) = (real::$name $arguments, ours::$name $arguments);
        let (real, ours) = (Is::of(&real), Is::of(&ours));
        assert_eq!((&real).is_send(), $send, "rustc's {}", stringify!($name));
        assert_eq!((&ours).is_send(), $send, "our {}", stringify!($name));
        assert_eq!((&ours).is_sync(), (&real).is_sync(), "{}: Sync", stringify!($name));
        assert_eq!((&ours).is_unpin(), (&real).is_unpin(), "{}: Unpin", stringify!($name));
    })*};
}

#[test]
#[allow(clippy::needless_borrow)] // The point of the trick.
fn is_send_when_rustcs_is() {
    // The trick works in both directions.
    let (yes, no) = (Is::of(&1u8), Is::of(&PhantomPinned));
    assert!((&yes).is_unpin() && !(&no).is_unpin());

    let (cell, mutex) = (Cell::new(1), Mutex::new(1));
    let rc = Rc::new(1);
    same_markers! {
        plain(1) true;
        generic(1u8) true;
        generic(Rc::clone(&rc)) false;
        holds_rc(1) false;
        holds_rc_no_longer(1) true;
        holds_cell_reference(&cell) false;
        holds_guard(&mutex) false;
        holds_guard_no_longer(&mutex) true;
        unused_rc(Rc::clone(&rc)) false;
        awaits_parameter(real::plain(1)) true;
        awaits_parameter(real::holds_rc(1)) false;
    }
}

#[test]
fn what_stands_after_a_return_takes_no_room() {
    #[allow(unreachable_code)]
    #[async_proc::async_proc]
    async fn ends_early() -> u32 {
        std::future::ready(()).await;
        return 1;
        std::future::ready([2; 64]).await.len() as u32
    }
    assert!(size_of_val(&ends_early()) < 64);
    assert_eq!(block_on(ends_early()), 1);
}
