//! What a proc without a value may end with.

/// `()`, or a `Result` of it.
#[diagnostic::on_unimplemented(
    message = "a proc that returns `Future<()>` ends with `()` or a `Result<(), Error>`",
    label = "this is neither"
)]
pub trait Unit<E> {
    /// The proc's value.
    #[allow(clippy::missing_errors_doc, reason = "the value is given through as it is")]
    fn into_result(self) -> Result<(), E>;
}

impl<E> Unit<E> for () {
    #[inline(always)]
    fn into_result(self) -> Result<(), E> {
        Ok(())
    }
}

impl<E> Unit<E> for Result<(), E> {
    #[inline(always)]
    fn into_result(self) -> Result<(), E> {
        self
    }
}

/// `!`, by the one name that it has in a stable trait's implementation: what `fn() -> !` returns.
type Never = <fn() -> ! as Returns>::Value;

/// What a function returns.
pub trait Returns {
    /// The type.
    type Value;
}

impl<V> Returns for fn() -> V {
    type Value = V;
}

impl<E> Unit<E> for Never {
    #[inline(always)]
    fn into_result(self) -> Result<(), E> {
        self
    }
}

/// The value of a proc that ends with `value`.
#[allow(clippy::missing_errors_doc, reason = "the value is given through as it is")]
#[inline(always)]
pub fn unit<E, V: Unit<E>>(value: V) -> Result<(), E> {
    value.into_result()
}
