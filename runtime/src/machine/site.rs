//! Where a machine's states stand in the source: the static table behind tracebacks and dumps.

/// A function that `#[async_proc]` compiled.
#[derive(Debug)]
pub struct Function {
    /// Its name, as written.
    pub name: &'static str,
    /// The module it stands in.
    pub module: &'static str,
    /// The source file.
    pub file: &'static str,
    /// The line of its name, from 1; 0 if there is no such line.
    pub line: u32,
    /// Every place where it can be suspended, in source order.
    pub suspensions: &'static [Suspension],
}

/// One place where a function can be suspended.
#[derive(Debug)]
pub struct Suspension {
    /// The discriminant of the state that waits here.
    pub state: u16,
    /// The line of the `.await`, from 1.
    pub line: u32,
    /// The column of the `.await`, from 1.
    pub column: u32,
    /// The text of what is awaited.
    pub source: &'static str,
}

impl Function {
    /// Whether this is the same function: its table may be in the program more than once.
    pub(crate) fn is(&self, other: &Function) -> bool {
        self.line == other.line && self.name == other.name && self.file == other.file
    }

    /// The suspension at which a machine in `state` waits, if that state is one.
    pub fn suspension(&self, state: u16) -> Option<&'static Suspension> {
        self.suspensions.iter().find(|suspension| suspension.state == state)
    }
}

#[cfg(test)]
mod tests {
    use crate::future::machine_of;
    use crate::prelude::*;

    fn pick(_: &[String], _: &str, _: u8, future: Future<usize>) -> Future<usize> {
        future
    }

    #[async_proc]
    fn waits(names: Vec<String>) -> Future<()> {
        let first = Future::<usize>::new("first");
        let slept = yield_fut!(sleep_async(std::time::Duration::from_secs(1)));
        assert!(!slept.failed());
        let second = pick(
            &names,
            "a word so long that what is awaited is on several lines",
            2,
            first.clone(),
        )
        .await?;
        await_fut!(Future::<()>::new("third"));
        assert_eq!(second, 1);
    }

    #[test]
    fn a_suspension_is_known_by_its_line_and_all_of_its_text() {
        let proc = waits(Vec::new());
        let function = machine_of(proc.handle()).expect("it is a proc").function;
        let first = function.line;
        let told = function.suspensions.iter().map(|at| (at.line - first, at.source));
        let expected = [
            (2, "sleep_async(std::time::Duration::from_secs(1))"),
            (
                10,
                "pick(&names, \"a word so long that what is awaited is on several lines\", 2, first.clone())",
            ),
            (11, "Future::<()>::new(\"third\")"),
        ];
        assert_eq!(told.collect::<Vec<_>>(), expected);
    }
}
