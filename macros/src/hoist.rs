//! Items declared in the body: emitted once, before the twin and the machine that both use them.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Item, Stmt};

use crate::diagnostics::Errors;

/// Takes the items of the outermost block out of it.
pub(crate) fn items(body: &mut Block, errors: &mut Errors) -> TokenStream {
    let mut items = TokenStream::new();
    let mut head = true;
    body.stmts.retain(|stmt| match stmt {
        Stmt::Item(item) => {
            if let (Item::Macro(item), false) = (item, head) {
                // Unlike other items it means what follows it alone.
                errors.refuse(
                    item,
                    "a macro between statements is not compiled yet: move it to the head of the \
                     function, or out of it",
                );
            }
            item.to_tokens(&mut items);
            false
        }
        _ => {
            head = false;
            true
        }
    });
    Inner(errors).visit_block(body);
    items
}

/// Items of inner blocks are compiled twice, which an `impl` cannot be.
struct Inner<'e>(&'e mut Errors);

impl<'ast> Visit<'ast> for Inner<'_> {
    fn visit_item(&mut self, item: &'ast Item) {
        if let Item::Impl(item) = item {
            self.0.refuse(
                item,
                "an `impl` in an inner block would be compiled twice: move it to the head of the \
                 function, or out of it",
            );
        }
    }
    fn visit_expr(&mut self, expr: &'ast syn::Expr) {
        visit::visit_expr(self, expr);
    }
}
