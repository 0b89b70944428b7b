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
    /// Questions without an answer: all, and those from before the entries were handed over.
    open: usize,
    before: usize,
}

impl Late {
    pub(super) fn new(mut entries: Vec<LateEntry>) -> Self {
        entries.truncate(MOST);
        Self { entries, ..Self::default() }
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
        self.before = self.open;
        self.entries.clone()
    }

    /// Whether the host was given some and has not said yet that they are there.
    pub(super) fn is_handed(&self) -> bool {
        self.handed > 0
    }

    /// The host was asked something.
    pub(super) fn asked(&mut self) {
        self.open += 1;
    }

    /// The host answered. Says whether anything was handed over and is there now.
    pub(super) fn taken(&mut self) -> bool {
        self.open = self.open.saturating_sub(1);
        if self.before > 0 {
            self.before -= 1;
            return false;
        }
        let any = self.handed > 0;
        self.entries.drain(..self.handed.min(self.entries.len()));
        self.handed = 0;
        any
    }

    /// The host is gone: nothing is known to be there.
    pub(super) fn lost(&mut self) {
        self.open = 0;
        self.forget_handing();
    }

    /// The host could not answer: what was handed over may not be there.
    pub(super) fn failed(&mut self) {
        self.open = self.open.saturating_sub(1);
        self.forget_handing();
    }

    fn forget_handing(&mut self) {
        self.handed = 0;
        self.before = 0;
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

    #[test]
    fn an_answer_to_an_earlier_question_takes_nothing() {
        let mut late = Late::default();
        late.asked();
        late.push(entry(1, Operation::SendPrompt));
        late.hand_over();
        late.asked();
        assert!(!late.taken());
        assert_eq!(late.entries().len(), 1);
        assert!(late.taken());
        assert!(late.entries().is_empty());
    }
}
