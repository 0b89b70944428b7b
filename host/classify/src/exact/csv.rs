//! Comma-separated values (RFC 4180), with the place of every cell.
//!
//! Quotes, doubled quotes, breaks inside quotes, `\n` and `\r\n`, a byte order mark; the separator is given or told from the
//! first line. It deliberately guesses nothing else.

use std::borrow::Cow;
use std::ops::Range;

/// A cell: its place with its quotes, in bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    pub(crate) at: Range<usize>,
    pub(crate) text: Cow<'a, str>,
}

/// What is no CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Malformed {
    pub(crate) at: Range<usize>,
    pub(crate) what: &'static str,
}

/// Reads row by row.
pub(crate) struct Rows<'a> {
    text: &'a str,
    at: usize,
    separator: char,
}

impl<'a> Rows<'a> {
    /// Of a text; without a separator the one of `,`, `;`, tab and `|` that the first line has most of.
    pub(crate) fn of(text: &'a str, separator: Option<char>) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        let first = text.get(at..).and_then(|text| text.lines().next()).unwrap_or_default();
        let often = |char: &char| first.matches(*char).count();
        let told = || [',', ';', '\t', '|'].into_iter().rev().max_by_key(often).unwrap_or(',');
        Self { text, at, separator: separator.unwrap_or_else(told) }
    }

    /// The next row that is not blank.
    pub(crate) fn next_row(&mut self, row: &mut Vec<Cell<'a>>) -> Result<bool, Malformed> {
        loop {
            row.clear();
            if self.at >= self.text.len() {
                return Ok(false);
            }
            while self.cell(row)? {}
            if !matches!(row.as_slice(), [only] if only.text.trim().is_empty()) {
                return Ok(true);
            }
        }
    }

    /// One cell; whether another one follows in its row.
    fn cell(&mut self, row: &mut Vec<Cell<'a>>) -> Result<bool, Malformed> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or_default();
        if let Some(quoted) = rest.strip_prefix('"') {
            let mut from = 0;
            let end = loop {
                let Some(quote) = quoted.get(from..).and_then(|rest| rest.find('"')) else {
                    return Err(Malformed { at: start..start + 1, what: "this quote is never closed" });
                };
                let quote = from + quote;
                if !quoted.get(quote + 1..).unwrap_or_default().starts_with('"') {
                    break quote;
                }
                from = quote + 2;
            };
            let inside = quoted.get(..end).unwrap_or_default();
            let text = if inside.contains("\"\"") {
                Cow::Owned(inside.replace("\"\"", "\""))
            } else {
                Cow::Borrowed(inside)
            };
            let behind = start + end + 2;
            row.push(Cell { at: start..behind, text });
            return self.behind(behind);
        }
        let ends = |char: char| char == self.separator || matches!(char, '\n' | '\r');
        let length = rest.find(ends).unwrap_or(rest.len());
        let text = rest.get(..length).unwrap_or_default();
        row.push(Cell { at: start..start + length, text: Cow::Borrowed(text) });
        self.behind(start + length)
    }

    fn behind(&mut self, at: usize) -> Result<bool, Malformed> {
        let rest = self.text.get(at..).unwrap_or_default();
        let (more, length) = match rest.chars().next() {
            None => (false, 0),
            Some(char) if char == self.separator => (true, char.len_utf8()),
            Some('\n') => (false, 1),
            Some('\r') => (false, if rest.starts_with("\r\n") { 2 } else { 1 }),
            Some(char) => {
                let at = at..at + char.len_utf8();
                return Err(Malformed { at, what: "something stands behind the quote that ends this cell" });
            }
        };
        self.at = at + length;
        Ok(more)
    }
}

#[cfg(test)]
mod tests {
    use super::{Cell, Rows};

    fn read(text: &str) -> Vec<Vec<String>> {
        let (mut rows, mut row, mut all) = (Rows::of(text, None), Vec::new(), Vec::new());
        while rows.next_row(&mut row).unwrap() {
            for Cell { at, text: cell } in &row {
                let place = text.get(at.clone()).unwrap();
                assert_eq!(place.trim_matches('"').replace("\"\"", "\""), cell.trim_matches('"'));
            }
            all.push(row.iter().map(|cell| cell.text.to_string()).collect());
        }
        all
    }

    #[test]
    fn what_the_format_allows_is_read() {
        assert_eq!(
            read("\u{feff}a;b\r\n1;\"2;\"\"x\"\"\n3\"\r\n\r\n4;5"),
            [["a", "b"], ["1", "2;\"x\"\n3"], ["4", "5"]]
        );
        assert_eq!(read("a,b\n1,\n"), [["a", "b"], ["1", ""]]);
        assert_eq!(read("only\nx\n"), [["only"], ["x"]]);
    }

    #[test]
    fn what_it_does_not_has_its_place() {
        for (text, start) in [("a,b\n1,\"2", 6), ("a,b\n\"1\"2,3", 7)] {
            let (mut rows, mut row) = (Rows::of(text, Some(',')), Vec::new());
            assert!(rows.next_row(&mut row).unwrap());
            assert_eq!(rows.next_row(&mut row).unwrap_err().at.start, start);
        }
    }
}
