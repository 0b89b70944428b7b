//! The last message of each conversation, as the answers said: what tells an edited prompt from a new one.
//!
//! INVARIANT: bounded; the oldest conversation is forgotten first. Unknown is a normal answer.

use std::collections::VecDeque;

const MOST: usize = 256;

/// Leaf by tab and conversation.
#[derive(Debug, Default)]
pub(super) struct Threads {
    leaves: VecDeque<(Option<i64>, String, String)>,
}

impl Threads {
    pub(super) fn leaf(&self, tab: Option<i64>, conversation: &str) -> Option<&str> {
        let found = self.leaves.iter().find(|(of, id, _)| *of == tab && id == conversation);
        found.map(|(_, _, leaf)| leaf.as_str())
    }

    pub(super) fn set(&mut self, tab: Option<i64>, conversation: &str, leaf: &str) {
        self.leaves.retain(|(of, id, _)| *of != tab || id != conversation);
        self.leaves.push_back((tab, conversation.to_owned(), leaf.to_owned()));
        if self.leaves.len() > MOST {
            self.leaves.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST, Threads};

    #[test]
    fn the_newest_leaf_counts_and_the_oldest_conversation_goes() {
        let mut threads = Threads::default();
        threads.set(Some(1), "c", "m1");
        threads.set(Some(1), "c", "m2");
        assert_eq!(threads.leaf(Some(1), "c"), Some("m2"));
        assert_eq!(threads.leaf(Some(2), "c"), None);
        for n in 0..MOST {
            threads.set(None, &n.to_string(), "m");
        }
        assert_eq!(threads.leaf(Some(1), "c"), None);
    }
}
