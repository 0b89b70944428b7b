//! HTML: what a browser would show, what stands in its scripts, comments and attributes too.
//!
//! A tag inside a word (`41<b>11</b>`) does not part it. Lines stay lines.

use super::super::out::Out;
use super::super::said::Places;
use super::markup::resolved;

/// Tags that do not part words.
const INLINE: &[&str] = &[
    "a", "abbr", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
    "mark", "o:p", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "tt", "u", "var",
    "wbr",
];

/// Attributes whose values somebody wrote.
const WRITTEN: &[&str] = &["alt", "content", "href", "label", "placeholder", "title", "value"];

pub(super) fn read(text: &str, inside: &[String], out: &mut Out<'_>) {
    let (shown, about) = plain(text);
    out.text(inside, shown, Places::Lines);
    out.text(inside, about, Places::About);
}

/// What is shown, and the values of attributes, one a line.
pub(super) fn plain(text: &str) -> (String, String) {
    let (mut shown, mut about) = (String::with_capacity(text.len()), String::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        shown.push_str(before);
        let is_tag = after.starts_with(|char: char| char.is_ascii_alphabetic() || char == '/' || char == '!');
        let Some((tag, left)) = is_tag.then(|| split_tag(after)).flatten() else {
            shown.push('<');
            rest = after;
            continue;
        };
        if let Some(comment) = tag.strip_prefix("!--") {
            shown.push(' ');
            shown.push_str(comment);
        } else {
            let name = tag.trim_start_matches('/');
            let name =
                name.split(|char: char| char.is_whitespace() || char == '/').next().unwrap_or_default();
            if !INLINE.contains(&name.to_ascii_lowercase().as_str()) {
                shown.push(' ');
            }
            // Lines are counted as they stand in the file.
            shown.extend(tag.chars().filter(|char| *char == '\n'));
            attributes(tag.get(name.len()..).unwrap_or_default(), &mut about);
        }
        rest = left;
    }
    shown.push_str(rest);
    (resolved(&shown), resolved(&about))
}

/// A tag without its brackets, and what follows. A `>` inside quotes ends none.
fn split_tag(after: &str) -> Option<(&str, &str)> {
    if after.starts_with("!--") {
        let end = after.find("-->")?;
        return Some((after.get(..end)?, after.get(end + 3..)?));
    }
    let mut quote = None;
    let end = after.bytes().position(|byte| match quote {
        Some(open) => {
            if byte == open {
                quote = None;
            }
            false
        }
        None => {
            if matches!(byte, b'"' | b'\'') {
                quote = Some(byte);
            }
            byte == b'>'
        }
    });
    // A quote that nobody closes is a letter.
    let end = end.or_else(|| after.find('>'))?;
    Some((after.get(..end)?, after.get(end + 1..)?))
}

fn attributes(mut rest: &str, about: &mut String) {
    while let Some((key, after)) = rest.split_once('=') {
        let key = key.split_whitespace().last().unwrap_or_default().to_ascii_lowercase();
        let after = after.trim_start();
        let (value, left) = match after.chars().next() {
            Some(quote @ ('"' | '\'')) => {
                let inner = after.get(1..).unwrap_or_default();
                inner.split_once(quote).unwrap_or((inner, ""))
            }
            _ => after.split_once(char::is_whitespace).unwrap_or((after, "")),
        };
        if WRITTEN.contains(&key.as_str()) || key.starts_with("data-") {
            about.push_str(value);
            about.push('\n');
        }
        rest = left;
    }
}

#[cfg(test)]
mod tests {
    use super::plain;

    #[test]
    fn tags_part_no_words() {
        let (shown, about) = plain(
            "<p title=\"a>b\">41<b>11</b>\n<td>x</td><!-- kept --> 1 < 2 &eacute;<a href=mailto:j@x.io>",
        );
        assert_eq!(shown, " 4111\n x   kept  1 < 2 é");
        assert_eq!(about, "a>b\nmailto:j@x.io\n");
    }
}
