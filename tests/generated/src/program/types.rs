//! The types of a program's values: numbers, and those of the corpus's world.

use std::fmt;

/// A type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ty {
    /// `()`.
    Unit,
    /// `usize`.
    N,
    /// `bool`.
    B,
    /// `String`.
    Text,
    /// A value whose creation and end are events.
    D,
    /// A number with overloaded operators.
    Num,
    /// Something to lock.
    Lock,
    /// A struct of three values.
    Trio,
    /// An enum.
    Shape,
    /// `(A, B, …)`.
    Tuple(Vec<Ty>),
    /// `Pair<A, B>`, a tuple struct.
    Pair(Box<Ty>, Box<Ty>),
    /// `[T; n]`.
    Array(Box<Ty>, usize),
    /// `Vec<T>`.
    Vec(Box<Ty>),
    /// `Box<T>`.
    Boxed(Box<Ty>),
    /// `Option<T>`.
    Opt(Box<Ty>),
    /// `Result<T, Small>`.
    Res(Box<Ty>),
    /// `Result<T, Large>`, to which a `Small` is converted.
    Large(Box<Ty>),
    /// A future.
    Step(Box<Ty>),
    /// The type parameter of the function.
    Param,
    /// `&T`.
    Ref(Box<Ty>),
    /// `&mut T`.
    RefMut(Box<Ty>),
    /// What `lock()` gives, and what `lock_mut()` gives.
    Guard {
        /// Whether it was locked for writing.
        unique: bool,
    },
    /// A closure from `usize` to `usize`.
    Closure(Call),
    /// An `async` block.
    Async(Box<Ty>),
}

/// How a closure may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// `Fn`.
    Shared,
    /// `FnMut`.
    Unique,
    /// `FnOnce`.
    Once,
}

impl Ty {
    /// Whether a use leaves the value where it is.
    pub fn is_copy(&self) -> bool {
        match self {
            Ty::Unit | Ty::N | Ty::B | Ty::Ref(_) => true,
            Ty::Tuple(of) => of.iter().all(Ty::is_copy),
            Ty::Array(of, _) | Ty::Opt(of) => of.is_copy(),
            _ => false,
        }
    }

    /// Whether a value of it holds no reference, and is nothing that only `let` can make.
    pub fn is_plain(&self) -> bool {
        !matches!(
            self,
            Ty::Ref(_)
                | Ty::RefMut(_)
                | Ty::Guard { .. }
                | Ty::Closure(_)
                | Ty::Async(_)
                | Ty::Param
        )
    }

    /// The fields, with the text that goes behind a place to name them.
    pub fn fields(&self) -> Vec<(String, Ty)> {
        let numbered = |of: Vec<Ty>| {
            of.into_iter().enumerate().map(|(at, ty)| (format!(".{at}"), ty)).collect()
        };
        match self {
            Ty::Tuple(of) => numbered(of.clone()),
            Ty::Pair(a, b) => numbered(vec![(**a).clone(), (**b).clone()]),
            Ty::Trio => [".a", ".b", ".c"].map(|name| (name.to_owned(), Ty::D)).into(),
            Ty::Num => vec![(".d".into(), Ty::D), (".value".into(), Ty::N)],
            _ => Vec::new(),
        }
    }

    /// The shortest expression of this type.
    pub fn simplest(&self) -> Option<String> {
        Some(match self {
            Ty::Unit => "()".into(),
            Ty::N => "1".into(),
            Ty::B => "true".into(),
            Ty::Text => "String::new()".into(),
            Ty::D => "D::new(\"d\")".into(),
            Ty::Num => "Num::new(\"num\", 1)".into(),
            Ty::Lock => "Lock::new(\"lock\")".into(),
            Ty::Trio => "Trio::new(\"trio\")".into(),
            Ty::Shape => "shape(1)".into(),
            Ty::Tuple(of) => {
                let of: Option<Vec<_>> = of.iter().map(Ty::simplest).collect();
                format!("({})", of?.join(", "))
            }
            Ty::Pair(a, b) => format!("Pair({}, {})", a.simplest()?, b.simplest()?),
            Ty::Array(of, n) => format!("[{}]", vec![of.simplest()?; *n].join(", ")),
            Ty::Vec(of) => format!("vec![{}]", of.simplest()?),
            Ty::Boxed(of) => format!("Box::new({})", of.simplest()?),
            Ty::Opt(of) => format!("Some({})", of.simplest()?),
            Ty::Res(of) => format!("Ok::<_, Small>({})", of.simplest()?),
            Ty::Large(of) => format!("Ok::<_, Large>({})", of.simplest()?),
            Ty::Step(of) => format!("later(\"step\", {})", of.simplest()?),
            _ => return None,
        })
    }
}

impl fmt::Display for Ty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Ty::Unit => f.write_str("()"),
            Ty::N => f.write_str("usize"),
            Ty::B => f.write_str("bool"),
            Ty::Text => f.write_str("String"),
            Ty::Tuple(of) => {
                let of: Vec<_> = of.iter().map(Ty::to_string).collect();
                write!(f, "({})", of.join(", "))
            }
            Ty::Pair(a, b) => write!(f, "Pair<{a}, {b}>"),
            Ty::Array(of, n) => write!(f, "[{of}; {n}]"),
            Ty::Vec(of) => write!(f, "Vec<{of}>"),
            Ty::Boxed(of) => write!(f, "Box<{of}>"),
            Ty::Opt(of) => write!(f, "Option<{of}>"),
            Ty::Res(of) => write!(f, "Result<{of}, Small>"),
            Ty::Large(of) => write!(f, "Result<{of}, Large>"),
            Ty::Step(of) => write!(f, "Step<{of}>"),
            Ty::Param => f.write_str("T"),
            Ty::Ref(of) => write!(f, "&{of}"),
            Ty::RefMut(of) => write!(f, "&mut {of}"),
            Ty::Guard { unique: false } => f.write_str("Guard<'_>"),
            Ty::Guard { unique: true } => f.write_str("GuardMut<'_>"),
            Ty::D | Ty::Num | Ty::Lock | Ty::Trio | Ty::Shape => write!(f, "{self:?}"),
            Ty::Closure(_) | Ty::Async(_) => f.write_str("_"),
        }
    }
}
