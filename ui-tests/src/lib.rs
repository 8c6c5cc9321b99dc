//! The cases are in `cases`, the test that compiles them in `tests/ui.rs`.
