//! Patterns matched against a variable of the frame that they may move, or may not.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Pat};

use super::bind::BoundPart;
use super::native::Use;
use super::probe::leaves;
use super::{Flow, Parts, SlotId};
use crate::liveness::{declared, mentions_in};
use crate::resolve::{self, VarId};

impl Flow<'_> {
    /// A scrutinee that is the last use of a variable in the frame, and patterns that may move out
    /// of it: the arm that matches, with its bindings, and the patterns to tell the arms apart.
    pub(super) fn matched<'p>(
        &mut self,
        scrutinee: &Expr,
        patterns: impl IntoIterator<Item = &'p Pat>,
    ) -> Option<(TokenStream, Vec<TokenStream>)> {
        // What is in a box is moved out of it like what is in a variable.
        let (scrutinee, deref) = match scrutinee {
            Expr::Unary(unary) if matches!(unary.op, syn::UnOp::Deref(_)) => {
                (&*unary.expr, quote!(*))
            }
            _ => (scrutinee, TokenStream::new()),
        };
        let mention = resolve::mention_of(scrutinee)?;
        let var = self.names.mention(mention).var;
        let slot = self.frame_slot(var)?;
        if self.names.var(var).reference.is_some() {
            return None;
        }
        // Also where it is used again: what the pattern leaves of it may be.
        self.matched_at(slot, &deref, patterns)
    }

    /// As [`Flow::matched`], for what lies in `slot`.
    pub(super) fn matched_slot<'p>(
        &mut self,
        slot: SlotId,
        patterns: impl IntoIterator<Item = &'p Pat>,
    ) -> Option<(TokenStream, Vec<TokenStream>)> {
        self.matched_at(slot, &TokenStream::new(), patterns)
    }

    /// The same, for what is `deref` from there: behind a pointer, or the value itself.
    fn matched_at<'p>(
        &mut self,
        slot: SlotId,
        deref: &TokenStream,
        patterns: impl IntoIterator<Item = &'p Pat>,
    ) -> Option<(TokenStream, Vec<TokenStream>)> {
        let patterns: Vec<&Pat> = patterns.into_iter().collect();
        let binds = patterns.iter().any(|pattern| Bindings::of(pattern).by_value);
        let whole = matches!(patterns[..], [Pat::Ident(pat)] if pat.subpat.is_none());
        if !binds || whole {
            return None;
        }
        let mut handles = Vec::new();
        for pattern in &patterns {
            if let Pat::Guard(guarded) = pattern {
                if self.must_hoist_guard(&guarded.guard, &declared(pattern)) {
                    return None;
                }
                self.add_handles(&guarded.guard, &mut handles);
            }
            if Bindings::of(pattern).dereferences {
                return None;
            }
        }
        // The parts that are not moved are bound by reference, by a mutable one if they ask for it.
        let unique = patterns.iter().any(|pattern| Bindings::of(pattern).by_mut);
        let name = self.name(slot);
        if handles.contains(&name) {
            return None;
        }
        let mut arms = Vec::new();
        let mut moved = Vec::new();
        let mut outer = Vec::new();
        for (index, pattern) in patterns.iter().enumerate() {
            let last = index + 1 == patterns.len();
            let nested = |mut text: TokenStream| {
                if !last {
                    text = quote!(__machine::Arm::This(#text));
                }
                for _ in 0..index {
                    text = quote!(__machine::Arm::Later(#text));
                }
                text
            };
            let vars: Vec<_> =
                declared(pattern).into_iter().map(|var| self.names.var(var)).collect();
            let names: Vec<_> = vars.iter().map(|var| var.ident.clone()).collect();
            let bound = vars.iter().map(|var| {
                let (ident, mutability) = (&var.ident, var.mutable.then(|| quote!(mut)));
                quote!(#mutability #ident)
            });
            outer.push(nested(quote!((#(#bound),*))));
            let stripped = without_mut(pattern);
            // A reference outlives the closure that asks, which owns what the pattern may move.
            let references = references(pattern);
            let values = declared(pattern).into_iter().map(|var| {
                let ident = &self.names.var(var).ident;
                let reference = references.iter().find(|(bound, _)| *bound == var);
                match reference {
                    None => quote!(#ident),
                    Some((_, none)) if none.is_empty() => {
                        quote!(&*::core::ptr::from_ref(#ident))
                    }
                    Some(_) => quote!(&mut *::core::ptr::from_mut(#ident)),
                }
            });
            let value = nested(quote!((#(#values),*)));
            let by_parts = match patterns.len() {
                1 => self.moving_parts(slot, &stripped),
                _ => None,
            };
            moved.push(match by_parts {
                Some(arm) => arm,
                None => self.moving_arm(slot, deref, &stripped, &names, &nested),
            });
            let pattern = self.pattern(&stripped);
            arms.push(quote!(#pattern => #value));
        }
        let x = Ident::new("scrutinee", Span::mixed_site());
        // Whether the patterns are exhaustive is for the twin to say.
        let others = quote!(_ => ::core::unreachable!());
        let handles = handles.iter().map(|handle| quote!(#handle = #handle));
        let unique = unique.then(|| quote!(mut));
        let text = quote! {
            ::async_proc::scrutinee!(
                #name, #deref (#(#handles),*) #x => { #(#arms,)* #others },
                #unique { #(#moved,)* #others }
            )
        };
        Some((text, outer))
    }

    /// The arm of a pattern of tuples and structs alone: each part has a flag of its own, so that
    /// the others can be used, and moved, later.
    fn moving_parts(&mut self, slot: SlotId, pattern: &Pat) -> Option<TokenStream> {
        let mut reads = Vec::new();
        for BoundPart { var, path, by_ref } in super::bind::parts(pattern)? {
            let ident = self.names.var(var).ident.clone();
            reads.push(match by_ref {
                Some(mutability) => quote!(&#mutability *#ident),
                None => {
                    let part = self.part(slot, path);
                    quote!(#part.take(#ident))
                }
            });
        }
        let text = self.restore(without_ref(pattern).to_token_stream());
        Some(quote!(#text => (#(#reads),*)))
    }

    /// The arm for a variable that its pattern moves: the pattern sees a reference to the variable,
    /// and what it binds is read out of it.
    fn moving_arm(
        &mut self,
        slot: SlotId,
        deref: &TokenStream,
        pattern: &Pat,
        names: &[Ident],
        nested: &dyn Fn(TokenStream) -> TokenStream,
    ) -> TokenStream {
        let (bare, guard) = match pattern {
            Pat::Guard(guarded) => (&*guarded.pat, Some(&*guarded.guard)),
            pattern => (pattern, None),
        };
        let guard = guard.map(|guard| {
            let shadows = declared(bare)
                .into_iter()
                .map(|var| {
                    let ident = &self.names.var(var).ident;
                    (var, quote!((*#ident)))
                })
                .collect();
            self.shadowed.push(shadows);
            let guard = self.native(guard, Use::Place);
            self.shadowed.pop();
            quote!(if #guard)
        });
        let text = self.restore(without_ref(bare).to_token_stream());
        let bound: Vec<(Ident, TokenStream)> = references(bare)
            .into_iter()
            .map(|(var, mutability)| (self.names.var(var).ident.clone(), mutability))
            .collect();
        let values = |read: &dyn Fn(&Ident) -> TokenStream| -> Vec<TokenStream> {
            let values =
                names.iter().map(|name| match bound.iter().find(|(ident, _)| ident == name) {
                    Some((_, mutability)) => quote!(&#mutability *#name),
                    None => read(name),
                });
            values.collect()
        };
        if !Bindings::of(bare).by_value {
            let values = values(&|name| quote!(#name));
            let value = nested(quote!((#(#values),*)));
            return quote!(#text #guard => #value);
        }
        let flag = format!("{}_moved", self.slots[slot.0].name);
        let pattern = self.restore(without_ref_mut(bare).to_token_stream());
        let moved = names.iter().filter(|name| !bound.iter().any(|(ident, _)| ident == *name));
        let which = Parts::Bindings {
            deref: deref.clone(),
            pattern,
            names: moved.cloned().collect(),
            imports: self.imports(&text),
        };
        let flag = self.add_part(&flag, slot, which);
        let values = values(&|name| quote!(#flag.take(#name)));
        let value = nested(quote!((#(#values),*)));
        quote!(#text #guard => #value)
    }

    /// Whether a guard uses something of the step itself, beside the bindings of its pattern.
    fn must_hoist_guard(&self, guard: &Expr, bindings: &[VarId]) -> bool {
        let local = mentions_in(guard.to_token_stream()).iter().any(|mention| {
            let var = self.names.mention(*mention).var;
            let inside = self.names.var(var).depth > 0 || bindings.contains(&var);
            !inside && self.frame_slot(var).is_none()
        });
        local || leaves(guard)
    }
}

/// A pattern that binds the same variables, none of them `mut`: they are bound once more outside.
pub(super) fn without_mut(pattern: &Pat) -> Pat {
    struct Strip;
    impl syn::visit_mut::VisitMut for Strip {
        fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
            if pat.by_ref.is_none() {
                pat.mutability = None;
            }
            syn::visit_mut::visit_pat_ident_mut(self, pat);
        }
    }
    let mut pattern = pattern.clone();
    syn::visit_mut::VisitMut::visit_pat_mut(&mut Strip, &mut pattern);
    pattern
}

/// A pattern whose `ref` bindings take the reference they are given.
fn without_ref(pattern: &Pat) -> Pat {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
            pat.by_ref = None;
            pat.mutability = None;
            visit_mut::visit_pat_ident_mut(self, pat);
        }
    }
    let mut pattern = pattern.clone();
    Strip.visit_pat_mut(&mut pattern);
    pattern
}

/// A pattern whose `ref mut` bindings are `ref`.
fn without_ref_mut(pattern: &Pat) -> Pat {
    struct Strip;
    impl VisitMut for Strip {
        fn visit_pat_ident_mut(&mut self, pat: &mut syn::PatIdent) {
            pat.mutability = None;
            visit_mut::visit_pat_ident_mut(self, pat);
        }
    }
    let mut pattern = pattern.clone();
    Strip.visit_pat_mut(&mut pattern);
    pattern
}

/// The variables that a pattern binds by reference, and whether by `mut`.
fn references(pattern: &Pat) -> Vec<(VarId, TokenStream)> {
    struct References(Vec<(VarId, TokenStream)>);
    impl<'ast> Visit<'ast> for References {
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            if let (Some(_), Some(var)) = (pat.by_ref, resolve::binding(&pat.ident)) {
                self.0.push((var, pat.mutability.to_token_stream()));
            }
            visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _: &'ast Expr) {}
    }
    let mut references = References(Vec::new());
    references.visit_pat(pattern);
    references.0
}

/// How a pattern binds what it binds.
struct Bindings {
    /// By a mutable reference.
    by_mut: bool,
    by_value: bool,
    /// It reaches through a reference with `&`, or binds the rest of a slice, which is behind one.
    dereferences: bool,
}

impl Bindings {
    fn of(pattern: &Pat) -> Bindings {
        let mut bindings = Bindings { by_mut: false, by_value: false, dereferences: false };
        bindings.visit_pat(pattern);
        bindings
    }
}

impl<'ast> Visit<'ast> for Bindings {
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        if resolve::binding(&pat.ident).is_some() {
            self.by_mut |= pat.by_ref.is_some() && pat.mutability.is_some();
            self.by_value |= pat.by_ref.is_none();
            let subpattern = pat.subpat.as_ref().map(|(_, subpattern)| &**subpattern);
            self.dereferences |= matches!(subpattern, Some(Pat::Rest(_)));
        }
        visit::visit_pat_ident(self, pat);
    }
    fn visit_pat_reference(&mut self, pat: &'ast syn::PatReference) {
        self.dereferences = true;
        visit::visit_pat_reference(self, pat);
    }
    fn visit_expr(&mut self, _: &'ast Expr) {}
}
