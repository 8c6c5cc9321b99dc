//! The constant that holds a function's diagram.
//!
//! It stands beside the function, in a module as in an `impl`: `FETCH_DIAGRAM` beside `fetch`. In the
//! `impl` of a trait there is no room for it, which rustc says at the argument that asked for it.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use super::draw::Diagram;
use crate::parse::Input;

/// The constant, if the function was annotated with `diagram`. A function that was refused has one
/// without a picture, so that what names it still compiles.
pub(crate) fn item(input: &Input, diagram: impl FnOnce() -> Option<Diagram>) -> TokenStream {
    let Some(argument) = &input.diagram else { return TokenStream::new() };
    let function = input.sig.ident.to_string();
    let function = function.strip_prefix("r#").unwrap_or(&function);
    let name = format!("{}_DIAGRAM", function.to_uppercase());
    let name = Ident::new(&name, Span::call_site().located_at(argument.span()));
    let (mermaid, dot) = match diagram() {
        Some(diagram) => (diagram.mermaid, diagram.dot),
        None => (String::new(), String::new()),
    };
    let about = format!("The states of `{function}`.\n\n```mermaid\n{mermaid}```");
    let vis = &input.vis;
    let configured = input.attrs.iter().filter(|attr| attr.path().is_ident("cfg"));
    quote! {
        #(#configured)*
        #[doc = #about]
        #[allow(dead_code)]
        #vis const #name: ::async_proc::machine::Diagram =
            ::async_proc::machine::Diagram::new(#mermaid, #dot);
    }
}
