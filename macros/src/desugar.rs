//! Rewrites constructs that hold a suspension into the few that the flow pass knows.
//!
//! A `for` becomes a `loop` around `Iterator::next`, a `while` a `loop` with an `if`, `matches!` a
//! `match`, `await_fut!` an `.await?`. What does not suspend stays as it was written.

use proc_macro2::{Ident, Span};
use quote::{quote, quote_spanned};
use syn::punctuated::Punctuated;
use syn::spanned::Spanned;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, Label, Macro, Stmt};

use crate::diagnostics::Errors;
use crate::suspension;

pub(crate) fn desugar(body: &mut Block, errors: &mut Errors) {
    Desugar { errors, loops: 0 }.visit_block_mut(body);
}

struct Desugar<'e> {
    errors: &'e mut Errors,
    loops: usize,
}

impl VisitMut for Desugar<'_> {
    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        let stmts = std::mem::take(&mut block.stmts);
        block.stmts =
            stmts.into_iter().flat_map(|stmt| pinned(&stmt).unwrap_or(vec![stmt])).collect();
        visit_mut::visit_block_mut(self, block);
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Macro(mac) = stmt
            && (suspension::is_suspension_macro(&mac.mac) || is_matches(&mac.mac))
        {
            let mut expr =
                Expr::Macro(syn::ExprMacro { attrs: mac.attrs.clone(), mac: mac.mac.clone() });
            self.visit_expr_mut(&mut expr);
            *stmt = Stmt::Expr(expr, mac.semi_token);
            return;
        }
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            // Bodies of their own.
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) => return,
            Expr::Macro(mac) => {
                if let Some(desugared) = self.expand(&mac.mac) {
                    *expr = desugared;
                }
            }
            Expr::ForLoop(_) | Expr::While(_) if suspension::expr(expr) => self.expand_loop(expr),
            Expr::Assign(assign) => {
                if let Some(desugared) = destructure(assign) {
                    *expr = desugared;
                }
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
    }
}

impl Desugar<'_> {
    fn expand(&mut self, mac: &Macro) -> Option<Expr> {
        let name = mac.path.segments.last()?.ident.to_string();
        match name.as_str() {
            suspension::AWAIT | suspension::YIELD => match mac.parse_body::<Expr>() {
                Ok(future) if name == suspension::AWAIT => {
                    let span = mac.path.segments.last()?.ident.span();
                    let dot = syn::Token![.](span);
                    let question = syn::Token![?](span);
                    let wait = Ident::new("await", span);
                    Some(syn::parse_quote!((#future) #dot #wait #question))
                }
                Ok(future) => {
                    // A traceback says where the macro stands.
                    let span = mac.path.segments.last()?.ident.span();
                    let wait = Ident::new("await", Span::call_site().located_at(span));
                    Some(syn::parse_quote!(::async_proc::future::yielded(#future).#wait))
                }
                Err(error) => {
                    let message = format_args!("`{name}!` takes one future: {error}");
                    self.errors.push(syn::Error::new(error.span(), message));
                    Some(syn::parse_quote!(loop {}))
                }
            },
            "matches" => matches_as_match(mac),
            "dbg" => dbg_as_match(mac),
            _ => None,
        }
    }

    /// `while` and `for` as `loop`.
    fn expand_loop(&mut self, expr: &mut Expr) {
        match std::mem::replace(expr, Expr::PLACEHOLDER) {
            Expr::While(mut while_loop) => {
                let (attrs, body) = (&while_loop.attrs, &while_loop.body);
                let label = self.label(&mut while_loop.label);
                let stop = &label.name;
                let repeat = syn::Token![loop](while_loop.while_token.span);
                *expr = match &*while_loop.cond {
                    Expr::Let(condition) => {
                        let (pat, value) = (&condition.pat, &condition.expr);
                        syn::parse_quote! {
                            #(#attrs)* #label #repeat {
                                match #value { #pat => #body, _ => break #stop }
                            }
                        }
                    }
                    condition => syn::parse_quote! {
                        #(#attrs)* #label #repeat {
                            if #condition #body else { break #stop }
                        }
                    },
                };
            }
            Expr::ForLoop(mut for_loop) => {
                let (attrs, body) = (&for_loop.attrs, &for_loop.body);
                let (pat, values) = (&for_loop.pat, &for_loop.expr);
                let label = self.label(&mut for_loop.label);
                let stop = &label.name;
                let repeat = syn::Token![loop](for_loop.for_token.span);
                let items = Ident::new("__items", Span::mixed_site());
                *expr = syn::parse_quote! {
                    match ::core::iter::IntoIterator::into_iter(#values) {
                        mut #items => #(#attrs)* #label #repeat {
                            match ::core::iter::Iterator::next(&mut #items) {
                                ::core::option::Option::None => break #stop,
                                ::core::option::Option::Some(#pat) => #body
                            }
                        }
                    }
                };
            }
            other => *expr = other,
        }
    }

    /// The loop's own label, or a new one: a `break` of ours must not stop an inner loop.
    fn label(&mut self, label: &mut Option<Label>) -> Label {
        label.take().unwrap_or_else(|| {
            self.loops += 1;
            let name = format!("'__loop_{}", self.loops);
            let name = syn::Lifetime::new(&name, Span::mixed_site());
            syn::parse_quote!(#name:)
        })
    }
}

/// `pin_mut!(a, b);`, and `pin!(a, b);` as a statement, which pin variables under their own names: as
/// the `let`s they stand for.
fn pinned(stmt: &Stmt) -> Option<Vec<Stmt>> {
    let Stmt::Macro(stmt) = stmt else { return None };
    let last = stmt.mac.path.segments.last()?;
    if last.ident != "pin_mut" && last.ident != "pin" {
        return None;
    }
    let names = Punctuated::<Ident, syn::Token![,]>::parse_terminated;
    let names = stmt.mac.parse_body_with(names).ok()?;
    let pins =
        names.iter().map(|name| syn::parse_quote!(let mut #name = ::core::pin::pin!(#name);));
    Some(pins.collect())
}

fn is_matches(mac: &Macro) -> bool {
    mac.path.segments.last().is_some_and(|last| last.ident == "matches")
}

/// `dbg!(value)` as what it stands for, since it prints the words of the source.
fn dbg_as_match(mac: &Macro) -> Option<Expr> {
    let value = mac.parse_body::<Expr>().ok()?;
    let text = value.span().source_text().unwrap_or_else(|| mac.tokens.to_string());
    let text = syn::LitStr::new(&text, Span::call_site());
    let name = Ident::new("value", Span::mixed_site());
    let at = quote_spanned!(mac.path.span()=> ::core::line!(), ::core::column!());
    syn::parse2(quote! {
        match #value {
            #name => {
                ::std::eprintln!(
                    "[{}:{}:{}] {} = {:#?}", ::core::file!(), #at, #text, &#name
                );
                #name
            }
        }
    })
    .ok()
}

/// `matches!(value, pattern if guard)` as the `match` it stands for.
fn matches_as_match(mac: &Macro) -> Option<Expr> {
    let parser = |input: syn::parse::ParseStream<'_>| {
        let value: Expr = input.parse()?;
        input.parse::<syn::Token![,]>()?;
        let arm: proc_macro2::TokenStream = input.parse()?;
        Ok((value, arm))
    };
    let (value, arm) = syn::parse::Parser::parse2(parser, mac.tokens.clone()).ok()?;
    let arm: proc_macro2::TokenStream = {
        let mut tokens: Vec<_> = arm.into_iter().collect();
        if tokens.last().is_some_and(|token| token.to_string() == ",") {
            tokens.pop();
        }
        tokens.into_iter().collect()
    };
    syn::parse2(quote!(match #value { #arm => true, _ => false })).ok()
}

/// `(a, b) = value` as a `let` of new names and an assignment each, which is what it stands for, and
/// `_ = value` as a `let _`.
fn destructure(assign: &syn::ExprAssign) -> Option<Expr> {
    match &*assign.left {
        Expr::Tuple(_) | Expr::Array(_) | Expr::Call(_) | Expr::Struct(_) | Expr::Infer(_) => {}
        _ => return None,
    }
    let mut places = Vec::new();
    let pattern = assignee(&assign.left, &mut places)?;
    let value = &assign.right;
    let assigns = places.iter().enumerate().map(|(index, place)| {
        let name = part_name(index);
        quote!(#place = #name;)
    });
    syn::parse2(quote!({ let #pattern = #value; #(#assigns)* })).ok()
}

fn part_name(index: usize) -> Ident {
    Ident::new(&format!("__part_{index}"), Span::mixed_site())
}

/// The pattern that takes a value apart as an assignee expression does.
fn assignee(expr: &Expr, places: &mut Vec<Expr>) -> Option<proc_macro2::TokenStream> {
    let mut all = |exprs: &mut dyn Iterator<Item = &Expr>| {
        exprs.map(|expr| assignee(expr, places)).collect::<Option<Vec<_>>>()
    };
    Some(match expr {
        Expr::Tuple(tuple) => {
            let parts = all(&mut tuple.elems.iter())?;
            quote!((#(#parts,)*))
        }
        Expr::Array(array) => {
            let parts = all(&mut array.elems.iter())?;
            quote!([#(#parts),*])
        }
        Expr::Call(call) => {
            let (path, parts) = (&call.func, all(&mut call.args.iter())?);
            quote!(#path(#(#parts),*))
        }
        Expr::Struct(literal) => {
            let parts = all(&mut literal.fields.iter().map(|field| &field.expr))?;
            let members = literal.fields.iter().map(|field| &field.member);
            let (path, rest) = (&literal.path, &literal.dot2_token);
            quote!(#path { #(#members: #parts,)* #rest })
        }
        Expr::Infer(_) => quote!(_),
        Expr::Range(range) if range.start.is_none() && range.end.is_none() => quote!(..),
        place => {
            places.push(place.clone());
            let name = part_name(places.len() - 1);
            quote!(#name)
        }
    })
}
