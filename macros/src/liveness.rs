//! What must outlive a suspension, and which use of a variable is its last.
//!
//! A variable lies in the frame when a suspension stands between its declaration and the end of its
//! scope; otherwise it stays a local of the step it is declared in. For each mention, a walk
//! against the order of evaluation tells whether the variable may be used again afterwards: if it
//! may, the twin has proved that the mention does not move it.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Block, Expr, Pat, Stmt};

use crate::known;
use crate::resolve::{self, MentionId, Names, VarId};
use crate::suspension;

pub(crate) fn analyse(body: &Block, params: &[(VarId, Option<Pat>)], names: &mut Names) {
    for var in params.iter().filter_map(|(_, pattern)| pattern.as_ref()).flat_map(declared) {
        names.vars[var.0].in_frame = true;
    }
    Frames { names }.visit_block(body);
    Uses { names, loops: Vec::new() }.block(body, Live::default());
}

/// Decides which variables lie in the frame.
struct Frames<'n> {
    names: &'n mut Names,
}

impl Frames<'_> {
    fn keep(&mut self, pat: &Pat) {
        for var in declared(pat) {
            self.names.vars[var.0].in_frame = true;
        }
    }
}

impl<'ast> Visit<'ast> for Frames<'_> {
    fn visit_item(&mut self, _: &'ast syn::Item) {}

    fn visit_block(&mut self, block: &'ast Block) {
        let last = block.stmts.iter().rposition(suspension::stmt);
        for (index, stmt) in block.stmts.iter().enumerate() {
            if let Stmt::Local(local) = stmt
                && (last.is_some_and(|last| index < last) || diverges_later(local))
            {
                self.keep(&local.pat);
            }
            self.visit_stmt(stmt);
        }
    }

    fn visit_expr(&mut self, expr: &'ast Expr) {
        match expr {
            Expr::Closure(_) | Expr::Async(_) | Expr::Const(_) => return,
            Expr::Match(branch) => {
                for arm in &branch.arms {
                    let body = suspension::expr(&arm.body);
                    if body {
                        self.keep(&arm.pat);
                    }
                    if let Pat::Guard(pattern) = &arm.pat
                        && (body || suspension::expr(&pattern.guard))
                    {
                        self.keep_conditions(&pattern.guard);
                    }
                }
            }
            Expr::If(branch) => {
                let chain = !matches!(&*branch.cond, Expr::Let(_));
                if suspension::block(&branch.then_branch)
                    || (chain && suspension::expr(&branch.cond))
                {
                    self.keep_conditions(&branch.cond);
                }
            }
            _ => {}
        }
        visit::visit_expr(self, expr);
    }

    fn visit_macro(&mut self, mac: &'ast syn::Macro) {
        if let Some(arguments) = known::parse(mac) {
            arguments.args.iter().for_each(|arg| self.visit_expr(&arg.expr));
        }
    }
}

/// Whether the `else` of a `let` suspends: what the pattern binds is bound in a step of its own.
fn diverges_later(local: &syn::Local) -> bool {
    let init = local.init.as_ref();
    let diverge = init.and_then(|init| init.diverge.as_ref());
    diverge.is_some_and(|(_, diverge)| suspension::expr(diverge))
}

impl Frames<'_> {
    fn keep_conditions(&mut self, condition: &Expr) {
        match condition {
            Expr::Let(condition) => self.keep(&condition.pat),
            Expr::Binary(binary) => {
                self.keep_conditions(&binary.left);
                self.keep_conditions(&binary.right);
            }
            Expr::Paren(inner) => self.keep_conditions(&inner.expr),
            Expr::Group(inner) => self.keep_conditions(&inner.expr),
            _ => {}
        }
    }
}

/// The variables a pattern declares, in order, each once.
pub(crate) fn declared(pat: &Pat) -> Vec<VarId> {
    struct Declared(Vec<VarId>);
    impl<'ast> Visit<'ast> for Declared {
        fn visit_pat_ident(&mut self, pat: &'ast syn::PatIdent) {
            if let Some(var) = resolve::binding(&pat.ident)
                && !self.0.contains(&var)
            {
                self.0.push(var);
            }
            visit::visit_pat_ident(self, pat);
        }
        fn visit_expr(&mut self, _: &'ast Expr) {}
    }
    let mut declared = Declared(Vec::new());
    declared.visit_pat(pat);
    declared.0
}

/// The variables used later than the point of the walk.
type Live = BTreeSet<VarId>;

struct Uses<'n> {
    names: &'n mut Names,
    loops: Vec<Target>,
}

/// Where `break` and `continue` lead.
struct Target {
    label: Option<String>,
    is_loop: bool,
    after: Live,
    head: Live,
}

impl Uses<'_> {
    fn used(&mut self, mention: MentionId, live: &mut Live) {
        let mention = &mut self.names.mentions[mention.0];
        mention.used_later |= live.contains(&mention.var);
        live.insert(mention.var);
    }

    fn block(&mut self, block: &Block, mut live: Live) -> Live {
        for stmt in block.stmts.iter().rev() {
            live = match stmt {
                Stmt::Local(local) => self.local(local, live),
                Stmt::Expr(expr, _) => self.expr(expr, live),
                Stmt::Macro(stmt) => self.tokens(&stmt.mac, live),
                Stmt::Item(_) => live,
            };
        }
        live
    }

    fn local(&mut self, local: &syn::Local, mut live: Live) -> Live {
        for var in declared(&local.pat) {
            live.remove(&var);
        }
        let Some(init) = &local.init else { return live };
        if let Some((_, diverge)) = &init.diverge {
            live.extend(self.expr(diverge, Live::default()));
        }
        self.expr(&init.expr, live)
    }

    fn all<'e>(&mut self, exprs: impl DoubleEndedIterator<Item = &'e Expr>, live: Live) -> Live {
        exprs.rev().fold(live, |live, expr| self.expr(expr, live))
    }

    fn option(&mut self, expr: &Option<Box<Expr>>, live: Live) -> Live {
        self.all(expr.as_deref().into_iter(), live)
    }

    fn expr(&mut self, expr: &Expr, mut live: Live) -> Live {
        if let Some(mention) = resolve::mention_of(expr) {
            self.used(mention, &mut live);
            return live;
        }
        match expr {
            Expr::Array(array) => self.all(array.elems.iter(), live),
            Expr::Assign(assign) => {
                // Writing a whole variable, or a field of one, is no use of what it held.
                let mut place = &*assign.left;
                while let Expr::Field(field) = place {
                    place = &field.base;
                }
                match resolve::mention_of(place) {
                    Some(mention) => {
                        if resolve::mention_of(&assign.left).is_some() {
                            live.remove(&self.names.mention(mention).var);
                        }
                        self.expr(&assign.right, live)
                    }
                    None => {
                        let live = self.expr(&assign.left, live);
                        self.expr(&assign.right, live)
                    }
                }
            }
            Expr::Await(wait) => self.expr(&wait.base, live),
            Expr::Binary(binary) => {
                let lazy = matches!(binary.op, syn::BinOp::And(_) | syn::BinOp::Or(_));
                let mut right = self.expr(&binary.right, live.clone());
                if lazy {
                    right.extend(live);
                }
                self.expr(&binary.left, right)
            }
            Expr::Block(block) => self
                .labelled(block.label.as_ref(), live, |this, live| this.block(&block.block, live)),
            Expr::Unsafe(block) => self.block(&block.block, live),
            Expr::Break(jump) => {
                let target = self.target(jump.label.as_ref(), false);
                self.option(&jump.expr, target)
            }
            Expr::Continue(jump) => self.target(jump.label.as_ref(), true),
            Expr::Call(call) => {
                let live = self.all(call.args.iter(), live);
                self.expr(&call.func, live)
            }
            Expr::Cast(cast) => self.expr(&cast.expr, live),
            Expr::Field(field) => self.expr(&field.base, live),
            Expr::Group(inner) => self.expr(&inner.expr, live),
            Expr::Paren(inner) => self.expr(&inner.expr, live),
            Expr::If(branch) => {
                let mut before = self.block(&branch.then_branch, live.clone());
                before.extend(match &branch.else_branch {
                    Some((_, other)) => self.expr(other, live),
                    None => live,
                });
                self.expr(&branch.cond, before)
            }
            Expr::Let(condition) => {
                for var in declared(&condition.pat) {
                    live.remove(&var);
                }
                self.expr(&condition.expr, live)
            }
            Expr::Match(branch) => {
                // What is live where no arm has matched so far.
                let mut before = Live::default();
                for arm in branch.arms.iter().rev() {
                    let mut arm_live = self.expr(&arm.body, live.clone());
                    if let Pat::Guard(pattern) = &arm.pat {
                        // A guard that fails leads to the arms after it, or to itself once more,
                        // for another alternative of its pattern.
                        arm_live.extend(before.iter().copied());
                        let again = self.expr(&pattern.guard, arm_live.clone());
                        if !matches!(&*pattern.pat, Pat::Ident(_)) {
                            arm_live.extend(again);
                        }
                        arm_live = self.expr(&pattern.guard, arm_live);
                    }
                    for var in declared(&arm.pat) {
                        arm_live.remove(&var);
                    }
                    before.extend(arm_live);
                }
                self.expr(&branch.expr, before)
            }
            Expr::Loop(repeat) => self.repeat(repeat.label.as_ref(), live, None, |this, live| {
                this.block(&repeat.body, live)
            }),
            Expr::While(repeat) => {
                let after = live.clone();
                self.repeat(repeat.label.as_ref(), live, Some(after.clone()), |this, head| {
                    let mut before = this.block(&repeat.body, head);
                    before.extend(after.iter().copied());
                    this.expr(&repeat.cond, before)
                })
            }
            Expr::ForLoop(repeat) => {
                let after = live.clone();
                let head =
                    self.repeat(repeat.label.as_ref(), live, Some(after.clone()), |this, head| {
                        let mut before = this.block(&repeat.body, head);
                        for var in declared(&repeat.pat) {
                            before.remove(&var);
                        }
                        before.extend(after.iter().copied());
                        before
                    });
                self.expr(&repeat.expr, head)
            }
            Expr::Index(index) => {
                let live = self.expr(&index.index, live);
                self.expr(&index.expr, live)
            }
            Expr::Macro(mac) => self.tokens(&mac.mac, live),
            Expr::MethodCall(call) => {
                let live = self.all(call.args.iter(), live);
                self.expr(&call.receiver, live)
            }
            Expr::Range(range) => {
                let live = self.option(&range.end, live);
                self.option(&range.start, live)
            }
            Expr::RawAddr(addr) => self.expr(&addr.expr, live),
            Expr::Reference(reference) => self.expr(&reference.expr, live),
            Expr::Repeat(repeat) => self.expr(&repeat.expr, live),
            Expr::Return(exit) => self.option(&exit.expr, Live::default()),
            Expr::Struct(literal) => {
                let live = self.option(&literal.rest, live);
                self.all(literal.fields.iter().map(|field| &field.expr), live)
            }
            Expr::Try(attempt) => self.expr(&attempt.expr, live),
            Expr::Tuple(tuple) => self.all(tuple.elems.iter(), live),
            Expr::Unary(unary) => self.expr(&unary.expr, live),
            // What a closure or a block captures, it may use whenever it runs.
            Expr::Closure(_) | Expr::Async(_) => self.captures(expr, live),
            _ => self.captures(expr, live),
        }
    }

    fn captures(&mut self, expr: &Expr, mut live: Live) -> Live {
        let mentions = mentions_in(quote::quote!(#expr));
        for mention in &mentions {
            let mention = &mut self.names.mentions[mention.0];
            mention.used_later |= live.contains(&mention.var);
        }
        live.extend(mentions.iter().map(|mention| self.names.mention(*mention).var));
        live
    }

    fn tokens(&mut self, mac: &syn::Macro, live: Live) -> Live {
        match known::parse(mac).or_else(|| known::parse_unknown(mac)) {
            Some(arguments) => self.all(arguments.args.iter().map(|arg| &arg.expr), live),
            None => live,
        }
    }

    fn labelled(
        &mut self,
        label: Option<&syn::Label>,
        live: Live,
        body: impl FnOnce(&mut Self, Live) -> Live,
    ) -> Live {
        let label = label.map(|label| label.name.ident.to_string());
        self.loops.push(Target { label, is_loop: false, after: live.clone(), head: Live::new() });
        let before = body(self, live);
        self.loops.pop();
        before
    }

    /// Walks a loop's body until what is live at its head no longer grows.
    fn repeat(
        &mut self,
        label: Option<&syn::Label>,
        after: Live,
        leaves: Option<Live>,
        body: impl Fn(&mut Self, Live) -> Live,
    ) -> Live {
        let label = label.map(|label| label.name.ident.to_string());
        let mut head = leaves.unwrap_or_default();
        loop {
            let (label, after) = (label.clone(), after.clone());
            self.loops.push(Target { label, is_loop: true, after, head: head.clone() });
            let mut before = body(self, head.clone());
            self.loops.pop();
            before.extend(head.iter().copied());
            if before == head {
                return head;
            }
            head = before;
        }
    }

    fn target(&self, label: Option<&syn::Lifetime>, head: bool) -> Live {
        let target = self.loops.iter().rev().find(|target| match label {
            Some(label) => target.label.as_deref() == Some(&*label.ident.to_string()),
            None => target.is_loop,
        });
        match target {
            Some(target) if head => target.head.clone(),
            Some(target) => target.after.clone(),
            None => Live::default(),
        }
    }
}

/// Every mention in a piece of the rewritten body.
pub(crate) fn mentions_in(tokens: TokenStream) -> Vec<MentionId> {
    let mut mentions = Vec::new();
    collect(tokens, &mut mentions);
    fn collect(tokens: TokenStream, mentions: &mut Vec<MentionId>) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => mentions.extend(resolve::mention(&ident)),
                TokenTree::Group(group) => collect(group.stream(), mentions),
                _ => {}
            }
        }
    }
    mentions
}
