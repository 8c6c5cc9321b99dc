//! Items of inner blocks that suspend.
//!
//! An item is known in all of its block and nowhere else, and a block that suspends is many states. These
//! states are therefore a `match` of their own, inside of one arm of the machine's, with the items
//! before it.

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::{Block, Item, Stmt, UseTree};

use super::Flow;
use crate::resolve;

/// The states that see the items of one block.
#[derive(Default)]
pub(crate) struct Region {
    pub(crate) parent: Option<usize>,
    pub(crate) items: TokenStream,
    /// Those that may be written once more, where a value is dropped: they define nothing.
    imports: TokenStream,
    /// The names of all.
    all: Vec<String>,
    /// The names of those that may not.
    defined: Vec<String>,
    /// All that an enum of this block has is imported.
    imports_variants: bool,
}

impl Flow<'_> {
    /// Enters the region of a block, if it has items; the next state is the first in it.
    pub(super) fn enter(&mut self, block: &Block) -> Option<usize> {
        let mut items: Vec<&Item> = Vec::new();
        for stmt in &block.stmts {
            items.extend(match stmt {
                Stmt::Item(item) => Some(item),
                _ => None,
            });
        }
        if items.is_empty() {
            return None;
        }
        let own = self.own_types(&items, block);
        own.iter().for_each(|item| item.to_tokens(&mut self.types));
        items.retain(|item| !own.contains(item));
        let around = self.region;
        let mut region = Region { parent: Some(around), ..Region::default() };
        for item in &items {
            item.to_tokens(&mut region.items);
            region.all.extend(resolve::item_names(item));
            if !matches!(item, Item::Use(_)) {
                region.defined.extend(resolve::item_names(item));
            }
        }
        for item in &items {
            let Item::Use(import) = item else { continue };
            if first_name(&import.tree).is_some_and(|name| region.defined.contains(&name)) {
                region.defined.extend(resolve::item_names(item));
                region.imports_variants = true;
            } else {
                item.to_tokens(&mut region.imports);
            }
        }
        let first = self.state("Block");
        self.go_on(first);
        self.regions.push(region);
        self.region = self.regions.len() - 1;
        self.begin(first);
        Some(around)
    }

    /// The types that nothing outside of the block has the name of, and that name nothing which only
    /// the block knows: they may as well be those of the whole machine.
    fn own_types<'i>(&self, items: &[&'i Item], block: &Block) -> Vec<&'i Item> {
        let names = |item: &Item| match item {
            Item::Struct(item) => vec![item.ident.to_string()],
            Item::Union(item) => vec![item.ident.to_string()],
            item => resolve::item_names(item),
        };
        let count = |tokens: TokenStream, name: &str| {
            let mut count = 0;
            mentions(&tokens, &mut |ident| {
                count += usize::from(ident == name);
                false
            });
            count
        };
        let mut own: Vec<&Item> = items
            .iter()
            .copied()
            .filter(|item| matches!(item, Item::Enum(_) | Item::Struct(_) | Item::Union(_)))
            .filter(|item| {
                names(item).iter().all(|name| {
                    let inside = count(block.to_token_stream(), name);
                    inside == count(self.body.to_token_stream(), name)
                })
            })
            .collect();
        loop {
            let known: Vec<String> = own.iter().flat_map(|item| names(item)).collect();
            let mut hidden: Vec<String> = items.iter().flat_map(|item| names(item)).collect();
            let mut region = Some(self.region);
            while let Some(number) = region {
                let Region { parent, all, .. } = &self.regions[number];
                hidden.extend(all.iter().cloned());
                region = *parent;
            }
            hidden.retain(|name| !known.contains(name));
            let before = own.len();
            own.retain(|item| {
                let mut hides = |name: &str| hidden.iter().any(|hidden| hidden == name);
                !mentions(&item.to_token_stream(), &mut hides)
            });
            if own.len() == before {
                return own;
            }
        }
    }

    /// Goes back to the region around that of a block which has come to its end.
    pub(super) fn leave_for(&mut self, around: Option<usize>) {
        let Some(around) = around else { return };
        self.region = around;
        if !self.ended {
            let next = self.state("AfterBlock");
            self.go_on(next);
            self.begin(next);
        }
    }

    /// The imports of inner blocks that a pattern may need once more, where the value is dropped that
    /// it moves parts out of. What these blocks define is not known there.
    pub(super) fn imports(&mut self, pattern: &TokenStream) -> TokenStream {
        let mut imports = TokenStream::new();
        let mut hidden = false;
        let mut region = self.region;
        while let Some(parent) = self.regions[region].parent {
            let Region { imports: here, defined, imports_variants, .. } = &self.regions[region];
            hidden |= mentions(pattern, &mut |name| {
                let variant = *imports_variants && name.starts_with(char::is_uppercase);
                variant || defined.iter().any(|defined| defined == name)
            });
            imports = here.clone().into_iter().chain(imports).collect();
            region = parent;
        }
        if hidden {
            self.refuse(
                pattern,
                "this pattern may move parts out of a value that lives across a suspension, by a \
                 name that an inner block defines, which is not compiled yet: move the item to \
                 the head of the function",
            );
        }
        imports
    }

    /// Refuses macros of inner blocks that name a variable of the frame, of which they know the name
    /// alone.
    pub(super) fn refuse_macros_with_variables(&mut self) {
        let names = self.names;
        for (var, ident) in &names.in_macros {
            if names.var(*var).in_frame {
                self.errors.refuse(
                    ident,
                    format_args!(
                        "`{ident}` lives across a suspension, and a macro that names it is not \
                         compiled yet: give it to the macro as an argument"
                    ),
                );
            }
        }
    }
}

/// The first name of a path that is imported.
fn first_name(tree: &UseTree) -> Option<String> {
    match tree {
        UseTree::Path(path) => match path.ident.to_string() {
            this if this == "self" => first_name(&path.tree),
            name => Some(name),
        },
        UseTree::Name(name) => Some(name.ident.to_string()),
        UseTree::Rename(rename) => Some(rename.ident.to_string()),
        UseTree::Glob(_) | UseTree::Group(_) => None,
    }
}

fn mentions(tokens: &TokenStream, is: &mut dyn FnMut(&str) -> bool) -> bool {
    let mut found = false;
    resolve::replace_idents(tokens.clone(), &mut |ident| {
        found |= is(&ident.to_string());
        None
    });
    found
}
