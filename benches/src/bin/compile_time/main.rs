//! What our functions cost to compile, beside rustc's own `async fn`.
//!
//! ```sh
//! cargo run -p async-proc-benches --bin compile_time
//! cargo run -p async-proc-benches --bin compile_time -- --rounds 3 --only check,debug
//! ```
//!
//! The same program is written three times: with plain `async fn`, with `#[async_proc] async fn`,
//! and with procs; 300 functions of six suspensions each, in chains of ten. All three depend on the
//! same library, which is built beforehand, as is the compiler. Each is then checked, built, and
//! built with optimisation, in turn, and the medians are compared. Nothing is built incrementally.

mod measure;
mod program;

use std::error::Error;
use std::path::Path;

use measure::{Mode, Workspace};
use program::Flavour;

/// What is asked for on the command line.
struct Request {
    rounds: usize,
    modes: Vec<Mode>,
    functions: usize,
}

impl Request {
    fn read(mut arguments: impl Iterator<Item = String>) -> Result<Request, Box<dyn Error>> {
        let mut request = Request { rounds: 5, modes: Mode::ALL.to_vec(), functions: 300 };
        while let Some(name) = arguments.next() {
            let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
            match name.as_str() {
                "--rounds" => request.rounds = value.parse()?,
                "--functions" => request.functions = value.parse()?,
                "--only" => {
                    request.modes = value.split(',').map(Mode::named).collect::<Result<_, _>>()?;
                }
                _ => return Err(format!("{name} is not known").into()),
            }
        }
        Ok(request)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let request = Request::read(std::env::args().skip(1))?;
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").canonicalize()?;
    let workspace = Workspace::write(&repository, request.functions)?;
    println!("{} functions; seconds: median (fastest..slowest)\n", request.functions);
    println!("| | {} |", Flavour::ALL.map(Flavour::name).join(" | "));
    println!("|---|{}", "---|".repeat(Flavour::ALL.len()));
    for mode in request.modes {
        let times = workspace.measure(mode, request.rounds)?;
        let median = |times: &[f64]| times[times.len() / 2];
        let base = median(&times[0]);
        let cells = times.map(|times| {
            format!(
                "{:.2} ({:.2}..{:.2}), {:.2} x",
                median(&times),
                times[0],
                times[times.len() - 1],
                median(&times) / base
            )
        });
        println!("| {} | {} |", mode.name(), cells.join(" | "));
    }
    Ok(())
}
