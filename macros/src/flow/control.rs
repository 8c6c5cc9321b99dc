//! Blocks, branches and loops that suspend.

use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use syn::spanned::Spanned;
use syn::{Arm, Block, Expr, Pat, Stmt};

use super::chain::holds_let;
use super::guard::is_guarded;
use super::native::Use;
use super::temporaries::{binds_everything, leaps, leaves_anything, leaves_when_refused};
use super::{Dest, Flow, Landmark, Loop, LoopKind, Scope, StateId};
use crate::once;
use crate::resolve;
use crate::suspension;

impl Flow<'_> {
    /// Compiles an expression and gives its value to `dest`.
    pub(super) fn into(&mut self, expr: &Expr, dest: &Dest) {
        let span = expr.span();
        if !suspension::expr(expr) {
            let value = self.native(expr, Use::Value);
            return self.store_here(value, dest, span);
        }
        if let Dest::Slot(slot, ty) = dest
            && is_control(expr)
        {
            self.into(expr, &Dest::Filled(*slot, ty.clone()));
            let name = self.name(*slot);
            return self.emit(quote!(#name.hold();));
        }
        match expr {
            Expr::Paren(inner) => self.into(&inner.expr, dest),
            Expr::Group(inner) => self.into(&inner.expr, dest),
            Expr::Block(block) => match &block.label {
                None => self.block(&block.block, dest),
                Some(label) => {
                    let stop = self.state("BlockEnd");
                    self.loops.push(Loop {
                        label: Some(label.name.ident.to_string()),
                        kind: LoopKind::States {
                            depth: self.scopes.len(),
                            stop,
                            next: None,
                            dest: Box::new(dest.clone()),
                        },
                    });
                    self.block(&block.block, dest);
                    self.loops.pop();
                    self.go_on(stop);
                    self.begin(stop);
                }
            },
            Expr::Unsafe(block) => self.block(&block.block, dest),
            Expr::If(branch) => self.branch(branch, dest),
            Expr::Match(branch) => self.choose(branch, dest, false),
            Expr::Loop(repeat) => self.repeat(repeat, dest),
            _ => {
                let value = self.value(expr, false);
                self.store_here(value, dest, span);
            }
        }
    }

    /// Gives a value to where it goes, at the end of the current state.
    fn store_here(&mut self, value: TokenStream, dest: &Dest, span: proc_macro2::Span) {
        let store = self.store(value, dest, span);
        self.emit(store);
        self.ended |= matches!(dest, Dest::Return);
    }

    /// A block: its statements up to the last that suspends one by one, the others as written.
    pub(super) fn block(&mut self, block: &Block, dest: &Dest) {
        let last = block.stmts.iter().rposition(suspension::stmt);
        let around = last.and_then(|_| self.enter(block));
        self.open();
        let (first, rest) = block.stmts.split_at(last.map_or(0, |last| last + 1));
        let mut locals = TokenStream::new();
        let mut ended = false;
        for (index, stmt) in first.iter().enumerate() {
            let tail = index + 1 == block.stmts.len();
            match stmt {
                Stmt::Expr(expr, None) if tail => {
                    self.tail(expr, dest);
                    ended = true;
                }
                Stmt::Local(local) => locals = self.local_stmt(local),
                Stmt::Expr(expr, _) => {
                    self.open();
                    self.into(expr, &Dest::Discard);
                    self.close();
                }
                Stmt::Macro(stmt) if suspension::stmt(&Stmt::Macro(stmt.clone())) => {
                    self.open();
                    let text = self.mac(&stmt.mac, false);
                    if tail && stmt.semi_token.is_none() {
                        self.store_here(text, dest, stmt.span());
                        ended = true;
                    } else {
                        self.emit(quote!(#text;));
                    }
                    self.close();
                }
                Stmt::Macro(_) => {
                    let text = self.native_stmt(stmt);
                    self.emit(text);
                }
                // Seen by all states of the block.
                Stmt::Item(_) => {}
            }
        }
        if !ended {
            self.rest(locals, rest, block, dest);
        }
        let outliving = self.scopes.last().map_or_else(Vec::new, |scope| {
            let tail = self.tails.iter().find(|tail| tail.block == scope.node);
            tail.map_or_else(Vec::new, |tail| tail.temporaries.clone())
        });
        self.close();
        if !self.ended {
            let kills = self.kills(&outliving);
            self.emit(kills);
        }
        self.leave_for(around);
    }

    /// The statements after the last suspension of a block, which hold real locals, and its value.
    fn rest(&mut self, locals: TokenStream, rest: &[Stmt], block: &Block, dest: &Dest) {
        // Where a value is missing, the twin is checked for it.
        let missing = matches!(dest, Dest::Return) && self.returns.value;
        let value = match rest.last() {
            Some(Stmt::Expr(Expr::ForLoop(_) | Expr::While(_), None)) if missing => false,
            Some(Stmt::Expr(_, None)) => true,
            Some(Stmt::Macro(stmt)) => stmt.semi_token.is_none(),
            _ => false,
        };
        let span = match rest.last() {
            Some(last) if value => last.span(),
            _ => block.brace_token.span.close(),
        };
        if locals.is_empty() && rest.is_empty() {
            if !self.ended && !matches!(dest, Dest::Discard) {
                // An empty block where the user's is, for rustc to say what it has no value of.
                let nothing = match missing || diverges(block) {
                    true => self.unreachable(),
                    false => quote_spanned!(block.brace_token.span.join()=> {}),
                };
                self.store_here(nothing, dest, span);
            }
            return;
        }
        if let ([Stmt::Expr(tail, None)], true) = (rest, locals.is_empty())
            && leaps(tail, true)
            && self.scopes.last().is_some_and(|scope| !scope.slots.is_empty())
        {
            return self.tail(tail, dest);
        }
        let suspends = rest.len() < block.stmts.len();
        let rest = rest.iter().filter(|stmt| !(suspends && matches!(stmt, Stmt::Item(_))));
        let texts: Vec<TokenStream> = rest.map(|stmt| self.native_stmt(stmt)).collect();
        if let ([text], true, true) = (&texts[..], value, locals.is_empty()) {
            return self.store_here(text.clone(), dest, span);
        }
        let simple = matches!(dest, Dest::Discard) && !value;
        let end = (!value && (missing || diverges(block))).then(|| self.unreachable());
        let code = quote!({ #locals #(#texts)* #end });
        if simple {
            self.emit(code);
        } else {
            self.store_here(code, dest, span);
        }
    }

    /// The body of a `match` arm: its temporaries are dropped before what the arm has bound.
    pub(super) fn waiting_arm_body(&mut self, body: &Expr, dest: &Dest) {
        self.open();
        self.into(body, dest);
        self.close();
    }

    /// The value of a block. Its temporaries are a scope of their own, which ends before the
    /// block's variables do, or (before edition 2024) after them.
    fn tail(&mut self, expr: &Expr, dest: &Dest) {
        let block = self.scopes.last().map(|scope| (scope.node, scope.slots.is_empty()));
        self.open();
        let outlives = matches!(block, Some((_, false))) && !is_control(expr);
        if !suspension::expr(expr) || outlives {
            let value = self.value(expr, true);
            self.store_here(value, dest, expr.span());
        } else {
            self.into(expr, dest);
        }
        let kept = |this: &Self, slot: &super::SlotId| !this.slots[slot.0].consumed;
        let temporaries: Vec<_> = match self.scopes.last() {
            Some(scope) => scope.slots.iter().copied().filter(|slot| kept(self, slot)).collect(),
            None => Vec::new(),
        };
        match block {
            Some((block, false)) if !temporaries.is_empty() => {
                self.edition = Some(expr.span());
                self.tails.push(super::Tail { temporaries, block });
                let ended = self.ended;
                let kills = self.leave();
                if !ended {
                    let kills = self.since_2024(kills, expr.span());
                    self.emit(kills);
                }
            }
            _ => self.close(),
        }
    }

    /// Compiles a condition: its temporaries are dropped before what it decides.
    pub(super) fn condition(&mut self, condition: &Expr) -> TokenStream {
        if !leaps(condition, false) {
            return self.native(condition, Use::Value);
        }
        self.open();
        let text = self.value(condition, false);
        let kills = self.leave();
        let name = self.local("condition");
        self.emit(quote!(let #name = if #text { true } else { false }; #kills));
        quote!(#name)
    }

    fn branch(&mut self, branch: &syn::ExprIf, dest: &Dest) {
        if let Expr::Let(condition) = &*branch.cond {
            return self.branch_on_pattern(branch, condition, dest, false);
        }
        if holds_let(&branch.cond) {
            return self.branch_on_chain(branch, dest);
        }
        let condition = self.condition(&branch.cond);
        let other = branch.else_branch.as_ref().map(|(_, other)| &**other);
        if !suspension::block(&branch.then_branch) && !other.is_some_and(suspension::expr) {
            let then = self.native(&plain_block(&branch.then_branch), Use::Value);
            let other = other.map(|other| {
                let other = self.native(other, Use::Value);
                quote!(else #other)
            });
            let store = self.store(quote!(if #condition #then #other), dest, branch.if_token.span);
            return self.emit(store);
        }
        let then = self.state("Then");
        let end = self.state("EndIf");
        let otherwise = if other.is_some() { self.state("Else") } else { end };
        let (go_then, go_else) = (self.go(then), self.go(otherwise));
        self.emit(quote!(if #condition #go_then else #go_else));
        self.begin(then);
        self.block(&branch.then_branch, dest);
        self.go_on(end);
        if let Some(other) = other {
            self.begin(otherwise);
            self.into(other, dest);
            self.go_on(end);
        }
        self.begin(end);
    }

    /// `if let`. The scrutinee's temporaries live through the branch; in edition 2024 they are
    /// dropped before `else` runs, in earlier ones after it: of an operand, with the statement.
    pub(super) fn branch_on_pattern(
        &mut self,
        branch: &syn::ExprIf,
        condition: &syn::ExprLet,
        dest: &Dest,
        operand: bool,
    ) {
        let before = self.scopes.last().map_or(0, |scope| scope.slots.len());
        let then_suspends = suspension::block(&branch.then_branch);
        let other = branch.else_branch.as_ref().map(|(_, other)| &**other);
        // Where the pattern does not match, all of the value is left, through `else` before 2024.
        let else_suspends = other.is_some_and(suspension::expr);
        let keep = (then_suspends && !binds_everything(&condition.pat))
            || (else_suspends && leaves_when_refused(&condition.pat))
            || (operand && leaves_anything(&condition.pat));
        let held = then_suspends || keep || operand;
        let wild = super::native::wild();
        let (value, patterns) =
            self.scrutinee(&condition.expr, &[&condition.pat, &wild], held, keep);
        let pattern = patterns[0].clone();
        let temporaries: Vec<_> = match self.scopes.last() {
            Some(scope) => scope.slots[before..].to_vec(),
            None => Vec::new(),
        };
        let drop_early = |this: &mut Self| {
            let kills = this.kills(&temporaries);
            let kills = this.since_2024(kills, branch.if_token.span);
            this.emit(kills);
        };
        if !then_suspends && !other.is_some_and(suspension::expr) {
            let then = self.native(&plain_block(&branch.then_branch), Use::Value);
            let other = other.map(|other| {
                let other = self.native(other, Use::Value);
                if temporaries.is_empty() {
                    return quote!(else #other);
                }
                let kills = self.kills(&temporaries);
                let kills = self.since_2024(kills, branch.if_token.span);
                quote!(else { #kills #other })
            });
            let text = quote!(if let #pattern = #value #then #other);
            self.store_here(text, dest, branch.if_token.span);
            return drop_early(self);
        }
        let end = self.state("EndIf");
        let then = then_suspends.then(|| self.state("Then"));
        self.open();
        let matched = match then {
            Some(then) => {
                let puts = self.puts(&condition.pat);
                let go = self.go(then);
                quote!({ #puts #go })
            }
            None => {
                let block = self.native(&plain_block(&branch.then_branch), Use::Value);
                let store = self.store(block, dest, branch.if_token.span);
                let go = self.go(end);
                quote!({ #store #go })
            }
        };
        let arm = self.scopes.pop();
        let otherwise = match other {
            Some(_) => self.state("Else"),
            None => end,
        };
        let go_else = self.go(otherwise);
        self.emit(quote!(if let #pattern = #value #matched else #go_else));
        if let (Some(then), Some(arm)) = (then, arm) {
            self.begin(then);
            self.scopes.push(arm);
            self.block(&branch.then_branch, dest);
            self.close();
            self.go_on(end);
        }
        if let Some(other) = other {
            self.begin(otherwise);
            drop_early(self);
            self.into(other, dest);
            self.go_on(end);
        }
        self.begin(end);
        drop_early(self);
    }

    /// Compiles a scrutinee for patterns whose arms may suspend; gives its text and the text of
    /// the patterns to match it with.
    ///
    /// `keep` says that parts of the value stay behind when it is matched, and live on through an
    /// arm that suspends: then it gets a slot.
    pub(super) fn scrutinee(
        &mut self,
        scrutinee: &Expr,
        patterns: &[&Pat],
        held: bool,
        keep: bool,
    ) -> (TokenStream, Vec<TokenStream>) {
        if let Some((text, patterns)) = self.matched(scrutinee, patterns.iter().copied()) {
            return (text, patterns);
        }
        if let [pattern] = patterns
            && super::native::binding_use(pattern) == Use::Value
        {
            let text = self.value(scrutinee, held);
            return (text, vec![self.pattern(pattern)]);
        }
        let text = if super::is_place(scrutinee) {
            self.place_of(scrutinee, held)
        } else if keep {
            let value = self.value(scrutinee, held);
            let slot = self.slot("scrutinee");
            let put = self.put(slot, value);
            self.emit(put);
            if let Some((text, patterns)) = self.matched_slot(slot, patterns.iter().copied()) {
                return (text, patterns);
            }
            self.place(slot)
        } else {
            self.matched_value(scrutinee, held)
        };
        (text, patterns.iter().map(|pattern| self.pattern(pattern)).collect())
    }

    /// The text of a value for a pattern to match. Of a field of a temporary, what the pattern leaves
    /// of the field is dropped with the rest of the temporary.
    pub(super) fn matched_value(&mut self, expr: &Expr, held: bool) -> TokenStream {
        if !held && super::operand::is_part(expr) {
            return self.place_of(expr, false);
        }
        let value = self.value(expr, held);
        once::value(expr, value)
    }

    /// `match`. As an operand, what its patterns leave of the scrutinee lives to the end of the
    /// statement.
    pub(super) fn choose(&mut self, branch: &syn::ExprMatch, dest: &Dest, operand: bool) {
        if branch.arms.iter().any(is_guarded) {
            return self.choose_by_guards(branch, dest);
        }
        if let [Arm { pat: Pat::Ident(pat), body, .. }] = &branch.arms[..]
            && pat.by_ref.is_none()
            && pat.subpat.is_none()
            && let Some(var) = resolve::binding(&pat.ident)
        {
            return self.bind_and_go_on(branch, var, body, dest, operand);
        }
        let arms_suspend = branch.arms.iter().any(|arm| suspension::expr(&arm.body));
        let keep = branch.arms.iter().any(|arm| {
            let leaves = !binds_everything(&arm.pat);
            let untouched = matches!(arm.pat, Pat::Wild(_));
            (suspension::expr(&arm.body) && leaves) || (operand && (leaves || untouched))
        });
        let patterns: Vec<&Pat> = branch.arms.iter().map(|arm| &arm.pat).collect();
        let (value, patterns) =
            self.scrutinee(&branch.expr, &patterns, arms_suspend || operand, keep);
        let end = self.state("EndMatch");
        self.arms(value, &branch.arms, patterns, None, end, dest);
        self.begin(end);
    }

    /// The arms of a `match`, given the text of its value and of their patterns; with a state to go on
    /// with where none of them matches, there is one more pattern for that.
    pub(super) fn arms(
        &mut self,
        value: TokenStream,
        arms: &[Arm],
        patterns: Vec<TokenStream>,
        otherwise: Option<StateId>,
        end: StateId,
        dest: &Dest,
    ) {
        let mut texts = TokenStream::new();
        let mut later: Vec<(StateId, Option<Scope>, &Expr)> = Vec::new();
        let mut patterns = patterns.into_iter();
        for (arm, pattern) in arms.iter().zip(patterns.by_ref()) {
            self.open();
            if suspension::expr(&arm.body) {
                let state = self.state("Arm");
                let puts = self.puts(&arm.pat);
                let go = self.go(state);
                texts.extend(quote!(#pattern => { #puts #go }));
                later.push((state, self.scopes.pop(), &arm.body));
            } else {
                let (body, go) = (self.arm_body(arm, dest), self.go(end));
                texts.extend(quote!(#pattern => { #body #go }));
                self.scopes.pop();
            }
        }
        if let (Some(otherwise), Some(pattern)) = (otherwise, patterns.next()) {
            let go = self.go(otherwise);
            texts.extend(quote!(#pattern => #go));
        }
        self.emit(quote!(match #value { #texts }));
        for (state, scope, body) in later {
            self.begin(state);
            self.scopes.extend(scope);
            self.waiting_arm_body(body, dest);
            self.close();
            self.go_on(end);
        }
    }

    /// `match value { name => body }`: a binding for the length of the body, and no more.
    fn bind_and_go_on(
        &mut self,
        branch: &syn::ExprMatch,
        var: resolve::VarId,
        body: &Expr,
        dest: &Dest,
        operand: bool,
    ) {
        if !operand {
            self.open();
        }
        let value = self.value(&branch.expr, operand || suspension::expr(body));
        self.open();
        if suspension::expr(body) {
            let slot = self.declare(var);
            let put = self.put(slot, value);
            self.emit(put);
            self.into(body, dest);
        } else {
            let pattern = self.pattern(&branch.arms[0].pat);
            let body = self.native(body, Use::Value);
            let store = self.store(quote!(match #value { #pattern => #body }), dest, branch.span());
            self.emit(store);
        }
        self.close();
        if !operand {
            self.close();
        }
    }

    fn repeat(&mut self, repeat: &syn::ExprLoop, dest: &Dest) {
        let head = self.state("Loop");
        let end = self.state("EndLoop");
        self.states[head.0].landmark = Landmark::Loop(repeat.loop_token.span);
        self.states[end.0].landmark = Landmark::AfterLoop;
        self.loops.push(Loop {
            label: repeat.label.as_ref().map(|label| label.name.ident.to_string()),
            kind: LoopKind::States {
                depth: self.scopes.len(),
                stop: end,
                next: Some(head),
                dest: Box::new(dest.clone()),
            },
        });
        self.go_on(head);
        self.begin(head);
        self.block(&repeat.body, &Dest::Discard);
        self.go_on(head);
        self.loops.pop();
        self.begin(end);
    }

    /// `a && b`, `a || b` where `b` suspends.
    pub(super) fn lazy_operator(&mut self, binary: &syn::ExprBinary, slot: super::SlotId) {
        let left = self.condition(&binary.left);
        let right = self.state("Right");
        let end = self.state("EndOperator");
        let (go_right, go_end) = (self.go(right), self.go(end));
        let is_and = matches!(binary.op, syn::BinOp::And(_));
        let short = self.put(slot, quote!(!#is_and));
        let test = if is_and { quote!(#left) } else { quote!(!(#left)) };
        self.emit(quote!(if #test #go_right else { #short #go_end }));
        self.begin(right);
        self.open();
        let value = self.value(&binary.right, false);
        let put = self.put(slot, value);
        self.emit(put);
        self.close();
        self.go_on(end);
        self.begin(end);
    }
}

/// Whether the value of an expression is that of a scope inside it.
fn is_control(expr: &Expr) -> bool {
    matches!(expr, Expr::Block(_) | Expr::Unsafe(_) | Expr::If(_) | Expr::Match(_) | Expr::Loop(_))
}

pub(super) fn plain_block(block: &Block) -> Expr {
    Expr::Block(syn::ExprBlock { attrs: Vec::new(), label: None, block: block.clone() })
}

/// Whether control never comes to the end of a block, as its statements show.
fn diverges(block: &Block) -> bool {
    block.stmts.iter().any(|stmt| match stmt {
        Stmt::Expr(expr, _) => is_never(expr),
        Stmt::Macro(stmt) => stmt.mac.path.segments.last().is_some_and(|last| {
            ["panic", "unreachable", "todo", "unimplemented"].iter().any(|name| last.ident == name)
        }),
        _ => false,
    })
}

pub(super) fn is_never(expr: &Expr) -> bool {
    matches!(expr, Expr::Break(_) | Expr::Continue(_) | Expr::Return(_))
}
