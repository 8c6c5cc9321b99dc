//! What stands for a slot in the states' code until it is written out: only then is it known what
//! parts of a variable may have been moved out, and so how it is dropped and assigned to.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use super::SlotId;

pub(crate) enum Placeholder {
    /// The slot itself.
    Slot(SlotId),
    /// The flag of parts of a variable, by its number.
    Part(usize),
    /// The code that drops it, followed by a semicolon.
    Kill(SlotId),
    /// What assigns the value in the parentheses after it, by its number among all assignments.
    Assign(usize),
}

impl Placeholder {
    /// The placeholder that an identifier is, given its text.
    pub(crate) fn read(text: &str) -> Option<Placeholder> {
        let text = text.strip_prefix("__")?;
        let number = |prefix| text.strip_prefix(prefix)?.parse().ok();
        if let Some(number) = number("s") {
            return Some(Placeholder::Slot(SlotId(number)));
        }
        if let Some(number) = number("flag_") {
            return Some(Placeholder::Part(number));
        }
        if let Some(number) = number("kill_") {
            return Some(Placeholder::Kill(SlotId(number)));
        }
        number("assign_").map(Placeholder::Assign)
    }
}

pub(super) fn slot(SlotId(slot): SlotId) -> Ident {
    Ident::new(&format!("__s{slot}"), Span::mixed_site())
}

pub(super) fn part(number: usize) -> Ident {
    Ident::new(&format!("__flag_{number}"), Span::mixed_site())
}

pub(super) fn kill(SlotId(slot): SlotId) -> TokenStream {
    let ident = format_ident!("__kill_{}", slot);
    quote!(#ident;)
}

pub(super) fn assign(number: usize) -> TokenStream {
    let ident = format_ident!("__assign_{}", number);
    quote!(#ident)
}
