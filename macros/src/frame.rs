//! The frame's type: a type parameter a slot, and the plan of where they lie.

use std::collections::HashMap;

use proc_macro2::{Ident, Literal, Span, TokenStream};
use quote::quote;

use crate::flow::{self, Machine, SlotId};
use crate::names;
use crate::parse::{Input, Kind};
use crate::storage::{Need, Slots, Storage};

/// The frame's type, and what is said of it elsewhere.
pub(crate) struct Frame {
    /// Its definition, and its plan.
    pub(crate) definition: TokenStream,
    /// The type with every parameter left to inference.
    pub(crate) inferred: TokenStream,
    /// The names of all slots and flags, as a pattern for `__Frame::slots`.
    pub(crate) names: TokenStream,
}

pub(crate) fn frame(input: &Input, machine: &Machine, storage: &Storage) -> Frame {
    let generics = generics(machine);
    let holes = vec![quote!(_); generics.len()];
    let slots = machine.slots.iter().map(|slot| &slot.name);
    let parts = machine.parts.iter().map(|part| &part.name);
    Frame {
        definition: Definition { input, machine, storage, generics: &generics }.all(),
        inferred: quote!(__Frame<#(#holes),*>),
        names: quote!((#(#slots,)* #(#parts,)*)),
    }
}

/// A type parameter a slot.
fn generics(machine: &Machine) -> Vec<Ident> {
    let mut taken = HashMap::new();
    machine
        .slots
        .iter()
        .map(|slot| {
            let name = flow::camel(&slot.name.to_string());
            let name =
                if syn::parse_str::<Ident>(&name).is_ok() { name } else { format!("{name}_") };
            let count = taken.entry(name.clone()).or_insert(0);
            *count += 1;
            let name = if *count == 1 { name } else { format!("{name}Again{count}") };
            Ident::new(&name, Span::mixed_site())
        })
        .collect()
}

struct Definition<'a> {
    input: &'a Input,
    machine: &'a Machine,
    storage: &'a Storage,
    generics: &'a [Ident],
}

impl Definition<'_> {
    fn all(&self) -> TokenStream {
        let Definition { generics, storage, .. } = self;
        let (count, words) = (literal(self.count()), literal(self.count().div_ceil(8)));
        let needs = self.needs();
        let state_at = self.state_at();
        let (slot_types, slots) = self.slots();
        let beside = self.storage.needs.iter().zip(self.generics);
        let beside = beside.filter(|(need, _)| need.dropped.is_none() || need.plain.is_none());
        let beside = beside.map(|(_, ty)| ty);
        let drops = self.drops();
        let live = storage.live.iter().map(|(_, slots)| {
            let slots = slots.iter().map(|slot| literal(*slot));
            quote!(&[#(#slots),*])
        });
        let wide = is_wide(self.machine).then(|| {
            quote!(
                const WIDE: bool = true;
            )
        });
        let (at, room, plan) = (names::at(), names::local("room"), names::local("plan"));
        quote! {
            struct __Frame<#(#generics),*>(::core::marker::PhantomData<(#(#generics,)*)>);
            impl<#(#generics),*> __Frame<#(#generics),*> {
                const PLAN: &'static __machine::Plan<#count> =
                    &__machine::Plan::new(
                        [#(#needs),*], ::core::mem::size_of::<__State>(), #state_at,
                    );
                unsafe fn slots(#at: __machine::At<Self>) -> (#slot_types) {
                    let (#room, #plan) = (#at.room(), Self::PLAN);
                    (#slots)
                }
            }
            unsafe impl<#(#generics),*> __machine::Frame for __Frame<#(#generics),*> {
                type Live = [__machine::Live; #words];
                type Scratch = (#(#beside,)*);
                const FUNCTION: &'static __machine::Function = __FUNCTION;
                const SHAPE: __machine::Shape = Self::PLAN.shape;
                const LIVE: &'static [Self::Live] = &Self::PLAN.live([#(#live),*]);
                const DROPS: &'static [__machine::Destructor] = &Self::PLAN.drops([#(#drops),*]);
                #wide
            }
        }
    }

    /// How many slots and flags there are.
    fn count(&self) -> usize {
        self.machine.slots.len() + self.machine.parts.len()
    }

    fn needs(&self) -> Vec<TokenStream> {
        let slots = self.storage.needs.iter().zip(self.generics).enumerate();
        let slots = slots.map(|(index, (need, ty))| {
            let Need { dropped, plain, varies } = need;
            let meets = match (dropped, plain) {
                (None, None) => TokenStream::new(),
                (Some(dropped), Some(plain)) if dropped == plain => meets("meets", dropped),
                _ => {
                    let dropped = dropped.iter().map(|slots| meets("meets_if_dropped", slots));
                    let plain = plain.iter().map(|slots| meets("meets_if_plain", slots));
                    dropped.chain(plain).collect()
                }
            };
            let varies = varies.then(|| quote!(.varies()));
            let in_parts = self.machine.is_in_parts(SlotId(index)).then(|| quote!(.in_parts()));
            quote!(__machine::need::<#ty>() #meets #varies #in_parts)
        });
        let flags = self.machine.parts.iter().zip(&self.storage.varying_flags);
        let flags = flags.map(|(part, varies)| {
            let ty = &self.generics[part.slot.0];
            let varies = varies.then(|| quote!(.varies()));
            quote!(__machine::flag::<#ty>() #varies)
        });
        slots.chain(flags).collect()
    }

    /// Where the state lies: in an `async fn` beside the parameters, before and after its start.
    fn state_at(&self) -> TokenStream {
        match self.input.kind {
            Kind::Proc { .. } => quote!(::core::option::Option::None),
            Kind::Async { .. } => {
                let params = self.machine.params.iter().map(|param| &self.generics[param.0]);
                quote!(::core::option::Option::Some(
                    ::core::mem::offset_of!((__State, #(#params,)*), 0)
                ))
            }
        }
    }

    /// The types of the slots and flags, and what makes them.
    fn slots(&self) -> (TokenStream, TokenStream) {
        let (room, plan) = (names::local("room"), names::local("plan"));
        let kinds = self.generics.iter().map(|ty| quote!(__machine::Slot<#ty>));
        let flags = self.machine.parts.iter().map(|_| quote!(__machine::Moved));
        let slots = (0..self.count()).map(|index| {
            let kind = if index < self.generics.len() { "Slot" } else { "Moved" };
            let (kind, number) = (names::local(kind), literal(index));
            quote!(__machine::#kind::new(#room, #plan, #number))
        });
        (
            kinds.chain(flags).map(|ty| quote!(#ty,)).collect(),
            slots.map(|slot| quote!(#slot,)).collect(),
        )
    }

    /// The numbers of the slots in the order in which they are dropped.
    fn drops(&self) -> Vec<TokenStream> {
        let drops = self.machine.drop_order().into_iter();
        let drops = drops.map(|(SlotId(slot), since_2024)| {
            let number = literal(slot);
            match since_2024 {
                false => quote!(#number),
                true => quote!(if __SINCE_2024 { #number } else { ::core::primitive::u16::MAX }),
            }
        });
        drops.collect()
    }
}

fn meets(method: &str, slots: &Slots) -> TokenStream {
    let method = names::local(method);
    let ranges = slots.ranges().into_iter().map(|(from, to)| {
        let (from, to) = (literal(from), literal(to));
        quote!((#from, #to))
    });
    quote!(.#method(&[#(#ranges),*]))
}

/// Whether a machine's states need two bytes: its own, and the three that every machine has.
pub(crate) fn is_wide(machine: &Machine) -> bool {
    machine.states.len() > 253
}

fn literal(number: usize) -> Literal {
    Literal::usize_unsuffixed(number)
}
