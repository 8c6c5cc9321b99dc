//! Every function of the corpus, compiled by rustc and by us in edition 2021.

#[path = "../../corpus/mod.rs"]
mod corpus;
