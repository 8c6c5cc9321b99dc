//! Variables of the frame: their values, their fields, assignments to them.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Expr;
use syn::spanned::Spanned;

use super::native::Use;
use super::{Flow, Part, Parts, SlotId};
use crate::liveness::mentions_in;
use crate::once;
use crate::parse::Reference;
use crate::resolve::{self, MentionId, VarId};

impl Flow<'_> {
    /// The text of a variable whose value is used, if it lies in the frame.
    pub(super) fn value_of(&self, mention: MentionId) -> Option<TokenStream> {
        let mention = self.names.mention(mention);
        if let Some(text) = self.shown_value(mention.var) {
            return Some(text);
        }
        let slot = self.frame_slot(mention.var)?;
        if self.is_shared(mention.var) {
            return Some(self.mention_place(mention.var, mention.span));
        }
        if mention.used_later {
            // The twin proves that this copies, or reborrows; if not, rustc says so there.
            let mut name = self.name(slot);
            name.set_span(Span::mixed_site().located_at(mention.span));
            let copy = quote_spanned!(mention.span=> #name.copy());
            return Some(once::at(mention.span, mention.span, copy));
        }
        Some(once::at(mention.span, mention.span, self.take(slot)))
    }

    /// What a variable refers to that was declared as `&T`, if `expr` is one: reached through a raw
    /// pointer, so that of a change to it rustc speaks in the twin alone.
    pub(super) fn behind(&self, expr: &Expr) -> Option<TokenStream> {
        let (mention, path) = field_path(expr)?;
        let mention = self.names.mention(mention);
        let slot = self.frame_slot(mention.var)?;
        let shadowed = self.shadowed.iter().any(|shadows| shadows.contains_key(&mention.var));
        if !path.is_empty() || !self.is_shared(mention.var) || shadowed {
            return None;
        }
        let span = mention.span;
        let mut name = self.name(slot);
        name.set_span(Span::mixed_site().located_at(span));
        Some(quote_spanned!(span=> (*__machine::behind(#name.at))))
    }

    /// The text that copies a field of what such a variable refers to: what is moved out of it, is
    /// so in the twin alone, too.
    pub(super) fn copied(&self, expr: &Expr) -> Option<TokenStream> {
        let Expr::Field(_) = expr else { return None };
        let (mention, path) = field_path(expr)?;
        let span = self.names.mention(mention).span;
        let mut base = expr;
        while let Expr::Field(field) = base {
            base = &field.base;
        }
        let behind = self.behind(base)?;
        let copy = quote! {
            __machine::copied(&raw const #behind #(.#path)*)
        };
        let last = path.last().map_or(span, Spanned::span);
        Some(once::at(span, last, copy))
    }

    pub(super) fn is_shared(&self, var: VarId) -> bool {
        self.names.var(var).reference == Some(Reference::Shared)
    }

    /// Whether an expression is a field of a variable in the frame, which a use by value may move.
    pub(super) fn is_part(&self, expr: &Expr) -> bool {
        field_path(expr).is_some_and(|(mention, _)| {
            let var = self.names.mention(mention).var;
            self.frame_slot(var).is_some() && self.names.var(var).reference.is_none()
        })
    }

    /// The text that moves, or copies, such a field.
    pub(super) fn part_of(&mut self, expr: &Expr) -> Option<TokenStream> {
        let (mention, path) = field_path(expr)?;
        let (var, span) = {
            let mention = self.names.mention(mention);
            (mention.var, mention.span)
        };
        let slot = self.frame_slot(var)?;
        let place = self.mention_place(var, span);
        let part = self.part(slot, path.clone());
        Some(quote!(#part.take(&raw const #place #(.#path)*)))
    }

    /// The flag of a field that may be moved out.
    pub(super) fn part(&mut self, slot: SlotId, path: Vec<syn::Member>) -> Ident {
        let known = self.parts.iter().position(|part| part.is_field(slot, &path));
        if let Some(part) = known {
            return super::placeholder::part(part);
        }
        let path_name: Vec<String> =
            path.iter().map(|member| member.to_token_stream().to_string()).collect();
        let name = format!("{}_{}", self.slots[slot.0].name, path_name.join("_"));
        self.add_part(&name, slot, Parts::Field(path))
    }

    /// A new flag.
    pub(super) fn add_part(&mut self, name: &str, slot: SlotId, which: Parts) -> Ident {
        let name = self.local(name);
        self.parts.push(Part { name, slot, which });
        super::placeholder::part(self.parts.len() - 1)
    }

    pub(super) fn rewrite_assign(&mut self, expr: &mut Expr) {
        let Expr::Assign(assign) = expr else { return };
        let value = self.native(&assign.right, Use::Value);
        if let Some(text) = self.assign_to(&assign.left, value.clone()) {
            *expr = Expr::Verbatim(text);
            return;
        }
        *assign.right = Expr::Verbatim(value);
        self.rewrite(&mut assign.left, Use::Place);
    }

    /// The assignment to a variable of the frame, or to a field of one; `None` for other places.
    pub(super) fn assign_to(&mut self, left: &Expr, value: TokenStream) -> Option<TokenStream> {
        if let Expr::Tuple(_) | Expr::Array(_) | Expr::Call(_) | Expr::Struct(_) = left {
            let in_frame = mentions_in(left.to_token_stream())
                .iter()
                .any(|mention| self.frame_slot(self.names.mention(*mention).var).is_some());
            if in_frame {
                self.refuse(
                    left,
                    "assigning to a pattern is not compiled yet where one of its variables lives \
                     across a suspension: bind the parts with `let`, then assign them one by one",
                );
            }
            return None;
        }
        let (mention, path) = field_path(left)?;
        let var = self.names.mention(mention).var;
        let slot = self.frame_slot(var)?;
        if path.is_empty() {
            self.slots[slot.0].written = true;
        } else if self.names.var(var).reference.is_some() {
            return None;
        }
        // What is moved out of it may stand further down, in a loop: the text is decided at the end.
        let assign = super::placeholder::assign(self.assigns.len());
        self.assigns.push((slot, path));
        self.assigned.push(left.to_token_stream());
        Some(quote!(#assign(#value)))
    }

    /// Refuses assignments to what was moved out in another shape than it is assigned in.
    pub(super) fn refuse_reshaped(&mut self) {
        let lefts = std::mem::take(&mut self.assigned);
        for (index, left) in lefts.into_iter().enumerate() {
            let (slot, path) = &self.assigns[index];
            let reshaped = !path.is_empty()
                && self.parts.iter().any(|part| {
                    part.slot == *slot
                        && match &part.which {
                            Parts::Field(moved) => {
                                moved.len() > path.len() && moved.starts_with(path)
                            }
                            Parts::Bindings { .. } | Parts::Update { .. } => true,
                        }
                });
            if reshaped {
                self.refuse(
                    left,
                    "assigning to a field is not compiled yet where a part of that field, or a \
                     part of the variable that a pattern binds, may have been moved out: assign \
                     the whole variable, or bind its parts to variables of their own",
                );
            }
        }
    }
}

/// The variable and the fields that a path of fields starts from.
pub(super) fn field_path(expr: &Expr) -> Option<(MentionId, Vec<syn::Member>)> {
    match expr {
        Expr::Field(field) => {
            let (mention, mut path) = field_path(&field.base)?;
            path.push(field.member.clone());
            Some((mention, path))
        }
        Expr::Paren(inner) => field_path(&inner.expr),
        _ => resolve::mention_of(expr).map(|mention| (mention, Vec::new())),
    }
}
