//! What rustc says of an annotated function is what it says of the same `async fn` without the
//! attribute: the same errors and lints, at the same places, each once.
//!
//! Every file of `cases/rustc` is compiled as it is and once more with its attributes blanked out,
//! and the two lists of what was said are compared: level, code and place. The first lines of a file
//! may say otherwise:
//!
//! - `//@ procs`: there is no such `async fn`; only that nothing is said twice is checked.
//! - `//@ differs CODE: why`: what has that code is left out of the comparison, not of the check
//!   that it is said once.
//! - `//@ twice CODE@LINE,…: why`: known to be said more often than of the plain function, there. When
//!   it no longer is, this line has to go.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

use serde_json::Value;

/// Something that rustc said.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    line: u64,
    column: u64,
    end: (u64, u64),
    level: String,
    code: String,
    message: String,
}

impl Said {
    /// What is compared: the words may say `async` block for an `async fn`.
    fn place(&self) -> (u64, u64, (u64, u64), &str, &str) {
        (self.line, self.column, self.end, &self.level, &self.code)
    }
}

impl Said {
    /// Whether this is `CODE@LINE`.
    fn is(&self, place: &str) -> bool {
        place.split_once('@') == Some((&self.code, &self.line.to_string()))
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Said { line, column, end, level, code, message } = self;
        write!(f, "{line}:{column}-{}:{}: {level} {code}: {message}", end.0, end.1)
    }
}

/// A file of `cases/rustc`.
struct Case {
    name: String,
    text: String,
}

impl Case {
    /// The text without the attributes, line by line the same.
    fn plain(&self) -> String {
        self.text
            .replace("#[async_proc]", "")
            .replace("use async_proc", "#[allow(unused_imports)] use async_proc")
    }

    fn procs(&self) -> bool {
        self.directives().any(|line| line == "procs")
    }

    fn differs(&self, said: &Said) -> bool {
        self.directives()
            .filter_map(|line| line.strip_prefix("differs ")?.split(':').next())
            .any(|code| code == said.code)
    }

    /// What is known to be said more often, as `CODE@LINE`.
    fn known_excess(&self) -> impl Iterator<Item = String> {
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

#[test]
fn annotated_functions_get_the_messages_of_plain_ones() -> io::Result<()> {
    let cases = cases()?;
    let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join("as_rustc");
    write_package(&package, &cases)?;
    let said = check(&package)?;
    let none = Vec::new();
    let mut report = String::new();
    for case in &cases {
        let ours = said.get(&format!("{}_ours", case.name)).unwrap_or(&none);
        let plain = said.get(&format!("{}_plain", case.name)).unwrap_or(&none);
        if ours.is_empty() {
            let _ = writeln!(report, "{}: nothing was said of it", case.name);
        }
        let times = |list: &[Said], one: &Said| {
            list.iter().filter(|said| said.place() == one.place()).count()
        };
        for excess in case.known_excess() {
            let at = |said: &&Said| said.is(&excess);
            if ours.iter().filter(at).count() <= plain.iter().filter(at).count() {
                let _ = writeln!(report, "{}: {excess} is said as often as it should", case.name);
            }
        }
        for said in ours.iter().filter(|said| !case.known_excess().any(|excess| said.is(&excess))) {
            let expected = match case.procs() || case.differs(said) {
                true => 1,
                false => times(plain, said),
            };
            if times(ours, said) != expected {
                let count = times(ours, said);
                let _ = writeln!(report, "{}: {count} times, not {expected}: {said}", case.name);
            }
        }
        for said in plain {
            let skip = case.procs() || case.differs(said);
            if !skip && times(ours, said) == 0 {
                let _ = writeln!(report, "{}: missing: {said}", case.name);
            }
        }
    }
    assert!(report.is_empty(), "what is said of annotated functions differs:\n{report}");
    Ok(())
}

fn cases() -> io::Result<Vec<Case>> {
    let only = env::var("ASYNC_PROC_UI_CASES").unwrap_or_default();
    let only: Vec<&str> = only.split(',').filter(|name| !name.is_empty()).collect();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("cases/rustc");
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

/// A package with two examples a case.
fn write_package(package: &Path, cases: &[Case]) -> io::Result<()> {
    let examples = package.join("examples");
    if examples.exists() {
        fs::remove_dir_all(&examples)?;
    }
    fs::create_dir_all(&examples)?;
    fs::create_dir_all(package.join("src"))?;
    fs::write(package.join("src/lib.rs"), "")?;
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let manifest = format!(
        "[package]\nname = \"as-rustc\"\nedition = \"2024\"\n\n[workspace]\n\n\
         [dev-dependencies]\nasync-proc.path = {:?}\n",
        workspace.join("runtime")
    );
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::copy(workspace.join("Cargo.lock"), package.join("Cargo.lock"))?;
    for case in cases {
        fs::write(examples.join(format!("{}_ours.rs", case.name)), &case.text)?;
        fs::write(examples.join(format!("{}_plain.rs", case.name)), case.plain())?;
    }
    Ok(())
}

/// Checks the examples; gives what was said of each.
fn check(package: &Path) -> io::Result<BTreeMap<String, Vec<Said>>> {
    let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args(["check", "--examples", "--keep-going", "--offline", "--message-format=json"])
        .current_dir(package)
        .env("CARGO_TARGET_DIR", PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("as_rustc_target"))
        .env_remove("RUSTFLAGS")
        .stderr(Stdio::piped())
        .output()?;
    let mut all: BTreeMap<String, Vec<Said>> = BTreeMap::new();
    let mut finished = false;
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
        finished |= message["reason"] == "build-finished";
        if message["reason"] != "compiler-message" {
            continue;
        }
        let target = message["target"]["name"].as_str().unwrap_or_default().to_owned();
        if let Some(said) = said(&message["message"]) {
            all.entry(target).or_default().push(said);
        }
    }
    assert!(finished, "cargo did not get to it:\n{}", String::from_utf8_lossy(&output.stderr));
    all.values_mut().for_each(|said| said.sort());
    Ok(all)
}

/// Reads one message; that so many errors were found is none.
fn said(message: &Value) -> Option<Said> {
    let mut span = message["spans"].as_array()?.iter().find(|span| span["is_primary"] == true)?;
    // Out of the macros of other files.
    while !span["file_name"].as_str()?.starts_with("examples") {
        span = span["expansion"].get("span")?;
    }
    let number = |name: &str| span[name].as_u64().unwrap_or_default();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    Some(Said {
        line: number("line_start"),
        column: number("column_start"),
        end: (number("line_end"), number("column_end")),
        level: text(&message["level"]),
        code: text(&message["code"]["code"]),
        message: text(&message["message"]),
    })
}
