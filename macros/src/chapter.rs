//! The chapter "How a proc is compiled" shows what each pass makes of one function. Its blocks are
//! compared with what the passes make of it today; `CHAPTER=write cargo test -p async-proc-macros
//! chapter` writes them anew.

use std::fmt::Write;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};

use crate::diagnostics::Errors;
use crate::flow::Machine;
use crate::parse::{Input, Kind};
use crate::resolve::Names;
use crate::storage::{Slots, Storage};
use crate::{
    alias, attributes, desugar, diagram, emit, flow, graph, hoist, liveness, resolve, storage,
    suspension, unit,
};

const CHAPTER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/how-a-proc-is-compiled.md");

/// The text of the block that follows `<!-- pass: … -->`, and where it stands.
fn block(chapter: &str, pass: &str) -> (String, std::ops::Range<usize>) {
    let mark = format!("<!-- pass: {pass} -->\n```");
    let start = chapter.find(&mark).unwrap_or_else(|| panic!("no block of {pass}")) + mark.len();
    let start = start + chapter[start..].find('\n').expect("a line ends") + 1;
    let end = start + chapter[start..].find("```\n").expect("a block ends");
    (chapter[start..end].to_owned(), start..end)
}

#[test]
fn the_chapter_shows_what_the_passes_do() {
    let mut chapter = std::fs::read_to_string(CHAPTER).expect("the chapter is there");
    let write = std::env::var_os("CHAPTER").is_some_and(|value| value == "write");
    let (function, _) = block(&chapter, "source");
    let tokens: TokenStream = function.parse().expect("it is Rust");
    for (pass, made) in passes(tokens) {
        let (shown, place) = block(&chapter, pass);
        if write {
            chapter.replace_range(place, &made);
        } else {
            assert_eq!(
                shown, made,
                "the chapter shows another result of `{pass}`; `CHAPTER=write cargo test -p \
                 async-proc-macros chapter` writes today's, and the text around it is yours to read"
            );
        }
    }
    if write {
        std::fs::write(CHAPTER, chapter).expect("the chapter can be written");
    }
}

/// What each pass makes of the function.
fn passes(function: TokenStream) -> Vec<(&'static str, String)> {
    let mut function: syn::ItemFn = syn::parse2(function).expect("it is a function");
    function.attrs.clear();
    let whole = crate::compile(TokenStream::new(), function.to_token_stream());
    let mut errors = Errors::default();
    let mut input = Input::parse(TokenStream::new(), function, &mut errors);
    let items = hoist::items(&mut input.body, &mut errors);
    let written = input.clone();
    if let Kind::Proc { value } = &input.kind {
        unit::complete(&mut input.body, value);
    }
    attributes::strip(&mut input.body);
    desugar::desugar(&mut input.body, &mut errors);
    let desugared = printed(&in_function(&input));
    let (mut names, vars) = resolve::resolve(&mut input, &items);
    let params: Vec<_> = vars.iter().map(|var| (*var, None)).collect();
    liveness::analyse(&input.body, &params, &mut names);
    alias::settle(&mut input.body, &names);
    let resolved = printed(&in_function(&input));
    let returns = flow::Returns::of(&input);
    let mut machine = flow::compile(&input.body, &names, &params, returns, &mut errors);
    machine.name_suspensions(suspension::awaited(&written.body));
    assert!(errors.is_empty(), "{}", errors.to_compile_errors());
    let storage = storage::storage(&machine, &graph::graph(&machine));
    let expansion = emit::function(&written, &TokenStream::new(), &machine, &storage);
    assert_eq!(expansion.to_string(), whole.to_string(), "these are not the compiler's passes");
    vec![
        ("desugar", desugared),
        ("resolve", resolved),
        ("liveness", variables(&names)),
        ("slots", slots(&machine)),
        ("flow", states(&machine)),
        ("storage", needs(&machine, &storage)),
        ("diagram", diagram::diagram(&written, &machine).mermaid),
        ("emit", printed(&expansion)),
    ]
}

fn in_function(input: &Input) -> TokenStream {
    let (sig, body) = (&input.sig, &input.body);
    quote!(#sig #body)
}

fn printed(tokens: &TokenStream) -> String {
    prettyplease::unparse(&syn::parse2(tokens.clone()).expect("it is Rust"))
}

/// Each variable, where it lies, and its mentions.
fn variables(names: &Names) -> String {
    let mut text = String::new();
    for (index, var) in names.vars.iter().enumerate() {
        let place = if var.in_frame { "in the frame" } else { "a local of one step" };
        let _ = write!(text, "__b{index}  {:<9} {place:<20}", var.ident.to_string());
        for (mention, of) in names.mentions.iter().enumerate() {
            if of.var.0 == index {
                let later = if of.used_later { "" } else { " (the last)" };
                let _ = write!(text, "  __m{mention}{later}");
            }
        }
        text.push('\n');
    }
    text
}

fn slots(machine: &Machine) -> String {
    let slots = machine.slots.iter().enumerate();
    slots.fold(String::new(), |mut text, (index, slot)| {
        let kind = match (slot.awaited, slot.consumed) {
            (true, _) => "a future that is awaited",
            (_, true) => "an operand",
            _ => "a variable",
        };
        let _ = writeln!(text, "__s{index}  {:<9} {kind}", slot.name.to_string());
        text
    })
}

fn states(machine: &Machine) -> String {
    let states = machine.states.iter().map(|state| {
        let (name, code) = (&state.name, &state.code);
        let text = printed(&quote!(fn #name() { #code }));
        text.replacen("fn ", "state ", 1).replacen("()", "", 1)
    });
    states.collect::<Vec<_>>().join("\n")
}

/// What is known of each slot, and of each suspension.
fn needs(machine: &Machine, storage: &Storage) -> String {
    let name = |slot: usize| machine.slots[slot].name.to_string();
    let others = |slots: &Option<Slots>| match slots {
        None => "needs no storage".to_owned(),
        Some(slots) => {
            let ranges = slots.ranges().into_iter().flat_map(|(from, to)| from..=to);
            let names: Vec<_> = ranges.map(name).collect();
            match names.is_empty() {
                true => "may lie anywhere".to_owned(),
                false => format!("apart from {}", names.join(", ")),
            }
        }
    };
    let mut text = String::new();
    for (index, need) in storage.needs.iter().enumerate() {
        let _ = writeln!(text, "{:<9} with a destructor: {}", name(index), others(&need.dropped));
        let _ = writeln!(text, "{:<9} without one: {}", "", others(&need.plain));
        if need.varies {
            let _ = writeln!(text, "{:<9} whether it holds a value depends on the way", "");
        }
    }
    text.push('\n');
    for (state, live) in &storage.live {
        let slots = live.iter().filter(|slot| **slot < storage.needs.len());
        let live: Vec<_> = slots.map(|slot| name(*slot)).collect();
        let _ = writeln!(text, "in {}: {}", machine.states[*state].name, live.join(", "));
    }
    text
}
