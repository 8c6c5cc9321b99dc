//! What becomes of each program of a batch.

use std::fs;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::source::{Source, is_error, message};
use super::{Copies, Toolchain};
use crate::program::Program;

/// After how long without a report the program that is running is said to hang.
const PATIENCE: Duration = Duration::from_secs(20);

/// What became of a program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Both copies do the same, in so many runs.
    Equal(usize),
    /// The same, but where a panic strikes they drop some of the same values in another order.
    Reordered(usize),
    /// It does too much to be run in all ways.
    Large,
    /// rustc does not compile it: the generator's mistake.
    Rejected(String),
    /// Our compiler says that it cannot compile it.
    Refused(String),
    /// What our compiler made does not compile.
    Broken(String),
    /// The two copies do not do the same.
    Different(String),
    /// Ours ends the whole program, or does not end.
    Crashed(String),
}

impl Verdict {
    /// Whether something is wrong with our compiler.
    pub fn is_failure(&self) -> bool {
        matches!(self, Verdict::Broken(_) | Verdict::Different(_) | Verdict::Crashed(_))
    }

    /// What there is to say about it.
    pub fn text(&self) -> &str {
        match self {
            Verdict::Equal(_) => "equal",
            Verdict::Reordered(_) => "dropped in another order after a panic",
            Verdict::Large => "too large",
            Verdict::Rejected(text)
            | Verdict::Refused(text)
            | Verdict::Broken(text)
            | Verdict::Different(text)
            | Verdict::Crashed(text) => text,
        }
    }

    /// Whether it is the same complaint, of another program.
    pub fn is_like(&self, other: &Verdict) -> bool {
        match (self, other) {
            (Verdict::Refused(a), Verdict::Refused(b))
            | (Verdict::Broken(a), Verdict::Broken(b)) => unnamed(a) == unnamed(b),
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

/// Whether it is our compiler that speaks, by itself or through a type's error.
fn is_refusal(message: &str) -> bool {
    message.contains("compiled yet")
        || message.contains("the grammar of th")
        || message.contains("whose grammar is not known")
        || message.contains("whether it is read before that depends on its type")
}

/// A message without the names in it.
pub(super) fn unnamed(message: &str) -> String {
    if message.starts_with("error[E0507]") {
        return "error[E0507]".to_owned();
    }
    message.split('`').step_by(2).collect::<Vec<_>>().join("`…`")
}

/// Compiles and runs batches.
#[derive(Debug, Clone)]
pub struct Judge {
    /// The compiler.
    pub toolchain: Toolchain,
    /// The edition of the programs.
    pub edition: u16,
    /// What is compared.
    pub copies: Copies,
    /// A folder of its own.
    pub folder: String,
}

impl Judge {
    /// A verdict for each program.
    pub fn judge(&self, programs: &[Program]) -> Vec<Verdict> {
        let mut verdicts: Vec<Option<Verdict>> = vec![None; programs.len()];
        let planted = self.copies != Copies::Ours;
        loop {
            let left = open(&verdicts);
            if left.is_empty() {
                break;
            }
            let batch: Vec<&Program> = left.iter().map(|&at| &programs[at]).collect();
            match self.compile(&batch, false, planted) {
                Ok(binary) => {
                    for (at, verdict) in left.iter().zip(self.run(&binary, &batch)) {
                        verdicts[*at] = Some(verdict);
                    }
                }
                Err(culprits) => {
                    let suspects: Vec<&Program> =
                        culprits.iter().map(|(at, _)| batch[*at]).collect();
                    let rejected = self.rejected(&suspects);
                    for ((at, message), rejected) in culprits.into_iter().zip(rejected) {
                        verdicts[left[at]] = Some(match rejected {
                            Some(message) => Verdict::Rejected(message),
                            None if is_refusal(&message) => Verdict::Refused(message),
                            None => Verdict::Broken(message),
                        });
                    }
                }
            }
        }
        verdicts.into_iter().flatten().collect()
    }

    /// What rustc alone says of each program.
    fn rejected(&self, programs: &[&Program]) -> Vec<Option<String>> {
        let mut rejected: Vec<Option<String>> = vec![None; programs.len()];
        loop {
            let left = open(&rejected);
            let batch: Vec<&Program> = left.iter().map(|&at| programs[at]).collect();
            match self.compile(&batch, true, true) {
                Ok(_) => return rejected,
                Err(culprits) => {
                    for (at, message) in culprits {
                        rejected[left[at]] = Some(message);
                    }
                }
            }
        }
    }

    fn compile(
        &self,
        programs: &[&Program],
        check_only: bool,
        rustc_only: bool,
    ) -> Result<PathBuf, Vec<(usize, String)>> {
        let folder = self.toolchain.scratch.join(&self.folder);
        fs::create_dir_all(&folder).expect("the scratch folder can be written");
        let (file, binary) = (folder.join("batch.rs"), folder.join("batch.bin"));
        let source = Source::new(programs, self.copies, &self.toolchain.tests);
        fs::write(&file, &source.text).expect("the scratch folder can be written");
        let output = (!check_only).then_some(binary.as_path());
        let Err(errors) = self.toolchain.compile(&file, self.edition, output, rustc_only) else {
            return Ok(binary);
        };
        let culprits = source.culprits(&errors);
        if !culprits.is_empty() {
            return Err(culprits);
        }
        // An error that names none of them: after type checking, say, or in rustc itself.
        if let [_] = programs {
            let error = errors.lines().find(|line| is_error(line)).map(message);
            return Err(vec![(0, error.unwrap_or_else(|| format!("error[internal]: {errors}")))]);
        }
        let (first, second) = programs.split_at(programs.len() / 2);
        let mut culprits = self.compile(first, check_only, rustc_only).err().unwrap_or_default();
        let rest = self.compile(second, check_only, rustc_only).err().unwrap_or_default();
        culprits.extend(rest.into_iter().map(|(at, message)| (first.len() + at, message)));
        assert!(!culprits.is_empty(), "only all of a batch together fails:\n{errors}");
        Err(culprits)
    }

    /// Runs the compiled batch, again behind each program that ends it.
    fn run(&self, binary: &PathBuf, programs: &[&Program]) -> Vec<Verdict> {
        let mut verdicts = Vec::new();
        while verdicts.len() < programs.len() {
            let (output, end) = self.run_from(binary, verdicts.len());
            for report in output.split("@begin ").skip(1) {
                let report = report.split_once('\n').map_or("", |(_, report)| report);
                let Some((text, end)) = report.split_once("@end ") else { break };
                let (end, runs) = end.trim().split_once(' ').unwrap_or((end.trim(), "0"));
                verdicts.push(match (end, runs.parse()) {
                    ("equal", Ok(runs)) => Verdict::Equal(runs),
                    ("reordered", Ok(runs)) => Verdict::Reordered(runs),
                    ("large", _) => Verdict::Large,
                    _ => Verdict::Different(text.to_owned()),
                });
            }
            if verdicts.len() < programs.len() {
                verdicts.push(Verdict::Crashed(end));
            }
        }
        verdicts
    }

    /// What it printed, and how it ended.
    fn run_from(&self, binary: &PathBuf, from: usize) -> (String, String) {
        let log = binary.with_extension("log");
        let errors = binary.with_extension("err");
        let file = |path| Stdio::from(fs::File::create(path).expect("the scratch folder"));
        let mut child = Command::new(binary)
            .arg(from.to_string())
            .stdout(file(&log))
            .stderr(file(&errors))
            .spawn()
            .expect("a compiled program runs");
        let (mut since, mut reported) = (Instant::now(), 0);
        let end = loop {
            match child.try_wait().expect("the program can be waited for") {
                Some(status) => break format!("{status}"),
                None if since.elapsed() > PATIENCE => {
                    let _ = child.kill();
                    let _ = child.wait();
                    break "it does not end".to_owned();
                }
                None => std::thread::sleep(Duration::from_millis(10)),
            }
            let length = fs::metadata(&log).map_or(0, |log| log.len());
            if length > reported {
                (since, reported) = (Instant::now(), length);
            }
        };
        let read = |path| String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned();
        let errors: String = read(&errors);
        let last: Vec<&str> = errors.lines().rev().take(4).collect();
        (read(&log), format!("{end} {}", last.join(" / ")))
    }
}

/// The numbers of those without a verdict.
fn open<T>(verdicts: &[Option<T>]) -> Vec<usize> {
    (0..verdicts.len()).filter(|&at| verdicts[at].is_none()).collect()
}
