//! `join!(a, b)` and `try_join!(a, b)`, as tokio and futures have them.

use quote::{format_ident, quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::punctuated::Punctuated;
use syn::{Expr, Ident, Macro, Token};

use super::{numbered, place, several};
use crate::names;

struct Join {
    biased: bool,
    members: Vec<Expr>,
}

/// All are evaluated first, then polled together. What they give is a tuple.
pub(super) fn expand(mac: &Macro, name: &str, crate_name: Option<&str>) -> syn::Result<Expr> {
    let Join { biased, members } = mac.parse_body()?;
    // The macros of futures poll in the order of their arguments, and drop in the other.
    let backwards = crate_name.is_some_and(|name| name != "tokio");
    let turns = match (backwards, biased) {
        (true, _) => quote!(Backwards),
        (false, true) => quote!(Forwards),
        (false, false) => quote!(From(0)),
    };
    let span = place(mac);
    let futures = numbered("__future", members.len());
    let outputs = numbered("__output", members.len());
    let mut order: Vec<_> = futures.iter().zip(&outputs).collect();
    if backwards {
        order.reverse();
    }
    let each = order
        .iter()
        .map(|(future, _)| quote_spanned!(span=> ::async_proc::machine::together::member(#future)));
    let each = several(span, each);
    let nested = order.iter().rev().fold(quote!(()), |rest, (_, output)| quote!((#output, #rest)));
    let wait = Ident::new("await", span);
    let join = format_ident!("{name}", span = span);
    let arms = match name {
        "try_join" => {
            let error = names::local("__error");
            quote! {
                ::core::result::Result::Ok(#nested) => ::core::result::Result::Ok((#(#outputs,)*)),
                ::core::result::Result::Err(#error) => ::core::result::Result::Err(#error),
            }
        }
        _ => quote!(#nested => (#(#outputs,)*),),
    };
    syn::parse2(quote_spanned! {span=> {
        let (#(#futures,)*) = (#(#members,)*);
        match ::async_proc::machine::together::#join(::async_proc::machine::together::Turns::#turns, #each).#wait { #arms }
    }})
}

impl Parse for Join {
    fn parse(input: ParseStream<'_>) -> syn::Result<Join> {
        let biased = input.peek(Ident) && input.peek2(Token![;]);
        if biased {
            let word: Ident = input.parse()?;
            if word != "biased" {
                return Err(syn::Error::new(word.span(), "only `biased;` may stand here"));
            }
            input.parse::<Token![;]>()?;
        }
        let members: Vec<Expr> =
            Punctuated::<Expr, Token![,]>::parse_terminated(input)?.into_iter().collect();
        match members.is_empty() {
            true => Err(input.error("there is no future to wait for")),
            false => Ok(Join { biased, members }),
        }
    }
}
