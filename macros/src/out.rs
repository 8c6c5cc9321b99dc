//! Out-parameters: a proc completes its parameters of type `FutureVar` however it ends.
//!
//! Each gets a guard, as the first statement of the body: the first local is the last to be
//! dropped, and before the proc's future finishes. Twin and machine have it like any other local.

use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{FnArg, Ident, Pat, Type};

use crate::names;
use crate::parse::{Input, Kind};

pub(crate) fn complete_at_exit(input: &mut Input) {
    if !matches!(input.kind, Kind::Proc { .. }) {
        return;
    }
    let guards: Vec<syn::Stmt> = input
        .params
        .iter()
        .zip(&input.sig.inputs)
        .filter(|(_, written)| is_future_var(written))
        .filter_map(|(param, written)| {
            let (name, by_ref) = match &param.pattern {
                None => (&param.ident, false),
                Some(pattern) => whole(pattern, &param.ident)?,
            };
            let guard = names::local(&format!("_completes_{name}"));
            // If the type is another of the same name, rustc says so where it is written.
            let FnArg::Typed(written) = written else { return None };
            let span = written.ty.span();
            let var = if by_ref { quote!(#name) } else { quote_spanned!(span=> &#name) };
            let make = quote_spanned!(span=> ::async_proc::future::completed_at_exit(#var));
            Some(syn::parse_quote!(let #guard = #make;))
        })
        .collect();
    input.body.stmts.splice(0..0, guards);
}

fn is_future_var(written: &FnArg) -> bool {
    let FnArg::Typed(written) = written else { return false };
    let mut ty = &*written.ty;
    while let Type::Paren(syn::TypeParen { elem, .. }) | Type::Group(syn::TypeGroup { elem, .. }) =
        ty
    {
        ty = elem;
    }
    let Type::Path(path) = ty else { return false };
    path.path.segments.last().is_some_and(|last| last.ident == "FutureVar")
}

/// The variable that is the whole of a parameter with this pattern, and whether it is a reference.
fn whole<'a>(pattern: &'a Pat, param: &'a Ident) -> Option<(&'a Ident, bool)> {
    match pattern {
        Pat::Wild(_) => Some((param, false)),
        Pat::Ident(pattern) => Some((&pattern.ident, pattern.by_ref.is_some())),
        Pat::Paren(pattern) => whole(&pattern.pat, param),
        _ => None,
    }
}
