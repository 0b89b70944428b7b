//! Bodies as the hook describes them: text, bytes in base64, or the fields of a form.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::Param;
use crate::{Body, FormPart};

/// Bytes: text when they are UTF-8.
pub(super) fn body(bytes: &[u8]) -> Body {
    match std::str::from_utf8(bytes) {
        Ok("") => Body::None,
        Ok(text) => Body::Text { text: text.into() },
        Err(_) => Body::Bytes { base64: STANDARD.encode(bytes).into() },
    }
}

/// The boundary that `multipart/form-data` names.
pub(super) fn boundary(media_type: &str) -> Option<String> {
    let lower = media_type.to_ascii_lowercase();
    if !lower.starts_with("multipart/form-data") {
        return None;
    }
    let at = lower.find("boundary=")?;
    let rest = media_type.get(at..)?.split_once('=')?.1;
    let value = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => rest.split(';').next()?.trim(),
    };
    (!value.is_empty()).then(|| value.to_owned())
}

/// The fields of a `multipart/form-data` body (RFC 7578).
pub(super) fn form(bytes: &[u8], boundary: &str) -> Body {
    let delimiter = format!("--{boundary}");
    let pieces = split(bytes, delimiter.as_bytes());
    let parts: Vec<FormPart> = pieces.into_iter().skip(1).filter_map(part).collect();
    if parts.is_empty() { body(bytes) } else { Body::Form { parts } }
}

fn part(piece: &[u8]) -> Option<FormPart> {
    // After the last delimiter stands `--`.
    let piece = piece.strip_prefix(b"\r\n").or_else(|| piece.strip_prefix(b"\n"))?;
    let (head, value) = split_once(piece, b"\r\n\r\n").or_else(|| split_once(piece, b"\n\n"))?;
    let value = value.strip_suffix(b"\r\n").or_else(|| value.strip_suffix(b"\n")).unwrap_or(value);
    let head = String::from_utf8_lossy(head);
    let header = |name: &str| {
        head.lines().find_map(|line| {
            let (found, value) = line.split_once(':')?;
            found.eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
        })
    };
    let disposition = header("content-disposition")?;
    Some(FormPart {
        name: parameter(&disposition, "name")?,
        file_name: parameter(&disposition, "filename").map(Into::into),
        media_type: header("content-type"),
        size: u64::try_from(value.len()).unwrap_or(u64::MAX),
        text: std::str::from_utf8(value).ok().map(Into::into),
        file: None,
        piece: false,
    })
}

/// `name` of `form-data; name="a"; filename="b"`; browsers write a quote in it as `%22`.
fn parameter(disposition: &str, name: &str) -> Option<String> {
    let pairs = disposition.split("; ").filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.into_iter().find(|(found, _)| found.eq_ignore_ascii_case(name))?;
    let value = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
    Some(value.replace("%22", "\"").replace("%0D%0A", "\n"))
}

/// The fields as the archive lists them, when it has no text.
pub(super) fn params(media_type: &str, params: &[Param]) -> Body {
    if params.is_empty() {
        return Body::None;
    }
    if media_type.to_ascii_lowercase().starts_with("application/x-www-form-urlencoded") {
        // Listed as they stood in the body, already encoded.
        let pair = |param: &Param| format!("{}={}", param.name, param.value.as_deref().unwrap_or_default());
        return Body::Text { text: params.iter().map(pair).collect::<Vec<_>>().join("&").into() };
    }
    let part = |param: &Param| FormPart {
        name: param.name.clone(),
        file_name: param.file_name.as_deref().map(Into::into),
        media_type: param.content_type.clone(),
        size: u64::try_from(param.value.as_ref().map_or(0, String::len)).unwrap_or(u64::MAX),
        text: param.value.as_deref().map(Into::into),
        file: None,
        piece: false,
    };
    Body::Form { parts: params.iter().map(part).collect() }
}

fn split<'a>(bytes: &'a [u8], by: &[u8]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut rest = bytes;
    while let Some((piece, after)) = split_once(rest, by) {
        pieces.push(piece);
        rest = after;
    }
    pieces.push(rest);
    pieces
}

fn split_once<'a>(bytes: &'a [u8], by: &[u8]) -> Option<(&'a [u8], &'a [u8])> {
    let at = bytes.windows(by.len()).position(|window| window == by)?;
    let (before, rest) = bytes.split_at_checked(at)?;
    Some((before, rest.strip_prefix(by)?))
}
