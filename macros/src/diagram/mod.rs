//! `#[async_proc(diagram)]`: the states of a function as a picture, in Mermaid's text and in
//! Graphviz's.
//!
//! Which state leads to which is read off the states' code ([`edges`]), under what conditions off
//! the source ([`source`]): code keeps the places of what it was made of. A machine has more states
//! than a reader expects, one for each end of a branch. Those that only pass control on are left out
//! ([`paths`]); what is drawn ([`draw`]) are the places where the function waits and its loops,
//! with what happens between them.

mod draw;
mod edges;
mod item;
mod paths;
mod source;
#[cfg(test)]
mod tests;

pub(crate) use draw::diagram;
pub(crate) use item::item;
