//! Leaves out the states that only pass control on.

use std::collections::HashSet;

use super::edges::{Edge, Label, Node};

/// The edges between the states that stay: those for which `stays` holds, and those where several
/// ways meet and part again. What cannot be reached is gone.
pub(super) fn shorten(mut edges: Vec<Edge>, stays: impl Fn(Node) -> bool) -> Vec<Edge> {
    let reached = reached(&edges);
    edges.retain(|edge| reached.contains(&edge.from));
    while let Some(node) = passed_through(&edges, &stays) {
        let first = edges.iter().position(|edge| edge.to == node).unwrap_or(0);
        let (mut into, rest): (Vec<_>, Vec<_>) =
            edges.into_iter().partition(|edge| edge.to == node);
        let (out, mut rest): (Vec<_>, Vec<_>) =
            rest.into_iter().partition(|edge| edge.from == node);
        let mut through = Vec::new();
        for edge in into.drain(..) {
            through.extend(out.iter().map(|next| Edge {
                from: edge.from,
                to: next.to,
                labels: edge.labels.iter().chain(&next.labels).cloned().collect(),
            }));
        }
        // Where the way in stood: the edges stay in source order.
        let at = first.min(rest.len());
        rest.splice(at..at, through);
        edges = rest;
        edges.iter_mut().for_each(|edge| tidy(&mut edge.labels));
        let mut seen = Vec::new();
        edges.retain(|edge| {
            let new = !seen.contains(edge);
            seen.push(edge.clone());
            new
        });
    }
    edges.iter_mut().for_each(|edge| tidy(&mut edge.labels));
    edges.sort_by_key(|edge| edge.from);
    edges
}

/// A state with one way in or one way out.
fn passed_through(edges: &[Edge], stays: &impl Fn(Node) -> bool) -> Option<Node> {
    edges.iter().map(|edge| edge.to).find(|node| {
        let into = edges.iter().filter(|edge| edge.to == *node).count();
        let out = edges.iter().filter(|edge| edge.from == *node).count();
        let itself = edges.iter().any(|edge| edge.from == *node && edge.to == *node);
        !stays(*node) && !itself && (into == 1 || out <= 1)
    })
}

pub(super) fn reached(edges: &[Edge]) -> HashSet<Node> {
    let mut reached = HashSet::from([Node::State(0)]);
    let mut queue = vec![Node::State(0)];
    while let Some(node) = queue.pop() {
        for edge in edges.iter().filter(|edge| edge.from == node) {
            if reached.insert(edge.to) {
                queue.push(edge.to);
            }
        }
    }
    reached
}

/// That a loop ends when its condition no longer holds is not a `break` of the user's; a pattern that
/// is matched in several steps is one case.
fn tidy(labels: &mut Vec<Label>) {
    labels.dedup();
    let mut repeats = false;
    labels.retain(|label| {
        let keep = !(repeats && *label == Label::Break);
        repeats = matches!(label, Label::Case(case) if case.repeats);
        keep
    });
}
