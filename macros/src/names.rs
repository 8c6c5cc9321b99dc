//! The locals of the emitted code: hygienic, so that no variable of the user's is mistaken for one.

use proc_macro2::{Ident, Span};

/// The names below, and the others that the emitted code uses: no slot is called by one of them.
pub(crate) const FIXED: &[&str] =
    &["begin", "cx", "frame", "live", "machine", "rest", "scrutinee", "state", "twin", "value"];

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

/// The machine's frame, or a pointer to it.
pub(crate) fn frame() -> Ident {
    local("frame")
}

/// The live bits.
pub(crate) fn live() -> Ident {
    local("live")
}
