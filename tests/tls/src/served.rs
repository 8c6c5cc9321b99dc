//! A server whose clients may be of any sort.

use std::cell::{Cell, RefCell};
use std::future::Future as StdFuture;
use std::rc::Rc;
use std::time::Duration;

use async_proc::net::AsyncSocket;
use async_proc::prelude::*;

/// Serves whoever comes, and notes how those end that do not end well.
pub struct Served {
    /// Where they come.
    pub listener: AsyncSocket,
    /// What those ended with that did not end well, in that order.
    pub failures: Rc<RefCell<Vec<Error>>>,
    /// How many have ended, in whichever way.
    pub ended: Rc<Cell<usize>>,
}

impl Served {
    /// A reset is a failure, too.
    pub fn start<F>(listener: AsyncSocket, serve: impl Fn(AsyncSocket) -> F + 'static) -> Self
    where
        F: StdFuture<Output = Result<(), Error>> + 'static,
    {
        let this = Self { listener, failures: Rc::default(), ended: Rc::default() };
        let (listener, failures, ended) =
            (this.listener.clone(), this.failures.clone(), this.ended.clone());
        async_check(Future::from_std(async move {
            while let Ok(socket) = listener.accept().await {
                let (failures, ended) = (failures.clone(), ended.clone());
                let serving = serve(socket.strict());
                async_check(Future::from_std(async move {
                    if let Err(error) = serving.await {
                        failures.borrow_mut().push(error);
                    }
                    ended.set(ended.get() + 1);
                    Ok(())
                }));
            }
            Ok(())
        }));
        this
    }

    /// Waits until so many clients are gone.
    pub async fn have_ended(&self, count: usize) -> Result<(), Error> {
        while self.ended.get() < count {
            sleep_async(Duration::from_millis(1)).await?;
        }
        Ok(())
    }
}

/// Someone who plays by the rules gets a line back.
pub async fn is_served(socket: AsyncSocket) -> Result<(), Error> {
    socket.send("hello\n").await?;
    assert_eq!(socket.recv_line().await?, "hello");
    socket.close_gracefully().await
}
