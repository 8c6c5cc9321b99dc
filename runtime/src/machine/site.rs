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
    /// The line of its name.
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
    /// The suspension at which a machine in `state` waits, if that state is one.
    pub fn suspension(&self, state: u16) -> Option<&'static Suspension> {
        self.suspensions.iter().find(|suspension| suspension.state == state)
    }
}
