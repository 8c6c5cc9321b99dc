//! The picture as text.

use std::fmt::Write;

use super::edges::{self, Edge, Label, Node};
use super::paths;
use super::source::Source;
use crate::flow::{Landmark, Machine};
use crate::parse::Input;

/// The states of a function, in the two languages.
pub(crate) struct Diagram {
    pub(crate) mermaid: String,
    pub(crate) dot: String,
}

/// The diagram of a machine, and of the function as it was written.
pub(crate) fn diagram(written: &Input, machine: &Machine) -> Diagram {
    let source = Source::of(&written.body);
    let edges = edges::edges(machine, &source);
    let stays = |node: Node| match node {
        Node::State(0) | Node::End => true,
        Node::State(state) => {
            matches!(machine.states[state].landmark, Landmark::Loop(_) | Landmark::Wait(_))
        }
    };
    let drawing = Drawing {
        name: written.sig.ident.to_string(),
        names: names(machine, &source, &edges),
        edges: paths::shorten(edges, stays),
        returns: Returns::of(written),
    };
    Diagram { mermaid: drawing.mermaid(), dot: drawing.dot() }
}

/// What the states are called.
fn names(machine: &Machine, source: &Source, edges: &[Edge]) -> Vec<String> {
    let names = machine.states.iter().enumerate().map(|(index, state)| match &state.landmark {
        Landmark::Loop(place) => {
            let heading = source.heading(*place).unwrap_or("loop");
            format!("line {}: {}", place.start().line, short(heading))
        }
        Landmark::Wait(place) => {
            let awaited = state.suspension.as_ref().map(|suspension| &suspension.source);
            let awaited = || format!("await {}", awaited.map_or("", |text| &**text));
            let heading = source.heading(*place).map_or_else(awaited, str::to_owned);
            format!("line {}: {}", place.start().line, short(&heading))
        }
        Landmark::AfterLoop | Landmark::None => {
            let mut from = edges.iter().filter(|edge| edge.from == Node::State(index));
            let decides = from.find_map(|edge| {
                edge.labels.iter().find_map(|label| match label {
                    Label::Case(case) => case.decides,
                    _ => None,
                })
            });
            match decides {
                Some((line, keyword)) => format!("line {line}: {keyword}"),
                None => state.name.to_string(),
            }
        }
    });
    names.collect()
}

/// What a `?` leaves a function with.
#[derive(Clone, Copy)]
enum Returns {
    Result,
    Other,
}

impl Returns {
    fn of(function: &Input) -> Returns {
        if function.returns_result() { Returns::Result } else { Returns::Other }
    }
}

struct Drawing {
    name: String,
    names: Vec<String>,
    edges: Vec<Edge>,
    returns: Returns,
}

impl Drawing {
    fn mermaid(&self) -> String {
        let mut text = "stateDiagram-v2\n".to_owned();
        for state in self.states() {
            let name = escape(&self.names[state], true);
            line(&mut text, format_args!("    state \"{name}\" as s{state}"));
        }
        for edge in &self.edges {
            let node = |node| match node {
                Node::State(0) | Node::End => "[*]".to_owned(),
                Node::State(state) => format!("s{state}"),
            };
            let (from, to) = (node(edge.from), node(edge.to));
            let labels = escape(&self.labels(edge), false);
            let labels = if labels.is_empty() { labels } else { format!(": {labels}") };
            line(&mut text, format_args!("    {from} --> {to}{labels}"));
        }
        text
    }

    fn dot(&self) -> String {
        let mut text = format!("digraph {:?} {{\n", self.name);
        text.push_str("    node [shape=box, style=rounded, fontname=monospace];\n");
        text.push_str("    edge [fontname=monospace, fontsize=11];\n");
        text.push_str("    start [shape=circle];\n");
        for state in self.states() {
            let name = quoted(&self.names[state]);
            line(&mut text, format_args!("    s{state} [label={name}];"));
        }
        if self.edges.iter().any(|edge| edge.to == Node::End) {
            text.push_str("    end [shape=doublecircle];\n");
        }
        for edge in &self.edges {
            let node = |node| match node {
                Node::State(0) => "start".to_owned(),
                Node::State(state) => format!("s{state}"),
                Node::End => "end".to_owned(),
            };
            let (from, to) = (node(edge.from), node(edge.to));
            let labels = self.labels(edge);
            let style = if edge.labels == [Label::Pending] { ", style=dashed" } else { "" };
            let attributes = match labels.is_empty() {
                true => String::new(),
                false => format!(" [label={}{style}]", quoted(&labels)),
            };
            line(&mut text, format_args!("    {from} -> {to}{attributes};"));
        }
        text.push_str("}\n");
        text
    }

    /// The states that are drawn as boxes, in source order.
    fn states(&self) -> Vec<usize> {
        let ends = self.edges.iter().flat_map(|edge| [edge.from, edge.to]);
        let mut states: Vec<usize> = ends
            .filter_map(|node| match node {
                Node::State(0) | Node::End => None,
                Node::State(state) => Some(state),
            })
            .collect();
        states.sort_unstable();
        states.dedup();
        states
    }

    fn labels(&self, edge: &Edge) -> String {
        let labels = edge.labels.iter().map(|label| match label {
            Label::Ready => "ready".to_owned(),
            Label::Pending => "pending".to_owned(),
            Label::Case(case) => short(&case.text),
            Label::Break => "break".to_owned(),
            Label::Return => "return".to_owned(),
            Label::Question => match self.returns {
                Returns::Result => "? error".to_owned(),
                Returns::Other => "?".to_owned(),
            },
        });
        labels.collect::<Vec<_>>().join(", ")
    }
}

fn line(text: &mut String, line: std::fmt::Arguments<'_>) {
    // Writing to a string does not fail.
    let _ = writeln!(text, "{line}");
}

/// A text of at most 48 characters.
fn short(text: &str) -> String {
    const LIMIT: usize = 48;
    if text.chars().count() <= LIMIT {
        return text.to_owned();
    }
    text.chars().take(LIMIT - 1).chain(['…']).collect()
}

/// A text in quotes, for Graphviz.
fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

/// A text for Mermaid: what has a meaning there is written as an entity, by its number. In a name,
/// which stands in quotes, a colon has none.
fn escape(text: &str, in_quotes: bool) -> String {
    let mut escaped = String::new();
    for c in text.chars() {
        match c {
            '#' | ';' | '"' | '<' | '>' | '\\' | '`' => {
                escaped.push_str(&format!("#{};", u32::from(c)));
            }
            ':' if !in_quotes => escaped.push_str("#58;"),
            c => escaped.push(c),
        }
    }
    escaped
}
