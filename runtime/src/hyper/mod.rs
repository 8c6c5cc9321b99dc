//! hyper 1.x on the dispatcher: what its traits of a runtime ask for.
//!
//! [`AsyncSocket`](crate::net::AsyncSocket) is one of its byte streams, with TLS and without,
//! [`DispatcherExecutor`] starts its tasks and [`DispatcherTimer`] its timers. Nothing is boxed for
//! that but what hyper boxes, and a task need not be `Send`.
//!
//! A connection is served as anywhere else, with hyper's own features `http1` and `server`:
//!
//! ```text
//! #[async_proc]
//! fn serve(socket: AsyncSocket) -> Future<()> {
//!     http1::Builder::new().timer(DispatcherTimer).serve_connection(socket, service_fn(answer)).await?;
//! }
//! ```
//!
//! `examples/http_server.rs` and `examples/http_client.rs` of the repository are whole programs.

mod executor;
mod timer;

pub use executor::DispatcherExecutor;
pub use timer::DispatcherTimer;
