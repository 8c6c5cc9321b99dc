//! Guards that suspend.
//!
//! An arm with such a guard is taken in three steps. Its pattern is tried, and the guard is shown
//! what the pattern would bind, where it lies: nothing has moved yet. The guard runs. If it holds,
//! the pattern is matched once more, and now binds; if not, the next arm is tried. Of a pattern
//! with alternatives each one is tried, and the guard runs for each that matches.

use std::collections::HashMap;

use proc_macro2::TokenStream;
use quote::{ToTokens, quote};
use syn::spanned::Spanned;
use syn::{Arm, Expr, ExprMatch, Pat, PatGuard};

use super::chain::holds_let;
use super::matching::without_mut;
use super::native::{Use, wild};
use super::{Dest, Flow, SlotId, StateId, is_place};
use crate::liveness::declared;
use crate::resolve::{self, VarId};
use crate::suspension;

/// What the arms are matched against, one after the other.
enum Subject {
    Slot(SlotId),
    /// A place that is found at no cost, and without running code.
    Place(TokenStream),
}

/// Whether the guard of an arm is a step, or several, of its own.
pub(super) fn is_guarded(arm: &Arm) -> bool {
    match &arm.pat {
        Pat::Guard(pattern) => {
            suspension::expr(&pattern.guard)
                || (holds_let(&pattern.guard) && suspension::expr(&arm.body))
        }
        _ => false,
    }
}

impl Flow<'_> {
    /// A `match` with such guards.
    pub(super) fn choose_by_guards(&mut self, branch: &ExprMatch, dest: &Dest) {
        let subject = self.subject(branch);
        let end = self.state("EndMatch");
        let mut arms = &branch.arms[..];
        while let Some(first) = arms.first() {
            let plain = arms.iter().position(is_guarded).unwrap_or(arms.len());
            if plain > 0 {
                let next = self.state("NextArm");
                let patterns: Vec<_> = arms[..plain].iter().map(|arm| &arm.pat).collect();
                let (value, patterns) = self.tried(&subject, &patterns);
                self.arms(value, &arms[..plain], patterns, Some(next), end, dest);
                self.begin(next);
                arms = &arms[plain..];
                continue;
            }
            if let Pat::Guard(pattern) = &first.pat {
                self.guarded(first, pattern, &subject, end, dest);
            }
            arms = &arms[1..];
        }
        // The arms cover every value: that is for the twin to say.
        let unreachable = self.unreachable();
        self.emit(quote!(#unreachable;));
        self.begin(end);
    }

    fn subject(&mut self, branch: &ExprMatch) -> Subject {
        let scrutinee = &branch.expr;
        if let Some(mention) = resolve::mention_of(scrutinee) {
            let var = self.names.mention(mention).var;
            return match self.frame_slot(var) {
                Some(slot) if self.names.var(var).reference.is_none() => Subject::Slot(slot),
                _ => Subject::Place(self.native(scrutinee, Use::Place)),
            };
        }
        if !is_place(scrutinee) {
            let value = self.value(scrutinee, true);
            let slot = self.slot("scrutinee");
            let put = self.put(slot, value);
            self.emit(put);
            // Nothing moves out of what a reference leads to.
            return match &**scrutinee {
                Expr::Reference(_) => Subject::Place(self.place(slot)),
                _ => Subject::Slot(slot),
            };
        }
        // Finding it may run code, which is done once.
        let place = self.place_of(scrutinee, true);
        let mutable = branch.arms.iter().any(|arm| binds_mutably(&arm.pat));
        let pointer = match &**scrutinee {
            // A constant is made where it is named: rustc sees to it that this one stays.
            Expr::Path(_) => quote!(&#place),
            _ if mutable => quote!(&raw mut #place),
            _ => quote!((&raw const #place).cast_mut()),
        };
        let slot = self.consumed_slot("scrutinee");
        let put = self.put(slot, pointer);
        self.emit(put);
        let slot = self.place(slot);
        Subject::Place(quote!((*#slot)))
    }

    /// The texts of the scrutinee and of patterns that may bind what is in it, the last of them `_`.
    fn tried(&mut self, subject: &Subject, patterns: &[&Pat]) -> (TokenStream, Vec<TokenStream>) {
        let wild = wild();
        let patterns: Vec<&Pat> = patterns.iter().copied().chain([&wild]).collect();
        let place = match subject {
            Subject::Slot(slot) => {
                if let Some(matched) = self.matched_slot(*slot, patterns.iter().copied()) {
                    return matched;
                }
                self.place(*slot)
            }
            Subject::Place(place) => place.clone(),
        };
        (place, patterns.iter().map(|pattern| self.pattern(pattern)).collect())
    }

    fn guarded(
        &mut self,
        arm: &Arm,
        pattern: &PatGuard,
        subject: &Subject,
        end: StateId,
        dest: &Dest,
    ) {
        let suspends = suspension::expr(&arm.body);
        let alternatives = alternatives(&pattern.pat);
        if holds_let(&pattern.guard) {
            // What the guard binds lives as long as the arm, of which each alternative has its own.
            for alternative in &alternatives {
                let next = self.state("NextArm");
                let depth = self.scopes.len();
                // What the arm binds outlives what its guard binds.
                self.open();
                let puts = suspends.then(|| self.puts(alternative));
                self.open();
                let shown = self.show(alternative, subject, next);
                self.shadowed.push(shown);
                self.chain(&pattern.guard, depth, next);
                self.shadowed.pop();
                if suspends {
                    let body = self.state("Arm");
                    let go = self.go(body);
                    self.bind(alternative, subject, quote!(#puts #go));
                    self.begin(body);
                    self.waiting_arm_body(&arm.body, dest);
                } else {
                    let body = self.arm_body(arm, dest);
                    self.bind(alternative, subject, body);
                }
                self.close();
                self.close();
                self.go_on(end);
                self.begin(next);
            }
            return;
        }
        let body = suspends.then(|| {
            self.open();
            let puts = self.puts(&pattern.pat);
            (self.state("Arm"), puts, self.scopes.pop())
        });
        let mut last = None;
        for alternative in &alternatives {
            if let Some(next) = last {
                self.begin(next);
            }
            let next = self.state("NextArm");
            let depth = self.scopes.len();
            self.open();
            let shown = self.show(alternative, subject, next);
            self.shadowed.push(shown);
            self.chain(&pattern.guard, depth, next);
            self.shadowed.pop();
            self.close();
            let code = match &body {
                Some((body, puts, _)) => {
                    let go = self.go(*body);
                    quote!(#puts #go)
                }
                None => {
                    let (body, go) = (self.arm_body(arm, dest), self.go(end));
                    quote!(#body #go)
                }
            };
            self.bind(alternative, subject, code);
            last = Some(next);
        }
        if let Some((state, _, scope)) = body {
            self.begin(state);
            self.scopes.extend(scope);
            self.waiting_arm_body(&arm.body, dest);
            self.close();
            self.go_on(end);
        }
        if let Some(next) = last {
            self.begin(next);
        }
    }

    /// Tries a pattern; goes on with its guard, or with `next`. Gives the texts by which the guard
    /// names what the pattern would bind.
    fn show(
        &mut self,
        pattern: &Pat,
        subject: &Subject,
        next: StateId,
    ) -> HashMap<VarId, TokenStream> {
        let mut shown = HashMap::new();
        let mut shows = TokenStream::new();
        for var in declared(pattern) {
            let ident = self.names.var(var).ident.clone();
            let slot = self.consumed_slot("shown");
            let put = self.put(slot, quote!(__machine::Bound::of(&#ident).show()));
            shows.extend(put);
            shown.insert(var, self.shown_place(slot));
            self.shown.insert(var, slot);
        }
        if !shows.is_empty() {
            shows = quote!(use __machine::InFrame as _; #shows);
        }
        let place = match subject {
            Subject::Slot(slot) => self.place(*slot),
            Subject::Place(place) => place.clone(),
        };
        let guard = self.state("Guard");
        let (go_guard, go_next) = (self.go(guard), self.go(next));
        let unreachable = self.unreachable();
        // The guard is left before anything is bound: nothing moves, whatever the pattern says. What it
        // is shown stays where it is, since the value is matched again whichever way the guard ends.
        let pattern = self.restore(without_mut(pattern).to_token_stream());
        self.emit(quote! {
            match #place {
                #pattern if { #shows #go_guard } => #unreachable,
                _ => #go_next
            }
        });
        self.begin(guard);
        shown
    }

    fn shown_place(&self, slot: SlotId) -> TokenStream {
        let name = self.name(slot);
        quote!((*(*#name.at).place()))
    }

    /// The text of the value of a variable that the guard is shown, and that it can only copy.
    pub(super) fn shown_value(&self, var: VarId) -> Option<TokenStream> {
        let slot = *self.shown.get(&var)?;
        let text = self.shadowed.iter().rev().find_map(|shadows| shadows.get(&var))?;
        let name = self.name(slot);
        let here = text.to_string() == self.shown_place(slot).to_string();
        here.then(|| quote!((*#name.at).copy()))
    }

    /// Matches a pattern whose guard has held.
    fn bind(&mut self, pattern: &Pat, subject: &Subject, code: TokenStream) {
        let (value, patterns) = self.tried(subject, &[pattern]);
        let pattern = &patterns[0];
        let rest = &patterns[1];
        let unreachable = self.unreachable();
        self.emit(quote!(match #value { #pattern => { #code } #rest => #unreachable }));
    }

    /// The code of an arm's body that does not suspend.
    pub(super) fn arm_body(&mut self, arm: &Arm, dest: &Dest) -> TokenStream {
        let body = self.native(&arm.body, Use::Value);
        match super::control::is_never(&arm.body) {
            true => quote!(#body;),
            false => self.store(body, dest, arm.body.span()),
        }
    }
}

/// The patterns without alternatives that a pattern stands for, in the order they are tried.
fn alternatives(pattern: &Pat) -> Vec<Pat> {
    match pattern {
        Pat::Or(or) => or.cases.iter().flat_map(alternatives).collect(),
        Pat::Paren(inner) => alternatives(&inner.pat),
        _ => {
            let Some(first) = first_or(pattern) else { return vec![pattern.clone()] };
            let cases = first.cases.iter();
            cases.flat_map(|case| alternatives(&with_first_or(pattern, case))).collect()
        }
    }
}

/// The first pattern inside that has alternatives.
fn first_or(pattern: &Pat) -> Option<syn::PatOr> {
    struct First(Option<syn::PatOr>);
    impl<'ast> syn::visit::Visit<'ast> for First {
        fn visit_pat_or(&mut self, or: &'ast syn::PatOr) {
            self.0.get_or_insert_with(|| or.clone());
        }
        fn visit_expr(&mut self, _: &'ast Expr) {}
    }
    let mut first = First(None);
    syn::visit::Visit::visit_pat(&mut first, pattern);
    first.0
}

/// The pattern with that one replaced by one of its cases.
fn with_first_or(pattern: &Pat, case: &Pat) -> Pat {
    struct Replace<'c>(Option<&'c Pat>);
    impl syn::visit_mut::VisitMut for Replace<'_> {
        fn visit_pat_mut(&mut self, pattern: &mut Pat) {
            if matches!(pattern, Pat::Or(_)) {
                if let Some(case) = self.0.take() {
                    *pattern = case.clone();
                }
                return;
            }
            syn::visit_mut::visit_pat_mut(self, pattern);
        }
        fn visit_expr_mut(&mut self, _: &mut Expr) {}
    }
    let mut pattern = pattern.clone();
    syn::visit_mut::VisitMut::visit_pat_mut(&mut Replace(Some(case)), &mut pattern);
    pattern
}

/// Whether a pattern has a `ref mut` in it.
fn binds_mutably(pattern: &Pat) -> bool {
    struct RefMut(bool);
    impl<'ast> syn::visit::Visit<'ast> for RefMut {
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            self.0 |= pat.by_ref.is_some() && pat.mutability.is_some();
            syn::visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _: &'ast Expr) {}
    }
    let mut found = RefMut(false);
    syn::visit::Visit::visit_pat(&mut found, pattern);
    found.0
}
