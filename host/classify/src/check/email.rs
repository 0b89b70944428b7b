//! E-mail addresses as people write them: RFC 5321 without quoted names and without addresses in brackets.

use crate::candidate::Candidate;
use crate::check::Passed;

/// Endings that are names of files, not of domains.
const FILES: &[&str] = &[
    "avif", "bmp", "css", "csv", "doc", "docx", "gif", "html", "ico", "jpeg", "jpg", "js", "json", "jsx",
    "map", "md", "pdf", "png", "scss", "svg", "tsx", "txt", "webp", "woff", "xlsx", "xml", "yml",
];

/// Longest name and longest domain, in bytes.
const LOCAL: usize = 64;
const DOMAIN: usize = 253;

/// The pattern finds the `@`; the address is what stands around it.
pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let before = name_before(candidate.before());
    let behind = domain_after(candidate.after());
    let local = before.trim_start_matches(['.', '-', '\'', '+', '_']);
    let domain = without_file(behind.trim_end_matches(['.', '-']));
    let start = candidate.start - local.len();
    let end = candidate.end + domain.len();
    // `git@github.com:owner/repository` names a place, not a person.
    let place = local == "git" && candidate.text.get(end..).is_some_and(|rest| rest.starts_with([':', '/']));
    (is_local(local) && is_domain(domain) && !place).then_some(Passed { start, end, factor: 1.0 })
}

/// The end of `text` that can be a name. Names are Latin here: other scripts write words up to the address.
fn name_before(text: &str) -> &str {
    let belongs = |char: char| is_latin(char) || matches!(char, '.' | '_' | '+' | '\'' | '-');
    let length = length(text.chars().rev(), LOCAL, belongs);
    text.get(text.len() - length..).unwrap_or_default()
}

fn domain_after(text: &str) -> &str {
    let length = length(text.chars(), DOMAIN, |char| is_latin(char) || matches!(char, '.' | '-'));
    text.get(..length).unwrap_or_default()
}

/// Bytes of the first `chars` that belong, one character over `most` at the longest.
fn length(chars: impl Iterator<Item = char>, most: usize, belongs: impl Fn(char) -> bool) -> usize {
    let mut length = 0;
    for char in chars.take_while(|char| belongs(*char)) {
        length += char.len_utf8();
        if length > most {
            break;
        }
    }
    length
}

/// Digits and letters of Latin, with the accents of Europe's languages.
fn is_latin(char: char) -> bool {
    char.is_ascii_alphanumeric() || (matches!(char, '\u{c0}'..='\u{24f}') && char.is_alphabetic())
}

fn is_local(local: &str) -> bool {
    (1..=LOCAL).contains(&local.len()) && !local.ends_with('.') && !local.contains("..")
}

fn is_domain(domain: &str) -> bool {
    let label =
        |label: &str| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-');
    let top = |top: &str| {
        top.len() >= 2 && (top.chars().all(char::is_alphabetic) || top.starts_with("xn--")) && !is_file(top)
    };
    domain.len() <= DOMAIN
        && domain.split('.').all(label)
        && domain.rsplit_once('.').is_some_and(|(_, last)| top(last))
}

/// The domain in front of the ending of a file's name.
fn without_file(domain: &str) -> &str {
    match domain.rsplit_once('.') {
        Some((before, last)) if is_file(last) && before.contains('.') => before,
        _ => domain,
    }
}

fn is_file(label: &str) -> bool {
    FILES.contains(&label.to_ascii_lowercase().as_str())
}
