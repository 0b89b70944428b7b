//! Bodies that are files: names, sizes, and the text of those that are text.
//!
//! INVARIANT: total; a form that cannot be taken apart is one file. Deliberately no reading of file formats.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use shared_protocol::{Attachment, Text};

use crate::{
    content::MAX_BYTES,
    drift::size,
    request::{Body, FormPart},
};

/// One file of a request.
#[derive(Debug, Default)]
pub(crate) struct File {
    pub(crate) attachment: Attachment,
    /// What it says, when it is text.
    pub(crate) text: Option<Text>,
    /// It is all of the file, whatever piece of it leaves.
    pub(crate) is_whole: bool,
}

/// The files of a body.
pub(crate) fn files(body: &Body) -> Vec<File> {
    let whole = |text| {
        let attachment = Attachment { size: size(body), ..Attachment::default() };
        vec![File { attachment, text, is_whole: false }]
    };
    match body {
        Body::None => Vec::new(),
        Body::Form { parts } => parts.iter().filter_map(part).collect(),
        Body::Text { text } => {
            multipart(text.expose().as_bytes()).unwrap_or_else(|| whole(Some(text.clone())))
        }
        Body::Bytes { base64 } if base64.len() > MAX_BYTES => whole(None),
        Body::Bytes { base64 } => {
            let bytes = STANDARD.decode(base64.expose()).unwrap_or_default();
            multipart(&bytes).unwrap_or_else(|| whole(None))
        }
        Body::File { file, size, text, piece, name } => {
            let (size, file, name) = (Some(*size), Some(file.clone()), name.clone());
            let attachment = Attachment { size, file, name, ..Attachment::default() };
            let mut files = vec![File { attachment, text: None, is_whole: *piece }];
            // A form that was put together by the page's own hands, or a person's own file that looks like one: all of it
            // is looked at, and what it says are files as well.
            let form = text.as_ref().and_then(|text| multipart(text.expose().as_bytes()));
            files.extend(form.unwrap_or_default());
            files
        }
        Body::Oversize { .. } | Body::Unreadable => whole(None),
    }
}

fn part(part: &FormPart) -> Option<File> {
    let name = part.file_name.clone();
    if name.is_none() && part.file.is_none() {
        return None;
    }
    let media_type = part.media_type.clone().filter(|media| media.len() <= 128);
    let file = part.file.clone();
    // Whoever is given the bytes reads them there.
    let text = part.text.clone().filter(|_| file.is_none());
    let attachment = Attachment { name, media_type, size: Some(part.size), file, ..Attachment::default() };
    Some(File { attachment, text, is_whole: part.piece })
}

/// The files of a multipart form (RFC 7578) that was given as bytes; none when it is no such form.
fn multipart(body: &[u8]) -> Option<Vec<File>> {
    let line = body.iter().position(|byte| *byte == b'\r')?;
    let boundary = body.get(..line).filter(|line| line.starts_with(b"--") && line.len() <= 200)?;
    let mut files = Vec::new();
    let mut rest = body.get(line..)?;
    loop {
        rest = match rest.strip_prefix(b"\r\n") {
            Some(part) => part,
            None => return rest.starts_with(b"--").then_some(files),
        };
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = std::str::from_utf8(rest.get(..head_end)?).ok()?;
        let content = rest.get(head_end + 4..)?;
        let end = find(content, &[b"\r\n", boundary].concat())?;
        let value = content.get(..end)?;
        if let Some(name) = parameter(head, "filename") {
            let media_type =
                header(head, "content-type").filter(|media| media.len() <= 128).map(str::to_owned);
            let size = u64::try_from(value.len()).ok();
            let text = std::str::from_utf8(value).ok().map(Text::new);
            let name = Some(Text::new(name));
            let attachment = Attachment { name, media_type, size, ..Attachment::default() };
            files.push(File { attachment, text, is_whole: false });
        }
        rest = content.get(end + 2 + boundary.len()..)?;
    }
}

fn find(within: &[u8], what: &[u8]) -> Option<usize> {
    within.windows(what.len()).position(|window| window == what)
}

fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let mut fields = head.split("\r\n").filter_map(|line| line.split_once(':'));
    fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
}

fn parameter<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let value = header(head, "content-disposition")?;
    let start = value.find(&format!("; {name}=\""))? + name.len() + 4;
    value.get(start..)?.split('"').next()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{files, multipart};
    use crate::request::Body;

    /// What stands behind the form's end, and in its fields, is in the file all the same.
    #[test]
    fn a_file_that_looks_like_a_form_is_looked_at_whole() {
        let text =
            "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"a\"\r\n\r\nok\r\n--b--\r\nbehind";
        let file: Body = serde_json::from_value(serde_json::json!({
            "type": "file", "file": "01890a5d-ac96-474b-bcce-000000000001", "size": text.len(), "text": text, "name": "dump.txt"
        }))
        .unwrap();
        let files = files(&file);
        assert_eq!(files.len(), 2);
        assert!(files[0].attachment.file.is_some() && files[0].text.is_none());
        assert_eq!(files[0].attachment.name.as_ref().unwrap().expose(), "dump.txt");
        assert_eq!(files[1].text.as_ref().unwrap().expose(), "ok");
    }

    #[test]
    fn forms_given_as_bytes() {
        let form = b"--b\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nx\r\n--b\r\nContent-Disposition: \
            form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n1,2\r\n--3\r\n--b\r\nContent-\
            Disposition: form-data; name=\"file\"; filename=\"b.bin\"\r\n\r\n\xff\xfe\r\n--b--\r\n";
        let files = multipart(form).unwrap();
        let shown: Vec<_> = files
            .iter()
            .map(|file| {
                let name = file.attachment.name.as_ref().unwrap().expose().to_owned();
                (name, file.attachment.size, file.text.as_ref().map(|text| text.expose().to_owned()))
            })
            .collect();
        let expected = [
            ("a.csv".to_owned(), Some(8), Some("1,2\r\n--3".to_owned())),
            ("b.bin".to_owned(), Some(2), None),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn text_that_is_no_form_is_one_file() {
        let found = files(&Body::Text { text: "-- a note\r\nhello".into() });
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].text.as_ref().unwrap().expose(), "-- a note\r\nhello");
    }

    proptest! {
        #[test]
        fn never_panics(body in "(--b)?(\r\n|--b|--|Content-Disposition: x; filename=\"|[a-z\":;]){0,40}") {
            multipart(body.as_bytes());
        }
    }
}
