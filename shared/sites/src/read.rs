//! A request in, what it says out.
//!
//! INVARIANT: total. A request to a known host that carries something is a prompt, is known to be nothing, or is
//! unread: there is no fourth way, and reading never panics. Deliberately no opinion on what is sensitive.

use shared_protocol::{App, Drift, DriftKind, Operation, Prompt};

use crate::{
    answer::AnswerFormat,
    batch,
    content::Content,
    data::{BodyKind, Does, Rule, Site, TextRule},
    draft::Draft,
    drift::drift,
    question::operation,
    request::{Api, Body, Request},
    route::Captures,
    sites::{Found, Sites},
    source::{Scope, Source},
    url::Url,
};

/// What a request says.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// The site; none for a request to a host that is in no data.
    pub app: Option<App>,
    /// What it says.
    pub reading: Reading,
    /// The format of its answer, when that is worth keeping. Also for a reading that is nothing: a resumed answer.
    pub answer: Option<AnswerFormat>,
}

/// What the site's data makes of a request.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// Read.
    Prompt(Prompt),
    /// Carries no text of a person and changes nothing.
    Nothing,
    /// Looks like one that does, and could not be read.
    Unread(Drift),
}

/// What the caller knows of the page's conversation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Thread {
    /// Id of the message the page shows last in this conversation. A send that follows another one replaces a prompt.
    pub leaf: Option<String>,
}

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
    answer: Option<AnswerFormat>,
}

impl Sites {
    /// Reads a request. The answer never depends on anything but the arguments.
    #[must_use]
    pub fn read(&self, request: &Request, thread: &Thread) -> Read {
        if let Some(read) = self.read_navigation(request) {
            return read;
        }
        let plan = self.plan(request);
        let reading = match plan.outcome {
            Outcome::Nothing => Reading::Nothing,
            Outcome::Unread(drift) => Reading::Unread(drift),
            Outcome::Prompt(draft, _) => Reading::Prompt(told_apart(*draft, thread)),
        };
        Read { app: plan.site.map(|site| site.app.clone()), reading, answer: plan.answer }
    }

    /// Reads a request and keeps the places.
    pub(crate) fn plan(&self, request: &Request) -> Plan<'_> {
        let nothing = |site| Plan { site, rules: Vec::new(), outcome: Outcome::Nothing, answer: None };
        let Some(url) = Url::parse(&request.url) else { return nothing(None) };
        let Some(found) = self.find(request, &url) else { return nothing(None) };
        let site = found.site;
        match &found.rule {
            Some((rule, captures)) => self.by_rule(request, &url, site, rule, captures),
            None if is_quiet(&found, request, &url) => nothing(Some(site)),
            None => {
                let drift = drift(DriftKind::Endpoint, &self.words, &request.method, &url, &request.body);
                Plan { outcome: Outcome::Unread(drift), ..nothing(Some(site)) }
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
        let plan = |outcome| Plan { site: Some(site), rules: vec![rule], outcome, answer: rule.answer };
        if rule.case.is_empty() && rule.needs.is_empty() && rule.does.is_some_and(is_nothing) {
            return plan(Outcome::Nothing);
        }
        let unread = |what, place: Option<String>| {
            let drift = drift(what, &self.words, &request.method, url, &request.body);
            let taken_for = rule.does.and_then(Does::operation);
            plan(Outcome::Unread(Drift { operation: taken_for, place, ..drift }))
        };
        let mut content = match Content::open(rule, &request.body) {
            Ok(content) => content,
            Err((what, place)) => return unread(what, place),
        };
        let root = content.root;
        let mut docs = std::mem::take(&mut content.docs);
        let mut scope = Scope { docs: &mut docs, root, url, headers: &request.headers, captures };
        if rule.body == BodyKind::Batch {
            return match batch::read(site, &mut scope) {
                Err((what, place)) => unread(what, place),
                Ok(None) => plan(Outcome::Nothing),
                Ok(Some((mut draft, mut rules))) => {
                    finish(&mut draft, site, &mut scope, request);
                    content.docs = docs;
                    rules.push(rule);
                    Plan { rules, ..plan(Outcome::Prompt(Box::new(draft), content)) }
                }
            };
        }
        match operation(rule, &mut scope) {
            Err(place) => unread(DriftKind::Shape, place),
            Ok(Does::Nothing | Does::Operation(Operation::ReceiveResponse)) => plan(Outcome::Nothing),
            Ok(Does::Operation(operation)) => {
                let mut draft = Draft::new(operation);
                draft.take(rule, &mut scope);
                let by_query = |text: &TextRule| matches!(text.at, Source::Query(_));
                if !rule.text.is_empty() && rule.text.iter().all(by_query) && draft.prompt.parts.is_empty() {
                    return plan(Outcome::Nothing);
                }
                finish(&mut draft, site, &mut scope, request);
                draft.take_uploads(std::mem::take(&mut content.files));
                content.docs = docs;
                plan(Outcome::Prompt(Box::new(draft), content))
            }
        }
    }
}

impl Does {
    fn operation(self) -> Option<Operation> {
        match self {
            Self::Nothing => None,
            Self::Operation(operation) => Some(operation),
        }
    }
}

fn is_nothing(does: Does) -> bool {
    matches!(does, Does::Nothing | Does::Operation(Operation::ReceiveResponse))
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

/// A send that does not follow the message the page shows last replaces a prompt.
fn told_apart(draft: Draft, thread: &Thread) -> Prompt {
    let mut prompt = draft.prompt;
    let elsewhere = match (&thread.leaf, &prompt.parent_id) {
        (Some(leaf), Some(parent)) => leaf != parent,
        _ => false,
    };
    if prompt.operation == Operation::SendPrompt && elsewhere && draft.may_replace {
        prompt.operation = Operation::EditPrompt;
    }
    prompt
}

/// Whether a request that no rule knows carries nothing.
fn is_quiet(found: &Found<'_>, request: &Request, url: &Url<'_>) -> bool {
    let site = found.site;
    let empty = match &request.body {
        Body::None => true,
        Body::Text { text } => text.is_empty(),
        Body::Form { parts } => parts.is_empty(),
        Body::Bytes { base64 } => base64.is_empty(),
        Body::Oversize { .. } | Body::Unreadable => false,
    };
    if request.api == Api::WebSocket || !found.own {
        return empty;
    }
    let asks = site.query.iter().any(|key| url.query(key).any(|value| !value.is_empty()));
    let harmless = site.harmless.iter().any(|pattern| pattern.fits(&request.method, url.path));
    harmless || (empty && !asks)
}
