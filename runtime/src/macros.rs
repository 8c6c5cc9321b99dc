//! The two ways of waiting that have a name. `#[async_proc]` knows them; in an `async` block they
//! are these macros.

/// Waits until a [`Future`](crate::Future) has finished, never raises, and gives the finished
/// handle back.
///
/// ```
/// use async_proc::prelude::*;
///
/// let proc = Future::from_std(async {
///     let attempt = yield_fut!(Future::<()>::failed_with(Error::new("refused")));
///     Ok(attempt.error().map(|error| error.to_string()))
/// });
/// assert_eq!(wait_for(proc)?.as_deref(), Some("refused"));
/// # Ok::<(), Error>(())
/// ```
#[macro_export]
macro_rules! yield_fut {
    ($future:expr $(,)?) => {
        $crate::future::yielded($future).await
    };
}

/// Waits for a future and takes its value; an error leaves the function: `future.await?`.
///
/// ```
/// use async_proc::prelude::*;
///
/// let proc = Future::from_std(async {
///     Ok(await_fut!(Future::ready(20)) + await_fut!(Future::ready(22)))
/// });
/// assert_eq!(wait_for(proc)?, 42);
/// # Ok::<(), Error>(())
/// ```
#[macro_export]
macro_rules! await_fut {
    ($future:expr $(,)?) => {
        $future.await?
    };
}
