//! Writes the compiled function: the twin, the frame, its table and its two closures.

use proc_macro2::{Group, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};
use syn::Type;
use syn::visit_mut::VisitMut;

use crate::flow::{self, Machine, Part, Parts, Placeholder, SlotId, State};
use crate::frame::{self, Frame};
use crate::names;
use crate::parse::{Input, Kind};
use crate::storage::Storage;
use crate::twin;
use crate::twin::EraseImplTrait;

pub(crate) fn function(
    input: &Input,
    items: &TokenStream,
    machine: &Machine,
    storage: &Storage,
) -> TokenStream {
    let (attrs, vis) = (&input.attrs, &input.vis);
    let signature = signature(input);
    let twin = crate::twin::emit(input);
    let frame = frame::frame(input, machine, storage);
    let body = Emitter { input, machine, frame }.machine();
    let machine_name = names::local("machine");
    // Of lifetimes that are not those of the return type, rustc speaks there.
    let mut handle = machine_name.clone();
    handle.set_span(machine_name.span().located_at(input.output_span()));
    // A proc's handle knows where it was started, except by a function of another ABI.
    let caller = matches!(input.kind, Kind::Proc { .. })
        .then_some(quote!(#[track_caller]))
        .filter(|_| !attrs.iter().any(|attr| attr.path().is_ident("track_caller")))
        .filter(|_| input.sig.abi.is_none());
    let mut block = TokenStream::new();
    let inside = quote! {
            #items
            #twin
            #[allow(
                warnings,
                unused,
                dangerous_implicit_autorefs,
                long_running_const_eval,
                clippy::all,
                clippy::pedantic,
                clippy::nursery,
                clippy::restriction
            )]
            let #machine_name = unsafe { #body };
            #handle
    };
    // The braces are the user's, and with them the place of the whole function.
    input.body.brace_token.surround(&mut block, |block| block.extend(inside));
    quote!(#(#attrs)* #caller #vis #signature #block)
}

/// A function that was refused: its signature, so that its callers still compile. With `checked`
/// its twin is there too: what rustc has to say of the body comes with what we have, and what the
/// body uses is used.
pub(crate) fn refused(input: &Input, checked: Option<&TokenStream>) -> TokenStream {
    let checked = checked.map(|items| {
        let twin = twin::emit(input);
        quote!(#items #twin)
    });
    without_machine(input, checked.unwrap_or_default())
}

/// A function whose body could not be read. Should rustc find nothing wrong with it, it is not
/// compiled either.
pub(crate) fn unread(input: &Input, items: &TokenStream) -> TokenStream {
    let twin = twin::emit(input);
    without_machine(input, quote!(#items #twin ::async_proc::machine::unread(&__twin);))
}

fn without_machine(input: &Input, checked: TokenStream) -> TokenStream {
    let (attrs, vis) = (&input.attrs, &input.vis);
    let signature = signature(input);
    let value = match &input.kind {
        Kind::Proc { .. } => quote!(loop {}),
        Kind::Async { output } => {
            let mut output = output.clone();
            EraseImplTrait.visit_type_mut(&mut output);
            match output {
                Type::Never(_) => quote!(::core::future::pending()),
                output => quote!(::core::future::pending::<#output>()),
            }
        }
    };
    quote! {
        #(#attrs)*
        #[allow(warnings, unused, clippy::all)]
        #vis #signature { #checked #value }
    }
}

fn signature(input: &Input) -> TokenStream {
    let mut sig = input.sig.clone();
    if let Kind::Async { output } = &input.kind {
        sig.asyncness = None;
        // `!` has no name yet outside of a return type.
        let output = match output {
            Type::Never(never) => quote!(<fn() -> #never as ::async_proc::machine::Returns>::Value),
            output => output.to_token_stream(),
        };
        // At the return type, for "the found future" to lead there; of our own edition, in which
        // it captures every lifetime.
        let span = Span::call_site().located_at(input.output_span());
        sig.output = syn::parse_quote_spanned! {span=>
            -> impl ::core::future::Future<Output = #output>
        };
    }
    quote!(#sig)
}

struct Emitter<'a> {
    input: &'a Input,
    machine: &'a Machine,
    frame: Frame,
}

impl Emitter<'_> {
    fn machine(&self) -> TokenStream {
        let states = self.states();
        let table = self.table();
        let (frame, types) = (&self.frame.definition, &self.machine.types);
        let proofs = &self.machine.proofs;
        let proofs = (!proofs.is_empty()).then(|| quote!(if false { #proofs }));
        let (resume, in_parts) = (self.resume(), self.in_parts());
        let (visit, resume_name) = (names::local("visit"), names::local("resume"));
        let params = self.input.params.iter().map(|param| &param.ident);
        let (make, state) = match self.input.kind {
            Kind::Proc { .. } => (quote!(start), quote!(())),
            Kind::Async { .. } if twin::is_named(self.input) => {
                (quote!(lazy), quote!(__State::Start))
            }
            Kind::Async { .. } => (quote!(lazy_hidden), quote!(__State::Start)),
        };
        // The closure captures nothing; as in the twin, which is `async move`, rustc then suggests no
        // clones.
        // In edition 2024 an `expr` fragment matches `_`.
        let edition = self.machine.edition.map(|span| {
            quote_spanned! {span=>
                const __SINCE_2024: bool = {
                    macro_rules! since_2024 { ($e:expr) => { true }; (_) => { false } }
                    since_2024!(_)
                };
            }
        });
        quote! {
            use ::async_proc::{machine as __machine};
            #edition
            #types
            #proofs
            #states
            #table
            #frame
            __machine::#make(__twin, (#state, #(#params,)*), move |#visit| {
                let #resume_name = #visit.resume(#resume);
                #visit.run(#resume_name, #in_parts)
            })
        }
    }

    /// The states, by number: the three that every machine has, those that wait, the others.
    fn states(&self) -> TokenStream {
        let (waiting, others): (Vec<_>, Vec<_>) =
            self.machine.states.iter().skip(1).partition(|state| state.suspension.is_some());
        let names = waiting.iter().chain(&others).map(|state| &state.name);
        let repr = if frame::is_wide(self.machine) { quote!(u16) } else { quote!(u8) };
        quote! {
            #[repr(#repr)]
            enum __State { Start, Ended, Running, #(#names),* }
        }
    }

    fn table(&self) -> TokenStream {
        let name = self.input.sig.ident.to_string();
        let line = literal(self.input.sig.ident.span().start().line);
        let suspensions = self.machine.states.iter().filter_map(|state| {
            let (name, suspension) = (&state.name, state.suspension.as_ref()?);
            let (line, column) =
                (literal(suspension.line as usize), literal(suspension.column as usize));
            let source = &suspension.source;
            Some(quote! {
                __machine::Suspension {
                    state: __State::#name as u16, line: #line, column: #column, source: #source,
                }
            })
        });
        quote! {
            const __FUNCTION: &__machine::Function =
                &__machine::Function {
                    name: #name,
                    module: ::core::module_path!(),
                    file: ::core::file!(),
                    line: #line,
                    suspensions: &[#(#suspensions),*],
                };
        }
    }

    fn resume(&self) -> TokenStream {
        let Frame { inferred, names: slots, .. } = &self.frame;
        let pin = twin::pin_return_type(self.input, &quote!(__machine::Poll));
        let label = flow::machine_label();
        let (at, cx, state) = (names::at(), names::cx(), names::state());
        let params = names::local("params");
        let arms = self.arms(0);
        let untyped = self.machine.slots.iter().filter(|slot| !slot.written).map(|slot| {
            let name = &slot.name;
            quote!(if false { #name.put(loop {}); })
        });
        let questions = self.questions();
        quote! {
            |
                #at: __machine::At<#inferred>,
                #params,
                #cx: &mut ::core::task::Context<'_>,
            | {
                #pin
                let #slots = __Frame::slots(#at);
                let #state = #at.state::<__State>();
                #questions
                #label: loop {
                    match ::core::mem::replace(&mut *#state, __State::Running) {
                        #arms
                        __State::Running | __State::Ended => {
                            #(#untyped)*
                            __machine::poisoned()
                        }
                    }
                }
            }
        }
    }

    /// The questions that the states ask.
    fn questions(&self) -> TokenStream {
        if self.machine.questions.is_empty() {
            return TokenStream::new();
        }
        let mut asked = std::collections::HashSet::new();
        for state in &self.machine.states {
            crate::resolve::replace_idents(state.code.clone(), &mut |ident| {
                asked.insert(ident.to_string());
                None
            });
        }
        let questions = self.machine.questions.iter();
        questions
            .filter(|question| asked.contains(&question.name.to_string()))
            .map(|flow::Question { name, make }| quote!(let #name = #make;))
            .collect()
    }

    /// What puts the parameters into their slots.
    fn start(&self) -> TokenStream {
        if self.machine.params.is_empty() {
            return TokenStream::new();
        }
        let params = names::local("params");
        let puts = self.machine.params.iter().enumerate().map(|(index, slot)| {
            let slot = &self.machine.slots[slot.0].name;
            let field = Literal::usize_unsuffixed(index + 1);
            quote!(#slot.put(#params.#field);)
        });
        quote!(let #params = #params.read(); #(#puts)*)
    }

    /// The arms of a region's states, and one for each region in it: for its items, and the arms of
    /// its states.
    fn arms(&self, region: usize) -> TokenStream {
        let mut arms = TokenStream::new();
        let mut entered = Vec::new();
        for state in &self.machine.states {
            if state.region == region {
                arms.extend(self.arm(state));
                continue;
            }
            let Some(inner) = self.inner_region(region, state.region) else { continue };
            if entered.contains(&inner) {
                continue;
            }
            entered.push(inner);
            let states = self.machine.states.iter().filter(|state| {
                state.region == inner || self.inner_region(inner, state.region).is_some()
            });
            let names = states.map(|state| &state.name);
            let (items, inner) = (&self.machine.regions[inner].items, self.arms(inner));
            let current = names::local("current");
            arms.extend(quote! {
                #current @ (#(__State::#names)|*) => {
                    #items
                    match #current {
                        #inner
                        _ => ::core::unreachable!()
                    }
                }
            });
        }
        arms
    }

    /// The region within `outer` in which, however deep, `region` lies.
    fn inner_region(&self, outer: usize, mut region: usize) -> Option<usize> {
        loop {
            let parent = self.machine.regions[region].parent?;
            if parent == outer {
                return Some(region);
            }
            region = parent;
        }
    }

    fn arm(&self, state: &State) -> TokenStream {
        let name = &state.name;
        let start = (*name == self.machine.states[0].name).then(|| self.start());
        let code = self.written_out(state.code.clone());
        // Within a labelled block rustc refuses a `continue` or `break` that a macro of the user's
        // brings along, and which would mean the machine's own loop.
        let step = syn::Lifetime::new("'step", Span::mixed_site());
        quote!(__State::#name => #step: { #start #code })
    }

    /// Code with the slots' names, and what drops and assigns them, in their places.
    fn written_out(&self, code: TokenStream) -> TokenStream {
        let mut output = Vec::new();
        let mut tokens = code.into_iter();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Group(group) => {
                    let mut written =
                        Group::new(group.delimiter(), self.written_out(group.stream()));
                    written.set_span(group.span());
                    output.push(TokenTree::Group(written));
                }
                TokenTree::Ident(ident) => match Placeholder::read(&ident.to_string()) {
                    None => output.push(TokenTree::Ident(ident)),
                    Some(Placeholder::Slot(slot)) => {
                        let mut name = self.machine.slots[slot.0].name.clone();
                        name.set_span(ident.span());
                        output.push(TokenTree::Ident(name));
                    }
                    Some(Placeholder::Part(number)) => {
                        let mut name = self.machine.parts[number].name.clone();
                        name.set_span(ident.span());
                        output.push(TokenTree::Ident(name));
                    }
                    Some(Placeholder::Assign(number)) => output.extend(self.assign(number)),
                    Some(Placeholder::Kill(slot)) => match self.kill(slot) {
                        Some(kill) => output.extend(kill),
                        // Without its semicolon.
                        None => drop(tokens.next()),
                    },
                },
                token => output.push(token),
            }
        }
        output.into_iter().collect()
    }

    /// What drops a slot at the end of its scope, or on a way out of it. A future that was awaited is
    /// gone by then.
    fn kill(&self, slot: SlotId) -> Option<TokenStream> {
        let slot_name = &self.machine.slots[slot.0].name;
        if self.machine.slots[slot.0].awaited {
            return None;
        }
        Some(match self.rest(slot) {
            None => quote!(#slot_name.kill()),
            Some(rest) => quote!(#slot_name.kill_with(#rest)),
        })
    }

    /// What assigns the value in the parentheses that follow.
    fn assign(&self, number: usize) -> TokenStream {
        let (slot, path) = &self.machine.assigns[number];
        let name = &self.machine.slots[slot.0].name;
        if path.is_empty() {
            // Parts that were moved out are forgotten before the whole is replaced.
            return match self.rest(*slot) {
                None => quote!(#name.assign),
                Some(rest) => quote!((#name.assign_with(#rest))),
            };
        }
        let part = self.machine.parts.iter().find(|part| part.is_field(*slot, path));
        match part.map(|part| &part.name) {
            None => quote!((*#name.at) #(.#path)* =),
            Some(part) => quote!((#part.refill(&raw mut (*#name.at) #(.#path)*))),
        }
    }

    /// A closure that forgets the parts of a variable that were moved out, if some may be.
    fn rest(&self, slot: SlotId) -> Option<TokenStream> {
        if let Some(held) = self.machine.slots[slot.0].holds {
            let name = &self.machine.slots[held.0].name;
            return Some(quote!(|_| #name.kill()));
        }
        let parts: Vec<&Part> =
            self.machine.parts.iter().filter(|part| part.slot == slot).collect();
        if parts.is_empty() {
            return None;
        }
        let rest = names::local("rest");
        let mixed = parts.iter().any(|part| matches!(part.which, Parts::Bindings { .. }));
        // Beside a pattern's bindings a field is only ever copied, which its type must bear out.
        let field = |Part { name, .. }: &Part, path: &[syn::Member]| match mixed {
            true => quote!(#name.copied(&#rest #(.#path)*);),
            false => quote!(if #name.clear() { ::core::mem::forget(#rest #(.#path)*); }),
        };
        let fields = |left: &dyn Fn(&[syn::Member]) -> bool| -> TokenStream {
            let fields = parts.iter().filter_map(|part| match &part.which {
                Parts::Field(path) if left(path) => Some(field(part, path)),
                _ => None,
            });
            fields.collect()
        };
        let mut several = TokenStream::new();
        for Part { name, which, .. } in &parts {
            let forgotten = match which {
                Parts::Field(_) => continue,
                Parts::Bindings { deref, pattern, names, imports } => quote! {
                    #imports
                    match #deref #rest { #pattern => ::core::mem::forget((#(#names),*)), _ => {} }
                },
                Parts::Update { path, listed, shape, imports } => {
                    // What the update has left may have been moved by itself.
                    let left = fields(&|field| match field.strip_prefix(&path[..]) {
                        Some([first, ..]) => listed.contains(first),
                        Some([]) => false,
                        None => true,
                    });
                    let left = if mixed { TokenStream::new() } else { left };
                    quote! {
                        #imports
                        #left
                        ::core::mem::forget(
                            || #shape { #(#listed: loop {},)* ..#rest #(.#path)* }
                        );
                    }
                }
            };
            several.extend(quote!(if #name.clear() { #forgotten } else));
        }
        let fields = fields(&|_| true);
        // Whole where nothing was moved: rustc drops an array that may lack elements otherwise.
        let whole = quote!(::core::mem::drop(#rest));
        Some(match (several.is_empty(), mixed) {
            (true, _) => quote!(|#rest| { #fields }),
            (false, true) => quote!(|#rest| { #fields #several { #whole } }),
            (false, false) => quote!(|#rest| { #several { #fields } }),
        })
    }

    /// The closure that drops the variables which may be moved out of in part.
    fn in_parts(&self) -> TokenStream {
        let Frame { inferred, names: slots, .. } = &self.frame;
        let (at, slot) = (names::at(), names::local("slot"));
        let arms: Vec<TokenStream> = (0..self.machine.slots.len())
            .filter_map(|index| {
                let rest = self.rest(SlotId(index))?;
                let name = &self.machine.slots[index].name;
                let index = Literal::usize_unsuffixed(index);
                Some(quote!(#index => #name.kill_with(#rest),))
            })
            .collect();
        if arms.is_empty() {
            return quote!(__machine::nothing_in_parts);
        }
        quote! {
            |#at: __machine::At<#inferred>, #slot| {
                let #slots = __Frame::slots(#at);
                match #slot { #(#arms)* _ => {} }
            }
        }
    }
}

fn literal(number: usize) -> Literal {
    Literal::u32_unsuffixed(u32::try_from(number).unwrap_or(0))
}
