//! Functions that come out of a `macro_rules!`: names that only read the same.
//!
//! A name that a macro writes and the same name in one of its arguments are two names. What tells
//! them apart is the context of their spans, which a macro may print, but not ask for. So the
//! printed one is only a guess: wherever names of several contexts meet, rustc is given the same
//! declarations and the same mention in code that never runs, and compiles it if the guess is right.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

/// Where a name comes from: the function itself, or one of the macros it came out of.
pub(crate) type Context = u32;

/// The context of a span, as far as can be seen.
pub(crate) fn context(span: Span) -> Context {
    // `#3 bytes(120..125)`
    let text = format!("{span:?}");
    let digits = text.split('#').nth(1).map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        &rest[..end]
    });
    digits.and_then(|digits| digits.parse().ok()).unwrap_or(0)
}

/// A mention of a name of which several contexts declare a variable.
pub(crate) struct Guess {
    pub(crate) mention: Ident,
    /// The declarations in sight, the outermost first.
    pub(crate) declared: Vec<Ident>,
    /// The one that is meant.
    pub(crate) meant: usize,
}

impl Guess {
    /// Code that compiles if the guess is right.
    pub(crate) fn proof(&self) -> TokenStream {
        let declarations = self.declared.iter().enumerate().map(|(index, name)| {
            let value = match index == self.meant {
                true => quote!(::async_proc::machine::ThisVariable),
                false => quote!(::async_proc::machine::AnotherVariable),
            };
            quote!(let #name = #value;)
        });
        let mention = &self.mention;
        quote! {{
            #(#declarations)*
            let _: ::async_proc::machine::ThisVariable = #mention;
        }}
    }
}
