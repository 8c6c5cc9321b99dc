//! Turns the body into states.
//!
//! A piece of the body that holds no suspension is emitted as it was written (see [`native`]); one
//! that does is taken apart here: its operands in order of evaluation ([`operand`]), its blocks and
//! branches into states ([`control`]), its patterns into slots ([`bind`]). Each scope keeps the
//! slots declared in it, and every way out of it drops them in reverse.

mod bind;
mod capture;
mod chain;
mod compound;
mod control;
mod guard;
mod items;
mod matching;
mod native;
mod operand;
mod order;
mod placeholder;
mod probe;
mod quiet;
mod temporaries;
mod update;
mod variable;

pub(crate) use chain::holds_let;
pub(crate) use items::Region;
pub(crate) use operand::camel;
pub(crate) use placeholder::Placeholder;

use std::collections::{HashMap, HashSet};

use proc_macro2::{Ident, LineColumn, Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::{Block, Expr, Type};

use crate::diagnostics::Errors;
use crate::hygiene::Guess;
use crate::names;
use crate::once;
use crate::parse::Input;
use crate::resolve::{self, Names, VarId};

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct StateId(pub(crate) usize);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct SlotId(pub(crate) usize);

/// One arm of the machine.
pub(crate) struct State {
    pub(crate) name: Ident,
    pub(crate) code: TokenStream,
    pub(crate) suspension: Option<Suspension>,
    /// The region it lies in.
    pub(crate) region: usize,
    /// What it is in the source.
    pub(crate) landmark: Landmark,
}

/// What a reader of the source would call a state.
#[derive(Clone, Copy)]
pub(crate) enum Landmark {
    /// Nothing in particular.
    None,
    /// The head of a loop: its keyword.
    Loop(Span),
    /// What comes after a loop.
    AfterLoop,
    /// An `await`, or the name of a macro that stands for one.
    Wait(Span),
}

/// Where a state waits, for tracebacks.
pub(crate) struct Suspension {
    pub(crate) line: u32,
    pub(crate) column: u32,
    pub(crate) source: String,
}

/// A variable or a temporary in the frame.
pub(crate) struct Slot {
    pub(crate) name: Ident,
    /// The scope it is declared in.
    pub(crate) scope: usize,
    /// An operand, moved out by the code that follows: no kill at the end of its scope. If it does not
    /// come to that it is dropped before the scope's other slots, since an expression's operands go
    /// before its statement's temporaries.
    pub(crate) consumed: bool,
    /// A future that is awaited: dropped as soon as it is ready, and not there before or after.
    pub(crate) awaited: bool,
    /// It stands for a variable that is moved later: what drops it drops that.
    pub(crate) holds: Option<SlotId>,
    /// Whether anything is ever put there, which gives it its type.
    pub(crate) written: bool,
}

/// Parts of a variable in the frame that are moved out of it, under one flag.
pub(crate) struct Part {
    /// The flag.
    pub(crate) name: Ident,
    pub(crate) slot: SlotId,
    pub(crate) which: Parts,
}

pub(crate) enum Parts {
    Field(Vec<syn::Member>),
    /// What a pattern binds by value.
    Bindings {
        /// `*`, for what is in a box.
        deref: TokenStream,
        pattern: TokenStream,
        names: Vec<Ident>,
        /// The imports of inner blocks that the pattern may name something of.
        imports: TokenStream,
    },
    /// What a struct update takes of the struct at a path: the fields that it does not list.
    Update {
        path: Vec<syn::Member>,
        listed: Vec<syn::Member>,
        /// The struct's name.
        shape: TokenStream,
        imports: TokenStream,
    },
}

impl Part {
    pub(crate) fn is_field(&self, slot: SlotId, path: &[syn::Member]) -> bool {
        self.slot == slot && matches!(&self.which, Parts::Field(field) if field == path)
    }
}

/// The temporaries of a block's value.
pub(crate) struct Tail {
    pub(crate) temporaries: Vec<SlotId>,
    /// The block's scope.
    pub(crate) block: usize,
}

/// What the flow pass hands on.
pub(crate) struct Machine {
    pub(crate) states: Vec<State>,
    /// The first is that of the function itself.
    pub(crate) regions: Vec<Region>,
    /// Code that compiles if names of several contexts mean what they are taken to mean.
    pub(crate) proofs: TokenStream,
    /// Types of inner blocks that all of the machine may know.
    pub(crate) types: TokenStream,
    pub(crate) slots: Vec<Slot>,
    pub(crate) parts: Vec<Part>,
    /// The slots of the parameters, in order.
    pub(crate) params: Vec<SlotId>,
    /// The assignments to slots and fields of them, by the number in their placeholder.
    pub(crate) assigns: Vec<(SlotId, Vec<syn::Member>)>,
    /// Temporaries of blocks' values: before edition 2024 they outlive the block's own variables.
    pub(crate) tails: Vec<Tail>,
    /// Where the body was written, if the edition there decides anything.
    pub(crate) edition: Option<Span>,
    /// Questions about types, each asked where they are known and answered in all of the machine.
    pub(crate) questions: Vec<Question>,
}

impl Machine {
    /// Gives the suspensions the texts that stand in the source, where they are known by place: the
    /// body has been rewritten.
    pub(crate) fn name_suspensions(&mut self, mut written: HashMap<LineColumn, String>) {
        for state in &mut self.states {
            if let (Landmark::Wait(place), Some(suspension)) =
                (state.landmark, &mut state.suspension)
                && let Some(text) = written.remove(&place.start())
            {
                suspension.source = text;
            }
        }
    }

    /// Whether a slot may be moved out of in part, or stands for another: dropping it takes more
    /// than its destructor.
    pub(crate) fn is_in_parts(&self, slot: SlotId) -> bool {
        self.slots[slot.0].holds.is_some() || self.parts.iter().any(|part| part.slot == slot)
    }

    /// The slots in the order in which they are dropped: the last declared first, and of one scope
    /// those that hold operands before the others. The temporaries
    /// of a block's value stand twice: where edition 2024 drops them, and after the block's
    /// variables. A slot that is empty is passed over.
    pub(crate) fn drop_order(&self) -> Vec<(SlotId, bool)> {
        let mut order = Vec::new();
        for index in (0..self.slots.len()).rev() {
            let slots = &self.slots;
            if slots[index].consumed {
                order.push((SlotId(index), false));
            }
            let scope = slots[index].scope;
            let first = !slots[..index].iter().any(|other| other.scope == scope);
            if first {
                let others = (index..slots.len()).rev();
                order.extend(
                    others
                        .filter(|other| slots[*other].scope == scope && !slots[*other].consumed)
                        .map(|other| {
                            let slot = SlotId(other);
                            let mut tails = self.tails.iter();
                            (slot, tails.any(|tail| tail.temporaries.contains(&slot)))
                        }),
                );
                let tails = self.tails.iter().filter(|tail| tail.block == scope);
                let later = tails.flat_map(|tail| tail.temporaries.iter().rev());
                order.extend(later.map(|slot| (*slot, false)));
            }
        }
        order
    }
}

/// A local of the machine that is made of types alone.
pub(crate) struct Question {
    pub(crate) name: Ident,
    /// What makes it.
    pub(crate) make: TokenStream,
}

/// Where an expression's value goes.
#[derive(Clone)]
enum Dest {
    Discard,
    Slot(SlotId, Option<Type>),
    /// A slot, from inside a scope: what is written there is nobody's until the scope has ended.
    Filled(SlotId, Option<Type>),
    Return,
}

struct Scope {
    node: usize,
    slots: Vec<SlotId>,
}

/// What `break` and `continue` may lead to.
struct Loop {
    label: Option<String>,
    kind: LoopKind,
}

enum LoopKind {
    /// Emitted as it was written: jumps to it stay.
    Native { is_loop: bool },
    /// Taken apart: jumps to it are changes of state.
    States { depth: usize, stop: StateId, next: Option<StateId>, dest: Box<Dest> },
}

pub(crate) struct Flow<'a> {
    names: &'a Names,
    body: &'a Block,
    errors: &'a mut Errors,
    states: Vec<State>,
    order: Vec<StateId>,
    current: StateId,
    regions: Vec<Region>,
    region: usize,
    /// The types that only one inner block knows, and no other by the same name.
    types: TokenStream,
    slots: Vec<Slot>,
    parts: Vec<Part>,
    assigns: Vec<(SlotId, Vec<syn::Member>)>,
    /// The places they assign to, as they were written.
    assigned: Vec<TokenStream>,
    /// How many scopes there have been.
    opened: usize,
    scopes: Vec<Scope>,
    loops: Vec<Loop>,
    slot_of: HashMap<VarId, SlotId>,
    /// Variables that lie in the frame but are meant here by another text: the bindings of a match
    /// guard, the captures of a closure.
    shadowed: Vec<HashMap<VarId, TokenStream>>,
    /// Those of them that a guard which suspends is shown.
    shown: HashMap<VarId, SlotId>,
    edges: HashMap<(Vec<SlotId>, StateId), StateId>,
    taken: HashSet<String>,
    returns: Returns,
    /// The current state has returned the function's value.
    ended: bool,
    tails: Vec<Tail>,
    edition: Option<Span>,
    questions: Vec<Question>,
}

/// What a function returns.
pub(crate) struct Returns {
    /// It is a `Result`.
    pub(crate) result: bool,
    /// It is surely not `()`.
    pub(crate) value: bool,
    /// Its type, as far as it can be named.
    pub(crate) ty: TokenStream,
}

impl Returns {
    pub(crate) fn of(input: &Input) -> Returns {
        Returns {
            result: input.returns_result(),
            value: input.returns_value(),
            ty: crate::twin::output(input),
        }
    }
}

/// Compiles a resolved body.
pub(crate) fn compile(
    body: &Block,
    names: &Names,
    params: &[(VarId, Option<syn::Pat>)],
    returns: Returns,
    errors: &mut Errors,
) -> Machine {
    let flow = Flow {
        names,
        body,
        errors,
        states: Vec::new(),
        order: Vec::new(),
        current: StateId(0),
        regions: vec![Region::default()],
        region: 0,
        types: TokenStream::new(),
        slots: Vec::new(),
        parts: Vec::new(),
        assigns: Vec::new(),
        assigned: Vec::new(),
        opened: 0,
        scopes: Vec::new(),
        loops: Vec::new(),
        slot_of: HashMap::new(),
        shadowed: Vec::new(),
        shown: HashMap::new(),
        edges: HashMap::new(),
        taken: names::FIXED
            .iter()
            .map(|name| (*name).to_owned())
            .chain(names.foreign.iter().cloned())
            .collect(),
        returns,
        ended: false,
        tails: Vec::new(),
        edition: None,
        questions: Vec::new(),
    };
    flow.function(body, params)
}

impl Flow<'_> {
    fn function(mut self, body: &Block, params: &[(VarId, Option<syn::Pat>)]) -> Machine {
        let start = self.state("Start");
        self.begin(start);
        self.open();
        let mut slots = Vec::new();
        for (var, pattern) in params {
            let slot = self.declare(*var);
            self.slots[slot.0].written = true;
            slots.push(slot);
            if let Some(pattern) = pattern {
                self.parameter_pattern(*var, pattern);
            }
        }
        self.block(body, &Dest::Return);
        if !self.ended {
            let code = self.unreachable();
            self.emit(code);
        }
        self.refuse_reshaped();
        self.refuse_macros_with_variables();
        let mut states: Vec<Option<State>> = self.states.into_iter().map(Some).collect();
        let states = self.order.iter().filter_map(|id| states[id.0].take()).collect();
        Machine {
            states,
            regions: self.regions,
            types: self.types,
            proofs: self.names.guesses.iter().map(Guess::proof).collect(),
            slots: self.slots,
            parts: self.parts,
            assigns: self.assigns,
            params: slots,
            tails: self.tails,
            edition: self.edition,
            questions: self.questions,
        }
    }

    // States.

    fn state(&mut self, name: &str) -> StateId {
        let name = self.unique(name);
        let name = Ident::new(&name, Span::mixed_site());
        let code = TokenStream::new();
        self.states.push(State {
            name,
            code,
            suspension: None,
            region: self.region,
            landmark: Landmark::None,
        });
        StateId(self.states.len() - 1)
    }

    fn begin(&mut self, state: StateId) {
        self.order.push(state);
        self.current = state;
        self.states[state.0].region = self.region;
        self.ended = false;
    }

    fn emit(&mut self, code: TokenStream) {
        self.states[self.current.0].code.extend(code);
    }

    /// The code that goes on with another state, in the same step. Of type `!`.
    fn go(&self, state: StateId) -> TokenStream {
        let name = &self.states[state.0].name;
        let (machine, state) = (machine_label(), names::state());
        quote!({ *#state = __State::#name; continue #machine })
    }

    fn go_on(&mut self, state: StateId) {
        if self.ended {
            return;
        }
        let name = &self.states[state.0].name;
        let (machine, state) = (machine_label(), names::state());
        let code = quote!(*#state = __State::#name; continue #machine;);
        self.emit(code);
    }

    fn unreachable(&self) -> TokenStream {
        quote!(::core::unreachable!())
    }

    /// The code that ends the function with a value. It is the value of a block: rustc says there
    /// what it says in the twin where the type is wrong, so that the user reads it once.
    fn finish(&self, value: TokenStream, span: Span) -> TokenStream {
        if self.returns.result {
            let line = line(span);
            quote! {
                return __machine::Ready(
                    __machine::crossed({ #value }, __FUNCTION, #line)
                )
            }
        } else {
            quote!(return __machine::Ready({ #value }))
        }
    }

    /// A name not given yet: `name`, `name_2`, ….
    fn unique(&mut self, name: &str) -> String {
        let name =
            if syn::parse_str::<Ident>(name).is_ok() { name.into() } else { format!("{name}_") };
        let numbered = (2..).map(|number| format!("{name}_{number}"));
        let mut names = std::iter::once(name.clone()).chain(numbered);
        let Some(free) = names.find(|name| !self.taken.contains(name)) else { unreachable!() };
        self.taken.insert(free.clone());
        free
    }

    /// A new local of the emitted code.
    fn local(&mut self, name: &str) -> Ident {
        let name = self.unique(name);
        Ident::new(&name, Span::mixed_site())
    }

    /// A question about types, for the code that `make` is the beginning of.
    fn question(&mut self, name: &str, make: TokenStream) -> Ident {
        let name = self.local(name);
        self.questions.push(Question { name: name.clone(), make });
        name
    }

    // Slots and scopes.

    fn slot(&mut self, name: &str) -> SlotId {
        let name = self.local(name);
        let Some(scope) = self.scopes.last_mut() else { unreachable!("a slot outside a scope") };
        let slot = Slot {
            name,
            scope: scope.node,
            consumed: false,
            awaited: false,
            holds: None,
            written: false,
        };
        self.slots.push(slot);
        let id = SlotId(self.slots.len() - 1);
        scope.slots.push(id);
        id
    }

    /// A temporary that is taken again by the code that follows.
    fn consumed_slot(&mut self, name: &str) -> SlotId {
        let slot = self.slot(name);
        self.slots[slot.0].consumed = true;
        slot
    }

    /// The slot of a variable, declared in the innermost scope.
    fn declare(&mut self, var: VarId) -> SlotId {
        let name = self.names.var(var).ident.to_string();
        let name = match name.strip_prefix("r#").unwrap_or(&name) {
            "self" => "this",
            name => name.strip_prefix("__").unwrap_or(name),
        };
        let slot = self.slot(name);
        self.slot_of.insert(var, slot);
        slot
    }

    /// Stands for a slot until the code is written out.
    fn name(&self, slot: SlotId) -> Ident {
        placeholder::slot(slot)
    }

    fn put(&mut self, slot: SlotId, value: TokenStream) -> TokenStream {
        self.slots[slot.0].written = true;
        let (name, value) = (self.name(slot), once::bare(value));
        quote!(#name.put(#value);)
    }

    fn fill(&mut self, slot: SlotId, value: TokenStream) -> TokenStream {
        self.slots[slot.0].written = true;
        let name = self.name(slot);
        quote!(#name.fill(#value);)
    }

    fn take(&self, slot: SlotId) -> TokenStream {
        let name = self.name(slot);
        quote!(#name.take())
    }

    fn place(&self, slot: SlotId) -> TokenStream {
        let name = self.name(slot);
        quote!((*#name.at))
    }

    fn open(&mut self) {
        self.scopes.push(Scope { node: self.opened, slots: Vec::new() });
        self.opened += 1;
    }

    /// Leaves the innermost scope at its end. A function that has ended drops what is left of its
    /// frame at once.
    fn close(&mut self) {
        let kills = self.leave();
        if !self.ended {
            self.emit(kills);
        }
    }

    /// Leaves the innermost scope; gives the code that drops what is in it.
    fn leave(&mut self) -> TokenStream {
        let Some(scope) = self.scopes.pop() else { return TokenStream::new() };
        self.kills(&scope.slots)
    }

    fn kills(&self, slots: &[SlotId]) -> TokenStream {
        slots.iter().rev().map(|slot| placeholder::kill(*slot)).collect()
    }

    /// The code of `code` where it was written in edition 2024 or later.
    fn since_2024(&mut self, code: TokenStream, span: Span) -> TokenStream {
        if code.is_empty() {
            return code;
        }
        self.edition = Some(span);
        quote!(if __SINCE_2024 { #code })
    }

    /// The code that leaves the scopes deeper than `depth` and goes on with `target`. Of type `!`.
    ///
    /// The drops are a state of their own, so that the locals of the step are dropped before them.
    fn jump(&mut self, depth: usize, target: StateId) -> TokenStream {
        let consumed = |slot: &SlotId| self.slots[slot.0].consumed;
        let slots: Vec<SlotId> = self.scopes[depth..]
            .iter()
            .flat_map(|scope| {
                let (operands, others): (Vec<_>, Vec<_>) =
                    scope.slots.iter().copied().partition(consumed);
                others.into_iter().chain(operands)
            })
            .collect();
        if slots.is_empty() {
            return self.go(target);
        }
        let key = (slots, target);
        if let Some(edge) = self.edges.get(&key) {
            return self.go(*edge);
        }
        let target_name = self.states[target.0].name.to_string();
        let edge = self.state(&format!("LeaveTo{target_name}"));
        let kills: TokenStream = key.0.iter().rev().map(|slot| placeholder::kill(*slot)).collect();
        let (machine, state) = (machine_label(), names::state());
        let target = &self.states[target.0].name;
        self.states[edge.0].code = quote!(#kills *#state = __State::#target; continue #machine;);
        self.order.push(edge);
        self.edges.insert(key, edge);
        self.go(edge)
    }

    fn refuse(&mut self, tokens: impl quote::ToTokens, message: &str) {
        let tokens = self.restore(tokens.to_token_stream());
        self.errors.refuse(tokens, message);
    }

    /// Turns the resolver's keys back into tokens: the user's own names for locals of the step,
    /// places in the frame for the others.
    fn restore(&self, tokens: TokenStream) -> TokenStream {
        resolve::replace_idents(tokens, &mut |ident| {
            if let Some(var) = resolve::binding(ident) {
                let mut name = self.names.var(var).ident.clone();
                name.set_span(name.span());
                return Some(quote!(#name));
            }
            let mention = self.names.mention(resolve::mention(ident)?);
            Some(self.mention_place(mention.var, mention.span))
        })
    }

    /// The text of a variable as a place.
    fn mention_place(&self, var: VarId, span: Span) -> TokenStream {
        if let Some(text) = self.shadowed.iter().rev().find_map(|shadows| shadows.get(&var)) {
            return text.clone();
        }
        match self.slot_of.get(&var) {
            Some(slot) if self.names.var(var).in_frame => {
                // The user's span, so that a panic in what is done with it points there.
                let mut name = self.name(*slot);
                name.set_span(Span::mixed_site().located_at(span));
                quote_spanned!(span=> (*#name.at))
            }
            _ => {
                let mut ident = self.names.var(var).ident.clone();
                ident.set_span(ident.span().located_at(span));
                quote!(#ident)
            }
        }
    }

    /// Whether a variable is meant here by another text than its name.
    fn is_elsewhere(&self, var: VarId) -> bool {
        self.is_shadowed(var) || self.frame_slot(var).is_some()
    }

    fn is_shadowed(&self, var: VarId) -> bool {
        self.shadowed.iter().any(|shadows| shadows.contains_key(&var))
    }

    /// The slot of a variable that lies in the frame here.
    fn frame_slot(&self, var: VarId) -> Option<SlotId> {
        if self.is_shadowed(var) {
            return None;
        }
        self.names.var(var).in_frame.then(|| self.slot_of.get(&var).copied())?
    }
}
/// The label of the machine's loop.
pub(crate) fn machine_label() -> syn::Lifetime {
    syn::Lifetime::new("'machine", Span::mixed_site())
}

fn line(span: Span) -> proc_macro2::Literal {
    proc_macro2::Literal::u32_unsuffixed(u32::try_from(span.start().line).unwrap_or(0))
}

/// Whether an expression is a place: a variable, or reached from one.
fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) => true,
        Expr::Paren(inner) => is_place(&inner.expr),
        Expr::Group(inner) => is_place(&inner.expr),
        Expr::Field(field) => is_place(&field.base),
        Expr::Index(index) => is_place(&index.expr),
        // What a pointer leads to is a place, wherever the pointer comes from.
        Expr::Unary(unary) => matches!(unary.op, syn::UnOp::Deref(_)),
        _ => false,
    }
}
