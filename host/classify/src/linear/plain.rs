//! A text as a person reads it: what cannot be seen is gone, what only looks like a letter is one.
//!
//! Capital letters and punctuation stay; accents go, for a model of few words has no room for both spellings.

use super::confusables::latin;

/// Letters without their accents, from U+00C0 to U+017F.
const BARE: &str = "AAAAAAACEEEEIIIIDNOOOOOxOUUUUYTsaaaaaaaceeeeiiiidnooooo/ouuuuyty\
AaAaAaCcCcCcCcDdDdEeEeEeEeEeGgGgGgGgHhHhIiIiIiIiIiIiJjKkkLlLlLlLlLlNnNnNnnNnOoOoOoOoRrRrRrSsSsSsSsTtTtTtUuUuUuUuUuUuWwYyYZzZzZzs";

/// Letters that mathematics keeps outside of its alphabets.
const STRAY: [(char, char); 22] = [
    ('ℎ', 'h'),
    ('ℬ', 'B'),
    ('ℰ', 'E'),
    ('ℱ', 'F'),
    ('ℋ', 'H'),
    ('ℐ', 'I'),
    ('ℒ', 'L'),
    ('ℳ', 'M'),
    ('ℛ', 'R'),
    ('ℯ', 'e'),
    ('ℊ', 'g'),
    ('ℴ', 'o'),
    ('ℭ', 'C'),
    ('ℌ', 'H'),
    ('ℑ', 'I'),
    ('ℜ', 'R'),
    ('ℂ', 'C'),
    ('ℍ', 'H'),
    ('ℕ', 'N'),
    ('ℙ', 'P'),
    ('ℚ', 'Q'),
    ('ℝ', 'R'),
];

/// Small capitals of phonetics.
const SMALL_CAPITALS: &str = "ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘǫʀꜱᴛᴜᴠᴡxʏᴢ";

/// The text without disguises of single characters.
#[must_use]
pub fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Where the present word begins, whether it has letters of Latin and of others that look like them.
    let (mut word, mut is_latin, mut is_like) = (0, false, false);
    for char in text.chars() {
        let Some(char) = bare(char) else { continue };
        if char.is_alphanumeric() {
            is_latin |= char.is_ascii_alphabetic();
            is_like |= latin(char).is_some();
            out.push(char);
            continue;
        }
        respell(&mut out, word, is_latin, is_like);
        out.push(char);
        (word, is_latin, is_like) = (out.len(), false, false);
    }
    respell(&mut out, word, is_latin, is_like);
    out
}

/// Writes the last word in Latin letters where it mixes alphabets, or is made of such letters alone as look Latin.
fn respell(out: &mut String, start: usize, is_latin: bool, is_like: bool) {
    let Some(word) = out.get(start..).filter(|_| is_like) else { return };
    let whole = || word.chars().all(|char| char.is_ascii_digit() || latin(char).is_some());
    if is_latin || whole() {
        let spelt: String = word.chars().map(|char| latin(char).unwrap_or(char)).collect();
        out.truncate(start);
        out.push_str(&spelt);
    }
}

/// One character without its dress; nothing for what cannot be seen.
pub(crate) fn bare(char: char) -> Option<char> {
    let code = u32::from(char);
    let letter = |first: u32, alphabet: &str| {
        let at = usize::try_from(code.checked_sub(first)?).ok()?;
        alphabet.chars().nth(at)
    };
    let turned = |from: char, at: u32| char::from_u32(u32::from(from) + at);
    match code {
        0..0xA0 => Some(char),
        0xAD | 0x34F | 0x61C | 0x115F | 0x1160 | 0x17B4 | 0x17B5 | 0x180B..=0x180E => None,
        0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFE00..=0xFE0F | 0xFEFF => None,
        0x300..=0x36F | 0x1AB0..=0x1AFF | 0x1DC0..=0x1DFF | 0x20D0..=0x20FF | 0xFE20..=0xFE2F => None,
        0xE0100..=0xE01EF => None,
        // Tags: a second ASCII that nothing shows.
        0xE0020..=0xE007E => char::from_u32(code - 0xE0000),
        0xE0000..=0xE007F => None,
        0xA0 | 0x2000..=0x200A | 0x202F | 0x205F | 0x3000 => Some(' '),
        0x2028 | 0x2029 => Some('\n'),
        0xC0..=0x17F => Some(BARE.chars().nth(usize::try_from(code - 0xC0).ok()?).unwrap_or(char)),
        0x2018 | 0x2019 | 0x201B | 0x2032 => Some('\''),
        0x201C..=0x201F | 0x2033 | 0xAB | 0xBB => Some('"'),
        0x2010..=0x2015 | 0x2212 => Some('-'),
        0x3002 | 0xFF61 => Some('。'),
        0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0),
        0x249C..=0x24B5 => turned('a', code - 0x249C),
        0x24B6..=0x24CF => turned('A', code - 0x24B6),
        0x24D0..=0x24E9 => turned('a', code - 0x24D0),
        0x1F130..=0x1F149 => turned('A', code - 0x1F130),
        0x1F150..=0x1F169 => turned('A', code - 0x1F150),
        0x1F170..=0x1F189 => turned('A', code - 0x1F170),
        0x1D400..=0x1D6A3 => letter(
            0x1D400 + (code - 0x1D400) / 52 * 52,
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        ),
        0x1D7CE..=0x1D7FF => turned('0', (code - 0x1D7CE) % 10),
        _ => {
            let small = || SMALL_CAPITALS.chars().position(|small| small == char);
            let stray = STRAY.iter().find(|(from, _)| *from == char).map(|(_, to)| *to);
            match stray {
                Some(letter) => Some(letter),
                None if matches!(code, 0x1A0..=0x2FF | 0x1D00..=0x1D7F | 0xA700..=0xA7FF) => {
                    small().and_then(|at| turned('a', u32::try_from(at).ok()?)).or(Some(char))
                }
                None => Some(char),
            }
        }
    }
}
