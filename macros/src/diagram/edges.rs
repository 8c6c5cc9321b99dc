//! Where each state leads, and what happens on the way: read off its code.
//!
//! The code of a state is followed in the order in which it runs. What is known of the way that has
//! been taken, up to a jump, is that jump's labels: a branch is known when all others have left.

use std::collections::HashMap;

use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{BinOp, Expr, Local, Macro, Pat, Path, Token};

use super::source::{Condition, Pattern, Source};
use crate::flow::{Landmark, Machine, holds_let};

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub(super) enum Node {
    /// By its number.
    State(usize),
    /// The function has returned.
    End,
}

#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Edge {
    pub(super) from: Node,
    pub(super) to: Node,
    pub(super) labels: Vec<Label>,
}

/// Something that happens.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Label {
    /// What is awaited is ready, or not.
    Ready,
    Pending,
    /// A condition or a pattern.
    Case(Case),
    Break,
    Return,
    /// A `?` leaves the function.
    Question,
}

/// Which way a decision went.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Case {
    pub(super) text: String,
    /// What decides, and its line, where that is known.
    pub(super) decides: Option<(usize, &'static str)>,
    /// Whether to run the body of a loop once more.
    pub(super) repeats: bool,
}

/// All edges of a machine, in source order.
pub(super) fn edges(machine: &Machine, source: &Source) -> Vec<Edge> {
    let numbers: HashMap<String, usize> = machine
        .states
        .iter()
        .enumerate()
        .map(|(index, state)| (state.name.to_string(), index))
        .collect();
    let mut walk = Walk {
        machine,
        source,
        numbers: &numbers,
        from: Node::State(0),
        path: None,
        conditions: HashMap::new(),
        edges: Vec::new(),
    };
    for (index, state) in machine.states.iter().enumerate() {
        walk.from = Node::State(index);
        walk.path = Some(Vec::new());
        let code = &state.code;
        match syn::parse2::<syn::Block>(quote!({ #code })) {
            Ok(block) => walk.visit_block(&block),
            // Not Rust: its jumps are still there.
            Err(_) => walk.jumps(code.clone()),
        }
    }
    walk.edges
}

struct Walk<'a> {
    machine: &'a Machine,
    source: &'a Source,
    numbers: &'a HashMap<String, usize>,
    from: Node,
    /// What has happened since the state began; `None` where control does not come.
    path: Option<Vec<Label>>,
    /// Conditions that have been decided before the branch that asks for them.
    conditions: HashMap<String, (Case, Case)>,
    edges: Vec<Edge>,
}

impl Walk<'_> {
    fn edge(&mut self, to: Node, last: Option<Label>) {
        let Some(mut labels) = self.path.clone() else { return };
        labels.extend(last);
        let edge = Edge { from: self.from, to, labels };
        if !self.edges.contains(&edge) {
            self.edges.push(edge);
        }
    }

    fn goes_to(&mut self, state: &str) {
        let Some(number) = self.numbers.get(state) else { return };
        let leaves = matches!(self.machine.states[*number].landmark, Landmark::AfterLoop);
        self.edge(Node::State(*number), leaves.then_some(Label::Break));
    }

    /// The jumps in tokens that are not followed any closer.
    fn jumps(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Group(group) => self.jumps(group.stream()),
                TokenTree::Ident(ident) if ident == "__State" => {
                    if let Some(TokenTree::Ident(state)) = tokens.get(index + 3) {
                        self.goes_to(&state.to_string());
                    }
                }
                TokenTree::Ident(ident) if ident == "propagate" => {
                    self.edge(Node::End, Some(Label::Question));
                }
                TokenTree::Ident(ident) if ident == "return" => {
                    self.edge(Node::End, Some(Label::Return));
                }
                _ => {}
            }
        }
    }

    /// Follows two ways, of which one is taken. Where only one of them comes to its end, it is known
    /// from then on that this is the one.
    fn branch(
        &mut self,
        (yes, no): (Case, Case),
        then: impl FnOnce(&mut Self),
        otherwise: impl FnOnce(&mut Self),
    ) {
        let before = self.path.take();
        self.path = with(&before, yes);
        then(self);
        let after_then = self.path.take();
        self.path = with(&before, no);
        otherwise(self);
        self.path = match (after_then, self.path.take()) {
            (Some(_), Some(_)) => before,
            (end, None) | (None, end) => end,
        };
    }

    /// What it is called when a condition holds, and when it does not.
    fn cases(&self, condition: &Expr) -> (Case, Case) {
        if let Some(cases) = self.decided(condition) {
            return cases;
        }
        match condition {
            Expr::Let(condition) => {
                let found = self.source.pattern(condition.pat.to_token_stream());
                let yes = match found {
                    Some(pattern) => case(pattern),
                    None => unknown(true),
                };
                let no = Case { text: "else".to_owned(), ..yes.clone() };
                (yes, no)
            }
            Expr::Binary(binary) if holds_let(condition) => {
                let (left, no) = self.cases(&binary.left);
                let (right, _) = self.cases(&binary.right);
                let text = format!("{} && {}", left.text, right.text);
                (Case { text, ..left }, no)
            }
            Expr::Unary(not)
                if matches!(not.op, syn::UnOp::Not(_))
                    && self.source.condition(not.op.to_token_stream()).is_none() =>
            {
                let (yes, no) = self.cases(inside(&not.expr));
                (no, yes)
            }
            condition => match self.source.condition(condition.to_token_stream()) {
                Some(Condition { line, repeats: true, .. }) => {
                    let decides = Some((*line, "while"));
                    let case = |text: &str| Case { text: text.to_owned(), decides, repeats: true };
                    (case("true"), case("false"))
                }
                Some(Condition { text, line, .. }) => {
                    let decides = Some((*line, "if"));
                    let case = |text: &str| Case { text: text.to_owned(), decides, repeats: false };
                    (case(text), case("else"))
                }
                None => (unknown(true), unknown(false)),
            },
        }
    }

    /// The cases of a condition that was stored.
    fn decided(&self, condition: &Expr) -> Option<(Case, Case)> {
        let Expr::Path(path) = inside(condition) else { return None };
        self.conditions.get(&path.path.get_ident()?.to_string()).cloned()
    }

    /// What the arms of a `match` are called.
    fn arms(&self, patterns: &[Pat]) -> Vec<Case> {
        let found: Vec<Option<&Pattern>> =
            patterns.iter().map(|pattern| self.source.pattern(pattern.to_token_stream())).collect();
        let known = found.iter().enumerate().find_map(|(index, found)| Some((index, (*found)?)));
        let named = patterns.iter().zip(&found).enumerate().map(|(index, (pattern, found))| {
            if let Some(found) = found {
                return case(found);
            }
            let decides = known.map(|(_, known)| (known.line, known.keyword));
            let other = |text: &str, repeats| Case { text: text.to_owned(), decides, repeats };
            if let Some((_, Pattern { otherwise: Some(otherwise), .. })) = known {
                return other(otherwise, true);
            }
            if matches!(pattern, Pat::Wild(_)) {
                return other("else", false);
            }
            let near = known.and_then(|(at, known)| {
                let distance = isize::try_from(index).ok()? - isize::try_from(at).ok()?;
                self.source.arm_near(known, distance)
            });
            match near {
                Some(near) => case(near),
                None => other(&format!("arm {}", index + 1), false),
            }
        });
        named.collect()
    }
}

impl Visit<'_> for Walk<'_> {
    fn visit_item(&mut self, _: &syn::Item) {}
    fn visit_expr_closure(&mut self, _: &syn::ExprClosure) {}
    fn visit_expr_async(&mut self, _: &syn::ExprAsync) {}
    fn visit_type(&mut self, _: &syn::Type) {}

    fn visit_expr(&mut self, expr: &Expr) {
        if self.path.is_some() {
            visit::visit_expr(self, expr);
        }
    }

    fn visit_local(&mut self, local: &Local) {
        let Some(init) = &local.init else { return };
        let Some((_, diverge)) = &init.diverge else {
            if let (Pat::Ident(name), Expr::If(branch)) = (&local.pat, &*init.expr)
                && is_decision(branch)
            {
                let cases = self.cases(&branch.cond);
                self.conditions.insert(name.ident.to_string(), cases);
                return self.visit_expr(&branch.cond);
            }
            return self.visit_expr(&init.expr);
        };
        if is_poll(&init.expr) {
            self.edge(self.from, Some(Label::Pending));
            if let Some(path) = &mut self.path {
                path.push(Label::Ready);
            }
            return;
        }
        self.visit_expr(&init.expr);
        let pattern = self.source.pattern(local.pat.to_token_stream());
        let yes = pattern.map_or_else(|| unknown(true), case);
        let no = Case { text: "else".to_owned(), ..yes.clone() };
        self.branch((yes, no), |_| {}, |walk| walk.visit_expr(diverge));
    }

    fn visit_expr_if(&mut self, branch: &syn::ExprIf) {
        if is_false(&branch.cond) {
            return;
        }
        self.visit_expr(&branch.cond);
        let cases = self.cases(&branch.cond);
        self.branch(
            cases,
            |walk| walk.visit_block(&branch.then_branch),
            |walk| {
                if let Some((_, other)) = &branch.else_branch {
                    walk.visit_expr(other);
                }
            },
        );
    }

    fn visit_expr_match(&mut self, branch: &syn::ExprMatch) {
        self.visit_expr(&branch.expr);
        let patterns: Vec<Pat> = branch.arms.iter().map(|arm| arm.pat.clone()).collect();
        let cases = self.arms(&patterns);
        let single = branch.arms.len() == 1;
        let before = self.path.take();
        let mut ends = Vec::new();
        for (arm, case) in branch.arms.iter().zip(cases) {
            self.path = if single { before.clone() } else { with(&before, case) };
            if let Pat::Guard(guarded) = &arm.pat {
                // Where a guard is a state of its own, it is left from inside the pattern.
                self.visit_expr(&guarded.guard);
            }
            self.visit_expr(&arm.body);
            ends.extend(self.path.take());
        }
        self.path = match ends.len() {
            0 | 1 => ends.pop(),
            _ => before,
        };
    }

    fn visit_expr_binary(&mut self, binary: &syn::ExprBinary) {
        self.visit_expr(&binary.left);
        let before = self.path.clone();
        self.visit_expr(&binary.right);
        if matches!(binary.op, BinOp::And(_) | BinOp::Or(_)) {
            self.path = before;
        }
    }

    fn visit_expr_while(&mut self, repeat: &syn::ExprWhile) {
        self.visit_expr(&repeat.cond);
        let before = self.path.clone();
        self.visit_block(&repeat.body);
        self.path = before;
    }

    fn visit_expr_for_loop(&mut self, repeat: &syn::ExprForLoop) {
        self.visit_expr(&repeat.expr);
        let before = self.path.clone();
        self.visit_block(&repeat.body);
        self.path = before;
    }

    fn visit_expr_loop(&mut self, repeat: &syn::ExprLoop) {
        let before = self.path.clone();
        self.visit_block(&repeat.body);
        self.path = before.filter(|_| has_break(repeat.body.to_token_stream()));
    }

    fn visit_expr_block(&mut self, block: &syn::ExprBlock) {
        let before = self.path.clone();
        self.visit_block(&block.block);
        if block.label.is_some() && has_break(block.block.to_token_stream()) {
            self.path = before;
        }
    }

    fn visit_expr_assign(&mut self, assign: &syn::ExprAssign) {
        match &*assign.right {
            Expr::Path(path) if is_state(&path.path) => {
                if let Some(state) = path.path.segments.last() {
                    self.goes_to(&state.ident.to_string());
                }
            }
            _ => visit::visit_expr_assign(self, assign),
        }
    }

    fn visit_expr_continue(&mut self, _: &syn::ExprContinue) {
        self.path = None;
    }

    fn visit_expr_break(&mut self, leave: &syn::ExprBreak) {
        visit::visit_expr_break(self, leave);
        self.path = None;
    }

    fn visit_expr_return(&mut self, finish: &syn::ExprReturn) {
        visit::visit_expr_return(self, finish);
        self.edge(Node::End, Some(Label::Return));
        self.path = None;
    }

    fn visit_macro(&mut self, mac: &Macro) {
        if self.path.is_none() {
            return;
        }
        let name = mac.path.segments.last().map(|last| last.ident.to_string());
        match mac.parse_body_with(Punctuated::<Expr, Token![,]>::parse_terminated) {
            Ok(arguments) => arguments.iter().for_each(|argument| self.visit_expr(argument)),
            Err(_) => self.jumps(mac.tokens.clone()),
        }
        match name.as_deref() {
            Some("propagate") => self.edge(Node::End, Some(Label::Question)),
            // A macro of the user's, which may return.
            Some("exits") => self.edge(Node::End, Some(Label::Return)),
            Some("panic" | "unreachable" | "todo" | "unimplemented") => self.path = None,
            _ => {}
        }
    }
}

/// A way on which one more thing is known.
fn with(path: &Option<Vec<Label>>, case: Case) -> Option<Vec<Label>> {
    let mut path = path.clone()?;
    path.push(Label::Case(case));
    Some(path)
}

fn case(pattern: &Pattern) -> Case {
    Case {
        text: pattern.text.clone(),
        decides: Some((pattern.line, pattern.keyword)),
        repeats: pattern.otherwise.is_some(),
    }
}

fn unknown(holds: bool) -> Case {
    Case { text: holds.to_string(), decides: None, repeats: false }
}

/// `let … = poll(…) else { … }`
fn is_poll(expr: &Expr) -> bool {
    let Expr::Call(call) = expr else { return false };
    let Expr::Path(path) = &*call.func else { return false };
    let names: Vec<_> =
        path.path.segments.iter().map(|segment| segment.ident.to_string()).collect();
    names == ["__machine", "poll"]
}

/// `__State::Name`
fn is_state(path: &Path) -> bool {
    path.segments.len() == 2 && path.segments[0].ident == "__State"
}

/// `if … { true } else { false }`
fn is_decision(branch: &syn::ExprIf) -> bool {
    let literal = |block: &syn::Block, is: &str| {
        let stmts = &block.stmts;
        quote!(#(#stmts)*).to_string() == is
    };
    let Some((_, other)) = &branch.else_branch else { return false };
    let Expr::Block(other) = &**other else { return false };
    literal(&branch.then_branch, "true") && literal(&other.block, "false")
}

fn is_false(condition: &Expr) -> bool {
    matches!(condition, Expr::Lit(literal) if matches!(&literal.lit, syn::Lit::Bool(is) if !is.value))
}

fn inside(expr: &Expr) -> &Expr {
    match expr {
        Expr::Paren(inner) => inside(&inner.expr),
        Expr::Group(inner) => inside(&inner.expr),
        expr => expr,
    }
}

fn has_break(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Group(group) => has_break(group.stream()),
        TokenTree::Ident(ident) => ident == "break",
        _ => false,
    })
}
