//! What pipes to processes cost: 200 MB through `sha1sum`, and through `grep -i error | wc`, beside the
//! shell doing the same with `cat`, and beside the process reading the file by itself, which no pipe can
//! be as fast as.
//!
//! ```sh
//! cargo run --release -p async-proc-benches --bin pipes
//! cargo run --release -p async-proc-benches --bin pipes 20   # MB
//! ```
//!
//! The contenders take turns, and what they print must be the same. What is shown is the median of the
//! rounds, in MB/s.

#[cfg(unix)]
mod pipes {
    use std::fs::{self, File};
    use std::io::{self, BufWriter, Write};
    use std::path::{Path, PathBuf};
    use std::process::{self, Stdio};
    use std::time::Instant;

    use async_proc::prelude::*;
    use async_proc::process::{AsyncPipe, Command};

    const ROUNDS: usize = 7;

    type Result<T> = std::result::Result<T, Box<dyn std::error::Error>>;

    /// A way to do it: its name, and what gives the output for a file.
    type Contender = (&'static str, fn(&Path) -> Result<Vec<u8>>);

    /// A file that is gone at the end.
    struct Given(PathBuf);

    impl Drop for Given {
        fn drop(&mut self) {
            let _ = fs::remove_file(&self.0);
        }
    }

    /// Lines of about a hundred bytes, like those of a log. One in sixteen has `error` in it, in some
    /// spelling.
    fn make(megabytes: usize) -> io::Result<Given> {
        let path = std::env::temp_dir().join(format!("async-proc-pipes-{}", process::id()));
        let given = Given(path);
        let mut file = BufWriter::with_capacity(1 << 20, File::create(&given.0)?);
        let (mut written, mut at) = (0, 0_usize);
        while written < megabytes * 1_000_000 {
            let level = match at % 48 {
                5 => "error",
                21 => "Error",
                37 => "ERROR",
                _ => ["info", "warn", "debug"][at % 3],
            };
            let line = format!(
                "Jun {:2} {:02}:{:02} host{} svc[{}]: {level}: alpha {} bravo {} charlie delta echo foxtrot\n",
                at % 30 + 1,
                at % 24,
                at % 60,
                at % 9,
                1000 + at % 977,
                at.wrapping_mul(2_654_435_761) % 1_000_000,
                at,
            );
            file.write_all(line.as_bytes())?;
            written += line.len();
            at += 1;
        }
        file.flush()?;
        Ok(given)
    }

    fn shell(script: &str, path: &Path) -> Result<Vec<u8>> {
        let mut shell = process::Command::new("sh");
        let output = shell.args(["-c", script, "sh"]).arg(path).env("LC_ALL", "C").output()?;
        match output.status.success() {
            true => Ok(output.stdout),
            false => Err(format!("`{script}`: {}", output.status).into()),
        }
    }

    fn ended(pipe: AsyncPipe, path: &Path) -> Result<Vec<u8>> {
        let ended = wait_for(pipe.communicate(File::open(path)?))?;
        match ended.statuses.iter().all(|status| status.success()) {
            true => Ok(ended.stdout.unwrap_or_default()),
            false => Err(format!("{:?}", ended.statuses).into()),
        }
    }

    const SUMS: [Contender; 3] = [
        ("ours", |path| {
            let sum =
                Command::new("sha1sum").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
            ended(AsyncPipe::new(sum, None)?, path)
        }),
        ("cat | sha1sum", |path| shell("cat \"$1\" | sha1sum", path)),
        ("sha1sum <", |path| shell("sha1sum <\"$1\"", path)),
    ];

    const COUNTS: [Contender; 3] = [
        ("ours", |path| {
            let grep = Command::new("grep").args(["-i", "error"]).env("LC_ALL", "C");
            let wc = Command::new("wc").env("LC_ALL", "C");
            ended(grep.pipe(wc).spawn()?, path)
        }),
        ("cat | grep | wc", |path| shell("cat \"$1\" | grep -i error | wc", path)),
        ("grep < | wc", |path| shell("grep -i error <\"$1\" | wc", path)),
    ];

    fn compare(what: &str, path: &Path, contenders: [Contender; 3]) -> Result<()> {
        let megabytes = fs::metadata(path)?.len() as f64 / 1e6;
        let mut times = [const { Vec::new() }; 3];
        let mut expected = None;
        for round in 0..ROUNDS {
            for turn in 0..contenders.len() {
                let which = (turn + round) % contenders.len();
                let (name, run) = contenders[which];
                let began = Instant::now();
                let output = run(path)?;
                times[which].push(began.elapsed().as_secs_f64());
                if *expected.get_or_insert_with(|| output.clone()) != output {
                    return Err(format!("{name} gives something else").into());
                }
            }
        }
        println!("{what}, {megabytes:.0} MB");
        let medians = times.map(|mut times| {
            times.sort_by(f64::total_cmp);
            times[ROUNDS / 2]
        });
        for ((name, _), median) in contenders.iter().zip(medians) {
            let of_ours = median / medians[0];
            println!("  {name:16} {:7.0} MB/s   ours is {of_ours:.2} of it", megabytes / median);
        }
        Ok(())
    }

    pub(crate) fn run() -> Result<()> {
        let megabytes = std::env::args().nth(1).map_or(Ok(200), |text| text.parse())?;
        let given = make(megabytes)?;
        compare("sha1sum", &given.0, SUMS)?;
        compare("grep -i error | wc", &given.0, COUNTS)
    }
}

#[cfg(unix)]
fn main() -> std::process::ExitCode {
    match pipes::run() {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("pipes: {error}");
            std::process::ExitCode::FAILURE
        }
    }
}

#[cfg(not(unix))]
fn main() {
    eprintln!("pipes: processes are not supported on this system yet");
}
