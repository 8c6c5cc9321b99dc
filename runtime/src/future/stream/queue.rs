//! What a stream holds: values, who waits for them, and who waits to put some in.

use std::collections::{BTreeMap, VecDeque};
use std::mem;

use super::waiting::{Reader, Writer};
use crate::Future;
use crate::future::leaf::Leafed;

/// A future of a value that somebody waits for.
pub(super) type Reading<T> = Leafed<Reader<T>, Option<T>>;

/// A future of a value that waits for room.
pub(super) type Writing<T> = Leafed<Writer<T>, ()>;

/// Readers wait only while there is neither a value nor a writer, writers only while it is full.
pub(super) struct Queue<T> {
    pub(super) capacity: Option<usize>,
    /// By their serial numbers, so that one can be put back at its place.
    values: VecDeque<(u64, T)>,
    pub(super) readers: BTreeMap<u64, Reading<T>>,
    pub(super) writers: BTreeMap<u64, (T, Writing<T>)>,
    serials: u64,
    ended: Option<End>,
}

enum End {
    Completed,
    /// A failed future, which reports its error if nobody reads it.
    Failed(Future<()>),
}

/// What there is to read.
pub(super) enum Next<T> {
    /// A value, and the writer whose own value got in for it.
    Value { serial: u64, value: T, admitted: Option<Writing<T>> },
    /// Nothing any more.
    End,
    /// Nothing any more but the error of this future.
    Failed(Future<()>),
    /// Nothing yet.
    Nothing,
}

impl<T> Queue<T> {
    pub(super) fn new(capacity: Option<usize>) -> Queue<T> {
        Queue {
            capacity,
            values: VecDeque::new(),
            readers: BTreeMap::new(),
            writers: BTreeMap::new(),
            serials: 0,
            ended: None,
        }
    }

    /// A number that is higher than all before.
    pub(super) fn serial(&mut self) -> u64 {
        self.serials += 1;
        self.serials
    }

    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    pub(super) fn has_room(&self) -> bool {
        self.capacity.is_none_or(|capacity| self.values.len() < capacity)
    }

    pub(super) fn push(&mut self, serial: u64, value: T) {
        self.values.push_back((serial, value));
    }

    pub(super) fn put_back(&mut self, serial: u64, value: T) {
        let place = self.values.partition_point(|(other, _)| *other < serial);
        self.values.insert(place, (serial, value));
    }

    pub(super) fn next(&mut self) -> Next<T> {
        let Some((serial, value)) = self.values.pop_front() else {
            return match (self.writers.pop_first(), &self.ended) {
                // There is room for none: it goes from writer to reader.
                (Some((serial, (value, writer))), _) => {
                    Next::Value { serial, value, admitted: Some(writer) }
                }
                (None, None) => Next::Nothing,
                (None, Some(End::Completed)) => Next::End,
                (None, Some(End::Failed(failure))) => Next::Failed(failure.clone()),
            };
        };
        let writer = if self.has_room() { self.writers.pop_first() } else { None };
        let admitted = writer.map(|(serial, (value, writer))| {
            self.push(serial, value);
            writer
        });
        Next::Value { serial, value, admitted }
    }

    /// Ends it. Gives those who wait for what will not come.
    pub(super) fn end(&mut self, failure: Option<Future<()>>) -> BTreeMap<u64, Reading<T>> {
        self.ended = Some(failure.map_or(End::Completed, End::Failed));
        mem::take(&mut self.readers)
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended.is_some()
    }

    pub(super) fn is_exhausted(&self) -> bool {
        self.has_ended() && self.values.is_empty() && self.writers.is_empty()
    }

    pub(super) fn failure(&self) -> Option<&Future<()>> {
        match &self.ended {
            Some(End::Failed(failure)) => Some(failure),
            _ => None,
        }
    }
}

impl<T: 'static> Queue<T> {
    /// Takes out the last readers, as far as nobody has their futures any more. A loop that reads
    /// with a time limit leaves one at each turn.
    pub(super) fn forgotten_readers(&mut self) -> Vec<Reading<T>> {
        let mut forgotten = Vec::new();
        while let Some(last) = self.readers.last_entry() {
            if !last.get().future().handle().is_forgotten() {
                break;
            }
            forgotten.push(last.remove());
        }
        forgotten
    }
}
