//! How a request is read: its rule, its document, the texts in it, and what is left over.
//!
//! INVARIANT: text that no rule claims is never lost in silence: it is judged with the rest and leaves a drift row, or
//! the request is unread. Deliberately no text in a drift, only places.

use shared_protocol::{Drift, DriftKind, Operation, Text};

use crate::{
    answer::AnswerFormat,
    batch,
    content::Content,
    data::{BodyKind, Does, Rule, Site, TextRule},
    draft::Draft,
    drift::drift,
    handle::announced,
    left::{self, Claims, Unreadable, is_left},
    piece::is_in_pieces,
    question::operation,
    request::{Api, Body, Request},
    route::Captures,
    sites::{Found, Sites},
    source::{Scope, Source},
    url::Url,
    words::{is_encoded, is_text},
};

/// What a request was found to be, with what an edit needs.
pub(crate) enum Outcome {
    Nothing,
    Unread(Drift),
    Prompt(Box<Draft>, Content),
}

/// An outcome with its site and answer.
pub(crate) struct Plan<'s> {
    pub(crate) site: Option<&'s Site>,
    pub(crate) rules: Vec<&'s Rule>,
    pub(crate) outcome: Outcome,
    pub(crate) answer: Option<AnswerFormat>,
    /// What was left over.
    pub(crate) drift: Option<Drift>,
}

/// Why a request is not read, and where.
type Unread = (DriftKind, Option<String>);

/// A prompt in the making with the rules that made it; none when there is nothing in it.
pub(crate) type Taken<'s> = Option<(Draft, Vec<&'s Rule>)>;

impl Sites {
    /// Reads a request and keeps the places.
    pub(crate) fn plan(&self, request: &Request) -> Plan<'_> {
        let nothing =
            |site| Plan { site, rules: Vec::new(), outcome: Outcome::Nothing, answer: None, drift: None };
        let Some(url) = Url::parse(&request.url) else { return nothing(None) };
        let Some(found) = self.find(request, &url) else { return nothing(None) };
        let site = found.site;
        if request.api == Api::DataChannel {
            return self.by_channel(request, &url, site);
        }
        let unknown = || drift(DriftKind::Endpoint, &self.words, &request.method, &url, &request.body);
        match &found.rule {
            Some((rule, captures)) => self.by_rule(request, &url, site, rule, captures),
            None if is_harmless(&found, request, &url) => nothing(Some(site)),
            None if carries_nothing(&found, request, &url) => {
                let changes = !matches!(request.method.as_str(), "GET" | "HEAD" | "OPTIONS");
                Plan { drift: (found.own && changes).then(unknown), ..nothing(Some(site)) }
            }
            None => Plan { outcome: Outcome::Unread(unknown()), ..nothing(Some(site)) },
        }
    }

    /// A frame of a channel that no address tells anything about: every string in it is text.
    fn by_channel<'s>(&self, request: &Request, url: &Url<'_>, site: &'s Site) -> Plan<'s> {
        let plan = |outcome| Plan { site: Some(site), rules: Vec::new(), outcome, answer: None, drift: None };
        match Content::channel(&request.body) {
            Ok(content) => {
                let mut draft = Draft::new(Operation::Dictate);
                draft.take_all(&content.docs);
                let nothing = draft.prompt.parts.is_empty();
                plan(if nothing { Outcome::Nothing } else { Outcome::Prompt(Box::new(draft), content) })
            }
            Err((what, place)) => {
                let drift = drift(what, &self.words, &request.method, url, &request.body);
                plan(Outcome::Unread(Drift { operation: Some(Operation::Dictate), place, ..drift }))
            }
        }
    }

    fn by_rule<'s>(
        &self,
        request: &Request,
        url: &Url<'_>,
        site: &'s Site,
        rule: &'s Rule,
        captures: &Captures,
    ) -> Plan<'s> {
        // Nobody reads the answer of a beacon or a form.
        let answer = rule.answer.filter(|_| request.api.is_read_back());
        let plan = |outcome| Plan { site: Some(site), rules: vec![rule], outcome, answer, drift: None };
        let told = |what, place: Option<String>| {
            let drift = drift(what, &self.words, &request.method, url, &request.body);
            Drift { operation: rule.does.and_then(Does::operation), place, ..drift }
        };
        let unread = |what, place| plan(Outcome::Unread(told(what, place)));
        let mut content = match Content::open(rule, &request.body) {
            Ok(content) => content,
            // Whatever it is written in, it says nothing; but not when it does.
            Err(_) if is_nothing_always(rule) && !is_left(&request.body) => return plan(Outcome::Nothing),
            Err((what, place)) => return unread(what, place),
        };
        let root = content.root;
        let mut docs = std::mem::take(&mut content.docs);
        let mut scope = Scope { docs: &mut docs, root, url, headers: &request.headers, captures };
        let taken = match rule.body {
            BodyKind::Batch => batch::read(site, &mut scope),
            BodyKind::Json | BodyKind::Form | BodyKind::File => single(rule, &mut scope),
        };
        let (mut draft, rules) = match taken {
            Err((what, place)) => return unread(what, place),
            Ok(None) => {
                let mut claims = Claims::default();
                claims.take(rule, &mut scope);
                content.docs = docs;
                return match left::left(&claims, &mut content, request, url) {
                    Err(Unreadable(place)) => unread(DriftKind::Encoding, Some(place)),
                    Ok(left) => match left.into_iter().next() {
                        Some(left) => unread(DriftKind::LeftOver, Some(left.place)),
                        None => plan(Outcome::Nothing),
                    },
                };
            }
            Ok(Some(taken)) => taken,
        };
        finish(&mut draft, site, &mut scope, request);
        match rule.handle.as_ref().and_then(|handle| announced(handle, request)) {
            Some(file) => draft.prompt.attachments.push(file),
            None => draft.take_uploads(std::mem::take(&mut content.files), is_in_pieces(request, url)),
        }
        content.docs = docs;
        draft.claims.values.extend(draft.places.iter().filter_map(|place| place.at));
        let encoded =
            |place: &&crate::draft::Place| place.at.is_some() && is_encoded(place.text.expose(), true);
        if let Some(at) = draft.places.iter().find(encoded).and_then(|place| place.at) {
            return unread(DriftKind::Encoding, Some(left::place(&content.docs, at)));
        }
        let names = draft.prompt.attachments.iter().filter_map(|file| file.name.as_ref());
        if names.map(Text::expose).any(|name| is_encoded(name, true)) {
            return unread(DriftKind::Encoding, Some("file name".to_owned()));
        }
        let left = match left::left(&draft.claims, &mut content, request, url) {
            Err(Unreadable(place)) => return unread(DriftKind::Encoding, Some(place)),
            Ok(left) => left,
        };
        let drift = left.first().map(|left| told(DriftKind::LeftOver, Some(left.place.clone())));
        draft.take_left(left);
        if is_hollow(&draft, &request.body) {
            let place = rule.text.iter().find_map(|text| text.at.written());
            return unread(DriftKind::Shape, place.map(str::to_owned));
        }
        Plan { rules, drift, ..plan(Outcome::Prompt(Box::new(draft), content)) }
    }
}

/// What one rule takes out of one document.
fn single<'s>(rule: &'s Rule, scope: &mut Scope<'_>) -> Result<Taken<'s>, Unread> {
    let does = operation(rule, scope).map_err(|place| (DriftKind::Shape, place))?;
    let Some(operation) = does.operation().filter(|operation| *operation != Operation::ReceiveResponse)
    else {
        return Ok(None);
    };
    let mut draft = Draft::new(operation);
    draft.take(rule, scope);
    let by_query = |text: &TextRule| matches!(text.at, Source::Query(_));
    let is_page = !rule.text.is_empty() && rule.text.iter().all(by_query);
    Ok(if is_page && draft.prompt.parts.is_empty() { None } else { Some((draft, vec![rule])) })
}

/// Whether a request by this rule never carries anything.
fn is_nothing_always(rule: &Rule) -> bool {
    rule.case.is_empty()
        && rule.needs.is_empty()
        && rule.does.is_some_and(|does| match does.operation() {
            None | Some(Operation::ReceiveResponse) => true,
            Some(_) => false,
        })
}

/// A prompt without a word and without a file, a file without bytes: what it carries is elsewhere.
fn is_hollow(draft: &Draft, body: &Body) -> bool {
    let prompt = &draft.prompt;
    let is_empty = prompt.parts.is_empty() && prompt.attachments.is_empty();
    is_empty
        && match prompt.operation {
            Operation::SendPrompt | Operation::EditPrompt => true,
            Operation::UploadFile | Operation::Dictate => *body != Body::None,
            Operation::SendDraft
            | Operation::Regenerate
            | Operation::ReceiveResponse
            | Operation::ShareConversation
            | Operation::DeleteConversation
            | Operation::WriteMemory
            | Operation::WriteInstructions
            | Operation::UseConnector => false,
        }
}

/// What the request itself says, whatever its rule.
fn finish(draft: &mut Draft, site: &Site, scope: &mut Scope<'_>, request: &Request) {
    draft.take_account(site, scope);
    let page = Url::parse(&request.page_url);
    let on_page = |key: &String| page.as_ref().is_some_and(|page| page.query(key).next().is_some());
    draft.prompt.temporary |= site.temporary_pages.iter().any(on_page);
    draft.prompt.logged_out =
        site.logged_out.iter().any(|pattern| pattern.fits(&request.method, scope.url.path));
}

fn is_harmless(found: &Found<'_>, request: &Request, url: &Url<'_>) -> bool {
    let fits = || found.site.harmless.iter().any(|pattern| pattern.fits(&request.method, url.path));
    found.own && !request.api.is_socket() && fits()
}

/// Whether a request that no rule knows carries nothing.
fn carries_nothing(found: &Found<'_>, request: &Request, url: &Url<'_>) -> bool {
    let empty = match &request.body {
        Body::None => true,
        Body::Text { text } => text.is_empty(),
        Body::Form { parts } => parts.is_empty(),
        Body::Bytes { base64 } => base64.is_empty(),
        Body::File { size, .. } => *size == 0,
        Body::Oversize { .. } | Body::Unreadable => false,
    };
    if !found.own {
        return empty;
    }
    let asks = found.site.query.iter().any(|key| url.query(key).any(|value| !value.is_empty()));
    if request.api.is_socket() {
        return empty && !asks;
    }
    empty && !asks && !url.pairs().any(|(_, value)| is_text(value.expose()))
}
