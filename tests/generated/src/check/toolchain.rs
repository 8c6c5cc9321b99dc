//! rustc, and what a generated program is linked with.

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::Command;

/// How to compile a file of generated programs.
#[derive(Debug, Clone)]
pub struct Toolchain {
    rustc: OsString,
    arguments: Vec<OsString>,
    /// The folder of the tests.
    pub tests: PathBuf,
    /// Where files may be written.
    pub scratch: PathBuf,
}

impl Toolchain {
    /// Builds the library and the driver, and finds them.
    ///
    /// # Panics
    ///
    /// When they cannot be built: nothing can be checked then.
    pub fn find() -> Toolchain {
        let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize().expect("tests");
        let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let built = Command::new(cargo)
            .args(["build", "--quiet", "--lib", "-p", "async-proc-tests", "--message-format=json"])
            .current_dir(&tests)
            .output()
            .expect("cargo runs");
        let errors = String::from_utf8_lossy(&built.stderr);
        assert!(built.status.success(), "the library cannot be built:\n{errors}");

        let messages = String::from_utf8_lossy(&built.stdout).into_owned();
        let mut arguments = Vec::new();
        let mut folder = PathBuf::new();
        for name in ["async_proc", "async_proc_tests"] {
            let library = artifact(&messages, name);
            folder = library.parent().expect("a file is in a folder").to_owned();
            arguments.push("--extern".into());
            arguments.push(format!("{name}={}", library.display()).into());
        }
        arguments.push("-L".into());
        arguments.push(format!("dependency={}", folder.display()).into());
        // As the library was compiled: sanitizers have to agree.
        if let Ok(flags) = env::var("RUSTFLAGS") {
            arguments.extend(flags.split_whitespace().map(OsString::from));
        }
        let scratch = folder.parent().unwrap_or(&folder).join("generated");
        let rustc = env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
        Toolchain { rustc, arguments, tests, scratch }
    }

    /// Compiles `source` to the program `output`, or only checks it. rustc's errors are
    /// JSON, each a line.
    ///
    /// # Errors
    ///
    /// What rustc printed, if it refuses the file.
    pub fn compile(
        &self,
        source: &Path,
        edition: u16,
        output: Option<&Path>,
        rustc_only: bool,
    ) -> Result<(), String> {
        let mut command = Command::new(&self.rustc);
        command
            .args(&self.arguments)
            .args(["--crate-type=bin", "--crate-name=generated", "--error-format=json"])
            .args(["--cap-lints=allow", "-Ccodegen-units=2", "-Cdebuginfo=0"])
            .arg(format!("--edition={edition}"))
            .arg(source);
        match output {
            Some(output) => command.arg("-o").arg(output),
            None => command.arg("--emit=metadata").arg("-o").arg(source.with_extension("rmeta")),
        };
        if rustc_only {
            command.arg("--cfg=rustc_only");
        }
        let compiled = command.output().expect("rustc runs");
        match compiled.status.success() {
            true => Ok(()),
            false => Err(String::from_utf8_lossy(&compiled.stderr).into_owned()),
        }
    }
}

/// The compiled library that cargo's messages name.
fn artifact(messages: &str, name: &str) -> PathBuf {
    let start = format!("lib{name}-");
    let file = messages
        .split('"')
        .map(Path::new)
        .filter(|path| path.extension().is_some_and(|extension| extension == "rmeta"))
        .find(|path| {
            path.file_name().is_some_and(|file| file.to_string_lossy().starts_with(&start))
        })
        .unwrap_or_else(|| panic!("cargo built no library `{name}`"));
    file.with_extension("rlib")
}
