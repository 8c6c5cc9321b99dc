//! The corpus: functions that are compiled twice, by area.
//!
//! Compiled by `../tests/equivalence_2024.rs` and `../edition-2021/tests/equivalence_2021.rs`;
//! the macro that writes a function twice is part of the corpus, so that it has the edition of
//! the package too. `../build.rs` says how to compile some areas only.

// The functions are what a person might write, also where a lint would have it nicer; both
// copies being there, each warning would appear twice.
#![allow(unused, clippy::all, clippy::unwrap_used, clippy::undocumented_unsafe_blocks)]
#![allow(unreachable_pub, refining_impl_trait)]

#[macro_use]
mod case;

#[cfg(area = "attributes")]
mod attributes;
#[cfg(area = "awaiting")]
mod awaiting;
#[cfg(area = "awaits")]
mod awaits;
#[cfg(area = "beyond")]
mod beyond;
#[cfg(area = "borrows")]
mod borrows;
#[cfg(area = "branches")]
mod branches;
#[cfg(area = "by_hand")]
mod by_hand;
#[cfg(area = "calls")]
mod calls;
#[cfg(area = "chains")]
mod chains;
#[cfg(area = "closures")]
mod closures;
#[cfg(area = "drop_orders")]
mod drop_orders;
#[cfg(area = "dynamic_drops")]
mod dynamic_drops;
#[cfg(area = "generators")]
mod generators;
#[cfg(area = "generics")]
mod generics;
#[cfg(area = "guards")]
mod guards;
#[cfg(area = "items")]
mod items;
#[cfg(area = "known_shapes")]
mod known_shapes;
#[cfg(area = "lets")]
mod lets;
#[cfg(area = "loops")]
mod loops;
#[cfg(area = "macros")]
mod macros;
#[cfg(area = "made")]
mod made;
#[cfg(area = "matches")]
mod matches;
#[cfg(area = "methods")]
mod methods;
#[cfg(area = "moves")]
mod moves;
#[cfg(area = "operands")]
mod operands;
#[cfg(area = "operators")]
mod operators;
#[cfg(area = "params")]
mod params;
#[cfg(area = "real")]
mod real;
#[cfg(area = "receivers")]
mod receivers;
#[cfg(area = "returned")]
mod returned;
#[cfg(area = "shapes")]
mod shapes;
#[cfg(area = "temporaries")]
mod temporaries;
#[cfg(area = "tries")]
mod tries;
