//! The locals of the emitted code: hygienic, so that no variable of the user's is mistaken for one.

use proc_macro2::{Ident, Span};

/// The names below, and the others that the emitted code uses: no slot is called by one of them.
pub(crate) const FIXED: &[&str] =
    &["at", "cx", "machine", "params", "rest", "scrutinee", "state", "twin", "value", "visit"];

pub(crate) fn local(name: &str) -> Ident {
    Ident::new(name, Span::mixed_site())
}

/// The pointer to the machine's state.
pub(crate) fn state() -> Ident {
    local("state")
}

/// The task's context.
pub(crate) fn cx() -> Ident {
    local("cx")
}

/// Where the frame is, and what lies beside it in a step.
pub(crate) fn at() -> Ident {
    local("at")
}
