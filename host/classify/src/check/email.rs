//! E-mail addresses as people write them: RFC 5321 without quoted names and without addresses in brackets.

use crate::candidate::Candidate;
use crate::check::Passed;

/// Endings that are names of files, not of domains.
const FILES: [&str; 24] = [
    "avif", "bmp", "css", "csv", "gif", "html", "ico", "jpeg", "jpg", "js", "json", "jsx", "map", "md",
    "pdf", "png", "scss", "svg", "tsx", "txt", "webp", "woff", "xml", "yml",
];

pub(crate) fn pass(candidate: Candidate<'_>) -> Option<Passed> {
    let (local, domain) = candidate.value().split_once('@')?;
    let local = local.trim_start_matches(['.', '-', '\'', '+', '_']);
    let domain = domain.trim_end_matches(['.', '-']);
    let start = candidate.end - candidate.value().split_once('@')?.1.len() - 1 - local.len();
    let end = candidate.end - (candidate.value().split_once('@')?.1.len() - domain.len());
    let labels: Vec<&str> = domain.split('.').collect();
    let top = labels.last()?;
    let shaped = !local.is_empty()
        && local.len() <= 64
        && !local.ends_with('.')
        && !local.contains("..")
        && labels.len() >= 2
        && domain.len() <= 253
        && labels
            .iter()
            .all(|label| (1..=63).contains(&label.len()) && !label.starts_with('-') && !label.ends_with('-'))
        && top.len() >= 2
        && (top.bytes().all(|byte| byte.is_ascii_alphabetic()) || top.starts_with("xn--"))
        && !FILES.contains(&top.to_ascii_lowercase().as_str());
    // `git@github.com:owner/repository` names a place, not a person.
    let place = local == "git" && candidate.text.get(end..).is_some_and(|rest| rest.starts_with([':', '/']));
    (shaped && !place).then_some(Passed { start, end, factor: 1.0 })
}
