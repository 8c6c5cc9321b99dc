//! How many lines of a file match a pattern, as `grep -i PATTERN | wc -l` counts them.
//!
//! ```text
//! cargo run --release --example matches error /var/log/syslog
//! ```

#[cfg(unix)]
mod matches {
    use std::ffi::OsString;
    use std::fs::File;

    use async_proc::Context;
    use async_proc::prelude::*;
    use async_proc::process::Command;

    #[async_proc]
    fn count(pattern: OsString, path: OsString) -> Future<u64> {
        let file = File::open(&path).context(format!("cannot open {}", path.display()))?;
        let grep = Command::new("grep").args(["-i", "-e"]).arg(&pattern);
        let chain = grep.pipe(Command::new("wc").arg("-l"));
        let ended = chain.spawn()?.communicate(file).await?;
        // 1 says that nothing matches.
        match ended.statuses.first().and_then(|status| status.code()) {
            Some(0 | 1) => {}
            _ => return Err(Error::new("grep has failed")),
        }
        Ok(String::from_utf8(ended.stdout.unwrap_or_default())?.trim().parse()?)
    }

    pub(crate) fn run() -> Result<(), Error> {
        let mut arguments = std::env::args_os().skip(1);
        let (Some(pattern), Some(path)) = (arguments.next(), arguments.next()) else {
            return Err(Error::new("which pattern, and which file?"));
        };
        println!("{}", wait_for(count(pattern, path))?);
        Ok(())
    }
}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    match matches::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("matches: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(unix))]
fn main() {
    eprintln!("matches: processes are not supported on this system yet");
}
