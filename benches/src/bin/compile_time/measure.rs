//! A workspace of the three programs, and cargo at work on it.

use std::error::Error;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::program::{self, Flavour};

/// What cargo is told to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Mode {
    Check,
    Debug,
    Release,
}

impl Mode {
    pub(crate) const ALL: [Mode; 3] = [Mode::Check, Mode::Debug, Mode::Release];

    pub(crate) fn name(self) -> &'static str {
        match self {
            Mode::Check => "check",
            Mode::Debug => "debug",
            Mode::Release => "release",
        }
    }

    pub(crate) fn named(name: &str) -> Result<Mode, String> {
        let mode = Mode::ALL.into_iter().find(|mode| mode.name() == name);
        mode.ok_or_else(|| format!("`{name}` is none of check, debug, release"))
    }

    fn arguments(self) -> &'static [&'static str] {
        match self {
            Mode::Check => &["check"],
            Mode::Debug => &["build"],
            Mode::Release => &["build", "--release"],
        }
    }
}

/// The three programs, each a package.
pub(crate) struct Workspace {
    folder: PathBuf,
}

impl Workspace {
    /// Writes the programs down in the target directory.
    pub(crate) fn write(repository: &Path, functions: usize) -> io::Result<Workspace> {
        let target = std::env::var_os("CARGO_TARGET_DIR").map_or("target".into(), PathBuf::from);
        let folder = repository.join(target).join("compile-time");
        fs::create_dir_all(&folder)?;
        let members = Flavour::ALL.map(|flavour| format!("{:?}", flavour.name())).join(", ");
        fs::write(
            folder.join("Cargo.toml"),
            format!("[workspace]\nresolver = \"3\"\nmembers = [{members}]\n"),
        )?;
        fs::copy(repository.join("Cargo.lock"), folder.join("Cargo.lock"))?;
        for flavour in Flavour::ALL {
            let package = folder.join(flavour.name());
            fs::create_dir_all(package.join("src"))?;
            let library = repository.join("runtime");
            fs::write(
                package.join("Cargo.toml"),
                format!(
                    "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\
                     [dependencies]\nasync-proc = {{ path = {library:?} }}\n",
                    flavour.name()
                ),
            )?;
            fs::write(package.join("src/main.rs"), program::write(flavour, functions))?;
        }
        Ok(Workspace { folder })
    }

    /// The times of every flavour, sorted, in seconds.
    pub(crate) fn measure(
        &self,
        mode: Mode,
        rounds: usize,
    ) -> Result<[Vec<f64>; Flavour::ALL.len()], Box<dyn Error>> {
        let mut times = Flavour::ALL.map(|_| Vec::new());
        // The first round builds what they depend on, and does not count.
        for round in 0..=rounds {
            for turn in 0..Flavour::ALL.len() {
                let which = (round + turn) % Flavour::ALL.len();
                let time = self.run(mode, Flavour::ALL[which])?;
                if round > 0 {
                    times[which].push(time);
                }
            }
        }
        for times in &mut times {
            times.sort_by(f64::total_cmp);
        }
        Ok(times)
    }

    fn run(&self, mode: Mode, flavour: Flavour) -> Result<f64, Box<dyn Error>> {
        let main = self.folder.join(flavour.name()).join("src/main.rs");
        // Newer than what was made of it.
        fs::write(&main, fs::read(&main)?)?;
        let began = Instant::now();
        let output = Command::new(env!("CARGO"))
            .args(mode.arguments())
            .args(["--quiet", "--package", flavour.name()])
            .current_dir(&self.folder)
            .env("CARGO_INCREMENTAL", "0")
            .env("CARGO_TARGET_DIR", self.folder.join("target"))
            .output()?;
        let time = began.elapsed().as_secs_f64();
        if !output.status.success() {
            return Err(String::from_utf8_lossy(&output.stderr).into());
        }
        Ok(time)
    }
}
