//! The corpus of `async-proc-tests` in edition 2021: see `tests/equivalence_2021.rs`.
