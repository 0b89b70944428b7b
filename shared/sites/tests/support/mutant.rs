//! What a site might change overnight, done to a request: every mutant of a case, and of which kind it is.
//!
//! Nothing here knows a site or its data: the texts of a case are found by their characters.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::{Value, json};
use shared_protocol::Text;
use shared_sites::{Body, FormPart, Request};

use crate::tree::{Carrier, Place, Step, added, at, at_mut, close, is_mark, open, places, renamed, with};

/// What a site might change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A field on the way to a text has another name.
    Renamed,
    /// Any other field has another name.
    RenamedBeside,
    /// The text is in another field, deeper, higher, in the query or in a header.
    Moved,
    /// Another text goes with it, in a field that was not there.
    Added,
    /// The text is encoded where it stands.
    TextEncoded,
    /// The body is wrapped or encoded.
    BodyEncoded,
    /// Lists are objects, objects are lists, one is many.
    Shape,
    /// Segments renamed, added or dropped; versions; the method.
    Address,
}

/// A text that a mutant adds.
pub(crate) const ADDED: &str = "please compare the offer of Heron Shipping with ours before Friday";

/// A changed request and the texts it must not lose.
pub(crate) struct Mutant {
    pub(crate) kind: Kind,
    pub(crate) how: String,
    pub(crate) request: Request,
    pub(crate) texts: Vec<String>,
}

/// Every mutant of a request that carries these texts.
pub(crate) fn mutants(request: &Request, texts: &[String]) -> Vec<Mutant> {
    let mut out = Out { request, texts, mutants: Vec::new() };
    if let Some((carrier, tree)) = open(&request.body) {
        of_fields(&mut out, &carrier, &tree);
        of_texts(&mut out, &carrier, &tree);
        of_shape(&mut out, &carrier, &tree);
        of_additions(&mut out, &carrier, &tree);
    }
    of_body(&mut out);
    of_address(&mut out);
    out.mutants
}

/// What a person adds to a short text.
const MORE: &str = ", and please tell me what we should answer them before Friday";

/// The request with a sentence after each text in its body; names of files stay.
pub(crate) fn lengthened(request: &Request, texts: &[String]) -> Request {
    let Some((carrier, mut tree)) = open(&request.body) else { return request.clone() };
    for place in places(&tree) {
        if let Some(Value::String(text)) = at_mut(&mut tree, &place)
            && texts.contains(text)
            && (!text.contains('.') || text.contains(' '))
        {
            text.push_str(MORE);
        }
    }
    Request { body: close(&carrier, &tree), ..request.clone() }
}

struct Out<'r> {
    request: &'r Request,
    texts: &'r [String],
    mutants: Vec<Mutant>,
}

impl Out<'_> {
    fn push(&mut self, kind: Kind, how: String, request: Request) {
        self.mutants.push(Mutant { kind, how, request, texts: self.texts.to_vec() });
    }

    fn body(&mut self, kind: Kind, how: String, body: Body) {
        self.push(kind, how, Request { body, ..self.request.clone() });
    }

    fn tree(&mut self, kind: Kind, how: String, carrier: &Carrier, tree: &Value) {
        self.body(kind, how, close(carrier, tree));
    }

    /// The places of the texts.
    fn of_texts(&self, tree: &Value) -> Vec<Place> {
        let is_text = |place: &Place| {
            at(tree, place).and_then(Value::as_str).is_some_and(|text| self.texts.iter().any(|t| t == text))
        };
        places(tree).into_iter().filter(is_text).collect()
    }
}

fn written(place: &[Step]) -> String {
    place.iter().fold(String::new(), |out, step| match step {
        Step::Key(key) => out + "." + key,
        Step::Index(index) => format!("{out}[{index}]"),
    })
}

/// Another spelling of a key, and another word for it.
fn other_names(key: &str) -> [String; 2] {
    let camel = key.split('_').enumerate().fold(String::new(), |out, (at, word)| {
        let (head, tail) = word.split_at(word.chars().next().map_or(0, char::len_utf8));
        if at == 0 { out + word } else { out + &head.to_uppercase() + tail }
    });
    [format!("{key}_v2"), if camel == key { format!("new{key}") } else { camel }]
}

fn of_fields(out: &mut Out<'_>, carrier: &Carrier, tree: &Value) {
    let texts = out.of_texts(tree);
    for place in places(tree) {
        let Some(Step::Key(key)) = place.last() else { continue };
        let on_the_way = texts.iter().any(|text| text.starts_with(&place));
        let kind = if on_the_way { Kind::Renamed } else { Kind::RenamedBeside };
        for name in other_names(key) {
            if let Some(mutant) = renamed(tree, &place, &name) {
                out.tree(kind, format!("{} is {name}", written(&place)), carrier, &mutant);
            }
        }
    }
}

fn of_texts(out: &mut Out<'_>, carrier: &Carrier, tree: &Value) {
    for place in out.of_texts(tree) {
        let text = at(tree, &place).and_then(Value::as_str).unwrap_or_default().to_owned();
        let here = written(&place);
        for (how, gone) in [("emptied", json!("")), ("null", Value::Null)] {
            let without = with(tree, &place, gone);
            for up in 0..=place.len() {
                let Some(mutant) = added(&without, &place[..up], "input", json!(text)) else { continue };
                out.tree(
                    Kind::Moved,
                    format!("{here} {how}, now in {}", written(&place[..up])),
                    carrier,
                    &mutant,
                );
            }
            if let Some(mutant) = added(&without, &[], "context", json!({"turn": {"body": text}})) {
                out.tree(Kind::Moved, format!("{here} {how}, deep in another field"), carrier, &mutant);
            }
            if let Some(mutant) = added(&without, &[], "envelope", json!(json!({"body": text}).to_string())) {
                out.tree(Kind::Moved, format!("{here} {how}, in JSON in another field"), carrier, &mutant);
            }
            let body = close(carrier, &without);
            let mark = if out.request.url.contains('?') { '&' } else { '?' };
            let query = form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
            let url = format!("{}{mark}message={query}", out.request.url);
            out.push(
                Kind::Moved,
                format!("{here} {how}, in the query"),
                Request { url, body: body.clone(), ..out.request.clone() },
            );
            let mut request = Request { body, ..out.request.clone() };
            request.headers.push(("x-message".to_owned(), text.clone()));
            out.push(Kind::Moved, format!("{here} {how}, in a header"), request);
        }
        for (how, wrapped) in [
            ("in an object", json!({"text": text})),
            ("two objects deep", json!({"content": {"value": text}})),
            ("in a list", json!([text])),
            ("in a list of runs", runs(&text)),
        ] {
            let mutant = with(tree, &place, wrapped);
            out.tree(Kind::Shape, format!("{here} {how}"), carrier, &mutant);
        }
        for (how, encoded) in [
            ("in base64", STANDARD.encode(&text)),
            ("in base64 of JSON", STANDARD.encode(json!({"text": text}).to_string())),
            ("as JSON", json!(text).to_string()),
            ("as an object in JSON", json!({"text": text}).to_string()),
            (
                "percent-encoded",
                percent_encoding::utf8_percent_encode(&text, percent_encoding::NON_ALPHANUMERIC).to_string(),
            ),
        ] {
            let mutant = with(tree, &place, json!(encoded));
            out.tree(Kind::TextEncoded, format!("{here} {how}"), carrier, &mutant);
        }
    }
}

/// A text as an editor might give it: a run for each word.
fn runs(text: &str) -> Value {
    text.split_inclusive(' ').map(|word| json!({"type": "run", "text": word})).collect()
}

fn of_shape(out: &mut Out<'_>, carrier: &Carrier, tree: &Value) {
    let texts = out.of_texts(tree);
    for place in places(tree) {
        if !texts.is_empty() && !texts.iter().any(|text| text.starts_with(&place)) {
            continue;
        }
        let here = written(&place);
        let Some(found) = at(tree, &place).filter(|found| !is_mark(found)) else { continue };
        let turned = match found {
            Value::Array(items) => {
                let numbered = items.iter().enumerate().map(|(at, item)| (at.to_string(), item.clone()));
                let mut turned = vec![Value::Object(numbered.collect())];
                turned.extend(items.first().filter(|_| items.len() == 1).cloned());
                turned
            }
            Value::Object(fields) => {
                let pairs = fields.iter().map(|(key, value)| json!([key, value]));
                vec![pairs.collect(), json!([found])]
            }
            _ => continue,
        };
        if place.is_empty() && *carrier == Carrier::Form {
            continue;
        }
        for (at, value) in turned.into_iter().enumerate() {
            out.tree(Kind::Shape, format!("{here} turned ({at})"), carrier, &with(tree, &place, value));
        }
    }
}

fn of_additions(out: &mut Out<'_>, carrier: &Carrier, tree: &Value) {
    for place in places(tree) {
        let here = written(&place);
        for (how, value) in [("", json!(ADDED)), (", deeper", json!({"note": {"body": ADDED}}))] {
            let Some(mutant) = added(tree, &place, "extra", value) else { continue };
            out.tree(Kind::Added, format!("in {here}{how}"), carrier, &mutant);
            if let Some(last) = out.mutants.last_mut() {
                last.texts.push(ADDED.to_owned());
            }
        }
    }
}

fn of_body(out: &mut Out<'_>) {
    let request = out.request.clone();
    let part = |name: &str, file: Option<&str>, text: Option<&Text>, size: usize| FormPart {
        name: name.to_owned(),
        file_name: file.map(Text::new),
        media_type: None,
        size: size as u64,
        text: text.cloned(),
        file: None,
        piece: false,
    };
    match &request.body {
        Body::Text { text } => {
            let whole = text.expose();
            let zipped = [&[0x1f, 0x8b, 8, 0, 0, 0, 0, 0], whole.as_bytes(), &[0xff]].concat();
            let text_of = |text: String| Body::Text { text: Text::new(text) };
            let form = |name: &str| {
                text_of(format!(
                    "{name}={}",
                    form_urlencoded::byte_serialize(whole.as_bytes()).collect::<String>()
                ))
            };
            let multipart = format!(
                "--b\r\nContent-Disposition: form-data; name=\"payload\"\r\n\r\n{whole}\r\n--b--\r\n"
            );
            for (how, body) in [
                ("base64", text_of(STANDARD.encode(whole))),
                ("bytes", Body::Bytes { base64: STANDARD.encode(zipped).into() }),
                ("a JSON string", text_of(json!(whole).to_string())),
                ("base64 in a JSON string", text_of(json!(STANDARD.encode(whole)).to_string())),
                ("base64 in JSON", text_of(json!({"data": STANDARD.encode(whole)}).to_string())),
                ("in JSON in JSON", text_of(json!({"body": whole}).to_string())),
                ("a form", form("payload")),
                ("a form's `f.req`", form("f.req")),
                ("a line of JSON more", text_of(format!("{whole}\n{{\"end\":true}}\n"))),
                ("multipart", text_of(multipart)),
                ("form data", Body::Form { parts: vec![part("payload", None, Some(text), text.len())] }),
                (
                    "a file in form data",
                    Body::Form { parts: vec![part("payload", Some("blob"), Some(text), text.len())] },
                ),
            ] {
                out.body(Kind::BodyEncoded, how.to_owned(), body);
            }
            if let Ok(value) = serde_json::from_str::<Value>(whole) {
                for (how, value) in [
                    ("in a list", json!([value])),
                    ("in an object", json!({"data": value})),
                    ("in a list in an object", json!({"requests": [value]})),
                    (
                        "a query's variables",
                        json!({"query": "mutation Send($input: I!) { send(input: $input) { id } }", "variables": {"input": value}}),
                    ),
                ] {
                    out.body(Kind::BodyEncoded, how.to_owned(), text_of(value.to_string()));
                }
            }
        }
        Body::Form { parts } => {
            for (at, found) in parts.iter().enumerate() {
                for (how, other) in [
                    ("another name", FormPart { name: format!("{}_v2", found.name), ..found.clone() }),
                    ("no file name", FormPart { file_name: None, ..found.clone() }),
                ] {
                    let mut parts = parts.clone();
                    parts[at] = other;
                    out.body(Kind::BodyEncoded, format!("part {at} has {how}"), Body::Form { parts });
                }
            }
            let extra = Text::new(ADDED);
            let mut parts = parts.clone();
            parts.push(part("extra", None, Some(&extra), ADDED.len()));
            out.body(Kind::Added, "one more part".to_owned(), Body::Form { parts });
            if let Some(last) = out.mutants.last_mut() {
                last.texts.push(ADDED.to_owned());
            }
        }
        Body::None | Body::Bytes { .. } | Body::File { .. } | Body::Oversize { .. } | Body::Unreadable => {}
    }
}

fn of_address(out: &mut Out<'_>) {
    let request = out.request.clone();
    let (address, query) =
        request.url.split_once('?').map_or((request.url.as_str(), None), |(a, q)| (a, Some(q)));
    let pieces: Vec<&str> = address.splitn(4, '/').collect();
    let origin = pieces[..pieces.len().min(3)].join("/");
    let segments: Vec<String> =
        pieces.get(3).unwrap_or(&"").split('/').filter(|s| !s.is_empty()).map(str::to_owned).collect();
    let mut push = |how: String, segments: &[String], query: Option<&str>| {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        let url = format!("{origin}/{}{query}", segments.join("/"));
        out.push(Kind::Address, how, Request { url, ..request.clone() });
    };
    let is_id = |segment: &str| segment.len() > 20 && segment.bytes().any(|b| b.is_ascii_digit());
    for at in 0..=segments.len() {
        let mut longer = segments.clone();
        longer.insert(at, "v2".to_owned());
        push(format!("a version before segment {at}"), &longer, query);
        let Some(segment) = segments.get(at) else { continue };
        if !is_id(segment) {
            let mut other = segments.clone();
            other[at] = format!("{segment}_v2");
            push(format!("`{segment}` has another name"), &other, query);
        }
        let mut shorter = segments.clone();
        shorter.remove(at);
        push(format!("segment {at} dropped"), &shorter, query);
    }
    if let Some(query) = query.filter(|query| query.contains('=')) {
        push("the query has other names".to_owned(), &segments, Some(&query.replace('=', "_v2=")));
    }
    for method in ["POST", "PUT", "PATCH"].into_iter().filter(|method| *method != request.method) {
        out.push(
            Kind::Address,
            format!("by {method}"),
            Request { method: method.to_owned(), ..request.clone() },
        );
    }
}
