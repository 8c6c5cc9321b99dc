//! The table: measuring, comparing, and the committed copy.

use std::fmt::Write;
use std::future::Future as StdFuture;
use std::path::Path;
use std::pin::pin;
use std::task::{Context, Waker};

use async_proc::Future;
use async_proc_tests::allocations;

/// The machine of an `async fn`.
#[derive(Clone, Copy)]
pub(crate) struct Machine {
    bytes: usize,
    /// What the first poll allocates.
    allocations: usize,
}

impl Machine {
    /// Measures what a call has given.
    pub(crate) fn of<F: StdFuture>(future: F) -> Machine {
        let mut future = pin!(future);
        let bytes = size_of_val(&*future);
        let before = allocations();
        let _ = future.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        Machine { bytes, allocations: allocations() - before }
    }
}

/// The bytes of a proc's frame. A future that is no proc's has none.
pub(crate) fn frame<T: 'static>(proc: &Future<T>) -> usize {
    async_proc::machine::frame_of(proc).map_or(0, |layout| layout.size())
}

struct Row {
    section: &'static str,
    name: &'static str,
    real: usize,
    ours: usize,
    /// Ours allocates more than rustc's: the frame had no room in the handle.
    boxed: bool,
    /// As a proc: its own frame, and with those of the procs it waits for.
    proc: Option<(usize, usize)>,
}

impl Row {
    fn async_fn_is_larger(&self) -> bool {
        self.ours > self.real || self.boxed
    }

    fn proc_is_larger(&self) -> bool {
        self.proc.is_some_and(|(frame, _)| frame > self.real)
    }
}

/// All shapes that were measured.
#[derive(Default)]
pub(crate) struct Table {
    section: &'static str,
    rows: Vec<Row>,
}

impl Table {
    pub(crate) fn section(&mut self, name: &'static str) {
        self.section = name;
    }

    /// Adds a shape; `proc` is the bytes of its frame, and of the frames of what it waits for.
    pub(crate) fn row(
        &mut self,
        name: &'static str,
        real: Machine,
        ours: Machine,
        proc: Option<(usize, Vec<usize>)>,
    ) {
        self.rows.push(Row {
            section: self.section,
            name,
            real: real.bytes,
            ours: ours.bytes,
            boxed: ours.allocations > real.allocations,
            proc: proc.map(|(own, callees)| (own, own + callees.iter().sum::<usize>())),
        });
    }

    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }

    pub(crate) fn larger_async_fns(&self) -> Vec<&'static str> {
        self.rows.iter().filter(|row| row.async_fn_is_larger()).map(|row| row.name).collect()
    }

    pub(crate) fn larger_procs(&self) -> Vec<&'static str> {
        self.rows.iter().filter(|row| row.proc_is_larger()).map(|row| row.name).collect()
    }

    /// What `bytes` are of rustc's machines, in geometric mean over the shapes that have any.
    fn mean(&self, bytes: impl Fn(&Row) -> Option<usize>) -> f64 {
        let ratios = self.rows.iter().filter_map(|row| {
            let bytes = bytes(row)?;
            (row.real > 0).then(|| bytes.max(1) as f64 / row.real as f64)
        });
        let logarithms: Vec<f64> = ratios.map(f64::ln).collect();
        (logarithms.iter().sum::<f64>() / logarithms.len() as f64).exp()
    }

    pub(crate) fn proc_ratio(&self) -> f64 {
        self.mean(|row| row.proc.map(|(frame, _)| frame))
    }

    fn text(&self) -> String {
        let mut text = String::from(INTRODUCTION);
        let _ = writeln!(text, "Compiler: {}.\n", env!("RUSTC_VERSION"));
        let procs = self.rows.iter().filter(|row| row.proc.is_some()).count();
        let async_fn = self.mean(|row| Some(row.ours));
        let proc = self.proc_ratio();
        let chain = self.mean(|row| row.proc.map(|(_, chain)| chain));
        let _ = writeln!(text, "| | shapes | larger than rustc's | geometric mean of the ratios |");
        let _ = writeln!(text, "|---|--:|--:|--:|");
        let _ = writeln!(
            text,
            "| ours, as `async fn` | {} | {} | {async_fn:.3} |",
            self.len(),
            self.larger_async_fns().len()
        );
        let larger = self.larger_procs().len();
        let _ = writeln!(text, "| frame of a proc | {procs} | {larger} | {proc:.3} |");
        let _ = writeln!(text, "| the same, with what it waits for | {procs} | | {chain:.3} |");
        let mut section = "";
        for row in &self.rows {
            if row.section != section {
                section = row.section;
                let _ = writeln!(text, "\n## {section}\n");
                let _ = writeln!(text, "| shape | rustc | ours | proc | with callees | larger |");
                let _ = writeln!(text, "|---|--:|--:|--:|--:|---|");
            }
            let (frame, chain) = match row.proc {
                Some((frame, chain)) => (frame.to_string(), chain.to_string()),
                None => Default::default(),
            };
            let mut larger = Vec::new();
            larger.extend((row.ours > row.real).then_some("ours"));
            larger.extend(row.boxed.then_some("boxed"));
            larger.extend(row.proc_is_larger().then_some("proc"));
            let (name, real, ours) = (row.name, row.real, row.ours);
            let larger = larger.join(", ");
            let _ = writeln!(text, "| `{name}` | {real} | {ours} | {frame} | {chain} | {larger} |");
        }
        text
    }

    /// Compares with the committed table, or writes that.
    pub(crate) fn check_against_baseline(&self) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sizes/baseline.md");
        let text = self.text();
        if std::env::var("SIZES").is_ok_and(|how| how == "write") {
            std::fs::write(path, text).expect("the baseline can be written");
            return;
        }
        let baseline = std::fs::read_to_string(path).expect("the baseline can be read");
        // Of another compiler the machines may be others, and ours are never larger than those.
        if !baseline.contains(&format!("Compiler: {}.", env!("RUSTC_VERSION"))) {
            println!("the baseline is of another compiler than {}", env!("RUSTC_VERSION"));
            return;
        }
        let mut lines = text.lines().zip(baseline.lines());
        let difference = lines.find(|(now, committed)| now != committed);
        assert!(
            text == baseline,
            "sizes have changed; the first to differ:\n  now:       {}\n  committed: {}\n\
             `SIZES=write cargo test -p async-proc-tests --test sizes` writes the table anew",
            difference.map_or("(more lines)", |(now, _)| now),
            difference.map_or("(fewer lines)", |(_, committed)| committed),
        );
    }
}

const INTRODUCTION: &str = "\
# Sizes

Bytes of state machines, of the same functions: rustc's `async fn`; ours as an `async fn`, where
*boxed* is one whose frame does not fit into its handle; and the frame of ours as a proc, alone and
with the frames of the procs it waits for. Written by `main.rs`, which says more.

";
