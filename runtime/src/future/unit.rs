//! Whether a type is `()`, which may be given away any number of times.

use std::any::TypeId;
use std::mem;

use crate::machine::type_id;

/// Whether `T` is `()`, also where `T` is not known to be `'static`.
pub(super) fn is_unit<T>() -> bool {
    mem::size_of::<T>() == 0 && type_id::<T>() == TypeId::of::<()>()
}

#[cfg(test)]
mod tests {
    use super::is_unit;

    #[test]
    fn only_unit_is_unit() {
        struct Token;
        assert!(is_unit::<()>());
        assert!(!is_unit::<Token>() && !is_unit::<[u8; 0]>() && !is_unit::<&()>());
    }
}
