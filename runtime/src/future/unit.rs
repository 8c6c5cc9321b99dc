//! Whether a type is `()`, which may be given away any number of times.

use std::any::TypeId;
use std::marker::PhantomData;
use std::mem;

/// Whether `T` is `()`, also where `T` is not known to be `'static`.
pub(super) fn is_unit<T>() -> bool {
    trait Identified {
        fn id(&self) -> TypeId
        where
            Self: 'static;
    }
    impl<T> Identified for PhantomData<T> {
        fn id(&self) -> TypeId
        where
            Self: 'static,
        {
            TypeId::of::<T>()
        }
    }
    if mem::size_of::<T>() != 0 {
        return false;
    }
    let marker: &dyn Identified = &PhantomData::<T>;
    // SAFETY: only the lifetime bound changes, and `id` uses no value of that lifetime. A type
    // equal to `()` but for lifetimes is `()`, which has none.
    let marker: &(dyn Identified + 'static) = unsafe { mem::transmute(marker) };
    marker.id() == TypeId::of::<()>()
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
