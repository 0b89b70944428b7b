//! The bounded pool of judging threads.
//!
//! INVARIANT: jobs of one key are done one after the other in the order they came; jobs of different keys in
//! any order, on several threads. What waits is bounded in number and bytes: who puts more waits.
//! INVARIANT: a job that panics ends neither its thread nor the order of its key.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

/// One job.
pub(super) struct Job<K> {
    /// Jobs of the same key keep their order; `None` keeps none.
    pub(super) key: Option<K>,
    /// About how much memory it holds.
    pub(super) bytes: usize,
    /// What is to be done.
    pub(super) work: Box<dyn FnOnce() + Send>,
}

/// How much waits at most.
#[derive(Clone, Copy)]
pub(super) struct Limits {
    pub(super) jobs: usize,
    pub(super) bytes: usize,
}

struct State<K> {
    ready: VecDeque<Job<K>>,
    /// Keys at work, with what waits behind them.
    busy: HashMap<K, VecDeque<Job<K>>>,
    jobs: usize,
    bytes: usize,
    closed: bool,
}

struct Shared<K> {
    state: Mutex<State<K>>,
    changed: Condvar,
    limits: Limits,
}

/// The pool. Dropping it without [`Pool::finish`] leaves the threads to end on their own.
pub(super) struct Pool<K> {
    shared: Arc<Shared<K>>,
    threads: Vec<JoinHandle<()>>,
}

impl<K: Clone + Eq + Hash + Send + 'static> Pool<K> {
    /// Starts `threads` threads.
    pub(super) fn start(threads: usize, limits: Limits) -> Self {
        let state = State { ready: VecDeque::new(), busy: HashMap::new(), jobs: 0, bytes: 0, closed: false };
        let shared = Arc::new(Shared { state: Mutex::new(state), changed: Condvar::new(), limits });
        let start = |_| {
            let shared = Arc::clone(&shared);
            thread::spawn(move || shared.work())
        };
        Self { threads: (0..threads.max(1)).map(start).collect(), shared }
    }

    /// Puts a job in; waits while the pool is full.
    pub(super) fn put(&self, job: Job<K>) {
        let Shared { changed, limits, .. } = &*self.shared;
        let mut state = self.shared.lock();
        // A job larger than the limit goes in alone.
        while state.jobs > 0
            && (state.jobs >= limits.jobs || state.bytes.saturating_add(job.bytes) > limits.bytes)
        {
            state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        state.jobs += 1;
        state.bytes = state.bytes.saturating_add(job.bytes);
        match job.key.as_ref().and_then(|key| state.busy.get_mut(key)) {
            Some(behind) => behind.push_back(job),
            None => {
                if let Some(key) = &job.key {
                    state.busy.insert(key.clone(), VecDeque::new());
                }
                state.ready.push_back(job);
            }
        }
        drop(state);
        changed.notify_all();
    }

    /// Lets everything that was put in be done, then ends the threads.
    pub(super) fn finish(self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        for thread in self.threads {
            // A thread catches what its jobs throw.
            let _ended = thread.join();
        }
    }
}

impl<K: Clone + Eq + Hash> Shared<K> {
    fn lock(&self) -> MutexGuard<'_, State<K>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn work(&self) {
        let mut state = self.lock();
        loop {
            if let Some(Job { key, bytes, work }) = state.ready.pop_front() {
                drop(state);
                // The job tells its own fault; here it only must not take the thread with it.
                let _told = catch_unwind(AssertUnwindSafe(work));
                state = self.lock();
                state.done(key.as_ref(), bytes);
                self.changed.notify_all();
            } else if state.closed && state.jobs == 0 {
                return;
            } else {
                state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            }
        }
    }
}

impl<K: Eq + Hash> State<K> {
    fn done(&mut self, key: Option<&K>, bytes: usize) {
        self.jobs -= 1;
        self.bytes = self.bytes.saturating_sub(bytes);
        let Some(key) = key else { return };
        match self.busy.get_mut(key).and_then(VecDeque::pop_front) {
            Some(next) => self.ready.push_back(next),
            None => drop(self.busy.remove(key)),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{channel, sync_channel};
    use std::time::Duration;

    use super::{Job, Limits, Pool};

    const WIDE: Limits = Limits { jobs: 1000, bytes: 1 << 20 };
    const LONG: Duration = Duration::from_secs(20);

    fn job(key: u8, work: impl FnOnce() + Send + 'static) -> Job<u8> {
        Job { key: Some(key), bytes: 1, work: Box::new(work) }
    }

    #[test]
    fn one_key_keeps_its_order_while_others_go_on() {
        let pool = Pool::start(3, WIDE);
        let (tell, told) = channel();
        let (release, held) = channel::<()>();
        let first = tell.clone();
        pool.put(job(1, move || {
            held.recv_timeout(LONG).unwrap();
            first.send((1, 0)).unwrap();
        }));
        for number in 1..50 {
            let tell = tell.clone();
            pool.put(job(1, move || tell.send((1, number)).unwrap()));
        }
        let other = tell.clone();
        pool.put(job(2, move || other.send((2, 0)).unwrap()));
        assert_eq!(told.recv_timeout(LONG).unwrap(), (2, 0));
        release.send(()).unwrap();
        for number in 0..50 {
            assert_eq!(told.recv_timeout(LONG).unwrap(), (1, number));
        }
        pool.finish();
    }

    #[test]
    fn a_panic_ends_nothing() {
        let pool = Pool::start(1, WIDE);
        let (tell, told) = channel();
        for _ in 0..5 {
            pool.put(job(1, || std::panic::resume_unwind(Box::new(()))));
        }
        pool.put(job(1, move || tell.send(()).unwrap()));
        told.recv_timeout(LONG).unwrap();
        pool.finish();
    }

    #[test]
    fn who_puts_more_than_fits_waits() {
        let pool = Pool::start(1, Limits { jobs: 1000, bytes: 10 });
        let (started, running) = channel();
        let (release, held) = channel::<()>();
        pool.put(job(1, move || {
            started.send(()).unwrap();
            held.recv_timeout(LONG).unwrap();
        }));
        running.recv_timeout(LONG).unwrap();
        let (tell, told) = sync_channel(0);
        std::thread::scope(|scope| {
            scope.spawn(|| {
                pool.put(Job { key: None, bytes: 10, work: Box::new(|| {}) });
                tell.send(()).unwrap();
            });
            assert!(told.recv_timeout(Duration::from_millis(50)).is_err());
            release.send(()).unwrap();
            told.recv_timeout(LONG).unwrap();
        });
        pool.finish();
    }

    #[test]
    fn finishing_does_everything_first() {
        let pool = Pool::start(2, WIDE);
        let (tell, told) = channel();
        for number in 0..200_u8 {
            let tell = tell.clone();
            pool.put(job(number % 7, move || tell.send(number).unwrap()));
        }
        drop(tell);
        pool.finish();
        assert_eq!(told.iter().count(), 200);
    }
}
