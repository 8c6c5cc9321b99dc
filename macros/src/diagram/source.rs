//! Conditions, patterns, loops and suspensions of the function, by where they stand.

use std::collections::HashMap;

use proc_macro2::{LineColumn, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit::{self, Visit};
use syn::{BinOp, Block, Expr, Pat};

use crate::flow::holds_let;
use crate::suspension;
use crate::written::{as_written, closes_at, opens_at};

/// A condition, or a link of a chain of them.
#[derive(Clone)]
pub(super) struct Condition {
    pub(super) text: String,
    pub(super) line: usize,
    /// That of a `while`.
    pub(super) repeats: bool,
}

/// The pattern of an arm, of a `let` that decides something, or of a loop.
#[derive(Clone)]
pub(super) struct Pattern {
    pub(super) text: String,
    pub(super) line: usize,
    /// The keyword it belongs to.
    pub(super) keyword: &'static str,
    /// The `match` it is an arm of, and which of its arms.
    pub(super) arm: Option<(usize, usize)>,
    /// What it is called when the pattern of a loop does not match.
    pub(super) otherwise: Option<&'static str>,
}

#[derive(Default)]
pub(super) struct Source {
    conditions: HashMap<LineColumn, Condition>,
    patterns: HashMap<LineColumn, Pattern>,
    /// The patterns of the arms of each `match`.
    matches: Vec<Vec<Pattern>>,
    headings: HashMap<LineColumn, String>,
    /// How many tokens stand in a place: several, where a macro has written them.
    tokens: HashMap<LineColumn, usize>,
}

impl Source {
    pub(super) fn of(body: &Block) -> Source {
        let mut source = Source::default();
        source.count(body.to_token_stream());
        source.visit_block(body);
        source
    }

    /// The condition that a piece of the machine's code was made of, by its first token that is the
    /// user's.
    pub(super) fn condition(&self, code: TokenStream) -> Option<&Condition> {
        self.first(code, &self.conditions)
    }

    pub(super) fn pattern(&self, code: TokenStream) -> Option<&Pattern> {
        self.first(code, &self.patterns)
    }

    /// An arm of the `match` that `pattern` is in, `distance` arms further down.
    pub(super) fn arm_near(&self, pattern: &Pattern, distance: isize) -> Option<&Pattern> {
        let (of, arm) = pattern.arm?;
        self.matches[of].get(arm.checked_add_signed(distance)?)
    }

    /// What is written at the head of the loop, or after the `await`, that stands in a place.
    pub(super) fn heading(&self, place: Span) -> Option<&str> {
        let unique = self.tokens.get(&place.start()) == Some(&1);
        self.headings.get(&place.start()).filter(|_| unique).map(|text| &**text)
    }

    fn first<'s, T>(&self, code: TokenStream, places: &'s HashMap<LineColumn, T>) -> Option<&'s T> {
        code.into_iter().find_map(|token| {
            let (place, inner) = match &token {
                TokenTree::Group(group) => (opens_at(group), Some(group.stream())),
                token => (token.span().start(), None),
            };
            let found = places.get(&place);
            found
                .filter(|_| self.tokens.get(&place) == Some(&1))
                .or_else(|| inner.and_then(|inner| self.first(inner, places)))
        })
    }

    fn count(&mut self, tokens: TokenStream) {
        each(tokens, &mut |place| *self.tokens.entry(place).or_default() += 1);
    }

    fn note_condition(&mut self, condition: &Expr, line: usize, repeats: bool) {
        match condition {
            Expr::Let(condition) => {
                let keyword = if repeats { "while let" } else { "if let" };
                self.note_let(&condition.pat, line, keyword, repeats.then_some("else"));
            }
            Expr::Binary(binary) if holds_let(condition) => {
                self.note_condition(&binary.left, line, repeats);
                self.note_condition(&binary.right, line, repeats);
            }
            Expr::Paren(inner) if holds_let(condition) => {
                self.note_condition(&inner.expr, line, repeats);
            }
            condition => {
                let text = as_written(condition.to_token_stream());
                each(condition.to_token_stream(), &mut |place| {
                    let condition = Condition { text: text.clone(), line, repeats };
                    self.conditions.insert(place, condition);
                });
                // Where its right side suspends the two are decided apart.
                if let Expr::Binary(binary) = condition
                    && matches!(binary.op, BinOp::And(_) | BinOp::Or(_))
                    && suspension::expr(&binary.right)
                {
                    self.note_condition(&binary.left, line, repeats);
                    self.note_condition(&binary.right, line, repeats);
                }
            }
        }
    }

    fn note_let(
        &mut self,
        pattern: &Pat,
        line: usize,
        keyword: &'static str,
        otherwise: Option<&'static str>,
    ) {
        let text = as_written(pattern.to_token_stream());
        let noted = Pattern { text, line, keyword, arm: None, otherwise };
        self.note_pattern(pattern, &noted);
    }

    fn note_pattern(&mut self, pattern: &Pat, noted: &Pattern) {
        each(pattern.to_token_stream(), &mut |place| {
            self.patterns.insert(place, noted.clone());
        });
    }

    fn note_heading(&mut self, keyword: Span, text: String) {
        self.headings.insert(keyword.start(), text);
    }
}

impl Visit<'_> for Source {
    fn visit_item(&mut self, _: &syn::Item) {}

    fn visit_expr_if(&mut self, branch: &syn::ExprIf) {
        let line = branch.if_token.span.start().line;
        self.note_condition(&branch.cond, line, false);
        visit::visit_expr_if(self, branch);
    }

    fn visit_expr_match(&mut self, branch: &syn::ExprMatch) {
        let line = branch.match_token.span.start().line;
        let of = self.matches.len();
        let arms = branch.arms.iter().enumerate().map(|(arm, written)| Pattern {
            text: as_written(written.pat.to_token_stream()),
            line,
            keyword: "match",
            arm: Some((of, arm)),
            otherwise: None,
        });
        let arms: Vec<_> = arms.collect();
        for (written, noted) in branch.arms.iter().zip(&arms) {
            self.note_pattern(&written.pat, noted);
            if let Pat::Guard(pattern) = &written.pat
                && (suspension::expr(&pattern.guard) || holds_let(&pattern.guard))
            {
                self.note_condition(&pattern.guard, line, false);
            }
        }
        self.matches.push(arms);
        visit::visit_expr_match(self, branch);
    }

    fn visit_local(&mut self, local: &syn::Local) {
        let diverges = local.init.as_ref().is_some_and(|init| init.diverge.is_some());
        if diverges {
            let line = local.let_token.span.start().line;
            self.note_let(&local.pat, line, "let else", None);
        }
        visit::visit_local(self, local);
    }

    fn visit_expr_while(&mut self, repeat: &syn::ExprWhile) {
        let keyword = repeat.while_token.span;
        let condition = as_written(repeat.cond.to_token_stream());
        self.note_heading(keyword, format!("while {condition}"));
        self.note_condition(&repeat.cond, keyword.start().line, true);
        visit::visit_expr_while(self, repeat);
    }

    fn visit_expr_for_loop(&mut self, repeat: &syn::ExprForLoop) {
        let keyword = repeat.for_token.span;
        let pattern = as_written(repeat.pat.to_token_stream());
        let items = as_written(repeat.expr.to_token_stream());
        self.note_heading(keyword, format!("for {pattern} in {items}"));
        let noted = Pattern {
            text: format!("Some({pattern})"),
            line: keyword.start().line,
            keyword: "for",
            arm: None,
            otherwise: Some("None"),
        };
        self.note_pattern(&repeat.pat, &noted);
        visit::visit_expr_for_loop(self, repeat);
    }

    fn visit_expr_loop(&mut self, repeat: &syn::ExprLoop) {
        self.note_heading(repeat.loop_token.span, "loop".to_owned());
        visit::visit_expr_loop(self, repeat);
    }

    fn visit_expr_await(&mut self, wait: &syn::ExprAwait) {
        let awaited = as_written(wait.base.to_token_stream());
        self.note_heading(wait.await_token.span, format!("await {awaited}"));
        visit::visit_expr_await(self, wait);
    }

    fn visit_macro(&mut self, mac: &syn::Macro) {
        if suspension::is_suspension_macro(mac)
            && let Some(last) = mac.path.segments.last()
        {
            let awaited = as_written(mac.tokens.clone());
            let text = match last.ident == suspension::YIELD {
                true => format!("yield {awaited}"),
                false => format!("await {awaited}"),
            };
            self.note_heading(last.ident.span(), text);
        }
    }
}

/// The places of all tokens.
fn each(tokens: TokenStream, visit: &mut dyn FnMut(LineColumn)) {
    for token in tokens {
        match token {
            TokenTree::Group(group) => {
                visit(opens_at(&group));
                each(group.stream(), visit);
                visit(closes_at(&group));
            }
            token => visit(token.span().start()),
        }
    }
}
