//! Tracebacks: an error notes each function it leaves.

use std::any::TypeId;
use std::marker::PhantomData;
use std::mem;
use std::mem::ManuallyDrop;

use super::Function;
use crate::Error;

/// Notes on an [`Error`] that it left `function` at `line`. Any other error passes as it is.
#[inline(always)]
pub fn crossed<T, E>(result: Result<T, E>, function: &'static Function, line: u32) -> Result<T, E> {
    match result {
        Ok(value) => Ok(value),
        Err(error) => Err(note(error, function, line)),
    }
}

#[cold]
fn note<E>(error: E, function: &'static Function, line: u32) -> E {
    if type_id::<E>() != TypeId::of::<Error>() {
        return error;
    }
    let error = ManuallyDrop::new(error);
    // SAFETY: `E` is `Error`: their type ids are equal, and `Error` has no lifetime that the
    // comparison could have overlooked. The value is moved out and back in.
    unsafe {
        let error = mem::transmute_copy::<ManuallyDrop<E>, Error>(&error);
        let noted = ManuallyDrop::new(error.crossed(function, line));
        mem::transmute_copy::<ManuallyDrop<Error>, E>(&noted)
    }
}

/// The id of a type, with every lifetime in it taken to be `'static`.
pub(crate) fn type_id<T>() -> TypeId {
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
    let marker: &dyn Identified = &PhantomData::<T>;
    // SAFETY: only the lifetime bound changes, and `id` uses no value of that lifetime.
    let marker: &(dyn Identified + 'static) = unsafe { mem::transmute(marker) };
    marker.id()
}

#[cfg(test)]
mod tests {
    use super::{TypeId, type_id};

    #[test]
    fn types_are_told_apart_also_where_they_borrow() {
        fn borrowed<'a>(_: &'a str) -> TypeId {
            type_id::<&'a str>()
        }
        let text = String::from("text");
        assert_eq!(borrowed(&text), TypeId::of::<&'static str>());
        assert_ne!(type_id::<u32>(), TypeId::of::<i32>());
    }
}
