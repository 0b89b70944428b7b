//! Text out of its disguise: letters replaced by digits, letters set apart, words written backwards or shifted by
//! thirteen letters, and what stands in base64 or hexadecimal.
//!
//! A disguise is looked for by what betrays it, and near that only, so that ordinary text is weighed once, however long it is.
//! INVARIANT: what comes out is bounded by the text, and looked into once more only.

mod encoded;

use std::sync::LazyLock;

use encoded::decoded;

/// Most bytes that are decoded of one text.
const MOST: usize = 64 * 1024;

/// Most bytes of a text that are looked at together: of a longer one only the pieces are written anew that betray something.
const PIECE: usize = 8 * 1024;

/// So much of a piece stands in the next one too: about as much as a stretch that is weighed.
const OVERLAP: usize = 1024;

/// Words that hardly any text does without, and that are no words when reversed or shifted.
const TELLING: [&str; 40] = [
    "the",
    "you",
    "your",
    "with",
    "this",
    "that",
    "from",
    "what",
    "how",
    "ignore",
    "previous",
    "instructions",
    "write",
    "tell",
    "give",
    "please",
    "system",
    "prompt",
    "address",
    "number",
    "password",
    "rules",
    "all",
    "without",
    "about",
    "ist",
    "und",
    "nicht",
    "mir",
    "sie",
    "les",
    "vous",
    "pour",
    "que",
    "los",
    "para",
    "como",
    "della",
    "het",
    "een",
];

/// What is hidden in a plain text, each as plain text.
#[must_use]
pub fn disguises(plain_text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut left = MOST;
    look(plain_text, &mut found, &mut left);
    let mut inner = Vec::new();
    for text in &found {
        look(text, &mut inner, &mut left);
    }
    found.extend(inner);
    found
}

fn look(text: &str, found: &mut Vec<String>, left: &mut usize) {
    let is_whole = text.len() <= PIECE;
    for piece in pieces(text) {
        let near = |places: &[usize], least| match is_whole {
            true if places.len() >= least => vec![piece],
            true => Vec::new(),
            false => around(piece, places, least),
        };
        let (reversed, turned) = telling(piece);
        found.extend(near(&dressed(piece), 2).into_iter().map(digits_for_letters));
        found.extend(near(&rows(piece), 1).into_iter().filter_map(set_apart));
        found.extend(near(&reversed, 2).into_iter().map(backwards));
        found.extend(near(&turned, 2).into_iter().map(shifted));
    }
    decoded(text, found, left);
}

/// What stands around these places, which ascend: as much on either side as a stretch that is weighed, and only where so many
/// of them are near to each other.
fn around<'a>(text: &'a str, places: &[usize], least: usize) -> Vec<&'a str> {
    let is_near = |one: &usize, other: &usize| other - one <= OVERLAP;
    let groups = places.chunk_by(is_near).filter(|group| group.len() >= least);
    let piece = |group: &[usize]| {
        let start = between_words(text, group.first()?.saturating_sub(OVERLAP));
        let end = between_words(text, (group.last()? + OVERLAP).min(text.len()));
        text.get(start..end)
    };
    groups.filter_map(piece).collect()
}

/// The text in pieces that overlap; a short one is one.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let whole = rest.take()?;
        if whole.len() <= PIECE {
            return Some(whole);
        }
        let end = between_words(whole, PIECE);
        rest = whole.get(between_words(whole, end - OVERLAP)..);
        whole.get(..end)
    })
}

/// The last place before this one where no word is cut; where a word is so long that there is none near, a place in it.
fn between_words(text: &str, at: usize) -> usize {
    let at = text.floor_char_boundary(at);
    let near = text.floor_char_boundary(at.saturating_sub(OVERLAP / 2));
    let blank = text.get(near..at).and_then(|part| part.rfind(char::is_whitespace));
    blank.map_or(at, |blank| near + blank)
}

/// Which words of [`TELLING`], a bit for each, have a length, a first and a last letter.
#[derive(Default)]
struct Marks {
    length: [u64; 16],
    first: [u64; 26],
    last: [u64; 26],
}

static MARKS: LazyLock<Marks> = LazyLock::new(|| {
    let mut marks = Marks::default();
    for (at, word) in TELLING.iter().map(|word| word.as_bytes()).enumerate() {
        let letter = |byte: Option<&u8>| byte.map(|byte| usize::from(byte.wrapping_sub(b'a')));
        let (first, last) = (letter(word.first()), letter(word.last()));
        let length = marks.length.get_mut(word.len());
        let first = first.and_then(|at| marks.first.get_mut(at));
        let last = last.and_then(|at| marks.last.get_mut(at));
        for bits in [length, first, last].into_iter().flatten() {
            *bits |= 1 << at;
        }
    }
    marks
});

/// Where words of [`TELLING`] stand in `text` backwards, and where shifted by thirteen letters.
fn telling(text: &str) -> (Vec<usize>, Vec<usize>) {
    let marks = &*MARKS;
    let (mut reversed, mut shifted) = (Vec::new(), Vec::new());
    let of = |marks: &[u64; 26], letter: u8| {
        marks.get(usize::from(letter.to_ascii_lowercase().wrapping_sub(b'a'))).copied().unwrap_or_default()
    };
    let mut next = 0;
    for word in text.as_bytes().split(|byte| !byte.is_ascii_alphabetic()) {
        let at = next;
        next += word.len() + 1;
        let Some(length) = marks.length.get(word.len()).filter(|length| **length != 0) else { continue };
        let (Some(first), Some(last)) = (word.first(), word.last()) else { continue };
        // Nearly every word ends here.
        let backwards = length & of(&marks.first, *last) & of(&marks.last, *first);
        if backwards != 0 && is_one_of(backwards, word.iter().rev().copied()) {
            reversed.push(at);
        }
        let turned = length & of(&marks.first, thirteen(*first)) & of(&marks.last, thirteen(*last));
        if turned != 0 && is_one_of(turned, word.iter().copied().map(thirteen)) {
            shifted.push(at);
        }
    }
    (reversed, shifted)
}

/// Whether these letters are one of the words that `marks` names.
fn is_one_of(marks: u64, letters: impl Iterator<Item = u8> + Clone) -> bool {
    let named = TELLING.iter().enumerate().filter(|(at, _)| marks >> at & 1 == 1);
    named.into_iter().any(|(_, word)| letters.clone().map(|byte| byte.to_ascii_lowercase()).eq(word.bytes()))
}

fn backwards(text: &str) -> String {
    text.chars().rev().collect()
}

fn shifted(text: &str) -> String {
    text.chars().map(turned).collect()
}

/// A letter, shifted by thirteen.
fn turned(char: char) -> char {
    if char.is_ascii() { u8::try_from(char).map_or(char, |byte| char::from(thirteen(byte))) } else { char }
}

fn thirteen(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => b'a' + (byte - b'a' + 13) % 26,
        b'A'..=b'Z' => b'A' + (byte - b'A' + 13) % 26,
        _ => byte,
    }
}

/// The letter that a digit or sign is written for.
fn letter(char: char) -> Option<char> {
    Some(match char {
        '0' => 'o',
        '1' | '!' | '|' => 'i',
        '3' | '€' => 'e',
        '4' | '@' => 'a',
        '5' | '$' => 's',
        '7' | '+' => 't',
        '8' => 'b',
        '9' => 'g',
        _ => return None,
    })
}

/// Whether a byte is, or begins, one of what [`letter`] knows: most words have none.
fn may_be_letter(byte: u8) -> bool {
    const EURO: u8 = 0xE2;
    matches!(byte, EURO | b'!' | b'$' | b'+' | b'0'..=b'9' | b'@' | b'|')
}

/// Where words like `pr3v10us` stand.
fn dressed(text: &str) -> Vec<usize> {
    let (mut places, mut upto) = (Vec::new(), 0);
    while let Some(sign) = text.bytes().skip(upto).position(may_be_letter).map(|more| upto + more) {
        let before = text.get(..sign).and_then(|before| before.rfind(char::is_whitespace));
        let start = before.map_or(0, |at| text.ceil_char_boundary(at + 1));
        let rest = text.get(start..).unwrap_or_default();
        let word = rest.split(char::is_whitespace).next().unwrap_or_default();
        if is_dressed(word) {
            places.push(start);
        }
        upto = (start + word.len()).max(sign + 1);
    }
    places
}

/// `sha256` and `B2B` are words; in `pr3v10us` letters stand on both sides, in `h3llo` too. `$PATH` is a name of programs.
fn is_dressed(word: &str) -> bool {
    let word = word.trim_end_matches(|char: char| char.is_ascii_punctuation() && char != '$');
    if word.split_once('@').is_some_and(|(_, host)| host.contains('.')) {
        return false;
    }
    let mut inner = word.char_indices().filter(|(_, char)| letter(*char).is_some());
    let letters = word.chars().filter(char::is_ascii_alphabetic).count();
    let signs = inner.clone().count();
    letters >= 2
        && signs <= letters + 2
        && inner.any(|(at, sign)| {
            let (before, after) = word.split_at_checked(at).unwrap_or_default();
            let after = after.get(sign.len_utf8()..).unwrap_or_default();
            let is_letter = |char: char| char.is_ascii_alphabetic();
            after.starts_with(is_letter)
                && (before.is_empty() && sign != '$'
                    || before.ends_with(|char| is_letter(char) || letter(char).is_some()))
        })
}

/// `1gn0r3 pr3v10us rul3s` in letters.
fn digits_for_letters(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(char::is_whitespace) {
        let has_letters = piece.chars().any(|char| char.is_ascii_alphabetic());
        let signs = piece.chars().filter(|char| letter(*char).is_some()).count();
        let is_word = has_letters || (1..=2).contains(&signs);
        let body =
            piece.trim_end_matches(|char: char| char.is_whitespace() || matches!(char, '!' | '.' | ','));
        let turn = |char| if is_word { letter(char).unwrap_or(char) } else { char };
        out.extend(body.chars().map(turn));
        out.push_str(piece.strip_prefix(body).unwrap_or_default());
    }
    out
}

/// Fewest single letters in a row.
const ROW: usize = 6;

/// Most separators between two of them.
const GAP: usize = 3;

/// Where as many single letters stand in a row as [`set_apart`] wants, and each further one of the row.
fn rows(text: &str) -> Vec<usize> {
    let (mut row, mut letters, mut gap) = (0, 0, 0);
    let mut places = Vec::new();
    // What ends a letter ends the last one too.
    for (at, char) in text.char_indices().chain([(text.len(), ' ')]) {
        if char.is_alphanumeric() {
            if letters == 0 && gap > GAP {
                row = 0;
            }
            (letters, gap) = (letters + 1, 0);
        } else {
            row = match letters {
                0 => row,
                1 => row + 1,
                _ => 0,
            };
            if letters == 1 && row >= ROW {
                places.push(at);
            }
            (letters, gap) = (0, gap + 1);
        }
    }
    places
}

/// `i g n o r e  a l l` and `i.g.n.o.r.e`: single letters with one separator between them; two separators end a word.
fn set_apart(text: &str) -> Option<String> {
    let chars: Vec<char> = text.chars().collect();
    let is_letter = |at: usize| chars.get(at).is_some_and(|char| char.is_alphanumeric());
    let is_single =
        |at: usize| is_letter(at) && !is_letter(at + 1) && at.checked_sub(1).is_none_or(|at| !is_letter(at));
    let mut out = String::with_capacity(text.len());
    let (mut at, mut is_any) = (0, false);
    while let Some(&char) = chars.get(at) {
        // How many single letters follow each other, each with at most three separators.
        let (mut end, mut row, mut joined) = (at, 0, String::new());
        while is_single(end) {
            joined.extend(chars.get(end));
            row += 1;
            end += 1;
            let gap = (0..GAP).take_while(|gap| !is_letter(end + gap) && end + gap < chars.len()).count();
            if gap > 1 {
                joined.push(' ');
            }
            if !is_single(end + gap) {
                break;
            }
            end += gap;
        }
        if row >= ROW {
            out.push_str(&joined);
            (at, is_any) = (end, true);
        } else {
            out.push(char);
            at += 1;
        }
    }
    is_any.then_some(out)
}

#[cfg(test)]
mod tests;
