//! TLS, and HTTP by hyper, on `async-proc`'s dispatcher. Each is an example of this package:
//!
//! - `cargo run --release --example http_server`: a server, over TLS if it is given a certificate.
//! - `cargo run --release --example http_client -- URL`: a client.
//! - `cargo run --release --example tls`: lines over TLS, for either side.
