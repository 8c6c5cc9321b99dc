//! `Struct { field: value, ..base }` from a variable of the frame: moves, or copies, the fields of
//! the base that are not written out, and leaves it the others.
//!
//! Which fields those are the macro does not know. A closure that is made of the same expression
//! captures them, and no others: what is left of the base is what remains when one has been made of
//! it and forgotten.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::ExprStruct;

use super::variable::field_path;
use super::{Flow, Parts, SlotId};

impl Flow<'_> {
    /// A struct update whose base is a variable of the frame, or a field of one, with the values of
    /// the fields that are written out compiled.
    pub(super) fn update(
        &mut self,
        literal: &ExprStruct,
        values: &[TokenStream],
    ) -> Option<TokenStream> {
        let base = literal.rest.as_deref()?;
        let (mention, path) = field_path(base)?;
        let (var, span) = {
            let mention = self.names.mention(mention);
            (mention.var, mention.span)
        };
        let slot = self.frame_slot(var)?;
        if self.names.var(var).reference.is_some() {
            return None;
        }
        let place = self.mention_place(var, span);
        Some(self.update_at(literal, values, slot, &place, &path))
    }

    /// The same, of a base that lies in a slot, or is a field of one.
    pub(super) fn update_at(
        &mut self,
        literal: &ExprStruct,
        values: &[TokenStream],
        slot: SlotId,
        place: &TokenStream,
        path: &[syn::Member],
    ) -> TokenStream {
        let listed: Vec<_> = literal.fields.iter().map(|field| field.member.clone()).collect();
        let name = format!("{}_update", self.slots[slot.0].name);
        let shape = literal.path.to_token_stream();
        let imports = self.imports(&shape);
        let which = Parts::Update {
            path: path.to_vec(),
            listed: listed.clone(),
            shape: shape.clone(),
            imports,
        };
        let name = self.add_part(&name, slot, which);
        let locals: Vec<Ident> = (0..values.len())
            .map(|index| Ident::new(&format!("field_{index}"), Span::mixed_site()))
            .collect();
        let base = Ident::new("base", Span::mixed_site());
        // A closure captures what lies behind a pointer with the pointer: refused by its type.
        let checks = (0..path.len()).map(|length| {
            let prefix = &path[..length];
            quote! {
                if false {
                    use __machine::HoldsItsFields as _;
                    let () = __machine::Base::of(&raw const #place #(.#prefix)*)
                        .holds_its_fields();
                }
            }
        });
        let mut text = shape;
        literal.brace_token.surround(&mut text, |text| {
            text.extend(quote!(#(#listed: #locals,)* ..#base));
        });
        quote! {
            match (#(#values,)*) {
                (#(#locals,)*) => {
                    #(#checks)*
                    #name.note();
                    let #base = ::core::ptr::read(&raw const #place #(.#path)*);
                    let updated = #text;
                    #(::core::mem::forget(#base.#listed);)*
                    updated
                }
            }
        }
    }
}
