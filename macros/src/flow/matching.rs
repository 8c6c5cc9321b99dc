//! Patterns matched against a variable of the frame that they may move, or may not.

use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens, quote};
use syn::visit::{self, Visit};
use syn::visit_mut::{self, VisitMut};
use syn::{Expr, Pat};

use super::native::Use;
use super::probe::leaves;
use super::{Flow, Part, Parts, SlotId};
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
        let mention = resolve::mention_of(scrutinee)?;
        let var = self.names.mention(mention).var;
        let slot = self.frame_slot(var)?;
        if self.names.var(var).reference.is_some() {
            return None;
        }
        // Also where it is used again: what the pattern leaves of it may be.
        self.matched_slot(slot, patterns)
    }

    /// As [`Flow::matched`], for what lies in `slot`.
    pub(super) fn matched_slot<'p>(
        &mut self,
        slot: SlotId,
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
            let Bindings { by_ref, by_value, dereferences } = Bindings::of(pattern);
            if dereferences {
                return None;
            }
            if by_ref && by_value {
                self.refuse(
                    pattern,
                    "a pattern that binds a part by reference and may move another is not compiled \
                     yet where the value lives across a suspension: bind the parts one by one",
                );
            }
        }
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
            let value = nested(quote!((#(#names),*)));
            let by_parts = match patterns.len() {
                1 => self.moving_parts(slot, &stripped),
                _ => None,
            };
            moved.push(match by_parts {
                Some(arm) => arm,
                None => self.moving_arm(slot, &stripped, &names, &nested),
            });
            let pattern = self.pattern(&stripped);
            arms.push(quote!(#pattern => #value));
        }
        let x = Ident::new("scrutinee", Span::mixed_site());
        // Whether the patterns are exhaustive is for the twin to say.
        let others = quote!(_ => ::core::unreachable!());
        let handles = handles.iter().map(|handle| quote!(#handle = #handle));
        let text = quote! {
            ::async_proc::scrutinee!(
                #name, (#(#handles),*) #x => { #(#arms,)* #others }, { #(#moved,)* #others }
            )
        };
        Some((text, outer))
    }

    /// The arm of a pattern of tuples and structs alone: each part has a flag of its own, so that
    /// the others can be used, and moved, later.
    fn moving_parts(&mut self, slot: SlotId, pattern: &Pat) -> Option<TokenStream> {
        let mut reads = Vec::new();
        for (var, path) in super::bind::parts_by_value(pattern)? {
            let ident = self.names.var(var).ident.clone();
            let part = self.part(slot, path);
            reads.push(quote!(#part.take(#ident)));
        }
        let text = self.restore(pattern.to_token_stream());
        Some(quote!(#text => (#(#reads),*)))
    }

    /// The arm for a variable that its pattern moves: the pattern sees a reference to the variable,
    /// and what it binds is read out of it.
    fn moving_arm(
        &mut self,
        slot: SlotId,
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
        let by_ref = Bindings::of(bare).by_ref;
        let text = self.restore(without_ref(bare).to_token_stream());
        if names.is_empty() || by_ref {
            // Binds nothing, or (where the variable is not moved by another arm) references.
            let value = nested(quote!((#(#names),*)));
            return quote!(#text #guard => #value);
        }
        let flag = self.local(&format!("{}_moved", self.slots[slot.0].name));
        let (pattern, names, imports) = (text.clone(), names.to_vec(), self.imports(&text));
        let which = Parts::Bindings { pattern, names: names.clone(), imports };
        self.parts.push(Part { name: flag.clone(), slot, which });
        let value = nested(quote!((#(#flag.read(#names)),*)));
        quote!(#text #guard => { #flag.note(); #value })
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

/// How a pattern binds what it binds.
struct Bindings {
    by_ref: bool,
    by_value: bool,
    /// It reaches through a reference with `&`, or binds the rest of a slice, which is behind one.
    dereferences: bool,
}

impl Bindings {
    fn of(pattern: &Pat) -> Bindings {
        let mut bindings = Bindings { by_ref: false, by_value: false, dereferences: false };
        bindings.visit_pat(pattern);
        bindings
    }
}

impl<'ast> Visit<'ast> for Bindings {
    fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
        if resolve::binding(&pat.ident).is_some() {
            self.by_ref |= pat.by_ref.is_some();
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
