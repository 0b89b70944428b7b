//! Where a sink stands, for people.

use host_store::{DeadLetter, SinkState, Store, StoreError};

/// Where a sink stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Standing {
    /// Its cursor and its last fault.
    pub(crate) state: SinkState,
    /// The newest row's sequence; 0 for none.
    pub(crate) head: u64,
    /// Rows that its receiver refused for good.
    pub(crate) dead: u64,
    /// The last of those.
    pub(crate) letter: Option<DeadLetter>,
}

/// Of one moment.
pub(crate) fn standing(store: &Store, name: &str) -> Result<Standing, StoreError> {
    store.read(|view| {
        let fresh = || SinkState { name: name.to_owned(), ..SinkState::default() };
        Ok(Standing {
            state: view.sink(name)?.unwrap_or_else(fresh),
            head: view.head()?.map_or(0, |head| head.seq),
            dead: view.dead_rows(name)?,
            letter: view.dead_letters(name, 1)?.pop(),
        })
    })
}

impl Standing {
    /// Rows that are not dealt with.
    pub(crate) fn behind(&self) -> u64 {
        self.head.saturating_sub(self.state.cursor)
    }
}
