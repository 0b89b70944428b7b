//! Mail (RFC 5322, MIME): headers, bodies, and every attached file as a file of its own.

use mail_parser::{Message, MessageParser, MimeHeaders, PartType};
use shared_protocol::UnreadFile;

use super::super::out::{DEPTH, Out};
use super::super::said::Places;
use super::html;

/// Names that mails begin with.
const FIRST: &[&str] = &[
    "bcc",
    "cc",
    "content-type",
    "date",
    "delivered-to",
    "from",
    "message-id",
    "mime-version",
    "received",
    "reply-to",
    "return-path",
    "sender",
    "subject",
    "to",
    "x-mailer",
    "x-mozilla-status",
    "authentication-results",
    "arc-seal",
    "dkim-signature",
];

/// Whether a text begins like a mail: lines of headers, three of them of those that mails have, or those of a page with
/// its pictures (MHTML, RFC 2557), which has no sender.
pub(super) fn is_mail(head: &str) -> bool {
    let (mut known, mut is_mime, mut has_parts) = (0, false, false);
    for line in head.lines() {
        if line.starts_with([' ', '\t']) {
            continue;
        }
        let Some((name, value)) = line.split_once(':') else { break };
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
            break;
        }
        let (name, value) = (name.to_ascii_lowercase(), value.trim_start().to_ascii_lowercase());
        known += usize::from(FIRST.contains(&name.as_str()));
        is_mime |= name == "mime-version";
        has_parts |= name == "content-type" && value.starts_with("multipart/");
    }
    known >= 3 || (is_mime && has_parts)
}

pub(super) fn read(bytes: &[u8], inside: &[String], out: &mut Out<'_>) {
    match MessageParser::default().parse(bytes) {
        Some(message) => whole(&message, inside, out),
        None => out.unread(UnreadFile::Damaged),
    }
}

fn whole(message: &Message<'_>, inside: &[String], out: &mut Out<'_>) {
    if inside.len() > DEPTH {
        return out.unread(UnreadFile::TooLarge);
    }
    let mut about = String::new();
    if let Some(subject) = message.subject() {
        about.push_str(subject);
        about.push('\n');
    }
    for (name, value) in message.headers_raw() {
        about.push_str(&format!("{name}: {}\n", value.trim()));
    }
    out.text(inside, about, Places::About);
    for part in &message.parts {
        let kind = part.content_type();
        let is = |main: &str, sub: &str| {
            kind.is_some_and(|kind| kind.c_type == main && kind.c_subtype.as_deref() == Some(sub))
        };
        if is("multipart", "encrypted")
            || is("application", "pkcs7-mime")
            || is("application", "x-pkcs7-mime")
        {
            out.unread(UnreadFile::Encrypted);
        }
        let name = part.attachment_name().map(str::to_owned);
        let within = |word: &str| -> Vec<String> {
            inside.iter().cloned().chain([name.clone().unwrap_or_else(|| word.to_owned())]).collect()
        };
        match &part.body {
            PartType::Text(text) if name.is_none() => out.text(inside, text.to_string(), Places::Lines),
            PartType::Html(text) if name.is_none() => html::read(text, inside, out),
            PartType::Text(text) | PartType::Html(text) => {
                if out.member() {
                    super::read(text.as_bytes(), &within("text"), out);
                }
            }
            PartType::Binary(bytes) | PartType::InlineBinary(bytes) => {
                if out.member()
                    && let Some(bytes) = out.unpack(&**bytes)
                {
                    super::read(&bytes, &within("attachment"), out);
                }
            }
            PartType::Message(message) => {
                if out.member() {
                    whole(message, &within("message"), out);
                }
            }
            PartType::Multipart(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_mail;

    #[test]
    fn a_mail_is_told_by_its_headers() {
        assert!(is_mail("Received: from x\n by y\nFrom: a@b.c\nTo: d@e.f\n\nhello"));
        assert!(!is_mail("From: here\nnothing else"));
        assert!(!is_mail("key: value\nto: x\nfrom: y\nand no more"));
        assert!(is_mail("MIME-Version: 1.0\nContent-Type: multipart/related;\n boundary=\"x\"\n\n--x"));
        assert!(!is_mail("MIME-Version: 1.0\nContent-Type: text/plain\n\nhello"));
    }
}
