//! Pieces of tokens that are made by a recipe: checksums, ids, files of keys.

use crate::form::{Random, alphabet};

const BASE64: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// The piece `name`, with what stands behind its name in the form, and what stands before it in the token.
pub(crate) fn made(name: &str, rest: &str, before: &str, random: &mut Random) -> String {
    let mut hex = |count: usize| random.of("0123456789abcdef", count);
    match name {
        "uuid" => [8, 4, 4, 4, 12].map(&mut hex).join("-"),
        // Of what stands between the last `_` and here.
        "crc62" => base62(crc32(before.rsplit('_').next().unwrap().as_bytes())),
        "awsid" => aws_id(random),
        "snowflake" => {
            let id = format!("{}{}", 1 + random.below(9), random.of("0123456789", 17));
            encode(BASE64, id.as_bytes()).trim_end_matches('=').to_owned()
        }
        "bech32" => {
            let (name, count) = rest.split_once(' ').unwrap();
            bech32(name, count.parse().unwrap(), random)
        }
        "basic" => {
            let login = format!("{}:{}", random.of("abcdefghijklmnopqrstuvwxyz", 6), password(12, random));
            encode(BASE64, login.as_bytes())
        }
        "pw" => {
            let (from, to) = rest.split_once('-').unwrap_or((rest, rest));
            let (from, to): (usize, usize) = (from.parse().unwrap(), to.parse().unwrap());
            password(from + random.below(to - from + 1), random)
        }
        "jwt" => jwt(random),
        "pem" => pem(rest, "\n", random),
        "pemline" => pem(rest, "\\n", random),
        "pem64" => encode(BASE64, format!("{}\n", pem(rest, "\n", random)).as_bytes()),
        "putty" => putty(random),
        other => panic!("no recipe for `{other}`"),
    }
}

/// A password that a program drew: small and capital letters, digits and signs, the ends plain.
fn password(length: usize, random: &mut Random) -> String {
    const SIGNS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!#%+@?*";
    loop {
        let text = random.of(SIGNS, length);
        let has = |of: fn(char) -> bool| text.chars().any(of);
        let mixed = has(|char| char.is_ascii_lowercase())
            && has(|char| char.is_ascii_uppercase())
            && has(|char| char.is_ascii_digit());
        let ends = [text.chars().next(), text.chars().next_back()];
        if mixed && ends.into_iter().flatten().all(|char| char.is_ascii_alphanumeric()) {
            return text;
        }
    }
}

fn pem(label: &str, line: &str, random: &mut Random) -> String {
    let body: Vec<String> = (0..6).map(|_| random.of(BASE64, 64)).collect();
    format!("-----BEGIN {label}-----{line}{}{line}-----END {label}-----", body.join(line))
}

fn putty(random: &mut Random) -> String {
    let mut line = |count| random.of(BASE64, count);
    let public = [line(64), line(64)].join("\n");
    let private = line(48);
    let mac = random.of("0123456789abcdef", 64);
    format!(
        "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: none\nComment: laptop\nPublic-Lines: 2\n{public}\n\
         Private-Lines: 1\n{private}\nPrivate-MAC: {mac}"
    )
}

fn jwt(random: &mut Random) -> String {
    let key = random.of("0123456789abcdef", 8);
    let subject = random.of("0123456789abcdef", 12);
    let part = |json: String| encode(URL, json.as_bytes()).trim_end_matches('=').to_owned();
    let header = part(format!(r#"{{"alg":"RS256","kid":"{key}"}}"#));
    let claims = part(format!(r#"{{"sub":"{subject}","exp":1900000000}}"#));
    format!("{header}.{claims}.{}A", random.of(alphabet("base62").unwrap(), 85))
}

/// Sixteen characters of base 32 whose first 48 bits hold an account's number of twelve digits, above seven other bits.
fn aws_id(random: &mut Random) -> String {
    let account = random.next() % 1_000_000_000_000;
    let head = u128::from((1 << 47) | (account << 7) | (random.next() % 128));
    let bits = head << 32 | u128::from(random.next() % (1 << 32));
    let letters: Vec<char> = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".chars().collect();
    let letter = |at: u32| letters[usize::try_from(bits >> (75 - 5 * at) & 31).unwrap()];
    (0..16).map(letter).collect()
}

/// CRC-32 as in ISO 3309, bit by bit.
fn crc32(bytes: &[u8]) -> u32 {
    let mut sum = u32::MAX;
    for byte in bytes {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = sum >> 1 ^ if sum & 1 == 1 { 0xEDB8_8320 } else { 0 };
        }
    }
    !sum
}

/// Six digits.
fn base62(mut number: u32) -> String {
    let letters: Vec<char> = alphabet("base62").unwrap().chars().collect();
    let mut digits = Vec::new();
    for _ in 0..6 {
        digits.push(letters[usize::try_from(number % 62).unwrap()]);
        number /= 62;
    }
    digits.iter().rev().collect()
}

/// Bech32 as BIP 173 describes it.
fn bech32(name: &str, count: usize, random: &mut Random) -> String {
    const LETTERS: &str = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let lower = name.to_lowercase();
    let values: Vec<u32> = (0..count).map(|_| u32::try_from(random.below(32)).unwrap()).collect();
    let mut all: Vec<u32> = lower.bytes().map(|byte| u32::from(byte >> 5)).collect();
    all.push(0);
    all.extend(lower.bytes().map(|byte| u32::from(byte & 31)));
    all.extend(&values);
    all.extend([0; 6]);
    let mut sum: u32 = 1;
    for value in all {
        let top = sum >> 25;
        sum = (sum & 0x01FF_FFFF) << 5 ^ value;
        for (bit, part) in
            [0x3B6A_57B2, 0x2650_8E6D, 0x1EA1_19FA, 0x3D42_33DD, 0x2A14_62B3].into_iter().enumerate()
        {
            if top >> bit & 1 == 1 {
                sum ^= part;
            }
        }
    }
    sum ^= 1;
    let sums = (0..6).map(|at| sum >> (25 - 5 * at) & 31);
    let letter = |value: u32| LETTERS.chars().nth(usize::try_from(value).unwrap()).unwrap();
    let letters: String = values.into_iter().chain(sums).map(letter).collect();
    let text = format!("{lower}1{letters}");
    if name == lower { text } else { text.to_uppercase() }
}

/// Base64 with padding.
fn encode(letters: &str, bytes: &[u8]) -> String {
    let letters: Vec<char> = letters.chars().collect();
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let mut bits = 0_u32;
        for at in 0..3 {
            bits = bits << 8 | u32::from(chunk.get(at).copied().unwrap_or(0));
        }
        for at in 0..4 {
            let letter = letters[usize::try_from(bits >> (18 - 6 * at) & 63).unwrap()];
            text.push(if at <= chunk.len() { letter } else { '=' });
        }
    }
    text
}
