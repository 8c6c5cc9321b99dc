//! Suspensions in functions and constants inside the body: they are not this function's. Refused.
//!
//! `async` blocks, `async` closures and `async` functions suspend by themselves: these are left as
//! they are, and so are functions that carry an attribute which may be ours.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote_spanned};
use syn::visit::{self, Visit};
use syn::{Attribute, Block, Expr, ExprClosure, ImplItemFn, Item, ItemFn, Macro, Signature, Stmt};

use crate::diagnostics::Errors;
use crate::suspension;

pub(crate) fn refuse(body: &Block, errors: &mut Errors) {
    Nested { errors, inside: None }.visit_block(body);
}

/// What has no suspensions of this function in it.
#[derive(Clone, Copy)]
enum Inside {
    Closure,
    Function,
    Constant,
}

impl Inside {
    fn message(self) -> &'static str {
        match self {
            Inside::Closure => {
                "a closure cannot suspend the function around it: await before it, or write \
                 `async move |…|` and await what it returns"
            }
            Inside::Function => {
                "a nested function cannot suspend the function around it: write `async fn`, or put \
                 `#[async_proc]` on it, too"
            }
            Inside::Constant => {
                "a constant is computed by the compiler, which waits for nothing: use `let`"
            }
        }
    }
}

struct Nested<'e> {
    errors: &'e mut Errors,
    inside: Option<Inside>,
}

impl Nested<'_> {
    fn within(&mut self, inside: Option<Inside>, visit: impl FnOnce(&mut Self)) {
        let around = std::mem::replace(&mut self.inside, inside);
        visit(self);
        self.inside = around;
    }

    fn function(&mut self, attrs: &[Attribute], sig: &Signature, visit: impl FnOnce(&mut Self)) {
        let ours = attrs
            .iter()
            .any(|attr| attr.path().segments.last().is_some_and(|last| last.ident == "async_proc"));
        if !ours && sig.asyncness.is_none() {
            self.within(Some(Inside::Function), visit);
        }
    }
}

impl<'ast> Visit<'ast> for Nested<'_> {
    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Async(_) => {}
            Expr::Const(_) => {
                self.within(Some(Inside::Constant), |this| visit::visit_expr(this, expr))
            }
            Expr::Repeat(repeat) => {
                self.visit_expr(&repeat.expr);
                self.within(Some(Inside::Constant), |this| this.visit_expr(&repeat.len));
            }
            Expr::Await(wait) => {
                if let Some(inside) = self.inside {
                    let (dot, word) = (&wait.dot_token, &wait.await_token);
                    self.errors.refuse(quote::quote!(#dot #word), inside.message());
                }
                visit::visit_expr(self, expr);
            }
            _ => visit::visit_expr(self, expr),
        }
    }

    fn visit_expr_closure(&mut self, closure: &'ast ExprClosure) {
        if closure.asyncness.is_none() {
            self.within(Some(Inside::Closure), |this| this.visit_expr(&closure.body));
        }
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        self.function(&item.attrs, &item.sig, |this| this.visit_block(&item.block));
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        self.function(&item.attrs, &item.sig, |this| this.visit_block(&item.block));
    }

    fn visit_item(&mut self, item: &'ast Item) {
        match item {
            Item::Const(_) | Item::Static(_) => {
                self.within(Some(Inside::Constant), |this| visit::visit_item(this, item));
            }
            // What another macro makes of its arguments is not ours to say.
            Item::Macro(_) => {}
            _ => visit::visit_item(self, item),
        }
    }

    fn visit_stmt(&mut self, stmt: &'ast Stmt) {
        visit::visit_stmt(self, stmt);
    }

    fn visit_macro(&mut self, mac: &'ast Macro) {
        let Some(inside) = self.inside else { return };
        if suspension::is_suspension_macro(mac) {
            self.errors.refuse(mac, inside.message());
        } else if suspension::tokens(&mac.tokens)
            && let Some(span) = first_await(&mac.tokens)
        {
            self.errors.refuse(quote_spanned!(span=> await).to_token_stream(), inside.message());
        }
    }
}

/// Where the first `await` in a macro's arguments stands.
fn first_await(tokens: &TokenStream) -> Option<Span> {
    tokens.clone().into_iter().find_map(|token| match token {
        TokenTree::Group(group) => first_await(&group.stream()),
        TokenTree::Ident(ident) => {
            let suspends =
                ident == "await" || ident == suspension::YIELD || ident == suspension::AWAIT;
            suspends.then(|| ident.span())
        }
        _ => None,
    })
}
