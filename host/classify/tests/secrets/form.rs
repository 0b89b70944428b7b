//! Random tokens from what a vendor says of its format. Knows nothing of the rules.
//!
//! A form is text with pieces in braces: `{alphabet length}` or `{alphabet from-to}`, `{one|other}`, and pieces with a
//! recipe of their own such as `{uuid}` or `{crc62}`. `{{` and `}}` are braces.

use crate::recipe;

/// Random numbers from a fixed seed (splitmix64).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ mixed >> 31
    }

    pub(crate) fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.next() % u64::try_from(bound).unwrap()).unwrap()
    }

    pub(crate) fn of(&mut self, letters: &str, count: usize) -> String {
        let letters: Vec<char> = letters.chars().collect();
        (0..count).map(|_| letters[self.below(letters.len())]).collect()
    }
}

/// A piece of a form.
enum Piece {
    Text(String),
    Random(String),
}

/// What a random piece becomes.
#[derive(Clone, Copy)]
pub(crate) enum Fill {
    Random,
    /// As documentation writes it.
    With(&'static str),
}

/// One token.
pub(crate) struct Token {
    pub(crate) text: String,
    /// Where the last random piece begins.
    pub(crate) last: usize,
}

fn pieces(form: &str) -> Vec<Piece> {
    let (mut pieces, mut text) = (Vec::new(), String::new());
    let mut chars = form.chars().peekable();
    while let Some(char) = chars.next() {
        match char {
            '{' | '}' if chars.peek() == Some(&char) => {
                chars.next();
                text.push(char);
            }
            '{' => {
                pieces.push(Piece::Text(std::mem::take(&mut text)));
                pieces.push(Piece::Random(chars.by_ref().take_while(|char| *char != '}').collect()));
            }
            other => text.push(other),
        }
    }
    pieces.push(Piece::Text(text));
    pieces
}

/// What stands before the first random piece.
pub(crate) fn head(form: &str) -> String {
    match pieces(form).into_iter().next() {
        Some(Piece::Text(text)) => text,
        _ => String::new(),
    }
}

/// Whether the form ends in a checksum that one other letter breaks.
pub(crate) fn has_checksum(form: &str) -> bool {
    form.ends_with("{crc62}") || form.starts_with("{bech32")
}

pub(crate) fn token(form: &str, random: &mut Random, fill: Fill) -> Token {
    let (mut text, mut last) = (String::new(), 0);
    for piece in pieces(form) {
        match (piece, fill) {
            (Piece::Text(fixed), _) => text.push_str(&fixed),
            (Piece::Random(what), Fill::Random) => {
                last = text.len();
                let made = made(&what, &text, random);
                text.push_str(&made);
            }
            (Piece::Random(what), Fill::With(letters)) => {
                last = text.len();
                let length = made(&what, &text, random).len();
                text.extend(letters.chars().cycle().take(length));
            }
        }
    }
    Token { text, last }
}

fn made(what: &str, before: &str, random: &mut Random) -> String {
    if what.contains('|') {
        let choices: Vec<&str> = what.split('|').collect();
        return choices[random.below(choices.len())].to_owned();
    }
    let (name, rest) = what.split_once(' ').unwrap_or((what, ""));
    if let Some(letters) = alphabet(name) {
        let (from, to) = rest.split_once('-').unwrap_or((rest, rest));
        let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
        let length = from + random.below(to - from + 1);
        // Letters that do not look like the end of a word stand inside only, so that the place is not in doubt.
        loop {
            let text = random.of(letters, length);
            let ends = [text.chars().next(), text.chars().next_back()];
            if !name.ends_with('e') || ends.into_iter().flatten().all(|char| char.is_ascii_alphanumeric()) {
                return text;
            }
        }
    }
    recipe::made(name, rest, before, random)
}

/// Names that end in `e` have a letter or a digit at either end.
pub(crate) fn alphabet(name: &str) -> Option<&'static str> {
    Some(match name {
        "digit" => "0123456789",
        "hex" => "0123456789abcdef",
        "HEX" => "0123456789ABCDEF",
        "lower" => "abcdefghijklmnopqrstuvwxyz",
        "upper" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
        "letter" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "base32" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
        "base36" => "abcdefghijklmnopqrstuvwxyz0123456789",
        "BASE36" => "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
        "base58" => "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
        "base62" => "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "base64" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
        "url64" | "url64e" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
        "session-e" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._",
        "entra-e" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_~.-",
        "crypt" => "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        "django" => "abcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*(-_=+)",
        "salt" => "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!@#$%^&*()-_[]~`+=,.;:/?|",
        _ => return None,
    })
}
