//! A whole program: one function and the calls to compare.

use super::{Block, Ty};

/// A function, what it stands in, and the calls that are driven.
#[derive(Debug, Clone)]
pub struct Program {
    /// Its name, that of the case too.
    pub name: String,
    /// What `self` is, for a method.
    pub receiver: Option<Receiver>,
    /// Generic parameters, with their brackets.
    pub generics: String,
    /// The parameters after `self`.
    pub params: Vec<Param>,
    /// What it returns.
    pub ret: Ty,
    /// How that is written, where it is not the type's own text.
    pub ret_text: Option<String>,
    /// Items at the head of the body.
    pub items: Vec<String>,
    /// The body.
    pub body: Block,
}

/// A `self`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Receiver {
    /// `&self`.
    Shared,
    /// `&mut self`.
    Unique,
    /// `self`.
    Value,
    /// `mut self`.
    Mutable,
}

/// A parameter.
#[derive(Debug, Clone)]
pub struct Param {
    /// `pattern: type`.
    pub text: String,
    /// The argument in each of the calls.
    pub arguments: Vec<String>,
}

impl Receiver {
    /// As a parameter.
    pub fn text(self) -> &'static str {
        match self {
            Receiver::Shared => "&self",
            Receiver::Unique => "&mut self",
            Receiver::Value => "self",
            Receiver::Mutable => "mut self",
        }
    }
}
