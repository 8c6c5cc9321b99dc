//! A batch of programs as one file.

use std::fmt::Write as _;
use std::ops::Range;
use std::path::Path;

use crate::program::Program;

/// What the two copies of a program are compiled by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Copies {
    /// rustc's `async fn`, and ours.
    Ours,
    /// rustc's twice, the second with a word replaced: a difference that has to be found.
    Planted(&'static str, &'static str),
}

/// A file, and where in it each program stands.
#[derive(Debug)]
pub(super) struct Source {
    pub(super) text: String,
    /// The lines of each program, counted from 1.
    lines: Vec<Range<usize>>,
}

impl Source {
    pub(super) fn new(programs: &[&Program], copies: Copies, tests: &Path) -> Source {
        let case = tests.join("corpus/case.rs");
        let mut text = format!(
            "#[macro_use]\n#[path = {case:?}]\nmod case;\n\
             use async_proc_tests::driver::{{Scenario, batch, drive}};\n\
             use async_proc_tests::world::*;\n\
             fn glance(value: &D) -> usize {{ value.len() }}\n\n"
        );
        let mut lines = Vec::new();
        for program in programs {
            let start = 1 + text.lines().count();
            text.push_str(&match copies {
                Copies::Ours => program.to_string(),
                Copies::Planted(from, to) => planted(program, from, to),
            });
            text.push('\n');
            lines.push(start..1 + text.lines().count());
        }
        text.push_str("fn main() {\n    batch(&[\n");
        for Program { name, .. } in programs {
            let _ = writeln!(text, "        ({name:?}, {name}::real::RUNS, {name}::ours::RUNS),");
        }
        text.push_str("    ]);\n}\n");
        Source { text, lines }
    }

    /// The programs that rustc's errors name, each with its first error. `errors` has a JSON object
    /// for each; what a macro made of a program's tokens is found by the line of its expansion.
    pub(super) fn culprits(&self, errors: &str) -> Vec<(usize, String)> {
        let mut found: Vec<(usize, String)> = Vec::new();
        for error in errors.lines().filter(|line| is_error(line)) {
            let mut lines = error.split("\"file_name\":\"").skip(1).filter_map(|span| {
                let in_batch = span.split('"').next()?.ends_with("batch.rs");
                let line = span.split("\"line_start\":").nth(1)?.split(',').next()?;
                in_batch.then(|| line.parse::<usize>().ok())?
            });
            let at = lines.find_map(|line| self.lines.iter().position(|of| of.contains(&line)));
            let Some(at) = at else { continue };
            if found.iter().all(|(other, _)| *other != at) {
                found.push((at, message(error)));
            }
        }
        found
    }
}

pub(super) fn is_error(line: &str) -> bool {
    line.contains("\"level\":\"error") && line.contains("\"message\":")
}

/// An error's code, if it has one, and its message.
pub(super) fn message(error: &str) -> String {
    let after = |start: &str| error.split_once(start).map_or("", |(_, rest)| rest);
    let code = after("\"code\":{\"code\":\"").split('"').next().unwrap_or_default();
    let text = after("\"message\":\"").split("\",\"").next().unwrap_or_default();
    let code = if code.is_empty() { String::new() } else { format!("[{code}]") };
    format!("error{code}: {}", text.replace("\\\"", "\""))
}

fn planted(program: &Program, from: &str, to: &str) -> String {
    let function = program.function(1);
    let shared = program.shared().unwrap_or_default();
    let copy = |function: &str| match program.receiver {
        Some(_) => format!("{shared} impl Me {{ {function} }}"),
        None => function.to_owned(),
    };
    format!(
        "case! {{ @modules {} [{}]\n{{ {} }}\n{{ {} }} }}\n",
        program.name,
        program.runs().join(", "),
        copy(&format!("pub {function}")),
        copy(&format!("pub {}", function.replace(from, to))),
    )
}
