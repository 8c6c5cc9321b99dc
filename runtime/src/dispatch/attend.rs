//! Sets of descriptors that are served together, in every turn of a dispatcher.
//!
//! What asks its members before each wait whether they want to be watched, as the callback faces do,
//! cannot leave it to an operation: an answer may change with anything that a turn runs. It is
//! asked in every turn instead, before the wait, and does its work after it.

use std::cell::RefCell;
use std::mem;
use std::rc::Rc;
use std::time::Duration;

use super::Dispatcher;
use crate::Error;

/// What a dispatcher asks in every turn.
pub(crate) trait Attendant {
    /// Whether something could still happen to it.
    fn is_pending(&self) -> bool;

    /// Before the wait. `true` if it has work that need not be waited for.
    ///
    /// # Errors
    ///
    /// What the turn is to end with. It is not asked to [`serve`](Attendant::serve) then.
    fn prepare(&self) -> Result<bool, Error>;

    /// After the wait, once for each time that it prepared. If the wait failed there is no time for
    /// work: `failed` is set.
    ///
    /// # Errors
    ///
    /// What the turn is to end with.
    fn serve(&self, failed: bool) -> Result<(), Error>;
}

/// The attendants of a dispatcher, in the order they came.
#[derive(Default)]
pub(super) struct Attendants(RefCell<Vec<Rc<dyn Attendant>>>);

impl Attendants {
    pub(super) fn are_pending(&self) -> bool {
        self.0.borrow().iter().any(|attendant| attendant.is_pending())
    }

    /// Waits by `wait`, no longer than `timeout`, with the attendants' work before and after.
    ///
    /// # Errors
    ///
    /// The first that comes up. Each attendant has served by then, if it prepared.
    pub(super) fn around(
        &self,
        timeout: Option<Duration>,
        wait: impl FnOnce(Option<Duration>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.0.borrow().is_empty() {
            return wait(timeout);
        }
        // They come and go while this runs.
        let attendants = self.0.borrow().clone();
        let (mut timeout, mut result, mut prepared) = (timeout, Ok(()), 0);
        for attendant in &attendants {
            match attendant.prepare() {
                Ok(false) => {}
                Ok(true) => timeout = Some(Duration::ZERO),
                Err(error) => {
                    result = Err(error);
                    break;
                }
            }
            prepared += 1;
        }
        let mut result = result.and_then(|()| wait(timeout));
        for attendant in &attendants[..prepared] {
            result = match attendant.serve(result.is_err()) {
                Err(error) if result.is_ok() => Err(error),
                _ => result,
            };
        }
        result
    }

    /// All of them, which are no longer here.
    pub(super) fn take(&self) -> impl Sized + use<> {
        mem::take(&mut *self.0.borrow_mut())
    }
}

impl Dispatcher {
    /// Has `attendant` asked in every turn from the next one on. Once is enough.
    pub(crate) fn attend(&self, attendant: Rc<dyn Attendant>) {
        let mut attendants = self.attendants().0.borrow_mut();
        if !attendants.iter().any(|other| Rc::ptr_eq(other, &attendant)) {
            attendants.push(attendant);
        }
    }

    /// Takes back [`attend`](Dispatcher::attend).
    pub(crate) fn leave(&self, attendant: &Rc<dyn Attendant>) {
        let mut attendants = self.attendants().0.borrow_mut();
        let at = attendants.iter().position(|other| Rc::ptr_eq(other, attendant));
        let removed = at.map(|at| attendants.remove(at));
        drop(attendants);
        drop(removed);
    }
}
