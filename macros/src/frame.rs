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
        let (slot_types, slots, scratch) = self.slots();
        let live = storage.live.iter().map(|(_, slots)| {
            let slots = slots.iter().map(|SlotId(slot)| literal(*slot));
            quote!(&[#(#slots),*])
        });
        let wide = is_wide(self.machine).then(|| {
            quote!(
                const WIDE: bool = true;
            )
        });
        let at = names::at();
        quote! {
            struct __Frame<#(#generics),*>(::core::marker::PhantomData<(#(#generics,)*)>);
            impl<#(#generics),*> __Frame<#(#generics),*> {
                const PLAN: &'static ::async_proc::machine::Plan<#count> =
                    &::async_proc::machine::Plan::new(
                        [#(#needs),*], ::core::mem::size_of::<__State>(), #state_at,
                    );
                unsafe fn slots(#at: ::async_proc::machine::At<Self>) -> (#slot_types) {
                    (#slots)
                }
            }
            unsafe impl<#(#generics),*> ::async_proc::machine::Frame for __Frame<#(#generics),*> {
                type Live = [::async_proc::machine::Live; #words];
                type Scratch = (#scratch);
                const FUNCTION: &'static ::async_proc::machine::Function = __FUNCTION;
                const SHAPE: ::async_proc::machine::Shape = Self::PLAN.shape;
                const LIVE: &'static [Self::Live] = &Self::PLAN.live([#(#live),*]);
                #wide
            }
        }
    }

    /// How many slots and flags there are.
    fn count(&self) -> usize {
        self.machine.slots.len() + self.machine.parts.len()
    }

    fn needs(&self) -> Vec<TokenStream> {
        let slots = self.storage.needs.iter().zip(self.generics).map(|(need, ty)| {
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
            quote!(::async_proc::machine::need::<#ty>() #meets #varies)
        });
        let flags = self.machine.parts.iter().map(|part| {
            let ty = &self.generics[part.slot.0];
            quote!(::async_proc::machine::flag::<#ty>())
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

    /// The types of the slots and flags, what makes them, and the types of what may lie beside the
    /// frame.
    fn slots(&self) -> (TokenStream, TokenStream, TokenStream) {
        let (mut types, mut slots, mut scratch) =
            (TokenStream::new(), TokenStream::new(), TokenStream::new());
        let at = names::at();
        let mut beside = 0;
        for (index, (need, ty)) in self.storage.needs.iter().zip(self.generics).enumerate() {
            let number = literal(index);
            types.extend(quote!(::async_proc::machine::Slot<#ty>,));
            if need.dropped.is_some() && need.plain.is_some() {
                slots.extend(quote!(::async_proc::machine::Slot::new(#at, Self::PLAN, #number),));
                continue;
            }
            let place = literal(beside);
            beside += 1;
            scratch.extend(quote!(::core::mem::MaybeUninit<#ty>,));
            slots.extend(quote! {
                ::async_proc::machine::Slot::passing(
                    #at, Self::PLAN, #number, |scratch| &raw mut (*scratch).#place,
                ),
            });
        }
        for index in 0..self.machine.parts.len() {
            let number = literal(self.machine.slots.len() + index);
            types.extend(quote!(::async_proc::machine::Moved,));
            slots.extend(quote!(::async_proc::machine::Moved::new(#at, Self::PLAN, #number),));
        }
        (types, slots, scratch)
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
