//! The tree of a program: text with expressions and blocks in it.
//!
//! The generator knows types and the borrow checker's rules while it writes; what is kept is only
//! what shrinking needs: where the statements are, where the expressions, and of which type.

use super::Ty;

/// A piece of an expression or of a statement.
#[derive(Debug, Clone)]
pub enum Part {
    /// As it is.
    Text(String),
    /// An expression.
    Expr(Expr),
    /// An expression that is part of a larger one: in parentheses where it needs them.
    Operand(Expr),
    /// A block, in braces.
    Block(Block),
    /// What the rest is complete without: an arm, a guard, an `else`.
    Optional(Vec<Part>),
}

/// An expression.
#[derive(Debug, Clone)]
pub struct Expr {
    /// Its type.
    pub ty: Ty,
    /// Its text.
    pub parts: Vec<Part>,
    /// Whether it takes parentheses where it is an operand.
    pub loose: bool,
}

/// What expressions begin with that are no operands as they stand.
const LOOSE: &[&str] = &[
    "if ", "match ", "loop ", "while ", "for ", "'", "unsafe ", "{", "return", "break", "continue",
    "&", "*", "!", "-", "async ", "Trio {", "|", "move ",
];

/// A statement, with its semicolon.
#[derive(Debug, Clone)]
pub struct Stmt {
    /// Its text.
    pub parts: Vec<Part>,
    /// Whether it has to stay: without it, a loop would not end.
    pub fixed: bool,
}

/// Statements and a value.
#[derive(Debug, Clone, Default)]
pub struct Block {
    /// In their order.
    pub stmts: Vec<Stmt>,
    /// The value of the block.
    pub tail: Option<Box<Expr>>,
}

/// The text of `template`, each `$` and `#` of which is one of the `holes`; `#` is an operand.
pub fn parts(template: &str, holes: impl IntoIterator<Item = Part>) -> Vec<Part> {
    let mut holes = holes.into_iter();
    let mut parts = Vec::new();
    for piece in template.split_inclusive(['$', '#']) {
        let text = piece.trim_end_matches(['$', '#']);
        if !text.is_empty() {
            parts.push(text.into());
        }
        if text.len() < piece.len() {
            let part = holes.next().unwrap_or_else(|| panic!("`{template}`: a part for each hole"));
            parts.push(match part {
                Part::Expr(expr) if piece.ends_with('#') => Part::Operand(expr),
                part => part,
            });
        }
    }
    assert!(holes.next().is_none(), "`{template}`: a hole for each part");
    parts
}

impl Expr {
    /// An expression of type `ty`.
    pub fn new(ty: &Ty, template: &str, holes: impl IntoIterator<Item = Part>) -> Expr {
        let operator = template.contains(" as ")
            || template.starts_with('#') && template.ends_with(['#', '$']);
        let loose = operator || LOOSE.iter().any(|start| template.starts_with(start));
        Expr { ty: ty.clone(), parts: parts(template, holes), loose }
    }

    /// An expression without others in it.
    pub fn text(ty: &Ty, text: impl Into<String>) -> Expr {
        let text = text.into();
        let loose = LOOSE.iter().any(|start| text.starts_with(start));
        Expr { ty: ty.clone(), parts: vec![Part::Text(text)], loose }
    }
}

impl Expr {
    /// Whether it is a field of something.
    pub fn is_field(&self) -> bool {
        let Some(Part::Text(text)) = self.parts.last() else { return false };
        let field = text.rsplit('.').next().unwrap_or_default();
        text.contains('.') && field != "await" && field.chars().all(char::is_alphanumeric)
    }
}

impl Stmt {
    /// A statement.
    pub fn new(template: &str, holes: impl IntoIterator<Item = Part>) -> Stmt {
        Stmt { parts: parts(template, holes), fixed: false }
    }

    /// A statement that stays as it is.
    pub fn fixed(template: &str, holes: impl IntoIterator<Item = Part>) -> Stmt {
        Stmt { fixed: true, ..Stmt::new(template, holes) }
    }
}

impl From<&str> for Part {
    fn from(text: &str) -> Part {
        Part::Text(text.to_owned())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Part {
        Part::Text(text)
    }
}

impl From<Expr> for Part {
    fn from(expr: Expr) -> Part {
        Part::Expr(expr)
    }
}

impl From<Block> for Part {
    fn from(block: Block) -> Part {
        Part::Block(block)
    }
}
