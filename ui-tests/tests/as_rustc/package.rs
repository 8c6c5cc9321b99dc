//! The package that cases are compiled in, each as it is and without its attributes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::{env, fs, io};

use serde_json::Value;

use crate::case::Case;
use crate::said::{Said, said};

/// A package with two examples a case.
pub(crate) struct Package(PathBuf);

impl Package {
    /// Writes the package.
    pub(crate) fn new(name: &str, cases: &[Case]) -> io::Result<Self> {
        let package = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
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
            fs::write(examples.join(case.ours()).with_extension("rs"), &case.text)?;
            fs::write(examples.join(case.plain()).with_extension("rs"), case.plain_text())?;
        }
        Ok(Package(package))
    }

    /// Checks the examples; gives what was said of each.
    pub(crate) fn check(&self, command: &str) -> io::Result<BTreeMap<String, Vec<Said>>> {
        let output = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
            .args([command, "--examples", "--keep-going", "--offline", "--message-format=json"])
            .current_dir(&self.0)
            .env(
                "CARGO_TARGET_DIR",
                PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("as_rustc_target"),
            )
            .env_remove("RUSTFLAGS")
            .stderr(Stdio::piped())
            .output()?;
        let mut all: BTreeMap<String, Vec<Said>> = BTreeMap::new();
        let mut finished = false;
        let mut shown = BTreeSet::new();
        for line in String::from_utf8_lossy(&output.stdout).lines() {
            let Ok(message) = serde_json::from_str::<Value>(line) else { continue };
            finished |= message["reason"] == "build-finished";
            if message["reason"] != "compiler-message" {
                continue;
            }
            let target = message["target"]["name"].as_str().unwrap_or_default().to_owned();
            // What reads the same, cargo shows once.
            let text = (target.clone(), message["message"]["rendered"].to_string());
            if let Some(said) = said(&message["message"])
                && shown.insert(text)
            {
                all.entry(target).or_default().push(said);
            }
        }
        assert!(finished, "cargo did not get to it:\n{}", String::from_utf8_lossy(&output.stderr));
        all.values_mut().for_each(|said| said.sort());
        Ok(all)
    }
}
