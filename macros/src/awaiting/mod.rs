//! Macros of other crates that await what they are given: as the Rust they stand for.
//!
//! `select!` (of tokio), `join!` and `try_join!` (of tokio and futures) hold suspensions that their
//! arguments do not show, so they are written out, for twin and machine alike, by what they promise;
//! the futures they poll together are [`together`]'s. `stream!` and `try_stream!` (of async-stream) are
//! `async move` blocks of their own with another name: they are taken for such a block, and get their
//! name back in what is emitted.
//!
//! They are known by their names, alone or behind the name of their crate. A macro of another crate's,
//! or one that is found by a longer path, is not touched.
//!
//! [`together`]: ../async_proc/machine/together/index.html

mod join;
mod select;
mod stream;

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{quote, quote_spanned};
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Ident, Item, Macro, Stmt};

use crate::diagnostics::Errors;
use crate::{known, names};

/// What there is to know of the macros that were written out.
#[derive(Clone, Default)]
pub(crate) struct WrittenOut {
    /// Code that uses those that are in scope under their names, which rustc would otherwise report as
    /// imported in vain. It is never run, and does not compile if they are other macros.
    pub(crate) uses: TokenStream,
    /// Whether there are blocks that are to get their names back.
    streams: bool,
}

/// Writes them out, wherever they suspend this function.
pub(crate) fn expand(body: &mut Block, errors: &mut Errors) -> WrittenOut {
    let mut expand = Expand { errors, imported: Vec::new(), streams: false };
    expand.visit_block_mut(body);
    let streams = expand.streams;
    let uses = expand.imported.iter().map(|name| {
        let given = match name.to_string().as_str() {
            "select" => quote!(_ = ::core::future::ready(()) => {}),
            "join" => quote!(::core::future::ready(())),
            _ => quote!(::core::future::ready(::core::result::Result::<(), ()>::Ok(()))),
        };
        quote!(let _ = async { let _ = #name!(#given); };)
    });
    WrittenOut { uses: quote!(#(#[allow(warnings, clippy::all)] #uses)*), streams }
}

impl WrittenOut {
    /// Gives the blocks in what a function was compiled to their names back.
    pub(crate) fn by_their_names(&self, tokens: TokenStream) -> TokenStream {
        if self.streams { stream::renamed(tokens) } else { tokens }
    }
}

struct Expand<'e> {
    errors: &'e mut Errors,
    /// The names of macros that were written without that of their crate, each once.
    imported: Vec<Ident>,
    streams: bool,
}

impl VisitMut for Expand<'_> {
    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        if let Stmt::Macro(written) = stmt
            && let Some(mut expr) = self.expand(&written.mac)
        {
            self.visit_expr_mut(&mut expr);
            *stmt = Stmt::Expr(expr, written.semi_token);
            return;
        }
        visit_mut::visit_stmt_mut(self, stmt);
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            // Bodies of their own.
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) => return,
            Expr::Macro(mac) => {
                if let Some(expanded) = self.expand(&mac.mac) {
                    *expr = expanded;
                }
            }
            _ => {}
        }
        visit_mut::visit_expr_mut(self, expr);
    }

    /// In the arguments of a macro that is known.
    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        if !mentions(&mac.tokens) {
            return;
        }
        let original = mac.tokens.to_string();
        let Some(mut arguments) = known::parse(mac) else { return };
        arguments.args.retain(|arg| !arg.implied);
        arguments.args.iter_mut().for_each(|arg| self.visit_expr_mut(&mut arg.expr));
        known::quote_condition(mac, &original, &mut arguments);
        mac.tokens = arguments.to_tokens();
    }
}

const NAMES: &[&str] = &["select", "select_biased", "join", "try_join", "stream", "try_stream"];

/// Whether the name of one of the macros stands among the tokens.
fn mentions(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(&group.stream()),
        TokenTree::Ident(ident) => NAMES.iter().any(|name| ident == name),
        _ => false,
    })
}

impl Expand<'_> {
    fn expand(&mut self, mac: &Macro) -> Option<Expr> {
        let (crate_name, name) = named(mac)?;
        let expanded = match (name.as_str(), crate_name.as_deref()) {
            ("select", None | Some("tokio")) => select::expand(mac),
            ("select" | "select_biased", Some("futures" | "futures_util")) => Err(syn::Error::new(
                mac.path.segments.first()?.ident.span(),
                "`select!` of futures is not compiled: write `tokio::select!`, whose branches are \
                 `pattern = future => value`",
            )),
            ("join" | "try_join", None | Some("tokio" | "futures" | "futures_util")) => {
                join::expand(mac, &name, crate_name.as_deref())
            }
            ("stream" | "try_stream", None | Some("async_stream")) => {
                let block = stream::expand(mac);
                self.streams |= block.is_some();
                return block;
            }
            _ => return None,
        };
        if crate_name.is_none()
            && let Some(name) = mac.path.get_ident()
            && !self.imported.contains(name)
        {
            self.imported.push(name.clone());
        }
        Some(expanded.unwrap_or_else(|error| {
            self.errors.push(error);
            syn::parse_quote!(loop {})
        }))
    }
}

/// The name of a macro, and of its crate where that is written.
fn named(mac: &Macro) -> Option<(Option<String>, String)> {
    let mut names = mac.path.segments.iter().map(|segment| segment.ident.to_string());
    match (names.next()?, names.next(), names.next()) {
        (name, None, _) => Some((None, name)),
        (first, Some(name), None) => Some((Some(first), name)),
        _ => None,
    }
}

/// Where errors about what is written out lead, and where a traceback says that it waits: the
/// macro's name.
fn place(mac: &Macro) -> Span {
    let last = mac.path.segments.last();
    Span::call_site().located_at(last.map_or_else(Span::call_site, |last| last.ident.span()))
}

/// `name_0`, `name_1`, ….
fn numbered(name: &str, count: usize) -> Vec<Ident> {
    (0..count).map(|index| names::local(&format!("{name}_{index}"))).collect()
}

/// `several(a, several(b, Nothing))`.
fn several(span: Span, each: impl DoubleEndedIterator<Item = TokenStream>) -> TokenStream {
    let end = quote_spanned!(span=> ::async_proc::machine::together::Nothing);
    each.rev().fold(
        end,
        |rest, one| quote_spanned!(span=> ::async_proc::machine::together::several(#one, #rest)),
    )
}

/// What is awaited, as a dump names it.
pub(crate) fn name_of_awaited(awaited: &Expr) -> Option<&'static str> {
    let Expr::Call(call) = awaited else { return None };
    let Expr::Path(path) = &*call.func else { return None };
    let names: Vec<_> = path.path.segments.iter().map(|segment| &segment.ident).collect();
    let [first, machine, together, name] = names[..] else { return None };
    if first != "async_proc" || machine != "machine" || together != "together" {
        return None;
    }
    ["select!", "join!", "try_join!"].into_iter().find(|known| *name == known[..known.len() - 1])
}
