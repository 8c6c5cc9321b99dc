//! Where the slots lie: scopes that are never open together overlap.
//!
//! A scope's own slots and those of its only child lie side by side; two or more children share
//! their storage in a union. Every type is left to inference, a parameter a slot.

use std::collections::HashMap;

use proc_macro2::{Ident, Span, TokenStream};
use quote::{format_ident, quote};

use crate::flow::{Machine, SlotId};

/// The types that hold a machine's slots, and the way to each slot.
pub(crate) struct Layout {
    /// The structs and unions below the frame.
    pub(crate) types: TokenStream,
    /// The frame's own fields, beside its state and live bits.
    pub(crate) fields: TokenStream,
    /// The frame's own fields with nothing in them.
    pub(crate) empty: TokenStream,
    /// A type parameter a slot.
    pub(crate) generics: Vec<Ident>,
    /// Names the scopes below the frame, outer ones first.
    pub(crate) scopes: TokenStream,
    /// For each slot a pointer to its storage, given `frame` and the scopes.
    pub(crate) pointers: Vec<TokenStream>,
}

pub(crate) fn layout(machine: &Machine) -> Layout {
    let mut children: Vec<Vec<usize>> = vec![Vec::new(); machine.scopes.len()];
    for (scope, parent) in machine.scopes.iter().enumerate() {
        if let Some(parent) = parent {
            children[*parent].push(scope);
        }
    }
    let mut own: Vec<Vec<SlotId>> = vec![Vec::new(); machine.scopes.len()];
    for (index, slot) in machine.slots.iter().enumerate() {
        own[slot.scope].push(SlotId(index));
    }
    let generics = generics(machine);
    let mut builder = Builder {
        machine,
        children,
        own,
        generics,
        types: TokenStream::new(),
        pointers: vec![TokenStream::new(); machine.slots.len()],
        scopes: TokenStream::new(),
        overlaps: 0,
        nested: 0,
    };
    let root = builder.group(0);
    let frame = crate::names::frame();
    let (fields, empty) = builder.fields(&root, &quote!((*#frame)));
    Layout {
        types: builder.types,
        fields,
        empty,
        scopes: builder.scopes,
        generics: builder.generics,
        pointers: builder.pointers,
    }
}

fn generics(machine: &Machine) -> Vec<Ident> {
    let mut taken = HashMap::new();
    machine
        .slots
        .iter()
        .map(|slot| {
            let name = crate::flow::camel(&slot.name.to_string());
            let name =
                if syn::parse_str::<Ident>(&name).is_ok() { name } else { format!("{name}_") };
            let count = taken.entry(name.clone()).or_insert(0);
            *count += 1;
            let name = if *count == 1 { name } else { format!("{name}Again{count}") };
            Ident::new(&name, Span::mixed_site())
        })
        .collect()
}

/// Slots that lie side by side, and scopes that share what follows them.
struct Group {
    slots: Vec<SlotId>,
    overlapping: Vec<Group>,
}

impl Group {
    fn all(&self) -> Vec<SlotId> {
        let below = self.overlapping.iter().flat_map(Group::all);
        self.slots.iter().copied().chain(below).collect()
    }
}

struct Builder<'m> {
    machine: &'m Machine,
    children: Vec<Vec<usize>>,
    own: Vec<Vec<SlotId>>,
    generics: Vec<Ident>,
    types: TokenStream,
    pointers: Vec<TokenStream>,
    scopes: TokenStream,
    overlaps: usize,
    nested: usize,
}

impl Builder<'_> {
    fn group(&self, scope: usize) -> Group {
        let mut slots = self.own[scope].clone();
        let mut below: Vec<Group> = self.children[scope]
            .iter()
            .map(|child| self.group(*child))
            .filter(|group| !group.slots.is_empty() || !group.overlapping.is_empty())
            .collect();
        if below.len() == 1
            && let Some(only) = below.pop()
        {
            slots.extend(only.slots);
            below = only.overlapping;
        }
        Group { slots, overlapping: below }
    }

    /// The fields of a group whose struct is at `at`, and their empty values; notes the pointers.
    fn fields(&mut self, group: &Group, at: &TokenStream) -> (TokenStream, TokenStream) {
        let mut fields = TokenStream::new();
        let mut empty = TokenStream::new();
        for slot in &group.slots {
            let (name, ty) = (&self.machine.slots[slot.0].name, &self.generics[slot.0]);
            fields.extend(quote!(#name: ::async_proc::machine::Storage<#ty>,));
            empty.extend(quote!(#name: ::async_proc::machine::storage(),));
            self.pointers[slot.0] = quote!(&raw mut #at.#name);
        }
        if !group.overlapping.is_empty() {
            self.overlaps += 1;
            let field = Ident::new(&format!("overlap_{}", self.overlaps), Span::mixed_site());
            let union = format_ident!("__Overlap{}", self.overlaps);
            let params = self.params(group.overlapping.iter().flat_map(Group::all));
            let mut variants = TokenStream::new();
            for scope in &group.overlapping {
                self.nested += 1;
                let name = Ident::new(&format!("scope_{}", self.nested), Span::mixed_site());
                let ty = format_ident!("__Scope{}", self.nested);
                let scope_params = self.params(scope.all().into_iter());
                self.scopes.extend(quote! {
                    let #name = (&raw mut #at.#field.#name).cast::<#ty<#(#scope_params),*>>();
                });
                let (scope_fields, _) = self.fields(scope, &quote!((*#name)));
                self.types.extend(quote!(struct #ty<#(#scope_params),*> { #scope_fields }));
                variants.extend(quote! {
                    #name: ::core::mem::ManuallyDrop<#ty<#(#scope_params),*>>,
                });
            }
            self.types.extend(quote!(union #union<#(#params),*> { nothing: (), #variants }));
            fields.extend(quote!(#field: #union<#(#params),*>,));
            empty.extend(quote!(#field: #union { nothing: () },));
        }
        (fields, empty)
    }

    fn params(&self, slots: impl Iterator<Item = SlotId>) -> Vec<Ident> {
        slots.map(|slot| self.generics[slot.0].clone()).collect()
    }
}
