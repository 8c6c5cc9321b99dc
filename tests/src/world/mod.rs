//! What the functions of the corpus are made of: values, futures and types whose every step is
//! an event.

mod fallible;
mod iterate;
mod lock;
mod log;
mod number;
mod shape;
mod step;
mod value;

pub use fallible::{Large, Small, fails, good, nothing, something};
pub use iterate::{Items, items};
pub use lock::{Guard, GuardMut, Inside, Lock};
pub use log::{Injected, Run, event, note};
pub(crate) use log::{begin, end, polls, runs, wakes};
pub use number::Num;
pub use shape::{Shape, shape};
pub use step::{Make, Step, after, later, look, now, sum, tick};
pub use value::{D, Pair, Trio, eat, make, peek};
