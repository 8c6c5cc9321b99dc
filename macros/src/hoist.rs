//! Items declared in the body: emitted once, before the twin and the machine that both use them.

use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{Block, Item, Stmt};

use crate::diagnostics::Errors;

/// Takes the items of the outermost block out of it.
pub(crate) fn items(body: &mut Block, errors: &mut Errors) -> Vec<Item> {
    Blocks(errors).visit_block(body);
    let mut items = Vec::new();
    body.stmts.retain(|stmt| match stmt {
        Stmt::Item(item) => {
            items.push(item.clone());
            false
        }
        _ => true,
    });
    Inner(errors).visit_block(body);
    items
}

/// Macros between the statements of a block. All items of a block are emitted at its head, which is the
/// same for all but a macro, which means what follows it alone.
struct Blocks<'e>(&'e mut Errors);

impl<'ast> Visit<'ast> for Blocks<'_> {
    fn visit_item(&mut self, _: &'ast Item) {}

    fn visit_block(&mut self, block: &'ast Block) {
        for (index, stmt) in block.stmts.iter().enumerate() {
            let Stmt::Item(Item::Macro(item)) = stmt else { continue };
            let Some(name) = &item.ident else { continue };
            if block.stmts[..index].iter().any(|stmt| mentions(stmt.to_token_stream(), name)) {
                self.0.refuse(
                    item,
                    format_args!(
                        "`{name}` means something else before this macro, which is not compiled \
                         yet: move it to the head of the block, or give it another name"
                    ),
                );
            }
        }
        visit::visit_block(self, block);
    }
}

fn mentions(tokens: TokenStream, name: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => mentions(group.stream(), name),
        TokenTree::Ident(ident) => ident == *name,
        _ => false,
    })
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
}
