//! Does this piece of the body suspend? What does not is emitted as it was written.

use std::collections::HashMap;

use proc_macro2::{LineColumn, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Expr, ExprCall, Macro, Stmt};

use crate::awaiting;
use crate::written::as_written;

/// The macros that are suspensions in disguise.
pub(crate) const YIELD: &str = "yield_fut";
pub(crate) const AWAIT: &str = "await_fut";

pub(crate) fn expr(expr: &Expr) -> bool {
    let mut found = Found(false);
    found.visit_expr(expr);
    found.0
}

pub(crate) fn block(block: &Block) -> bool {
    block.stmts.iter().any(stmt)
}

pub(crate) fn stmt(stmt: &Stmt) -> bool {
    let mut found = Found(false);
    found.visit_stmt(stmt);
    found.0
}

struct Found(bool);

impl<'ast> Visit<'ast> for Found {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Await(_) => self.0 = true,
            // Bodies of their own: what suspends there is not this function.
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) => {}
            _ => visit::visit_expr(self, expr),
        }
    }
    fn visit_item(&mut self, _: &'ast syn::Item) {}
    fn visit_type(&mut self, _: &'ast syn::Type) {}
    fn visit_macro(&mut self, mac: &'ast Macro) {
        self.0 |= is_suspension_macro(mac) || tokens(&mac.tokens);
    }
}

/// Whether `mac` is `yield_fut!` or `await_fut!`, by whatever path.
pub(crate) fn is_suspension_macro(mac: &Macro) -> bool {
    mac.path.segments.last().is_some_and(|last| last.ident == YIELD || last.ident == AWAIT)
}

/// Whether a call is what `yield_fut!` stands for, which is made in `desugar`.
pub(crate) fn is_yielded(call: &ExprCall) -> bool {
    let Expr::Path(path) = &*call.func else { return false };
    let names = path.path.segments.iter().map(|segment| segment.ident.to_string());
    path.path.leading_colon.is_some() && names.eq(["async_proc", "future", "yielded"])
}

/// What is awaited in a body, as it was written, by the place of the `await` or of the macro's name.
pub(crate) fn awaited(body: &Block) -> HashMap<LineColumn, String> {
    struct Awaited(HashMap<LineColumn, String>);
    impl<'ast> Visit<'ast> for Awaited {
        fn visit_expr_await(&mut self, wait: &'ast syn::ExprAwait) {
            let place = wait.await_token.span.start();
            let text = match awaiting::name_of_awaited(&wait.base) {
                Some(name) => name.to_owned(),
                None => as_written(wait.base.to_token_stream()),
            };
            self.0.insert(place, text);
            visit::visit_expr_await(self, wait);
        }
        fn visit_item(&mut self, _: &'ast syn::Item) {}
        fn visit_macro(&mut self, mac: &'ast Macro) {
            if is_suspension_macro(mac)
                && let Some(last) = mac.path.segments.last()
            {
                self.0.insert(last.ident.span().start(), as_written(mac.tokens.clone()));
            }
        }
    }
    let mut awaited = Awaited(HashMap::new());
    awaited.visit_block(body);
    awaited.0
}

/// Whether a macro's arguments hold an `.await`, outside closures' and blocks' own `async`.
pub(crate) fn tokens(tokens: &TokenStream) -> bool {
    let mut after_dot = false;
    let mut after_async = false;
    for token in tokens.clone() {
        match token {
            TokenTree::Group(group) => {
                if !after_async && self::tokens(&group.stream()) {
                    return true;
                }
                after_async = false;
                after_dot = false;
            }
            TokenTree::Ident(ident) => {
                if after_dot && ident == "await" || ident == YIELD || ident == AWAIT {
                    return true;
                }
                after_async = ident == "async" || (after_async && ident == "move");
                after_dot = false;
            }
            TokenTree::Punct(punct) => after_dot = punct.as_char() == '.',
            TokenTree::Literal(_) => after_dot = false,
        }
    }
    false
}
