//! A program as text: a `case!` of the corpus.

use std::fmt::{self, Write as _};

use super::{Block, Expr, Part, Program, Stmt};

/// What a method's type is, and its value in a call.
const TYPE: &str = "#[derive(Debug)]
        struct Me { d: D, n: usize, pair: Pair<D, D> }
        impl Me {
            fn new() -> Me { Me { d: D::new(\"self\"), n: 2, pair: Pair::new(\"pair\") } }
        }";

impl Program {
    /// The calls, as they stand in a case.
    pub fn runs(&self) -> Vec<String> {
        let count = self.params.first().map_or(1, |param| param.arguments.len());
        let on = if self.receiver.is_some() { "Me::new()." } else { "" };
        (0..count)
            .map(|run| {
                let arguments: Vec<_> =
                    self.params.iter().map(|param| param.arguments[run].as_str()).collect();
                format!("{on}{}({})", self.name, arguments.join(", "))
            })
            .collect()
    }

    /// The function alone.
    pub fn function(&self, indent: usize) -> String {
        let params: Vec<_> = self
            .receiver
            .map(|receiver| receiver.text().to_owned())
            .into_iter()
            .chain(self.params.iter().map(|param| param.text.clone()))
            .collect();
        let ret = self.ret_text.clone().unwrap_or_else(|| self.ret.to_string());
        let mut printer = Printer { text: String::new(), indent };
        printer.text =
            format!("async fn {}{}({}) -> {ret} {{", self.name, self.generics, params.join(", "));
        printer.indent += 1;
        for item in &self.items {
            printer.line();
            printer.text.push_str(item);
        }
        printer.statements(&self.body);
        printer.indent -= 1;
        printer.line();
        printer.text.push('}');
        printer.text
    }

    /// The items the function needs beside it.
    pub fn shared(&self) -> Option<&'static str> {
        self.receiver.map(|_| TYPE)
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "case! {{")?;
        writeln!(f, "    {} [{}]", self.name, self.runs().join(", "))?;
        match self.shared() {
            Some(shared) => {
                writeln!(f, "    {{\n        {shared}\n    }}")?;
                writeln!(f, "    impl Me {{\n        {}\n    }}", self.function(2))?;
            }
            None => writeln!(f, "    {}", self.function(1))?,
        }
        writeln!(f, "}}")
    }
}

struct Printer {
    text: String,
    indent: usize,
}

impl Printer {
    fn line(&mut self) {
        let _ = write!(self.text, "\n{:1$}", "", 4 * self.indent);
    }

    fn statements(&mut self, block: &Block) {
        for Stmt { parts, .. } in &block.stmts {
            self.line();
            self.parts(parts);
        }
        if let Some(tail) = &block.tail {
            self.line();
            self.expr(tail);
        }
    }

    fn block(&mut self, block: &Block) {
        self.text.push('{');
        match block {
            Block { stmts, tail: Some(tail) } if stmts.is_empty() => {
                self.text.push(' ');
                self.expr(tail);
                self.text.push(' ');
            }
            Block { stmts, tail: None } if stmts.is_empty() => {}
            _ => {
                self.indent += 1;
                self.statements(block);
                self.indent -= 1;
                self.line();
            }
        }
        self.text.push('}');
    }

    fn expr(&mut self, expr: &Expr) {
        self.parts(&expr.parts);
    }

    fn parts(&mut self, parts: &[Part]) {
        for part in parts {
            match part {
                Part::Text(text) => self.text.push_str(text),
                Part::Operand(expr) if expr.loose => {
                    self.text.push('(');
                    self.expr(expr);
                    self.text.push(')');
                }
                Part::Expr(expr) | Part::Operand(expr) => self.expr(expr),
                Part::Block(block) => self.block(block),
                Part::Optional(parts) => self.parts(parts),
            }
        }
    }
}
