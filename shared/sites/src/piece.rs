//! Whether a request says that it carries a piece of a file only: by a range, an offset, a part's number.
//!
//! INVARIANT: this names the ways of the web (RFC 9110 ranges, resumable uploads, stores' parts, forms of chunks) and no
//! site; whoever says so is believed, since being a piece only makes an upload harder. A request that carries all of its
//! file in one piece is none.

use crate::{
    request::{Body, Request},
    url::Url,
};

/// Keys of a query that name a part or a block of what a store puts together later.
const PARTS: [&str; 2] = ["partnumber", "blockid"];

/// Fields of a form that say of how many chunks it is one.
const CHUNKS: [&str; 8] = [
    "dztotalchunkcount",
    "resumabletotalchunks",
    "flowtotalchunks",
    "totalchunks",
    "total_chunks",
    "chunkcount",
    "chunks_total",
    "chunks",
];

/// Whether it says so.
pub(crate) fn is_in_pieces(request: &Request, url: &Url<'_>) -> bool {
    let header = |wanted: &str| {
        let found = request.headers.iter().find(|(name, _)| name == wanted);
        found.map(|(_, value)| value.trim().to_ascii_lowercase())
    };
    let begins_later = |name: &str| header(name).is_some_and(|offset| offset.parse() != Ok(0_u64));
    let command = header("x-goog-upload-command");
    let goes_on = |command: &String| command.contains("upload") && !command.contains("finalize");
    header("content-range").is_some_and(|range| !is_all(&range))
        || command.as_ref().is_some_and(goes_on)
        || begins_later("x-goog-upload-offset")
        || begins_later("upload-offset")
        || header("upload-complete").is_some_and(|word| word != "?1")
        || header("upload-incomplete").is_some_and(|word| word != "?0")
        || url.pairs().any(|(key, _)| PARTS.contains(&key.to_ascii_lowercase().as_str()))
        || is_chunk(&request.body)
}

/// Whether a range `bytes FIRST-LAST/SIZE` is the whole.
fn is_all(range: &str) -> bool {
    let parts = || {
        let (bytes, size) = range.strip_prefix("bytes")?.trim_start().split_once('/')?;
        let (first, last) = bytes.split_once('-')?;
        let number = |text: &str| text.trim().parse::<u64>().ok();
        Some((number(first)?, number(last)?, number(size)?))
    };
    parts().is_some_and(|(first, last, size)| first == 0 && last.checked_add(1) == Some(size))
}

/// Whether a form says that it is one of several.
fn is_chunk(body: &Body) -> bool {
    let Body::Form { parts } = body else { return false };
    parts.iter().any(|part| {
        let is_count = CHUNKS.contains(&part.name.to_ascii_lowercase().as_str());
        let says = part.text.as_ref().map(|text| text.expose().trim().to_owned());
        is_count && part.file_name.is_none() && says.is_some_and(|count| count != "1" && count != "0")
    })
}

#[cfg(test)]
mod tests {
    use super::{Url, is_in_pieces};
    use crate::request::{Api, Body, FormPart, Request};

    fn says(query: &str, headers: &[(&str, &str)], field: Option<(&str, &str)>) -> bool {
        let url = format!("https://store.example/a{query}");
        let part = |(name, text): (&str, &str)| FormPart {
            name: name.to_owned(),
            file_name: None,
            media_type: None,
            size: 1,
            text: Some(text.into()),
            file: None,
            piece: false,
        };
        let request = Request {
            api: Api::Fetch,
            method: "PUT".to_owned(),
            url: url.clone(),
            page_url: "https://site.example/".to_owned(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            body: Body::Form { parts: field.into_iter().map(part).collect() },
        };
        is_in_pieces(&request, &Url::parse(&url).unwrap())
    }

    #[test]
    fn pieces_say_so() {
        for headers in [
            [("content-range", "bytes 0-99/900")],
            [("content-range", "bytes 0-99/*")],
            [("content-range", "nonsense")],
            [("x-goog-upload-command", "upload")],
            [("x-goog-upload-offset", "8388608")],
            [("upload-offset", "5")],
            [("upload-offset", "five")],
            [("upload-complete", "?0")],
            [("upload-incomplete", "?1")],
        ] {
            assert!(says("", &headers, None), "{headers:?}");
        }
        assert!(says("?partNumber=2&uploadId=x", &[], None));
        assert!(says("?comp=block&blockid=AAA%3D", &[], None));
        assert!(says("", &[], Some(("dztotalchunkcount", "3"))));
        assert!(says("", &[], Some(("chunks", "3"))));
    }

    #[test]
    fn what_is_whole_does_not() {
        for headers in [
            [("content-range", "bytes 0-899/900")],
            [("x-goog-upload-command", "upload, finalize")],
            [("x-goog-upload-command", "start")],
            [("x-goog-upload-offset", "0")],
            [("upload-complete", "?1")],
            [("range", "bytes=0-99")],
        ] {
            assert!(!says("?upload_id=a", &headers, None), "{headers:?}");
        }
        assert!(!says("", &[], Some(("dztotalchunkcount", "1"))));
        assert!(!says("", &[], Some(("key", "3"))));
    }
}
