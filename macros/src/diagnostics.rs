//! Errors of one function, collected and reported together, each on its own tokens.

use proc_macro2::TokenStream;
use quote::ToTokens;

#[derive(Default)]
pub(crate) struct Errors {
    ours: Vec<syn::Error>,
    rustcs: bool,
}

impl Errors {
    /// Refuses `tokens`: the message says what is wrong and what to write instead.
    pub(crate) fn refuse(&mut self, tokens: impl ToTokens, message: impl std::fmt::Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.ours.push(error);
    }

    /// Something is wrong that rustc says of the twin.
    pub(crate) fn leave_to_rustc(&mut self) {
        self.rustcs = true;
    }

    pub(crate) fn append(&mut self, mut others: Errors) {
        self.ours.append(&mut others.ours);
        self.rustcs |= others.rustcs;
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.ours.is_empty() && !self.rustcs
    }

    /// Whether all that is wrong is rustc's to say.
    pub(crate) fn are_left_to_rustc(&self) -> bool {
        self.ours.is_empty() && self.rustcs
    }

    /// One `compile_error!` an error, or nothing.
    pub(crate) fn to_compile_errors(&self) -> TokenStream {
        self.ours.iter().map(syn::Error::to_compile_error).collect()
    }
}
