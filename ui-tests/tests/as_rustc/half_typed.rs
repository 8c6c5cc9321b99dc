//! Functions as they are while being typed: cut off after a token, with what is open closed.

use std::path::Path;
use std::{env, fs, io};

use crate::case::Case;

/// Of so many cuts one is tried, unless `ASYNC_PROC_UI_EVERY` says otherwise.
const EVERY: usize = 4;

/// The last function of each file, cut off.
pub(crate) fn cases() -> io::Result<Vec<Case>> {
    let every = env::var("ASYNC_PROC_UI_EVERY").ok().and_then(|every| every.parse().ok());
    let every: usize = every.unwrap_or(EVERY);
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("half_typed");
    let mut cases = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path)?;
        let function = text.rfind("#[async_proc]").unwrap_or_default();
        let body = text[function..].find("{\n").map_or(text.len(), |body| function + body + 1);
        for (index, end) in ends(&text, body).into_iter().enumerate().step_by(every) {
            cases.push(Case { name: format!("{name}_{index:03}"), text: cut(&text, body, end) });
        }
    }
    Ok(cases)
}

/// Where the tokens of a body end.
fn ends(text: &str, body: usize) -> Vec<usize> {
    let mut ends = vec![body];
    let mut rest = body;
    while let Some(first) = text[rest..].chars().next() {
        let word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            '"' => text[rest + 1..].find('"').map_or(1, |end| end + 2),
            _ if word(first) => text[rest..].find(|c| !word(c)).unwrap_or(text.len() - rest),
            _ => first.len_utf8(),
        };
        rest += length;
        if !first.is_whitespace() && rest < text.trim_end().len() {
            ends.push(rest);
        }
    }
    ends
}

fn cut(text: &str, body: usize, end: usize) -> String {
    let mut open = vec!['}'];
    let mut quoted = false;
    for c in text[body..end].chars() {
        quoted ^= c == '"';
        match c {
            _ if quoted => {}
            '{' => open.push('}'),
            '(' => open.push(')'),
            '[' => open.push(']'),
            '}' | ')' | ']' => drop(open.pop()),
            _ => {}
        }
    }
    let closed: String = open.into_iter().rev().collect();
    format!("{}\n{closed}\n", &text[..end])
}
