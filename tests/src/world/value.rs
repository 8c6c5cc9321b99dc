//! Values whose creation and end are events.

use std::fmt;

use super::event;

/// A value: `+name` when it is made, `~name` when it is dropped.
pub struct D(String);

impl D {
    /// Makes one.
    pub fn new(name: impl Into<String>) -> D {
        let name = name.into();
        // The value exists before its event: an injected panic drops it again.
        let value = D(name);
        event(format!("+{}", value.0));
        value
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.0
    }

    /// The length of its name.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether its name is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is used: an event.
    pub fn touch(&self) -> &D {
        event(format!("touch {}", self.0));
        self
    }

    /// Is changed: an event.
    pub fn rename(&mut self, name: &str) {
        event(format!("rename {} {name}", self.0));
        self.0 = name.to_owned();
    }

    /// Is consumed: an event, its end, and the length of its name.
    pub fn eat(self) -> usize {
        event(format!("eat {}", self.0));
        self.0.len()
    }

    /// Becomes another value.
    pub fn with(self, suffix: &str) -> D {
        event(format!("with {} {suffix}", self.0));
        let other = D::new(format!("{}{suffix}", self.0));
        // Not at the end of the function: rustc leaks the returned value if a parameter's
        // destructor panics, which Miri reports.
        drop(self);
        other
    }
}

impl Drop for D {
    fn drop(&mut self) {
        event(format!("~{}", self.0));
    }
}

impl fmt::Debug for D {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "D({})", self.0)
    }
}

impl fmt::Display for D {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl AsRef<str> for D {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

/// A value: for temporaries, `&make("name")`.
pub fn make(name: &str) -> D {
    D::new(name)
}

/// Takes a value and gives the length of its name.
pub fn eat(value: D) -> usize {
    value.eat()
}

/// Looks at a value and gives the length of its name.
pub fn peek(value: &D) -> usize {
    value.touch().len()
}

/// A struct whose fields are values.
#[derive(Debug)]
pub struct Trio {
    /// The first.
    pub a: D,
    /// The second.
    pub b: D,
    /// The third.
    pub c: D,
}

impl Trio {
    /// `name.a`, `name.b` and `name.c`.
    pub fn new(name: &str) -> Trio {
        Trio {
            a: D::new(format!("{name}.a")),
            b: D::new(format!("{name}.b")),
            c: D::new(format!("{name}.c")),
        }
    }
}

/// A tuple struct.
#[derive(Debug)]
pub struct Pair<A, B>(pub A, pub B);

impl Pair<D, D> {
    /// `name.0` and `name.1`.
    pub fn new(name: &str) -> Self {
        Pair(D::new(format!("{name}.0")), D::new(format!("{name}.1")))
    }
}
