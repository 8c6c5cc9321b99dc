//! `select! { pattern = future, if condition => handler, else => handler }`, as tokio has it.

use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::parse::{Parse, ParseStream};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, ExprBlock, FieldPat, Ident, Macro, Pat, Token};

use super::{numbered, place, several};
use crate::names;

struct Select {
    biased: bool,
    branches: Vec<Branch>,
    otherwise: Option<Expr>,
}

struct Branch {
    pattern: Pat,
    future: Expr,
    condition: Option<Expr>,
    handler: Expr,
}

/// In the order of the original: all conditions, then all futures, are evaluated first; the futures
/// are gone when the handler of the one that was chosen runs.
pub(super) fn expand(mac: &Macro) -> syn::Result<Expr> {
    let Select { biased, branches, otherwise } = mac.parse_body()?;
    let span = place(mac);
    let chosen = names::local("__chosen");
    let opens = numbered("__open", branches.len());
    let futures = numbered("__future", branches.len());
    let conditions = branches.iter().any(|branch| branch.condition.is_some()).then(|| {
        let asked = branches.iter().zip(&opens);
        let asked = asked.filter_map(|(branch, open)| Some((open, branch.condition.as_ref()?)));
        let (opens, conditions): (Vec<_>, Vec<_>) = asked.unzip();
        quote!(let (#(#opens,)*) = (#(#conditions,)*);)
    });
    let awaited = branches.iter().map(|branch| &branch.future);
    let each = branches.iter().enumerate().map(|(index, branch)| {
        let (open, future) = (&opens[index], &futures[index]);
        let open = match &branch.condition {
            Some(_) => quote!(#open),
            None => quote!(true),
        };
        let accepts = accepts(&branch.pattern);
        quote_spanned! {span=>
            ::async_proc::machine::together::branch(#open, #future, #accepts)
        }
    });
    let branches_of = several(span, each);
    let wait = Ident::new("await", span);
    let arms = branches.iter().enumerate().map(|(index, Branch { pattern, handler, .. })| {
        let pattern = later(index, quote!(::async_proc::machine::together::Chosen::This(#pattern)));
        quote!(#pattern => #handler)
    });
    let none = later(branches.len(), quote!(::async_proc::machine::together::Nothing));
    // A panic says where the macro stands.
    let panics = mac.path.segments.last().map_or(span, |last| last.ident.span());
    let otherwise = otherwise.map_or_else(
        || quote_spanned!(panics=> ::async_proc::machine::together::none_is_open()),
        |otherwise| quote!(#otherwise),
    );
    let accepted = branches.iter().any(|branch| !is_irrefutable(&branch.pattern));
    let others = accepted.then(|| quote!(_ => ::core::unreachable!("it was not accepted"),));
    syn::parse2(quote_spanned! {span=>
        match {
            #conditions
            let (#(#futures,)*) = (#(#awaited,)*);
            let #chosen =
                ::async_proc::machine::together::select(#biased, #branches_of).#wait;
            #chosen
        } {
            #(#arms,)*
            #none => #otherwise,
            #others
        }
    })
}

/// A pattern for what a branch with this number gives.
fn later(index: usize, pattern: TokenStream) -> TokenStream {
    (0..index)
        .fold(pattern, |inner, _| quote!(::async_proc::machine::together::Chosen::Later(#inner)))
}

/// A closure that tells whether a value is of the pattern.
fn accepts(pattern: &Pat) -> TokenStream {
    if is_irrefutable(pattern) {
        return quote!(|_| true);
    }
    let mut pattern = pattern.clone();
    WithoutNames.visit_pat_mut(&mut pattern);
    let output = Ident::new("__output", Span::mixed_site());
    quote!(|#output| ::core::matches!(#output, #pattern))
}

/// A name, unless it may be that of a constant.
fn is_name(ident: &Ident) -> bool {
    ident.to_string().starts_with(|first: char| first == '_' || first.is_lowercase())
}

/// Whether a pattern takes every value, as far as its tokens tell.
fn is_irrefutable(pattern: &Pat) -> bool {
    match pattern {
        Pat::Wild(_) | Pat::Rest(_) => true,
        Pat::Ident(name) => match &name.subpat {
            None => is_name(&name.ident),
            Some((_, pattern)) => is_irrefutable(pattern),
        },
        Pat::Tuple(tuple) => tuple.elems.iter().all(is_irrefutable),
        Pat::Paren(inner) => is_irrefutable(&inner.pat),
        _ => false,
    }
}

/// Leaves of a pattern what decides whether it matches: a value that is looked at is not moved.
struct WithoutNames;

impl VisitMut for WithoutNames {
    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        if let Pat::Ident(name) = pattern {
            match name.subpat.take() {
                Some((_, inner)) => *pattern = *inner,
                None if is_name(&name.ident) => *pattern = syn::parse_quote!(_),
                None => return,
            }
        }
        visit_mut::visit_pat_mut(self, pattern);
    }

    fn visit_field_pat_mut(&mut self, field: &mut FieldPat) {
        field.colon_token.get_or_insert_default();
        visit_mut::visit_field_pat_mut(self, field);
    }
}

impl Parse for Select {
    fn parse(input: ParseStream<'_>) -> syn::Result<Select> {
        let biased = input.peek(Ident) && input.peek2(Token![;]) && {
            let word: Ident = input.parse()?;
            if word != "biased" {
                return Err(syn::Error::new(word.span(), "only `biased;` may stand here"));
            }
            input.parse::<Token![;]>()?;
            true
        };
        let mut select = Select { biased, branches: Vec::new(), otherwise: None };
        while !input.is_empty() {
            if input.peek(Token![else]) {
                input.parse::<Token![else]>()?;
                input.parse::<Token![=>]>()?;
                select.otherwise = Some(handler(input)?);
                if !input.is_empty() {
                    return Err(input.error("`else` is the last branch of a `select!`"));
                }
            } else {
                select.branches.push(input.parse()?);
            }
        }
        match select.branches.is_empty() && select.otherwise.is_none() {
            true => Err(input.error("a `select!` has branches: `pattern = future => value`")),
            false => Ok(select),
        }
    }
}

impl Parse for Branch {
    fn parse(input: ParseStream<'_>) -> syn::Result<Branch> {
        let other = (input.peek(Ident) || input.peek(Token![default])) && input.peek2(Token![=>]);
        if other {
            return Err(input.error(
                "a branch of `select!` is `pattern = future => value`, as in tokio; that of futures, \
                 with `default` and `complete`, is not compiled",
            ));
        }
        let pattern = Pat::parse_multi_with_leading_vert(input)?;
        input.parse::<Token![=]>()?;
        let future = input.parse()?;
        let condition = match input.peek(Token![,]) {
            true => {
                input.parse::<Token![,]>()?;
                input.parse::<Token![if]>()?;
                Some(input.parse()?)
            }
            false => None,
        };
        input.parse::<Token![=>]>()?;
        Ok(Branch { pattern, future, condition, handler: handler(input)? })
    }
}

/// A block, or any other expression and a comma, which the last may leave out.
fn handler(input: ParseStream<'_>) -> syn::Result<Expr> {
    if input.peek(syn::token::Brace) {
        let block = ExprBlock { attrs: Vec::new(), label: None, block: input.parse()? };
        input.parse::<Option<Token![,]>>()?;
        return Ok(Expr::Block(block));
    }
    let handler = input.parse()?;
    if !input.is_empty() {
        input.parse::<Token![,]>()?;
    }
    Ok(handler)
}
