//! The SHA-1 of a file, computed by `sha1sum`, with a progress bar on stderr.
//!
//! ```text
//! cargo run --release --example checksum Cargo.lock
//! ```
//!
//! It is computed in two ways, which must agree: by a process that is given the file through a pipe, and
//! by one that is given the name of it.

#[cfg(unix)]
mod checksum {
    use std::fs::File;
    use std::path::PathBuf;
    use std::process::Stdio;

    use async_proc::Context;
    use async_proc::prelude::*;
    use async_proc::process::{AsyncPipe, Command, Communicated, Input};
    use indicatif::{ProgressBar, ProgressStyle};

    /// Through a pipe. What the process has been given is what the bar shows, but for the mebibyte that
    /// is read ahead.
    #[async_proc]
    fn through_a_pipe(path: PathBuf) -> Future<String> {
        let file = File::open(&path).context(format!("cannot open {}", path.display()))?;
        let bar = ProgressBar::new(file.metadata()?.len());
        bar.set_style(ProgressStyle::with_template(
            "{bar:40} {bytes}/{total_bytes} {bytes_per_sec}",
        )?);
        let child = Command::new("sha1sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let pipe = AsyncPipe::new(child, None)?;
        let ended = pipe.communicate(Input::from_reader(bar.wrap_read(file))).await?;
        bar.finish();
        digest(ended)
    }

    #[async_proc]
    fn by_its_name(path: PathBuf) -> Future<String> {
        let child = Command::new("sha1sum").arg("--").arg(&path).stdout(Stdio::piped()).spawn()?;
        digest(AsyncPipe::new(child, None)?.communicate(None).await?)
    }

    /// The first word of what it has printed. In front of one for a name that has unusual characters it
    /// puts a backslash.
    fn digest(ended: Communicated) -> Result<String, Error> {
        if let Some(status) = ended.statuses.iter().find(|status| !status.success()) {
            return Err(Error::new(format!("sha1sum: {status}")));
        }
        let text = String::from_utf8(ended.stdout.unwrap_or_default())?;
        let word = text.split_whitespace().next().unwrap_or_default();
        Ok(word.trim_start_matches('\\').to_owned())
    }

    #[async_proc]
    fn both(path: PathBuf) -> Future<()> {
        let piped = through_a_pipe(path.clone()).await?;
        let named = by_its_name(path).await?;
        if piped != named {
            return Err(Error::new(format!("the file has changed: {piped}, then {named}")));
        }
        println!("{piped}");
        Ok(())
    }

    pub(crate) fn run() -> Result<(), Error> {
        let path = std::env::args_os().nth(1).ok_or_else(|| Error::new("which file?"))?;
        wait_for(both(path.into()))
    }
}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    match checksum::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("checksum: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(unix))]
fn main() {
    eprintln!("checksum: processes are not supported on this system yet");
}
