//! Smaller programs: everything that one cut makes of a program.
//!
//! A cut need not leave something that compiles; who tries the results finds that out.

use super::{Block, Expr, Part, Program, Stmt};

impl Program {
    /// The program after each cut there is, the shortest first.
    pub fn smaller(&self) -> Vec<Program> {
        let length = self.to_string().len();
        let mut all = Vec::new();
        for number in 0.. {
            let mut program = self.clone();
            let mut cut = Cut { left: number, made: false };
            cut.program(&mut program);
            if !cut.made {
                break;
            }
            let new = program.to_string().len();
            if new < length {
                all.push((new, program));
            }
        }
        all.sort_by_key(|(length, _)| *length);
        all.into_iter().map(|(_, program)| program).collect()
    }
}

/// Counts the places where something can be cut, and cuts at one of them.
struct Cut {
    left: usize,
    made: bool,
}

impl Cut {
    /// Whether this is the place.
    fn here(&mut self) -> bool {
        if self.made {
            return false;
        }
        self.made = self.left == 0;
        self.left = self.left.saturating_sub(1);
        self.made
    }

    fn program(&mut self, program: &mut Program) {
        for at in 0..program.params.len() {
            if self.here() {
                program.params.remove(at);
                return;
            }
        }
        let runs = program.params.first().map_or(1, |param| param.arguments.len());
        for run in 0..runs {
            if runs > 1 && self.here() {
                for param in &mut program.params {
                    param.arguments.remove(run);
                }
                return;
            }
        }
        for at in 0..program.items.len() {
            if self.here() {
                program.items.remove(at);
                return;
            }
        }
        if !program.generics.is_empty() && self.here() {
            program.generics.clear();
            return;
        }
        if program.receiver.is_some() && self.here() {
            program.receiver = None;
            return;
        }
        self.block(&mut program.body);
    }

    fn block(&mut self, block: &mut Block) {
        let count = block.stmts.len();
        if count > 2 {
            for range in [0..count / 2, count / 2..count] {
                if self.here() {
                    let mut at = 0;
                    block.stmts.retain(|stmt| {
                        at += 1;
                        stmt.fixed || !range.contains(&(at - 1))
                    });
                    return;
                }
            }
        }
        for at in 0..count {
            if !block.stmts[at].fixed && self.here() {
                block.stmts.remove(at);
                return;
            }
        }
        // What is inside a statement, instead of it.
        for at in 0..count {
            for inner in inner_blocks(&block.stmts[at].parts) {
                if self.here() {
                    let Block { mut stmts, tail } = inner;
                    stmts.retain(|stmt| !stmt.fixed);
                    stmts.extend(tail.map(|tail| Stmt::new("#;", [(*tail).into()])));
                    block.stmts.splice(at..=at, stmts);
                    return;
                }
            }
        }
        for stmt in &mut block.stmts {
            self.parts(&mut stmt.parts);
        }
        if let Some(tail) = &mut block.tail {
            self.expr(tail);
        }
    }

    fn expr(&mut self, expr: &mut Expr) {
        if let Some(simplest) = expr.ty.simplest()
            && self.here()
        {
            *expr = Expr::text(&expr.ty.clone(), simplest);
            return;
        }
        let mut inner = Vec::new();
        within(&expr.parts, expr, &mut inner);
        for inner in inner {
            if self.here() {
                *expr = inner;
                return;
            }
        }
        self.parts(&mut expr.parts);
    }

    fn parts(&mut self, parts: &mut Vec<Part>) {
        for at in 0..parts.len() {
            if self.made {
                return;
            }
            match &mut parts[at] {
                Part::Text(_) => {}
                Part::Expr(expr) | Part::Operand(expr) => self.expr(expr),
                Part::Block(block) => self.block(block),
                Part::Optional(optional) => {
                    if self.here() {
                        parts.remove(at);
                        return;
                    }
                    self.parts(optional);
                }
            }
        }
    }
}

/// The blocks of a statement that are in no other.
fn inner_blocks(parts: &[Part]) -> Vec<Block> {
    let mut blocks = Vec::new();
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Block(block) => blocks.push(block.clone()),
            Part::Expr(expr) | Part::Operand(expr) => blocks.extend(inner_blocks(&expr.parts)),
            Part::Optional(parts) => blocks.extend(inner_blocks(parts)),
        }
    }
    blocks
}

/// The expressions of the same type that are in no other such one.
fn within(parts: &[Part], of: &Expr, found: &mut Vec<Expr>) {
    for part in parts {
        match part {
            Part::Text(_) => {}
            Part::Expr(expr) | Part::Operand(expr) if expr.ty == of.ty => found.push(expr.clone()),
            Part::Expr(expr) | Part::Operand(expr) => within(&expr.parts, of, found),
            Part::Block(block) => {
                for stmt in &block.stmts {
                    within(&stmt.parts, of, found);
                }
                let tail = block.tail.iter().map(|tail| Part::Expr((**tail).clone()));
                within(&tail.collect::<Vec<_>>(), of, found);
            }
            Part::Optional(parts) => within(parts, of, found),
        }
    }
}
