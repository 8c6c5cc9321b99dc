//! Streams: values in order, from whoever writes to whoever reads.

mod queue;
mod read_all;
mod waiting;

use std::cell::RefCell;
use std::fmt;
use std::panic::Location;
use std::rc::Rc;

pub use self::read_all::Piece;

use self::queue::{Next, Queue};
use self::waiting::{Reader, Writer};
use super::leaf::Leafed;
use super::{Future, call_soon};
use crate::Error;
use crate::error::{FutureError, FutureErrorKind};

/// A queue of values between procs of one thread, that can end. Clones are handles of the same
/// stream.
///
/// - Values come out in the order in which they were written, and readers are served in the order in
///   which they asked.
/// - With a [capacity](FutureStream::with_capacity), a writer waits while the stream is full: this
///   is how a slow reader slows a fast writer down. Without one, writing never waits.
/// - [`complete`](FutureStream::complete) and [`fail`](FutureStream::fail) end it; what was written
///   before is read first.
/// - No value is lost to a reader that gave up: cancelling a read, or dropping its future before
///   anybody has looked at the value, leaves the value in the stream, at its place.
///
/// ```
/// use async_proc::{FutureStream, prelude::*};
///
/// #[async_proc]
/// fn count(to: u32, numbers: FutureStream<u32>) {
///     for n in 1..=to {
///         numbers.write(n).await?;
///     }
///     numbers.complete()?;
/// }
///
/// #[async_proc]
/// fn sum(numbers: FutureStream<u32>) -> Future<u32> {
///     let mut sum = 0;
///     while let Some(n) = numbers.read().await? {
///         sum += n;
///     }
///     Ok(sum)
/// }
///
/// let numbers = FutureStream::with_capacity("numbers", 2);
/// let sum = sum(numbers.clone());
/// async_check(count(100, numbers));
/// assert_eq!(wait_for(sum)?, 5050);
/// # Ok::<(), Error>(())
/// ```
#[doc(alias = "newFutureStream")]
pub struct FutureStream<T>(Rc<Shared<T>>);

struct Shared<T> {
    name: &'static str,
    created: &'static Location<'static>,
    queue: RefCell<Queue<T>>,
    callback: RefCell<Option<Rc<Callback<T>>>>,
}

type Callback<T> = dyn Fn(&FutureStream<T>);

impl<T: 'static> FutureStream<T> {
    /// An empty stream, which takes any number of values. The name and the caller's position appear
    /// in errors.
    #[track_caller]
    pub fn new(name: &'static str) -> FutureStream<T> {
        FutureStream::make(name, None)
    }

    /// An empty stream that takes `capacity` values; whoever writes more waits until there is room.
    /// With a capacity of 0, a value is taken when somebody reads it.
    #[track_caller]
    pub fn with_capacity(name: &'static str, capacity: usize) -> FutureStream<T> {
        FutureStream::make(name, Some(capacity))
    }

    #[track_caller]
    fn make(name: &'static str, capacity: Option<usize>) -> FutureStream<T> {
        FutureStream(Rc::new(Shared {
            name,
            created: Location::caller(),
            queue: RefCell::new(Queue::new(capacity)),
            callback: RefCell::new(None),
        }))
    }

    /// Adds a value. The future has finished at once if a reader waits or there is room, else it
    /// finishes when the value has got in; writers get in in the order of their calls. Cancelling
    /// it before that takes the value back.
    ///
    /// # Errors
    ///
    /// The future fails with a [`FutureError`] of kind [`Ended`](FutureErrorKind::Ended) if the
    /// stream has ended; the value is dropped.
    #[track_caller]
    pub fn write(&self, value: T) -> Future<()> {
        let writer = Writer::of(&self.0);
        let future = Leafed::new("FutureStream::write", Location::caller(), writer);
        if self.0.queue.borrow().has_ended() {
            // It was made here, and nobody else has it.
            let _ = future.future().fail(self.ended());
            return future.into_future();
        }
        let serial = self.0.queue.borrow_mut().serial();
        match self.0.hand_over(serial, value) {
            None => {
                let _ = future.future().complete(());
            }
            Some(value) => {
                let has_room = self.0.queue.borrow().has_room();
                if has_room {
                    self.0.queue.borrow_mut().push(serial, value);
                    let _ = future.future().complete(());
                    self.call_back();
                } else {
                    future.leaf().wait_as(serial);
                    self.0.queue.borrow_mut().writers.insert(serial, (value, future.clone()));
                }
            }
        }
        future.into_future()
    }

    /// The next value, or `None` when the stream was completed and everything has been read.
    ///
    /// A stream that failed gives its error to this and every later read, once everything that was
    /// written before has been read.
    #[track_caller]
    pub fn read(&self) -> Future<Option<T>> {
        let reader = Reader::of(&self.0);
        let future = Leafed::new("FutureStream::read", Location::caller(), reader);
        let next = self.0.queue.borrow_mut().next();
        // It was made here, and nobody else has it.
        match next {
            Next::Value { serial, value, admitted } => {
                future.leaf().give(serial);
                let _ = future.future().complete(Some(value));
                if let Some(writer) = admitted {
                    // Cancelling it would have taken it out of the queue.
                    let _ = writer.future().complete(());
                }
            }
            Next::End => {
                let _ = future.future().complete(None);
            }
            Next::Failed(failure) => {
                let error = failure.read_error().unwrap_or_else(Error::from);
                let _ = future.future().fail(error);
            }
            Next::Nothing => {
                let forgotten = self.0.queue.borrow_mut().forgotten_readers();
                drop(forgotten);
                let serial = self.0.queue.borrow_mut().serial();
                future.leaf().wait_as(serial);
                self.0.queue.borrow_mut().readers.insert(serial, future.clone());
            }
        }
        future.into_future()
    }

    /// Ends the stream. Readers that wait get `None`.
    ///
    /// # Errors
    ///
    /// It has ended already.
    pub fn complete(&self) -> Result<(), FutureError> {
        self.end(None)
    }

    /// Ends the stream with an error. Readers that wait get it, and so does every later one, after
    /// what was written before.
    ///
    /// # Errors
    ///
    /// It has ended already: nothing is changed.
    ///
    /// ```
    /// use async_proc::{Error, FutureStream, dispatch};
    ///
    /// let lines = FutureStream::new("lines");
    /// async_proc::async_check(lines.write("the last one"));
    /// lines.fail(Error::new("connection lost"))?;
    /// assert_eq!(dispatch::wait_for(lines.read())?, Some("the last one"));
    /// assert_eq!(dispatch::wait_for(lines.read()).unwrap_err().to_string(), "connection lost");
    /// # Ok::<(), Error>(())
    /// ```
    pub fn fail(&self, error: impl Into<Error>) -> Result<(), FutureError> {
        // First: the conversion may be the program's own, and do anything.
        self.end(Some(error.into()))
    }

    fn end(&self, error: Option<Error>) -> Result<(), FutureError> {
        if self.0.queue.borrow().has_ended() {
            return Err(self.ended());
        }
        let failure = error.clone().map(|error| {
            let failure = Leafed::new(self.0.name, self.0.created, ()).into_future();
            let _ = failure.fail(error);
            failure
        });
        let readers = self.0.queue.borrow_mut().end(failure.clone());
        if !readers.is_empty() {
            // From here on it is theirs to be noticed.
            let _ = failure.map(|failure| failure.failed());
        }
        for (_, reader) in readers {
            // It has finished only if the program did it itself.
            let _ = match &error {
                None => reader.future().complete(None),
                Some(error) => reader.future().fail(error.clone()),
            };
        }
        self.call_back();
        Ok(())
    }

    /// Has `callback` called, from the dispatcher's queue, for each value that is put into the
    /// stream, and once when it ends; if it holds values or has ended, also for that. It replaces
    /// the one before. A value that goes to a waiting reader is not put in.
    ///
    /// ```
    /// use async_proc::{FutureStream, dispatch};
    ///
    /// let stream = FutureStream::new("numbers");
    /// stream.set_callback(|stream: &FutureStream<u8>| println!("{} to read", stream.len()));
    /// async_proc::async_check(stream.write(1));
    /// dispatch::run_forever()?;
    /// # Ok::<(), async_proc::Error>(())
    /// ```
    #[doc(alias = "callback=")]
    pub fn set_callback(&self, callback: impl Fn(&FutureStream<T>) + 'static) {
        let old = self.0.callback.borrow_mut().replace(Rc::new(callback));
        // Not before: its destructor may come back.
        drop(old);
        let has_news = {
            let queue = self.0.queue.borrow();
            queue.len() > 0 || queue.has_ended()
        };
        if has_news {
            self.call_back();
        }
    }

    fn call_back(&self) {
        let Some(callback) = self.0.callback.borrow().clone() else { return };
        let stream = self.clone();
        call_soon(move || {
            let current = stream.0.callback.borrow().clone();
            // Another that has replaced it since has been told by itself.
            if current.is_some_and(|current| Rc::ptr_eq(&current, &callback)) {
                callback(&stream);
            }
        });
    }
}

impl<T> FutureStream<T> {
    /// The name it was created with.
    pub fn name(&self) -> &'static str {
        self.0.name
    }

    /// Where it was created.
    pub fn created(&self) -> &'static Location<'static> {
        self.0.created
    }

    /// How many values can be read without waiting for a writer. Values whose writers wait for room
    /// are not among them.
    pub fn len(&self) -> usize {
        self.0.queue.borrow().len()
    }

    /// Whether nothing can be read without waiting for a writer.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many values it takes before writers wait, if there is a limit.
    pub fn capacity(&self) -> Option<usize> {
        self.0.queue.borrow().capacity
    }

    /// Whether it has ended, and everything has been read.
    pub fn finished(&self) -> bool {
        self.0.queue.borrow().is_exhausted()
    }

    /// Whether it has ended with an error. There may still be values to be read before it. If so,
    /// the error counts as noticed.
    pub fn failed(&self) -> bool {
        let failure = self.0.queue.borrow().failure().cloned();
        failure.is_some_and(|failure| failure.failed())
    }

    #[cfg(test)]
    pub(crate) fn waiting_readers(&self) -> usize {
        self.0.queue.borrow().readers.len()
    }

    fn ended(&self) -> FutureError {
        FutureError::new(FutureErrorKind::Ended, self.0.name, self.0.created)
    }
}

impl<T: 'static> Shared<T> {
    /// Gives a value to the first reader that waits for one. Gives it back if there is none.
    fn hand_over(&self, serial: u64, value: T) -> Option<T> {
        loop {
            let reader = self.queue.borrow_mut().readers.pop_first();
            let Some((_, reader)) = reader else { return Some(value) };
            // The program may have finished it by itself, or dropped every handle of it.
            if !reader.future().finished() && !reader.future().handle().is_forgotten() {
                reader.leaf().give(serial);
                let _ = reader.future().complete(Some(value));
                return None;
            }
        }
    }

    /// Takes a value back that nobody has looked at.
    fn put_back(self: Rc<Self>, serial: u64, value: T) {
        if let Some(value) = self.hand_over(serial, value) {
            self.queue.borrow_mut().put_back(serial, value);
            FutureStream(self).call_back();
        }
    }
}

impl<T> Clone for FutureStream<T> {
    fn clone(&self) -> FutureStream<T> {
        FutureStream(self.0.clone())
    }
}

impl<T> fmt::Debug for FutureStream<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let queue = self.0.queue.borrow();
        let state = match (queue.has_ended(), queue.failure()) {
            (false, _) => "open",
            (true, None) => "completed",
            (true, Some(_)) => "failed",
        };
        let Shared { name, created, .. } = &*self.0;
        write!(f, "FutureStream({name} at {created}: {state}, {} to read)", queue.len())
    }
}
