//! Gives every local variable, and every mention of one, an identity.
//!
//! The body is rewritten so that a binding reads `__b3` and a mention `__m17`: the numbers are keys
//! into [`Names`], and later passes need neither scopes nor shadowing. The emitter turns them back
//! into the user's own tokens.

use std::collections::{HashMap, HashSet};

use proc_macro2::{Group, Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::visit_mut::{self, VisitMut};
use syn::{Block, Expr, Item, Macro, Pat, Stmt, UseTree};

use crate::alias;
use crate::hygiene::{self, Context, Guess};
use crate::known::{self, Arguments};
use crate::parse::{Input, Reference};
use crate::suspension;

#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub(crate) struct VarId(pub(crate) usize);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct MentionId(pub(crate) usize);

/// A local variable.
pub(crate) struct Var {
    /// The user's own token.
    pub(crate) ident: Ident,
    pub(crate) context: Context,
    pub(crate) mutable: bool,
    /// Declared as a reference in the signature.
    pub(crate) reference: Option<Reference>,
    /// How many closures and `async` blocks it is declared inside of.
    pub(crate) depth: usize,
    /// Decided by the liveness pass: whether it lies in the frame.
    pub(crate) in_frame: bool,
}

/// One use of a variable.
pub(crate) struct Mention {
    pub(crate) var: VarId,
    pub(crate) span: Span,
    /// Added by us for a name captured inside a format string.
    pub(crate) implied: bool,
    /// Decided by the liveness pass: whether the variable may be used again afterwards.
    pub(crate) used_later: bool,
}

/// All variables and mentions of a body.
#[derive(Default)]
pub(crate) struct Names {
    pub(crate) vars: Vec<Var>,
    pub(crate) mentions: Vec<Mention>,
    /// Names that are no variables here. Nothing in the machine has one of them: rustc would say of
    /// a name that it does not find that there is such a thing after all.
    pub(crate) foreign: HashSet<String>,
    /// Variables that stand in the text of a macro which is defined in the body.
    pub(crate) in_macros: Vec<(VarId, Ident)>,
    /// Mentions of names that several contexts declare.
    pub(crate) guesses: Vec<Guess>,
}

impl Names {
    pub(crate) fn var(&self, id: VarId) -> &Var {
        &self.vars[id.0]
    }

    pub(crate) fn mention(&self, id: MentionId) -> &Mention {
        &self.mentions[id.0]
    }

    pub(crate) fn declare(&mut self, var: Var) -> VarId {
        self.vars.push(var);
        VarId(self.vars.len() - 1)
    }
}

/// The variable that a rewritten binding declares.
pub(crate) fn binding(ident: &Ident) -> Option<VarId> {
    key(ident, "__b").map(VarId)
}

/// The mention that a rewritten identifier is.
pub(crate) fn mention(ident: &Ident) -> Option<MentionId> {
    key(ident, "__m").map(MentionId)
}

/// The mention that an expression is, if it is nothing else.
pub(crate) fn mention_of(expr: &Expr) -> Option<MentionId> {
    match expr {
        Expr::Path(path) => mention(path.path.get_ident()?),
        Expr::Paren(inner) => mention_of(&inner.expr),
        Expr::Group(inner) => mention_of(&inner.expr),
        _ => None,
    }
}

fn key(ident: &Ident, prefix: &str) -> Option<usize> {
    ident.to_string().strip_prefix(prefix)?.parse().ok()
}

pub(crate) fn binding_ident(var: VarId, span: Span) -> Ident {
    Ident::new(&format!("__b{}", var.0), span)
}

/// Resolves the body in place. Gives the names, and the variables of the parameters in order.
///
/// `items` are those at the head of the function.
pub(crate) fn resolve(input: &mut Input, items: &[Item]) -> (Names, Vec<VarId>) {
    let mut resolver = Resolver { names: Names::default(), scopes: vec![HashMap::new()], depth: 0 };
    let mut params = Vec::new();
    for param in &input.params {
        let var = resolver.names.declare(Var {
            ident: param.ident.clone(),
            context: hygiene::context(param.ident.span()),
            mutable: param.mutable,
            reference: param.reference,
            depth: 0,
            in_frame: true,
        });
        resolver.bind(var);
        params.push(var);
    }
    // Patterns of parameters shadow from left to right, as rustc's own `let`s would.
    for param in &mut input.params {
        if let Some(pattern) = &mut param.pattern {
            resolver.pattern(pattern);
        }
    }
    resolver.scoped(|this| {
        items.iter().for_each(|item| this.item(item));
        this.visit_block_mut(&mut input.body);
    });
    (resolver.names, params)
}

/// What a name stands for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Meaning {
    Variable(VarId),
    /// A constant, which a pattern may name, too.
    Constant,
    /// Another item.
    Item,
}

/// The names of a scope; what is declared last comes last.
type Scope = HashMap<String, Vec<Meaning>>;

struct Resolver {
    names: Names,
    scopes: Vec<Scope>,
    depth: usize,
}

impl Resolver {
    fn bind(&mut self, var: VarId) {
        let name = self.names.var(var).ident.to_string();
        if let Some(scope) = self.scopes.last_mut() {
            scope.entry(name).or_default().push(Meaning::Variable(var));
        }
    }

    /// An item of a block: known in all of it, and hiding the variables around it.
    fn item(&mut self, item: &Item) {
        if let Item::Macro(item) = item {
            self.captures(item.mac.tokens.clone());
        }
        let meaning = match item {
            Item::Const(_) | Item::Static(_) | Item::Struct(_) => Meaning::Constant,
            _ => Meaning::Item,
        };
        self.names.foreign.extend(item_names(item));
        if let Some(scope) = self.scopes.last_mut() {
            scope.extend(item_names(item).into_iter().map(|name| (name, vec![meaning])));
        }
    }

    /// Notes the variables that the text of a macro names.
    fn captures(&mut self, tokens: TokenStream) {
        let mut free = true;
        for token in tokens {
            match token {
                TokenTree::Ident(ident) if free => {
                    let var = self.lookup(&ident);
                    self.names.in_macros.extend(var.map(|var| (var, ident)));
                }
                TokenTree::Group(group) => self.captures(group.stream()),
                TokenTree::Punct(punct) => {
                    free = !matches!(punct.as_char(), '.' | '$');
                    continue;
                }
                _ => {}
            }
            free = true;
        }
    }

    fn scoped(&mut self, visit: impl FnOnce(&mut Self)) {
        self.scopes.push(HashMap::new());
        visit(self);
        self.scopes.pop();
    }

    fn nested(&mut self, visit: impl FnOnce(&mut Self)) {
        self.depth += 1;
        self.scoped(visit);
        self.depth -= 1;
    }

    fn lookup(&self, ident: &Ident) -> Option<VarId> {
        let found = in_sight(&self.scopes, &ident.to_string());
        let candidates = found.iter().map_while(|meaning| match meaning {
            Meaning::Variable(var) => Some(*var),
            _ => None,
        });
        let context = hygiene::context(ident.span());
        let of_context = |var: &VarId| self.names.var(*var).context == context;
        candidates.clone().find(of_context).or_else(|| candidates.clone().next())
    }

    /// Notes a mention of a name that variables of several contexts have.
    fn guess(&mut self, ident: &Ident, meant: VarId) {
        let found = in_sight(&self.scopes, &ident.to_string());
        let mut declared: Vec<VarId> = found
            .iter()
            .map_while(|meaning| match meaning {
                Meaning::Variable(var) => Some(*var),
                _ => None,
            })
            .collect();
        let context = hygiene::context(ident.span());
        if ident == "self" || declared.iter().all(|var| self.names.var(*var).context == context) {
            return;
        }
        declared.reverse();
        let position = declared.iter().position(|var| *var == meant);
        let declared = declared.iter().map(|var| self.names.var(*var).ident.clone()).collect();
        let Some(meant) = position else { return };
        self.names.guesses.push(Guess { mention: ident.clone(), declared, meant });
    }

    fn mention(&mut self, ident: &Ident, implied: bool) -> Option<MentionId> {
        let var = self.lookup(ident)?;
        self.guess(ident, var);
        self.names.mentions.push(Mention { var, span: ident.span(), implied, used_later: false });
        Some(MentionId(self.names.mentions.len() - 1))
    }

    /// Declares the variables of a pattern. The alternatives of an or-pattern share theirs.
    fn pattern(&mut self, pattern: &mut Pat) {
        let mut bindings = Bindings {
            names: &mut self.names,
            scopes: &self.scopes,
            bound: Vec::new(),
            depth: self.depth,
            guard: None,
        };
        bindings.visit_pat_mut(pattern);
        let (bound, guard) = (bindings.bound, bindings.guard);
        for (_, var) in bound {
            self.bind(var);
        }
        if guard.is_some()
            && let Pat::Guard(pattern) = pattern
        {
            self.visit_expr_mut(&mut pattern.guard);
        }
    }

    fn arguments(&mut self, arguments: &mut Arguments) {
        for arg in &mut arguments.args {
            if arg.implied {
                if let Expr::Path(path) = &mut arg.expr
                    && let Some(ident) = path.path.get_ident().cloned()
                    && let Some(mention) = self.mention(&ident, true)
                {
                    path.path = mention_ident(mention, ident.span()).into();
                }
            } else {
                self.visit_expr_mut(&mut arg.expr);
            }
        }
        // Names that are no variables are constants: rustc captures those itself.
        arguments.args.retain(|arg| !arg.implied || mention_of(&arg.expr).is_some());
    }

    /// An unknown macro: what reads as an expression is one, and the names of other variables in it
    /// are given locals of that name.
    fn unknown(&mut self, mac: &mut Macro) -> Vec<(alias::Name, Ident, bool)> {
        // In a block of its own what suspends is that block, which captures what it names.
        if self.depth == 0 && suspension::tokens(&mac.tokens) {
            return Vec::new();
        }
        let arguments = known::parse_unknown(mac);
        // One argument that a macro which checks it may print.
        let printed =
            known::leaves(mac) && arguments.as_ref().is_some_and(|all| all.args.len() == 1);
        let Some(mut arguments) = arguments.filter(|_| !printed) else {
            let names = self.aliases(alias::names(&mac.tokens));
            mac.tokens = alias::rename(mac.tokens.clone(), &names);
            return names;
        };
        let before = self.names.mentions.len();
        let mut names = Vec::new();
        for arg in &mut arguments.args {
            if !alias::is_safe(&arg.expr) {
                self.visit_expr_mut(&mut arg.expr);
                continue;
            }
            for name in alias::names(&arg.expr.to_token_stream()) {
                if !names.iter().any(|known: &alias::Name| known.ident == name.ident) {
                    names.push(name);
                }
            }
        }
        let names = self.aliases(names);
        if self.names.mentions.len() > before + names.len() {
            mac.tokens = arguments.to_tokens();
        }
        mac.tokens = alias::rename(mac.tokens.clone(), &names);
        names
    }

    /// Those of the names that are variables', each with a mention of it.
    fn aliases(&mut self, names: Vec<alias::Name>) -> Vec<(alias::Name, Ident, bool)> {
        let mentioned = names.into_iter().filter_map(|name| {
            let mention = self.mention(&name.ident, false)?;
            let mutable = self.names.var(self.names.mention(mention).var).mutable;
            let ident = mention_ident(mention, name.ident.span());
            Some((name, ident, mutable))
        });
        mentioned.collect()
    }
}

pub(crate) fn mention_ident(mention: MentionId, span: Span) -> Ident {
    Ident::new(&format!("__m{}", mention.0), span)
}

impl VisitMut for Resolver {
    fn visit_item_mut(&mut self, _: &mut Item) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}
    fn visit_attribute_mut(&mut self, _: &mut syn::Attribute) {}

    fn visit_block_mut(&mut self, block: &mut Block) {
        self.scoped(|this| {
            for stmt in &block.stmts {
                if let Stmt::Item(item) = stmt {
                    this.item(item);
                }
            }
            block.stmts.iter_mut().for_each(|stmt| this.visit_stmt_mut(stmt));
        });
    }

    fn visit_stmt_mut(&mut self, stmt: &mut Stmt) {
        match stmt {
            Stmt::Local(local) => {
                if let Some(init) = &mut local.init {
                    self.visit_expr_mut(&mut init.expr);
                    if let Some((_, diverge)) = &mut init.diverge {
                        self.visit_expr_mut(diverge);
                    }
                }
                self.pattern(&mut local.pat);
            }
            Stmt::Macro(mac) if known::is_unknown(&mac.mac) => {
                let names = self.unknown(&mut mac.mac);
                if !names.is_empty() {
                    let semi = mac.semi_token;
                    let body = syn::parse_quote!({ #mac });
                    *stmt = Stmt::Expr(alias::around(&names, body), semi);
                }
            }
            _ => visit_mut::visit_stmt_mut(self, stmt),
        }
    }

    fn visit_macro_mut(&mut self, mac: &mut Macro) {
        if known::is_text(mac) {
            return;
        }
        let original = mac.tokens.to_string();
        if let Some(mut arguments) = known::parse(mac) {
            let before = (self.names.mentions.len(), self.names.vars.len());
            self.arguments(&mut arguments);
            if (self.names.mentions.len(), self.names.vars.len()) != before {
                known::quote_condition(mac, &original, &mut arguments);
                mac.tokens = arguments.to_tokens();
            }
        }
    }

    fn visit_field_value_mut(&mut self, field: &mut syn::FieldValue) {
        visit_mut::visit_field_value_mut(self, field);
        if mention_of(&field.expr).is_some() && field.colon_token.is_none() {
            field.colon_token = Some(syn::Token![:](Span::call_site()));
        }
    }

    fn visit_expr_mut(&mut self, expr: &mut Expr) {
        match expr {
            Expr::Macro(mac) if known::is_unknown(&mac.mac) => {
                let names = self.unknown(&mut mac.mac);
                if !names.is_empty() {
                    *expr = alias::around(&names, expr.clone());
                }
            }
            Expr::Path(path) => {
                let Some(ident) = path.path.get_ident().cloned() else { return };
                match self.mention(&ident, false) {
                    Some(mention) => path.path = mention_ident(mention, ident.span()).into(),
                    None => {
                        self.names.foreign.insert(ident.to_string());
                    }
                }
            }
            Expr::Call(call) => {
                // Mostly a function's name, after which what it returns is called in the machine.
                let function = match &*call.func {
                    Expr::Path(path) => path.path.get_ident().map(|ident| self.lookup(ident)),
                    _ => None,
                };
                if function != Some(None) {
                    self.visit_expr_mut(&mut call.func);
                }
                call.args.iter_mut().for_each(|arg| self.visit_expr_mut(arg));
            }
            Expr::Closure(closure) => self.nested(|this| {
                for input in &mut closure.inputs {
                    this.pattern(input);
                }
                this.visit_expr_mut(&mut closure.body);
            }),
            Expr::Async(block) => self.nested(|this| this.visit_block_mut(&mut block.block)),
            Expr::Let(condition) => {
                self.visit_expr_mut(&mut condition.expr);
                self.pattern(&mut condition.pat);
            }
            Expr::If(branch) => {
                self.scoped(|this| {
                    this.visit_expr_mut(&mut branch.cond);
                    this.visit_block_mut(&mut branch.then_branch);
                });
                if let Some((_, other)) = &mut branch.else_branch {
                    self.visit_expr_mut(other);
                }
            }
            Expr::While(while_loop) => self.scoped(|this| {
                this.visit_expr_mut(&mut while_loop.cond);
                this.visit_block_mut(&mut while_loop.body);
            }),
            Expr::ForLoop(for_loop) => {
                self.visit_expr_mut(&mut for_loop.expr);
                self.scoped(|this| {
                    this.pattern(&mut for_loop.pat);
                    this.visit_block_mut(&mut for_loop.body);
                });
            }
            Expr::Match(branch) => {
                self.visit_expr_mut(&mut branch.expr);
                for arm in &mut branch.arms {
                    self.scoped(|this| {
                        this.pattern(&mut arm.pat);
                        this.visit_expr_mut(&mut arm.body);
                    });
                }
            }
            Expr::Const(_) => {}
            _ => visit_mut::visit_expr_mut(self, expr),
        }
    }
}

/// What a name may stand for, the nearest first.
fn in_sight(scopes: &[Scope], name: &str) -> Vec<Meaning> {
    let scopes = scopes.iter().rev().filter_map(|scope| scope.get(name));
    scopes.flat_map(|meanings| meanings.iter().rev().copied()).collect()
}

/// Collects and renames the bindings of one pattern.
struct Bindings<'n> {
    names: &'n mut Names,
    scopes: &'n [Scope],
    bound: Vec<(String, VarId)>,
    depth: usize,
    guard: Option<()>,
}

impl VisitMut for Bindings<'_> {
    fn visit_expr_mut(&mut self, _: &mut Expr) {}
    fn visit_type_mut(&mut self, _: &mut syn::Type) {}

    fn visit_pat_mut(&mut self, pattern: &mut Pat) {
        match pattern {
            Pat::Guard(guarded) => {
                self.visit_pat_mut(&mut guarded.pat);
                self.guard = Some(());
            }
            Pat::Ident(pat) => {
                if let Some((_, subpattern)) = &mut pat.subpat {
                    self.visit_pat_mut(subpattern);
                }
                let name = pat.ident.to_string();
                let plain =
                    pat.by_ref.is_none() && pat.mutability.is_none() && pat.subpat.is_none();
                // A constant or a unit variant, not a binding.
                let meaning = in_sight(self.scopes, &name).into_iter().next();
                if plain
                    && (name.starts_with(char::is_uppercase) || meaning == Some(Meaning::Constant))
                {
                    return;
                }
                let context = hygiene::context(pat.ident.span());
                let bound = &mut self.bound.iter();
                let known = bound
                    .find(|(bound, var)| *bound == name && self.names.var(*var).context == context);
                let var = match known {
                    Some((_, var)) => *var,
                    None => {
                        let var = self.names.declare(Var {
                            ident: pat.ident.clone(),
                            context,
                            mutable: pat.by_ref.is_none() && pat.mutability.is_some(),
                            reference: None,
                            depth: self.depth,
                            in_frame: false,
                        });
                        self.bound.push((name, var));
                        var
                    }
                };
                pat.ident = binding_ident(var, pat.ident.span());
            }
            _ => visit_mut::visit_pat_mut(self, pattern),
        }
    }

    fn visit_field_pat_mut(&mut self, field: &mut syn::FieldPat) {
        let shorthand = field.colon_token.is_none();
        self.visit_pat_mut(&mut field.pat);
        if shorthand {
            field.colon_token = Some(syn::Token![:](Span::call_site()));
        }
    }
}

/// The names that an item gives to values, or may give.
pub(crate) fn item_names(item: &Item) -> Vec<String> {
    fn imported(tree: &UseTree, names: &mut Vec<String>) {
        match tree {
            UseTree::Path(path) => imported(&path.tree, names),
            UseTree::Name(name) => names.push(name.ident.to_string()),
            UseTree::Rename(rename) => names.push(rename.rename.to_string()),
            UseTree::Glob(_) => {}
            UseTree::Group(group) => group.items.iter().for_each(|tree| imported(tree, names)),
        }
    }
    let ident = match item {
        Item::Const(item) => &item.ident,
        Item::Static(item) => &item.ident,
        Item::Fn(item) => &item.sig.ident,
        Item::Struct(item) if !matches!(item.fields, syn::Fields::Named(_)) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Use(item) => {
            let mut names = Vec::new();
            imported(&item.tree, &mut names);
            return names;
        }
        _ => return Vec::new(),
    };
    vec![ident.to_string()]
}

/// Replaces identifiers all through `tokens`, inside groups too.
pub(crate) fn replace_idents(
    tokens: TokenStream,
    replace: &mut dyn FnMut(&Ident) -> Option<TokenStream>,
) -> TokenStream {
    let mut output = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => match replace(&ident) {
                Some(replacement) => output.extend(replacement),
                None => output.push(TokenTree::Ident(ident)),
            },
            TokenTree::Group(group) => {
                let stream = replace_idents(group.stream(), replace);
                let mut replaced = Group::new(group.delimiter(), stream);
                replaced.set_span(group.span());
                output.push(TokenTree::Group(replaced));
            }
            other => output.push(other),
        }
    }
    output.into_iter().collect()
}
