//! A program that rustc has something to say of.

use std::path::Path;
use std::{env, fs, io};

use crate::said::Said;

/// A file of `cases/rustc`.
pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) text: String,
}

impl Case {
    /// The name of its example.
    pub(crate) fn ours(&self) -> String {
        format!("{}_ours", self.name)
    }

    /// The name of the example without attributes.
    pub(crate) fn plain(&self) -> String {
        format!("{}_plain", self.name)
    }

    /// The text without the attributes, line by line the same.
    pub(crate) fn plain_text(&self) -> String {
        self.text
            .replace("#[async_proc]", "")
            .replace("use async_proc", "#[allow(unused_imports)] use async_proc")
    }

    pub(crate) fn procs(&self) -> bool {
        self.directives().any(|line| line == "procs")
    }

    pub(crate) fn differs(&self, said: &Said) -> bool {
        self.directives()
            .filter_map(|line| line.strip_prefix("differs ")?.split(": ").next())
            .any(|code| code == said.code)
    }

    /// What is known to be said more often, as `CODE@LINE`.
    pub(crate) fn known_excess(&self) -> impl Iterator<Item = String> {
        let lines = self.directives().filter_map(|line| line.strip_prefix("twice "));
        let places = lines.filter_map(|line| line.split(':').next());
        places.flat_map(|places| {
            let (code, lines) = places.split_once('@').unwrap_or((places, ""));
            lines.split(',').map(|line| format!("{code}@{line}")).collect::<Vec<_>>()
        })
    }

    fn directives(&self) -> impl Iterator<Item = &str> {
        self.text.lines().filter_map(|line| line.strip_prefix("//@ "))
    }
}

/// The files of a folder of `cases`, or those of them that `ASYNC_PROC_UI_CASES` names.
pub(crate) fn cases(folder: &str) -> io::Result<Vec<Case>> {
    let only = env::var("ASYNC_PROC_UI_CASES").unwrap_or_default();
    let only: Vec<&str> = only.split(',').filter(|name| !name.is_empty()).collect();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases").join(folder);
    let mut cases = Vec::new();
    for entry in fs::read_dir(directory)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let wanted = only.is_empty() || only.contains(&name.as_str());
        if wanted && path.extension().is_some_and(|extension| extension == "rs") {
            cases.push(Case { name, text: fs::read_to_string(&path)? });
        }
    }
    cases.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(cases)
}
