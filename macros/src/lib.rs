//! The compiler behind `#[async_proc]`: use it through the crate `async-proc`.
//!
//! A function goes through the passes in this order, each a module with data of its own:
//!
//! 1. `parse`: the signature, what kind of function it is, its parameters.
//! 2. `twin`: the body as it was written, in an `async` block that rustc checks and never runs.
//! 3. `desugar`: loops and macros that suspend, in terms of a few constructs.
//! 4. `resolve`: every variable and every mention of one gets an identity.
//! 5. `liveness`: which variables outlive a suspension, which mention is the last.
//! 6. `flow`: the body as states, with what each scope must drop.
//! 7. `graph`, `storage`: which variables need their place in the frame when, and may share it.
//! 8. `frame`, `emit`: the tokens.
//!
//! With `#[async_proc(diagram)]`, `diagram` draws the states.
//! Errors are collected in `diagnostics` and reported together.

mod alias;
mod attributes;
mod awaiting;
mod cfg;
#[cfg(test)]
mod chapter;
mod desugar;
mod diagnostics;
mod diagram;
mod elided;
mod emit;
#[cfg(test)]
mod expansions;
mod flow;
mod fragments;
mod frame;
mod graph;
mod half_typed;
mod hoist;
mod hygiene;
mod known;
mod liveness;
mod names;
mod nested;
mod once;
mod out;
mod parse;
mod resolve;
mod storage;
mod suspension;
mod twin;
mod unit;
mod written;

use proc_macro2::TokenStream;

use crate::diagnostics::Errors;
use crate::parse::{Input, Kind};

/// Compiles a function to a state machine; see the crate `async-proc`.
#[proc_macro_attribute]
pub fn async_proc(
    attr: proc_macro::TokenStream,
    item: proc_macro::TokenStream,
) -> proc_macro::TokenStream {
    compile(attr.into(), item.into()).into()
}

/// The whole compiler, on tokens alone.
fn compile(attr: TokenStream, item: TokenStream) -> TokenStream {
    let item = fragments::without_fragments(item);
    let whole = syn::parse2(item.clone());
    let function = match whole.or_else(|error| half_typed::function(item.clone()).or(Err(error))) {
        Ok(function) => function,
        Err(error) => {
            // Not a function with a body: rustc says best what is wrong with it.
            let error = error.to_compile_error();
            return quote::quote!(#error #item);
        }
    };
    if let Some(versions) = cfg::split(&attr, &function) {
        return versions;
    }
    let (written, compiled) = machine(attr, function);
    let diagram = diagram::item(&written, || {
        compiled.as_ref().ok().map(|(machine, _)| diagram::diagram(&written, machine))
    });
    let function = match &compiled {
        Ok((machine, items)) => {
            let storage = storage::storage(machine, &graph::graph(machine));
            emit::function(&written, items, machine, &storage)
        }
        Err(Stopped { errors, twin }) => {
            let function = match twin {
                Twin::Unread(items) => emit::unread(&written, items),
                Twin::Refused(items) => emit::refused(&written, items.as_ref()),
            };
            let errors = errors.to_compile_errors();
            quote::quote!(#errors #function)
        }
    };
    written.written_out.by_their_names(quote::quote!(#function #diagram))
}

/// Why there is no machine.
struct Stopped {
    errors: Errors,
    twin: Twin,
}

/// What is emitted of a function that has no machine, given the items of its body.
enum Twin {
    /// Its tokens, which rustc has something to say of.
    Unread(TokenStream),
    /// Its signature, and a body to be checked if it is Rust.
    Refused(Option<TokenStream>),
}

/// The passes up to the states: the function as it was written, its machine, and the items of its
/// body.
fn machine(
    attr: TokenStream,
    function: syn::ItemFn,
) -> (Input, Result<(flow::Machine, TokenStream), Stopped>) {
    let mut errors = Errors::default();
    let mut input = Input::parse(attr, function, &mut errors);
    if half_typed::is_unread(&input.body) {
        let twin = Twin::Unread(TokenStream::new());
        return (input, Err(Stopped { errors, twin }));
    }
    nested::refuse(&input.body, &mut errors);
    let mut misplaced = Errors::default();
    let items = hoist::items(&mut input.body, &mut misplaced);
    input.written_out = awaiting::expand(&mut input.body, &mut errors);
    out::complete_at_exit(&mut input);
    let written = input.clone();
    if let Kind::Proc { value } = &input.kind {
        unit::complete(&mut input.body, value);
    }
    attributes::strip(&mut input.body);
    desugar::desugar(&mut input.body, &mut errors);
    // What is refused from here on is Rust that we cannot compile yet.
    let is_rust = errors.is_empty();
    errors.append(misplaced);
    let (mut names, params) = resolve::resolve(&mut input, &items);
    let params: Vec<_> = params
        .into_iter()
        .zip(&input.params)
        .map(|(var, param)| (var, param.pattern.clone()))
        .collect();
    liveness::analyse(&input.body, &params, &mut names);
    alias::settle(&mut input.body, &names);
    let returns = flow::Returns::of(&input);
    let mut machine = flow::compile(&input.body, &names, &params, returns, &mut errors);
    machine.name_suspensions(suspension::awaited(&written.body));
    let items = quote::quote!(#(#items)*);
    if errors.is_empty() {
        return (written, Ok((machine, items)));
    }
    let twin = match errors.are_left_to_rustc() {
        true => Twin::Unread(items),
        false => Twin::Refused(is_rust.then_some(items)),
    };
    (written, Err(Stopped { errors, twin }))
}
