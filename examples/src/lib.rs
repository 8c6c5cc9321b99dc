//! Programs that show `async-proc` at work. Each is an example of this package:
//!
//! - `cargo run --release --example chat`: a chat server for many clients.
//! - `cargo run --release --example tour`: every way of using the crate, step by step.
