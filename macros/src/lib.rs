//! The compiler behind `#[async_proc]`.
