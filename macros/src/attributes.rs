//! Attributes in the body that speak to tools: they are for the twin, which is what tools look at.
//!
//! The machine allows every lint. What an attribute in it expects or denies would be looked for in
//! code that the user has not written, and most of what carries one is taken apart anyway.

use syn::visit_mut::VisitMut;
use syn::{Attribute, Block, Item};

pub(crate) fn strip(body: &mut Block) {
    Strip.visit_block_mut(body);
}

struct Strip;

impl VisitMut for Strip {
    fn visit_item_mut(&mut self, _: &mut Item) {}

    fn visit_attributes_mut(&mut self, attrs: &mut Vec<Attribute>) {
        attrs.retain(|attr| !is_for_tools(attr));
    }
}

fn is_for_tools(attr: &Attribute) -> bool {
    const LINTS: &[&str] = &["allow", "deny", "doc", "expect", "forbid", "warn"];
    let Some(first) = attr.path().segments.first() else { return false };
    match attr.path().get_ident() {
        Some(name) => LINTS.iter().any(|lint| name == lint),
        None => first.ident == "rustfmt" || first.ident == "clippy",
    }
}
