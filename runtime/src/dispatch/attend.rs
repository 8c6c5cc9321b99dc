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
use crate::future::schedule;

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

    /// Waits by `wait`, no longer than `timeout`, with the attendants' work before and after. What
    /// goes wrong in that is queued, to become the error of a turn: of this one, unless something
    /// came before.
    ///
    /// # Errors
    ///
    /// Of the wait.
    pub(super) fn around(
        &self,
        timeout: Option<Duration>,
        wait: impl FnOnce(Option<Duration>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        if self.0.borrow().is_empty() {
            return wait(timeout);
        }
        let fail = |error| schedule::with(|schedule| schedule.fail(error));
        // They come and go while this runs.
        let mut attendants = self.0.borrow().clone();
        let mut timeout = timeout;
        attendants.retain(|attendant| match attendant.prepare() {
            Ok(has_work) => {
                if has_work {
                    timeout = Some(Duration::ZERO);
                }
                true
            }
            Err(error) => {
                timeout = Some(Duration::ZERO);
                fail(error);
                false
            }
        });
        let waited = wait(timeout);
        for attendant in attendants {
            if let Err(error) = attendant.serve(waited.is_err()) {
                fail(error);
            }
        }
        waited
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
