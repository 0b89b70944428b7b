//! Cases are invented: nothing in them may be somebody's cookie, token, address or number.
//!
//! INVARIANT: a complaint names the file, the line and the kind, never the value: it may be a real one.

use super::File;

/// Where cases and recorded streams are.
const FOLDERS: [&str; 6] = [
    "shared/sites/sites/",
    "shared/sites/answers/",
    "tests/corpus/corpus/",
    "host/agent/cases/",
    "host/policy/attacks/",
    "host/policy/cases/",
];

/// Names of headers and cookies that only a recorded request has.
const RECORDED: [&str; 12] = [
    "\"cookie\"",
    "\"set-cookie\"",
    "\"authorization\"",
    "\"x-csrf-token\"",
    "cookie: ",
    "authorization: ",
    "sessionkey=",
    "__secure-",
    "__cf_bm",
    "cf_clearance",
    "_ga=",
    "bearer ey",
];

/// How secrets of well-known kinds begin, and how many characters follow.
const SECRETS: [(&str, usize); 7] =
    [("eyJ", 24), ("sk-", 20), ("ghp_", 30), ("AKIA", 16), ("AIza", 30), ("xoxb-", 20), ("hf_", 30)];

/// Hosts that belong to nobody (RFC 2606), and our own, in the extension's id.
const NOBODYS: [&str; 7] =
    ["example.com", "example.org", "example.net", ".example", ".test", ".invalid", "promptgate.io"];

/// Most characters of a token that is still readable as invented.
const LONGEST_TOKEN: usize = 48;

/// Complaints about cases.
pub(super) fn check(files: &[File]) -> Vec<String> {
    let is_case = |file: &&File| FOLDERS.iter().any(|folder| file.path.starts_with(folder));
    let lines = files
        .iter()
        .filter(is_case)
        .flat_map(|file| file.text.lines().enumerate().map(move |line| (file, line)));
    let found = lines.flat_map(|(file, (number, line))| {
        faults(line)
            .into_iter()
            .map(move |fault| format!("{}:{}: {fault}; cases are invented", file.path, number + 1))
    });
    found.collect()
}

/// What a line holds that nobody invented.
pub(crate) fn faults(line: &str) -> Vec<&'static str> {
    let mut found = Vec::new();
    let lower = line.to_ascii_lowercase();
    if RECORDED.iter().any(|mark| lower.contains(mark)) {
        found.push("a cookie or a header that signs somebody in");
    }
    if SECRETS.iter().any(|(start, length)| is_secret(line, start, *length)) || words(line).any(is_token) {
        found.push("a token");
    }
    if line.match_indices('@').any(|(at, _)| is_address(line, at)) {
        found.push("an e-mail address of somebody");
    }
    if line.match_indices('+').any(|(at, _)| is_number(&line[at + 1..])) {
        found.push("a telephone number of somebody");
    }
    found
}

fn is_plain(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

fn words(line: &str) -> impl Iterator<Item = &str> {
    line.split(|c: char| !is_plain(c) && c != '.' && c != '~')
}

fn is_secret(line: &str, start: &str, length: usize) -> bool {
    line.match_indices(start).any(|(at, _)| {
        let begins = at == 0 || !line[..at].ends_with(is_plain);
        let follows =
            line[at + start.len()..].chars().take_while(|c| is_plain(*c) || *c == '.').collect::<Vec<_>>();
        begins && follows.len() >= length && distinct(&follows) > 8
    })
}

/// Long, of three kinds of character, and of many different ones: drawn by a machine.
fn is_token(word: &str) -> bool {
    let chars: Vec<char> = word.chars().collect();
    let any = |kind: fn(&char) -> bool| chars.iter().any(kind);
    chars.len() > LONGEST_TOKEN
        && any(char::is_ascii_digit)
        && any(char::is_ascii_lowercase)
        && any(char::is_ascii_uppercase)
        && distinct(&chars) > 20
}

fn distinct(chars: &[char]) -> usize {
    chars.iter().collect::<std::collections::BTreeSet<_>>().len()
}

fn is_address(line: &str, at: usize) -> bool {
    let is_host = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let host: String = line[at + 1..].chars().take_while(is_host).collect();
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    let named = line[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    let ends = host
        .rsplit_once('.')
        .is_some_and(|(_, end)| end.len() >= 2 && end.bytes().all(|b| b.is_ascii_lowercase()));
    named && ends && !NOBODYS.iter().any(|own| host.ends_with(own))
}

/// Ten digits and more behind a plus; numbers with 555 01 in them are for stories.
fn is_number(rest: &str) -> bool {
    let digits: String = rest
        .chars()
        .take_while(|c| c.is_ascii_digit() || matches!(c, ' ' | '-'))
        .filter(char::is_ascii_digit)
        .collect();
    (10..=15).contains(&digits.len()) && !digits.contains("55501")
}

#[cfg(test)]
mod tests {
    use super::{File, check, faults};

    #[test]
    fn each_kind_is_found_where_it_is_planted() {
        for (line, kinds) in [
            (r#""headers": [["cookie", "a=b"]]"#, 1),
            (r#""headers": [["Authorization", "x"]]"#, 1),
            ("sessionKey=abc", 1),
            (&format!("token ey{}hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0", "J"), 1),
            (&format!("sk{}Zx81kQpLmN04tRvWy7Ub2c", "-"), 1),
            ("aGk3Jk29sLqPzXw81mNvBtYr04cDfEgHuIoA5S6d7F8gQ1w2E3r4T5y", 1),
            ("write to karl.mueller@posteo.de", 1),
            ("call +49 170 1234567", 1),
            ("write to jane.doe@example.com or j@mail.test", 0),
            ("call +1 415-555-0132", 0),
            ("11111111-1111-4111-8111-000000000000", 0),
            ("a@b and f(x) @ 2.0", 0),
            ("sk-SECRET", 0),
        ] {
            assert_eq!(faults(line).len(), kinds, "{line}");
        }
        let file = |path: &str| File { path: path.to_owned(), text: "x\ncookie: a".to_owned() };
        let told = check(&[file("shared/sites/sites/claude/cases/a.json"), file("README.md")]);
        assert_eq!(
            told,
            [
                "shared/sites/sites/claude/cases/a.json:2: a cookie or a header that signs somebody in; cases are invented"
            ]
        );
    }
}
