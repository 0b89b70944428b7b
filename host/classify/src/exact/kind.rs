//! What a cell is, and what may differ between the cell and how somebody writes it.
//!
//! INVARIANT: a cell's canonical form is that of every window it is found in.

use serde::{Deserialize, Serialize};

use super::words::{Gap, Word, Words, bare_of, fold, stands_alone};

/// Longest canonical form, in bytes.
pub(crate) const LONGEST: usize = 127;

/// How much longer than its canonical form a window may be, in bytes.
const SLACK: usize = 16;

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Words in their order: case, accents, punctuation and white space between them do not count.
    Text,
    /// A person's or company's name: the same, and the order does not count, nor `ue` for `ü`.
    Name,
    /// A number or code: case, separators and the leading zeros of a plain number do not count.
    Number,
    /// A phone number: its last nine digits.
    Phone,
    /// An e-mail address: case does not count.
    Email,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Text, Self::Name, Self::Number, Self::Phone, Self::Email];

    /// Its word.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Name => "name",
            Self::Number => "number",
            Self::Phone => "phone",
            Self::Email => "email",
        }
    }

    /// What tells hashes of one kind from those of another.
    pub(crate) fn byte(self) -> u8 {
        match self {
            Self::Text => 1,
            Self::Name => 2,
            Self::Number => 3,
            Self::Phone => 4,
            Self::Email => 5,
        }
    }

    /// Most words of a cell.
    pub(crate) fn most_words(self) -> usize {
        match self {
            Self::Text => 12,
            Self::Name => 6,
            Self::Number | Self::Phone => 10,
            Self::Email => 1,
        }
    }

    fn joins(self, gap: Gap) -> bool {
        match self {
            Self::Text | Self::Name => gap.chars <= 4,
            Self::Number | Self::Phone => gap.chars <= 3 && gap.is_in_number,
            Self::Email => false,
        }
    }

    /// The canonical form of a cell; nothing when the cell is not of this kind, or too long.
    #[must_use]
    pub fn canonical(self, cell: &str) -> Option<String> {
        if self == Self::Email {
            let mut only = None;
            let mut count = 0;
            addresses(cell, &mut |address| {
                // The last one that is told of an `@` is the shortest; the whole comes first.
                only.get_or_insert_with(|| address.canonical.to_owned());
                count += usize::from(address.is_whole);
            });
            return only
                .filter(|only| count == 1 && only.len() == cell.trim().chars().count().max(only.len()));
        }
        let words = Words::of(cell);
        let all = words.all();
        if all.is_empty() || all.len() > self.most_words() {
            return None;
        }
        let mut window = Window::default();
        for word in all {
            if !window.add(self, &words, word) {
                return None;
            }
        }
        window.canonical(self).map(str::to_owned)
    }

    /// Tells `each` of all windows of at most `most` words that can have a canonical form of at most `longest` bytes: start,
    /// end (bytes of the text) and canonical form.
    pub(crate) fn windows(
        self,
        text: &str,
        words: &Words,
        (most, longest): (usize, usize),
        each: &mut dyn FnMut(usize, usize, &str),
    ) {
        if self == Self::Email {
            addresses(text, &mut |address| each(address.start, address.end, address.canonical));
            return;
        }
        let all = words.all();
        let mut window = Window::default();
        for (first, word) in all.iter().enumerate() {
            window.clear();
            for (place, next) in all.iter().skip(first).take(most.min(self.most_words())).enumerate() {
                if place > 0 && !self.joins(next.before) || !window.add(self, words, next) {
                    break;
                }
                // Leading zeros, a country's number and the `e` of an umlaut are no part of a canonical form.
                if window.joined.len() > longest.saturating_add(SLACK) {
                    break;
                }
                if let Some(canonical) = window.canonical(self) {
                    each(word.start, next.end, canonical);
                }
            }
        }
    }
}

/// Words that are put together.
#[derive(Default)]
struct Window {
    joined: String,
    /// Of a name, its words.
    names: Vec<String>,
    used: usize,
    sorted: String,
    is_number: bool,
}

impl Window {
    fn clear(&mut self) {
        self.joined.clear();
        self.used = 0;
    }

    /// Adds a word; false when nothing that is longer can be a cell.
    fn add(&mut self, kind: Kind, words: &Words, word: &Word) -> bool {
        let folded = words.folded(word);
        match kind {
            Kind::Phone if !word.is_number => return false,
            Kind::Text if !self.joined.is_empty() => self.joined.push(' '),
            Kind::Text | Kind::Number | Kind::Phone | Kind::Name | Kind::Email => {}
        }
        self.is_number = word.is_number && (self.used == 0 || self.is_number);
        if kind == Kind::Name {
            if self.names.len() == self.used {
                self.names.push(String::new());
            }
            if let Some(name) = self.names.get_mut(self.used) {
                name.clear();
                spell(folded, name);
            }
        }
        self.used += 1;
        self.joined.push_str(folded);
        self.joined.len() <= LONGEST
    }

    fn canonical(&mut self, kind: Kind) -> Option<&str> {
        match kind {
            Kind::Text | Kind::Email => Some(&self.joined),
            Kind::Number if self.is_number => {
                let rest = self.joined.trim_start_matches('0');
                (!rest.is_empty()).then_some(rest)
            }
            Kind::Number => Some(&self.joined),
            Kind::Phone => {
                let digits = self.joined.trim_start_matches('0');
                let tail = digits.get(digits.len().saturating_sub(9)..)?;
                // Nine digits of a longer number may begin with zeros, and stay as they are.
                (tail.len() >= 7).then_some(tail)
            }
            Kind::Name => {
                let names = self.names.get(..self.used)?;
                self.sorted.clear();
                match names {
                    [one] => self.sorted.push_str(one),
                    [one, two] => {
                        let (first, second) = if one <= two { (one, two) } else { (two, one) };
                        self.sorted.push_str(first);
                        self.sorted.push(' ');
                        self.sorted.push_str(second);
                    }
                    more => {
                        let mut more: Vec<&str> = more.iter().map(String::as_str).collect();
                        more.sort_unstable();
                        self.sorted.push_str(&more.join(" "));
                    }
                }
                Some(&self.sorted)
            }
        }
    }
}

/// A word of a name: `ae`, `oe` and `ue` are how the umlauts are written without them. Whatever `e` follows goes, so that `öé`
/// and `oee` are one.
fn spell(word: &str, out: &mut String) {
    let mut before = ' ';
    for char in word.chars() {
        if !(char == 'e' && matches!(before, 'a' | 'o' | 'u')) {
            out.push(char);
            before = char;
        }
    }
}

struct Address<'a> {
    start: usize,
    end: usize,
    canonical: &'a str,
    /// As much as could be one.
    is_whole: bool,
}

/// Longest part of an address on either side (RFC 5321, section 4.5.3.1), as far as it is looked for.
const SIDE: usize = 64;

/// Around every `@` what can be an address, and the same without its last labels: a sentence may begin there.
fn addresses(text: &str, each: &mut dyn FnMut(Address<'_>)) {
    // Japanese and the like stand beside an address without a space.
    let is_letter = |char: char| char.is_alphanumeric() && !stands_alone(char);
    for (at, mark) in text.char_indices().filter(|(_, char)| matches!(char, '@' | '＠')) {
        let behind = at + mark.len_utf8();
        let is_local = |char: char| is_letter(char) || matches!(char, '.' | '_' | '%' | '+' | '-' | '\'');
        let before = text.get(..at).unwrap_or_default().char_indices().rev().take(SIDE);
        let before = before.take_while(|(_, char)| bare_of(*char).is_none_or(is_local));
        let local = before.last().map_or(at, |(start, _)| start);
        let is_sign = |char: char| !bare_of(char).is_some_and(|char| char.is_alphanumeric() || char == '_');
        let name = text.get(local..at).unwrap_or_default().trim_start_matches(is_sign);
        let start = at - name.len();
        let is_domain = |char: char| is_letter(char) || matches!(char, '.' | '-');
        let rest = text.get(behind..).unwrap_or_default().char_indices().take(SIDE);
        let rest = rest.take_while(|(_, char)| bare_of(*char).is_none_or(is_domain));
        let length = rest.last().map_or(0, |(place, char)| place + char.len_utf8());
        let domain = text.get(behind..behind + length).unwrap_or_default();
        let mut domain = domain.trim_end_matches(is_sign);
        let mut is_whole = true;
        // Four labels more than the shortest are enough for how a sentence goes on.
        for _ in 0..4 {
            if name.is_empty() || !domain.contains('.') {
                break;
            }
            let end = behind + domain.len();
            let mut canonical = String::with_capacity(end - start);
            for char in text.get(start..end).unwrap_or_default().chars() {
                if let Some(plain) = bare_of(char) {
                    fold(char, plain, &mut canonical);
                }
            }
            if canonical.len() <= LONGEST {
                each(Address { start, end, canonical: &canonical, is_whole });
            }
            is_whole = false;
            domain = domain.rsplit_once('.').map_or("", |(front, _)| front.trim_end_matches(is_sign));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Kind;

    #[test]
    fn what_may_differ_does_not_count() {
        for (kind, cell, others) in [
            (Kind::Number, "KD-2024-00183", &["kd 2024 00183", "KD2024.00183", "kd/2024-00183"][..]),
            (Kind::Number, "0047110", &["47110", "47 110", "47.110"]),
            (Kind::Phone, "+49 (0)30 1234567", &["030 1234567", "0049301234567", "030/123 45 67"]),
            (Kind::Name, "Müller, Jürgen", &["Jürgen Müller", "JUERGEN MUELLER", "muller jurgen"]),
            (Kind::Email, "Jane.Doe@Example.com", &["jane.doe@example.com", "JANE.DOE@EXAMPLE.COM"]),
            (Kind::Text, "Project Blue Heron", &["project blue-heron", "PROJECT  BLUE\nHERON"]),
        ] {
            let wanted = kind.canonical(cell);
            assert!(wanted.is_some(), "{cell}");
            for other in others {
                assert_eq!(kind.canonical(other), wanted, "{cell} and {other}");
            }
        }
    }

    #[test]
    fn what_is_of_another_kind_has_no_form() {
        for (kind, cell) in [
            (Kind::Phone, "none"),
            (Kind::Phone, "12 34"),
            (Kind::Email, "jane"),
            (Kind::Email, "jane@localhost"),
            (Kind::Email, "a@b.example and c@d.example"),
            (Kind::Number, "000"),
            (Kind::Text, "--"),
            (Kind::Name, "a b c d e f g"),
        ] {
            assert_eq!(kind.canonical(cell), None, "{cell}");
        }
    }
}
