//! What was let go or refused while the host was away: bounded, without text, kept until the host has it.
//!
//! INVARIANT: an entry leaves only after the host answered something that came after it.
//! INVARIANT: when there is no room, nothing more is let go.

use shared_protocol::{LateEntry, Operation};

/// Most entries kept.
pub(super) const MOST: usize = 1_000;

/// Drafts of one message within this time are one entry.
const SAME_DRAFT_MS: u64 = 60_000;

/// The entries, oldest first.
#[derive(Debug, Default)]
pub(super) struct Late {
    entries: Vec<LateEntry>,
    handed: usize,
}

impl Late {
    pub(super) fn new(mut entries: Vec<LateEntry>) -> Self {
        entries.truncate(MOST);
        Self { entries, handed: 0 }
    }

    pub(super) fn entries(&self) -> &[LateEntry] {
        &self.entries
    }

    /// Adds one; `false` when there is no room.
    pub(super) fn push(&mut self, entry: LateEntry) -> bool {
        // A draft is sent anew with every few letters.
        let same = |last: &LateEntry| {
            last.operation == Some(Operation::SendDraft)
                && last.operation == entry.operation
                && last.app == entry.app
                && last.released == entry.released
                && entry.at.saturating_sub(last.at) < SAME_DRAFT_MS
        };
        if self.entries.len() > self.handed
            && let Some(last) = self.entries.last_mut().filter(|last| same(last))
        {
            *last = entry;
            return true;
        }
        if self.entries.len() >= MOST {
            return false;
        }
        self.entries.push(entry);
        true
    }

    /// All of them, for the host.
    pub(super) fn hand_over(&mut self) -> Vec<LateEntry> {
        self.handed = self.entries.len();
        self.entries.clone()
    }

    /// The host answered: what was handed over is there. Says whether anything was.
    pub(super) fn taken(&mut self) -> bool {
        let any = self.handed > 0;
        self.entries.drain(..self.handed.min(self.entries.len()));
        self.handed = 0;
        any
    }

    /// The host is gone: nothing is known to be there.
    pub(super) fn lost(&mut self) {
        self.handed = 0;
    }
}

#[cfg(test)]
mod tests {
    use shared_protocol::{App, EventId, LateEntry, Operation};

    use super::{Late, MOST};

    fn entry(n: u64, operation: Operation) -> LateEntry {
        LateEntry {
            event: EventId::try_from(format!("00000000-0000-4000-8000-{n:012x}")).unwrap(),
            app: App::new("chatgpt"),
            operation: Some(operation),
            at: n,
            released: true,
            size: n,
        }
    }

    #[test]
    fn full_is_full_and_a_draft_is_one() {
        let mut late = Late::default();
        for n in 0..MOST as u64 {
            assert!(late.push(entry(n, Operation::SendPrompt)));
        }
        assert!(!late.push(entry(9_999, Operation::SendPrompt)));
        let mut late = Late::default();
        for n in 0..50 {
            assert!(late.push(entry(n, Operation::SendDraft)));
        }
        assert_eq!(late.entries(), [entry(49, Operation::SendDraft)]);
    }

    #[test]
    fn only_what_was_handed_over_is_taken() {
        let mut late = Late::default();
        late.push(entry(1, Operation::SendPrompt));
        assert_eq!(late.hand_over().len(), 1);
        late.push(entry(2, Operation::SendPrompt));
        assert!(late.taken());
        assert_eq!(late.entries(), [entry(2, Operation::SendPrompt)]);
        assert!(!late.taken());
        late.hand_over();
        late.lost();
        assert!(!late.taken());
        assert_eq!(late.entries().len(), 1);
    }
}
