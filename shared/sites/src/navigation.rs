//! A page's address that carries a prompt (`/?q=…`), judged before the page is loaded.
//!
//! INVARIANT: every value of every key that can carry a prompt is a part, at whatever path, in the order of the
//! address: what is judged is all that the address asks. Deliberately not the rule for that path: pages move and
//! keep their keys.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use shared_protocol::{Edit, Operation, Part, PartKind, Prompt, Text};

use crate::{
    data::Site,
    edit::{is_in, replaced_spans},
    error::EditError,
    read::{Read, Reading},
    request::{Api, Body, Request},
    sites::Sites,
    url::Url,
};

/// What stays as it is in a value that is written anew.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

impl Sites {
    /// Reads an address to a site's own page; none for every other request.
    pub(crate) fn read_navigation(&self, request: &Request) -> Option<Read> {
        let site = self.page_site(request)?;
        let mut prompt = Prompt::new(Operation::SendPrompt);
        let (_, query) = cut(&request.url);
        prompt.parts = query.split('&').filter_map(|field| asked(site, field)).map(part).collect();
        let url = Url::parse(&request.url)?;
        prompt.temporary = site.temporary_pages.iter().any(|key| url.query(key).next().is_some());
        let reading = if prompt.parts.is_empty() { Reading::Nothing } else { Reading::Prompt(prompt) };
        Some(Read { app: Some(site.app.clone()), reading, answer: None, drift: None })
    }

    /// The whole address with `edits` made in its prompt, its fragment left out.
    pub(crate) fn edit_navigation(&self, request: &Request, edits: &[Edit]) -> Result<Body, EditError> {
        let site = self.page_site(request).ok_or(EditError::NoPrompt)?;
        let Some(Read { reading: Reading::Prompt(prompt), .. }) = self.read_navigation(request) else {
            return Err(EditError::NoPrompt);
        };
        let replaced = replaced_spans(&prompt, edits)?;
        let (before, query) = cut(&request.url);
        let mut number = 0;
        let fields: Vec<Text> = query
            .split('&')
            .map(|field| {
                let Some(text) = asked(site, field) else { return Text::new(field) };
                let this = number;
                number += 1;
                let mine = edits.iter().filter(|edit| edit.part == this);
                let key = field.split_once('=').map_or(field, |(key, _)| key);
                let value = edited(&text, mine);
                Text::new(format!("{key}={}", utf8_percent_encode(value.expose(), PLAIN)))
            })
            .collect();
        let query = fields.iter().map(Text::expose).collect::<Vec<_>>().join("&");
        let text = Text::new(format!("{before}?{query}"));
        let shown = Url::parse(text.expose()).map(|url| url.decoded()).unwrap_or_default();
        if replaced.iter().any(|span| is_in(shown.expose(), span.expose())) {
            return Err(EditError::Left);
        }
        Ok(Body::Text { text })
    }

    fn page_site(&self, request: &Request) -> Option<&Site> {
        let url = Url::parse(&request.url)?;
        let own = |site: &&Site| site.hosts.iter().any(|host| host.fits(&url.host));
        (request.api == Api::Navigation).then(|| self.sites.iter().find(own)).flatten()
    }
}

/// An address before its query, and the query. The fragment is left out.
fn cut(address: &str) -> (&str, &str) {
    let address = address.split_once('#').map_or(address, |(before, _)| before);
    address.split_once('?').unwrap_or((address, ""))
}

/// The value of a field of the query that can carry a prompt.
fn asked(site: &Site, field: &str) -> Option<Text> {
    let (key, value) = form_urlencoded::parse(field.as_bytes()).next()?;
    let asks = !value.is_empty() && site.query.iter().any(|known| *known == key);
    asks.then(|| Text::new(value.into_owned()))
}

fn part(text: Text) -> Part {
    Part { kind: PartKind::Text, name: None, text }
}

/// `text` with edits that are sorted and do not overlap.
fn edited<'e>(text: &Text, edits: impl Iterator<Item = &'e Edit>) -> Text {
    let mut out = Text::new("");
    let mut edits = edits.peekable();
    let mut next = 0;
    let mut buffer = [0_u8; 4];
    for (at, char) in text.expose().chars().enumerate() {
        if let Some(edit) = edits.next_if(|edit| edit.start == at) {
            out.push_str(&edit.replacement);
            next = edit.end;
        }
        if at >= next {
            out.push_str(char.encode_utf8(&mut buffer));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use shared_protocol::{App, Edit};

    use crate::{Api, Body, EditError, Reading, Request, Sites, Thread};

    fn request(url: &str) -> Request {
        Request {
            api: Api::Navigation,
            method: "GET".to_owned(),
            url: url.to_owned(),
            page_url: url.to_owned(),
            headers: Vec::new(),
            body: Body::None,
        }
    }

    fn parts(url: &str) -> Option<Vec<String>> {
        let read = Sites::builtin().unwrap().read(&request(url), &Thread::default());
        match read.reading {
            Reading::Prompt(prompt) => {
                assert!(read.app.is_some());
                Some(prompt.parts.iter().map(|part| part.text.expose().to_owned()).collect())
            }
            Reading::Nothing => None,
            Reading::Unread(drift) => panic!("{drift:?}"),
        }
    }

    #[test]
    fn every_key_at_every_path() {
        let all = |words: &[&str]| Some(words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(parts("https://chatgpt.com/?q=a+b%20c#q=d"), all(&["a b c"]));
        assert_eq!(parts("https://chatgpt.com/g/x?prompt=two&hints=s&%71=one&"), all(&["two", "one"]));
        assert_eq!(parts("https://www.perplexity.ai/search/new?q=x&copilot=1"), all(&["x"]));
        assert_eq!(parts("https://claude.ai/new?q="), None);
        assert_eq!(parts("https://claude.ai/new"), None);
    }

    #[test]
    fn of_other_hosts_nothing_is_known() {
        let read = Sites::builtin().unwrap().read(&request("https://other.test/?q=x"), &Thread::default());
        assert_eq!((read.app, read.reading), (None::<App>, Reading::Nothing));
    }

    #[test]
    fn spans_are_replaced_in_the_address() {
        let sites = Sites::builtin().unwrap();
        let edit = |part, start, end| Edit { part, start, end, replacement: "[card & more]".to_owned() };
        let url = "https://chatgpt.com/?prompt=x&q=Why%20was+4111%E2%80%AF1111%3F#top";
        let Body::Text { text } = sites.edit(&request(url), &[edit(1, 8, 17)]).unwrap() else { panic!() };
        let wanted = "https://chatgpt.com/?prompt=x&q=Why%20was%20%5Bcard%20%26%20more%5D%3F";
        assert_eq!(text.expose(), wanted);
        let twice = "https://chatgpt.com/?q=4111111111111111&other=4111111111111111";
        assert_eq!(sites.edit(&request(twice), &[edit(0, 0, 16)]), Err(EditError::Left));
        assert_eq!(sites.edit(&request(url), &[edit(7, 0, 1)]), Err(EditError::Span));
    }
}
