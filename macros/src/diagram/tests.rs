//! The texts of two functions, and what must hold for those of all functions of the corpus.

use std::collections::HashSet;
use std::io::Write;
use std::process::{Command, Stdio};

use proc_macro2::{TokenStream, TokenTree};

use super::draw::{Diagram, diagram};
use super::edges::{Node, edges};
use super::paths::reached;
use super::source::Source;
use crate::flow::{Landmark, Machine};
use crate::parse::Input;

/// The diagram of a function, beside what it was made of.
fn drawn(function: TokenStream) -> Option<(Input, Machine, Diagram)> {
    let (written, compiled) = crate::machine(TokenStream::new(), syn::parse2(function).ok()?);
    let (machine, _) = compiled.ok()?;
    let diagram = diagram(&written, &machine);
    Some((written, machine, diagram))
}

macro_rules! diagrams {
    ($($name:ident)*) => {$(
        #[test]
        fn $name() {
            let function = include_str!(concat!("../expansions/functions/", stringify!($name), ".rs"));
            let tokens = function.parse().expect("the file holds a function");
            let (_, _, diagram) = drawn(tokens).expect("it is compiled");
            let text = format!("{}\n{}", diagram.mermaid, diagram.dot);
            insta::with_settings!({ description => function, omit_expression => true }, {
                insta::assert_snapshot!(stringify!($name), text);
            });
        }
    )*};
}

diagrams! { total fetch }

/// The functions of the corpus: all that stand in a `case!`.
fn corpus() -> Vec<TokenStream> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/corpus");
    let mut functions = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the corpus is there") {
        let path = entry.expect("it can be read").path();
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let text = std::fs::read_to_string(path).expect("it is text");
        let Ok(file) = syn::parse_file(&text) else { continue };
        for item in file.items {
            let syn::Item::Macro(item) = item else { continue };
            if !item.mac.path.is_ident("case") {
                continue;
            }
            let tokens: Vec<TokenTree> = item.mac.tokens.into_iter().collect();
            let start = tokens.iter().position(|token| token.to_string() == "async");
            functions.extend(start.map(|start| tokens[start..].iter().cloned().collect()));
        }
    }
    functions
}

#[test]
fn every_state_of_every_function_of_the_corpus_is_on_a_way_from_the_start() {
    let mut seen = 0;
    for function in corpus() {
        let Some((written, machine, diagram)) = drawn(function) else { continue };
        seen += 1;
        let name = &written.sig.ident;
        let edges = edges(&machine, &Source::of(&written.body));
        let reached = reached(&edges);
        // What the storage pass sees, which follows the same code in its own way.
        let graph = crate::graph::graph(&machine);
        let mut storage = HashSet::from([0]);
        let mut queue = vec![0];
        while let Some(node) = queue.pop() {
            queue.extend(graph.next[node].iter().filter(|next| storage.insert(**next)));
        }
        for (index, state) in machine.states.iter().enumerate() {
            let drawn = reached.contains(&Node::State(index));
            // The entries of the states are the graph's first nodes. That graph may take a way that
            // is never taken, to the end of a branch that has returned; nothing waits there.
            let stored = storage.contains(&index);
            let waits = matches!(state.landmark, Landmark::Wait(_));
            assert!(drawn == stored || stored && !waits, "{name}: {}", state.name);
            if !drawn {
                continue;
            }
            if waits {
                assert!(diagram.dot.contains(&format!("s{index} [label=")), "{}", diagram.dot);
                assert!(diagram.mermaid.contains(&format!(" as s{index}\n")), "{name}");
                let pending = format!("s{index} -> s{index} [label=\"pending\"");
                assert_eq!(diagram.dot.matches(&pending).count(), 1, "{name}");
            }
        }
    }
    assert!(seen > 200, "only {seen} functions of the corpus were found");
}

#[test]
fn graphviz_accepts_every_diagram_of_the_corpus() {
    let program = Command::new("dot").arg("-V").stderr(Stdio::null()).status();
    if !program.is_ok_and(|status| status.success()) {
        eprintln!("SKIPPED: Graphviz is not installed (on Debian: apt install graphviz)");
        return;
    }
    let diagrams = corpus().into_iter().filter_map(drawn);
    let text: String = diagrams.map(|(_, _, diagram)| diagram.dot).collect();
    // `canon` reads all graphs and lays none of them out.
    let mut dot = Command::new("dot")
        .arg("-Tcanon")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = dot.stdin.take().expect("it reads");
    let graphs = text.matches("digraph").count();
    let writer = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let output = dot.wait_with_output().expect("it ends");
    writer.join().expect("it has written").expect("all of it");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.is_empty(), "{said}");
    assert_eq!(String::from_utf8_lossy(&output.stdout).matches("digraph").count(), graphs);
}
