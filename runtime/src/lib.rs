//! async-proc.

extern crate self as async_proc;

pub mod machine;
