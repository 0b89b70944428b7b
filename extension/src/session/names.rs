//! What stands for what redaction took out: each conversation's names and values, so that a value keeps its name
//! and the originals can be put back into an answer.
//!
//! INVARIANT: a name means one value for as long as its conversation is known; what has to be forgotten leaves the
//! highest name of its kind behind, so that none is given twice.
//! INVARIANT: bounded, and gone with its tab, its conversation or the extension. Kept outside of this session only where
//! [`Effect::SaveNames`](super::Effect::SaveNames) puts it: in the browser's memory, never on a disk.

use std::collections::{BTreeMap, VecDeque};

use serde::{Deserialize, Serialize};
use shared_protocol::{Edit, Placeholder, Prompt, Text};

use crate::ui::model::Piece;

/// Conversations, and names in one of them.
const MOST_TABLES: usize = 32;
const MOST_NAMES: usize = 512;
/// Bytes of one value, and of a conversation's values: what is longer is taken out and not put back.
const MOST_VALUE: usize = 4_096;
const MOST_BYTES: usize = 64 << 10;
/// Bytes of an answer that names are looked for in.
const MOST_ANSWER: usize = 1 << 20;

/// Where a conversation is: in which tab, and what the site calls it, once it does.
pub(super) type Whose<'a> = (Option<i64>, Option<&'a str>);

/// One conversation's names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    tab: Option<i64>,
    conversation: Option<String>,
    names: Vec<Placeholder>,
}

/// All of them, the one that was used last at the end.
#[derive(Debug, Default)]
pub(super) struct Names {
    tables: VecDeque<Table>,
    changed: bool,
}

/// A name would mean two values: another request of the conversation was faster.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Taken;

impl Table {
    fn is(&self, (tab, conversation): Whose<'_>) -> bool {
        self.tab == tab && self.conversation.as_deref() == conversation
    }

    fn add(&mut self, new: Vec<Placeholder>) {
        self.names.extend(new.into_iter().map(|one| {
            let value = if one.value.len() > MOST_VALUE { Text::default() } else { one.value };
            Placeholder { name: one.name, value }
        }));
        let mut kept = self.names.iter().map(|one| one.value.len()).sum::<usize>();
        for one in &mut self.names {
            if kept <= MOST_BYTES {
                break;
            }
            kept -= std::mem::take(&mut one.value).len();
        }
        let mut spare = self.names.len().saturating_sub(MOST_NAMES);
        let mut highest = self.highest().into_iter();
        self.names.retain(|_| {
            let goes = !highest.next().unwrap_or(true) && spare > 0;
            spare -= usize::from(goes);
            !goes
        });
    }

    /// Of each name, whether no other one of its kind has a higher number.
    fn highest(&self) -> Vec<bool> {
        let mut most: BTreeMap<&str, u32> = BTreeMap::new();
        for (kind, number) in self.names.iter().filter_map(|one| parts(&one.name)) {
            let most = most.entry(kind).or_default();
            *most = number.max(*most);
        }
        let is_highest = |(kind, number)| most.get(kind) == Some(&number);
        self.names.iter().map(|one| parts(&one.name).is_some_and(is_highest)).collect()
    }
}

impl Names {
    /// As an earlier background left them.
    pub(super) fn new(tables: Vec<Table>) -> Self {
        Self { tables: tables.into(), changed: false }
    }

    /// The names of a conversation.
    pub(super) fn of(&self, whose: Whose<'_>) -> &[Placeholder] {
        self.tables.iter().find(|table| table.is(whose)).map_or(&[], |table| &table.names)
    }

    /// Takes the names that `edits` give to the values they take out of `prompt`; all of them or none.
    pub(super) fn take(&mut self, whose: Whose<'_>, prompt: &Prompt, edits: &[Edit]) -> Result<(), Taken> {
        let mut new: Vec<Placeholder> = Vec::new();
        let mut known: BTreeMap<&str, &str> =
            self.of(whose).iter().map(|one| (one.name.as_str(), one.value.expose())).collect();
        for (edit, value) in edits.iter().zip(values(prompt, edits)) {
            let name = edit.replacement.as_str();
            if parts(name).is_none() {
                continue;
            }
            match known.get(name) {
                Some(before) if *before == value => {}
                Some(_) => return Err(Taken),
                None => {
                    known.insert(name, value);
                    new.push(Placeholder { name: name.to_owned(), value: Text::from(value) });
                }
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let at = self.tables.iter().position(|table| table.is(whose));
        let empty = || Table { tab: whose.0, conversation: whose.1.map(str::to_owned), names: Vec::new() };
        let mut table = at.and_then(|at| self.tables.remove(at)).unwrap_or_else(empty);
        table.add(new);
        self.tables.push_back(table);
        if self.tables.len() > MOST_TABLES {
            self.tables.pop_front();
        }
        self.changed = true;
        Ok(())
    }

    /// The site has a name for a conversation that had none.
    pub(super) fn named(&mut self, tab: Option<i64>, conversation: &str) {
        if self.of((tab, Some(conversation))).is_empty()
            && let Some(table) = self.tables.iter_mut().find(|table| table.is((tab, None)))
        {
            table.conversation = Some(conversation.to_owned());
            self.changed = true;
        }
    }

    /// A tab is gone, with all its conversations.
    pub(super) fn tab_gone(&mut self, tab: i64) {
        self.forget(|table| table.tab == Some(tab));
    }

    /// A conversation is gone.
    pub(super) fn conversation_gone(&mut self, conversation: &str) {
        self.forget(|table| table.conversation.as_deref() == Some(conversation));
    }

    fn forget(&mut self, gone: impl Fn(&Table) -> bool) {
        let before = self.tables.len();
        self.tables.retain(|table| !gone(table));
        self.changed |= self.tables.len() != before;
    }

    /// All of them, if they are others than at the last call.
    pub(super) fn changed(&mut self) -> Option<Vec<Table>> {
        std::mem::take(&mut self.changed).then(|| self.tables.iter().cloned().collect())
    }

    /// `text` with the originals put back; `None` where no name in it stands for a value.
    pub(super) fn put_back(&self, whose: Whose<'_>, text: &Text) -> Option<Vec<Piece>> {
        let known = self.of(whose);
        if known.is_empty() || text.len() > MOST_ANSWER {
            return None;
        }
        let with_value = known.iter().filter(|one| !one.value.is_empty());
        let values: BTreeMap<&str, &Placeholder> = with_value.map(|one| (one.name.as_str(), one)).collect();
        let longest = values.keys().map(|name| name.len()).max().unwrap_or(0);
        let mut pieces = Vec::new();
        let mut plain = 0;
        let text = text.expose();
        for (opened, _) in text.match_indices('[') {
            let rest = text.get(opened..).unwrap_or_default();
            let closed = rest.bytes().take(longest).position(|byte| byte == b']');
            let name = closed.and_then(|closed| rest.get(..=closed));
            let Some(one) = name.and_then(|name| values.get(name)) else { continue };
            pieces.push(Piece::plain(text.get(plain..opened).unwrap_or_default()));
            pieces.push(Piece { text: one.value.clone(), name: Some(one.name.clone()), left_out: 0 });
            plain = opened + one.name.len();
        }
        if pieces.is_empty() {
            return None;
        }
        pieces.push(Piece::plain(text.get(plain..).unwrap_or_default()));
        pieces.retain(|piece| !piece.text.is_empty());
        Some(pieces)
    }
}

/// Kind and number of a name such as `[EMAIL_1]`.
pub(super) fn parts(name: &str) -> Option<(&str, u32)> {
    let (kind, number) = name.strip_prefix('[')?.strip_suffix(']')?.rsplit_once('_')?;
    Some((kind, number.parse().ok()?))
}

/// What each edit takes out. In one walk over each part: the edits are sorted, and there can be one for every line.
fn values<'a>(prompt: &'a Prompt, edits: &[Edit]) -> Vec<&'a str> {
    let cut = |text: &'a str, points: usize| {
        let at = text.char_indices().nth(points).map_or(text.len(), |(at, _)| at);
        text.split_at_checked(at).unwrap_or((text, ""))
    };
    let mut values = Vec::with_capacity(edits.len());
    let (mut part, mut at, mut rest) = (None, 0, "");
    for edit in edits {
        if part != Some(edit.part) || edit.start < at {
            part = Some(edit.part);
            at = 0;
            rest = prompt.parts.get(edit.part).map_or("", |part| part.text.expose());
        }
        let (_, from) = cut(rest, edit.start - at);
        let (value, after) = cut(from, edit.end.saturating_sub(edit.start));
        values.push(value);
        at = edit.end.max(edit.start);
        rest = after;
    }
    values
}

#[cfg(test)]
mod tests {
    use shared_protocol::{Edit, Operation, Part, PartKind, Prompt, Text};

    use super::{MOST_BYTES, MOST_NAMES, MOST_TABLES, MOST_VALUE, Names, Taken};

    fn prompt(text: &str) -> Prompt {
        let mut prompt = Prompt::new(Operation::SendPrompt);
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
        prompt
    }

    fn take(names: &mut Names, conversation: Option<&str>, name: &str, value: &str) -> Result<(), Taken> {
        let edit = Edit { part: 0, start: 0, end: value.chars().count(), replacement: name.to_owned() };
        names.take((Some(7), conversation), &prompt(value), &[edit])
    }

    fn put_back(names: &Names, conversation: Option<&str>, text: &str) -> Option<String> {
        let pieces = names.put_back((Some(7), conversation), &Text::new(text))?;
        Some(pieces.iter().map(|piece| piece.text.expose()).collect())
    }

    #[test]
    fn originals_are_put_back_where_their_names_stand() {
        let mut names = Names::default();
        take(&mut names, None, "[EMAIL_1]", "jané@example.com").unwrap();
        take(&mut names, None, "[CARD_1]", "4111").unwrap();
        assert_eq!(names.of((Some(7), None)).len(), 2);
        let answer = "[ ] Dear [EMAIL_1], [EMAIL_2] and [[CARD_1]] é [EMAIL_1";
        let wanted = "[ ] Dear jané@example.com, [EMAIL_2] and [4111] é [EMAIL_1";
        assert_eq!(put_back(&names, None, answer).unwrap(), wanted);
        assert_eq!(put_back(&names, None, "nothing of [EMAIL_2]"), None);
        assert_eq!(put_back(&names, Some("c"), answer), None);
        names.named(Some(7), "c");
        assert_eq!(put_back(&names, Some("c"), answer).unwrap(), wanted);
        assert_eq!(put_back(&names, None, answer), None);
    }

    #[test]
    fn a_name_never_means_two_values() {
        let mut names = Names::default();
        take(&mut names, None, "[EMAIL_1]", "jane").unwrap();
        assert_eq!(take(&mut names, None, "[EMAIL_1]", "joe"), Err(Taken));
        take(&mut names, None, "[EMAIL_1]", "jane").unwrap();
        // Of what an older host says there is nothing to put back.
        take(&mut names, None, "[payment card]", "1").unwrap();
        take(&mut names, None, "[payment card]", "2").unwrap();
        assert_eq!(names.of((Some(7), None)).len(), 1);
    }

    #[test]
    fn all_is_bounded_and_the_highest_number_stays() {
        let mut names = Names::default();
        let long = "x".repeat(MOST_VALUE - 4);
        for number in 1..=700 {
            take(&mut names, None, &format!("[TERM_{number}]"), &format!("{long}{number}")).unwrap();
        }
        let kept = names.of((Some(7), None));
        assert!(kept.len() <= MOST_NAMES);
        assert!(kept.iter().map(|one| one.value.len()).sum::<usize>() <= MOST_BYTES);
        assert!(kept.iter().any(|one| one.name == "[TERM_700]" && !one.value.is_empty()));
        for number in 0..100 {
            take(&mut names, Some(&number.to_string()), "[TERM_1]", "value").unwrap();
        }
        assert!(names.changed().unwrap().len() <= MOST_TABLES);
        assert!(names.changed().is_none());
    }

    #[test]
    fn a_tab_takes_its_conversations_along() {
        let mut names = Names::default();
        take(&mut names, Some("a"), "[TERM_1]", "value").unwrap();
        take(&mut names, Some("b"), "[TERM_1]", "value").unwrap();
        names.conversation_gone("a");
        assert!(names.of((Some(7), Some("a"))).is_empty());
        names.tab_gone(8);
        assert!(!names.of((Some(7), Some("b"))).is_empty());
        names.tab_gone(7);
        assert_eq!(names.changed().unwrap(), []);
    }
}
