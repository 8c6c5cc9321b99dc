//! Types of variables that stand for others, in code that never runs.

/// The variable that `#[async_proc]` takes a name for.
#[derive(Debug)]
pub struct ThisVariable;

/// A variable of the same name, written in another place of a macro. If rustc expects the one and finds
/// the other, `#[async_proc]` would have mistaken the two: give one of them another name.
#[derive(Debug)]
pub struct AnotherVariable;
