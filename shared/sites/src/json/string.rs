//! A string token's characters, and back.

use shared_protocol::Text;

/// The characters of a string token, quotes included. Half a surrogate pair becomes U+FFFD, as every UTF-8
/// reader of that string would have it.
pub(super) fn decode(token: &str) -> Option<Text> {
    let inner = token.strip_prefix('"')?.strip_suffix('"')?;
    // One allocation, so that no copy is left behind by growth.
    let mut out = String::with_capacity(inner.len() + 4);
    let mut rest = inner.chars();
    let mut high: Option<u32> = None;
    while let Some(char) = rest.next() {
        let unit = if char == '\\' {
            match rest.next()? {
                'b' => u32::from('\u{8}'),
                'f' => u32::from('\u{c}'),
                'n' => u32::from('\n'),
                'r' => u32::from('\r'),
                't' => u32::from('\t'),
                'u' => {
                    let digits = rest.as_str().get(..4)?;
                    rest = rest.as_str().get(4..)?.chars();
                    u32::from_str_radix(digits, 16).ok()?
                }
                other => u32::from(other),
            }
        } else {
            u32::from(char)
        };
        match (high.take(), unit) {
            (Some(first), 0xDC00..=0xDFFF) => {
                out.extend(char::from_u32(0x10000 + ((first - 0xD800) << 10) + (unit - 0xDC00)));
                continue;
            }
            (Some(_), _) => out.push('\u{FFFD}'),
            (None, _) => {}
        }
        match unit {
            0xD800..=0xDBFF => high = Some(unit),
            _ => out.push(char::from_u32(unit).unwrap_or('\u{FFFD}')),
        }
    }
    if high.is_some() {
        out.push('\u{FFFD}');
    }
    Some(Text::new(out))
}

/// `text` as a string token.
pub(crate) fn encode(text: &str) -> Text {
    Text::new(serde_json::to_string(text).unwrap_or_else(|_| "\"\"".to_owned()))
}
