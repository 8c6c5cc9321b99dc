//! The states of a compiled function as a picture.

/// The states of a function that was annotated with `#[async_proc(diagram)]`.
///
/// It is found beside the function: `FETCH_DIAGRAM` for a function `fetch`, and `Self::FETCH_DIAGRAM`
/// for a method. The impl of a trait has no room for one.
///
/// The states are named by their lines: where the function waits, and its loops. The edges say what
/// happens: `pending` and `ready` of what is awaited, the pattern or the condition that decides,
/// `break`, `return`, and `?` where an error leaves the function.
///
/// ```
/// use async_proc::prelude::*;
///
/// #[async_proc(diagram)]
/// fn nap(times: u32) -> Future<()> {
///     for _ in 0..times {
///         sleep_async(std::time::Duration::from_millis(1)).await?;
///     }
/// }
///
/// println!("{}", NAP_DIAGRAM.dot());
/// assert!(NAP_DIAGRAM.mermaid().contains("for _ in 0..times"));
/// wait_for(nap(3))?;
/// # Ok::<(), Error>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Diagram {
    mermaid: &'static str,
    dot: &'static str,
}

impl Diagram {
    #[doc(hidden)]
    pub const fn new(mermaid: &'static str, dot: &'static str) -> Self {
        Self { mermaid, dot }
    }

    /// A state diagram in the language of [Mermaid](https://mermaid.js.org), which Markdown files on
    /// many sites may hold as a code block.
    pub const fn mermaid(&self) -> &'static str {
        self.mermaid
    }

    /// A directed graph in the language of [Graphviz](https://graphviz.org): `dot -Tsvg` draws it.
    pub const fn dot(&self) -> &'static str {
        self.dot
    }
}
