//! What a rule takes out of a document: the prompt, and beside it the place of every piece of its text.
//!
//! INVARIANT: every text place is either in a part or in step with one, so that what is judged is all that leaves.

use shared_protocol::{AccountKind, Attachment, Operation, Part, PartKind, Prompt, Text};

use crate::{
    data::{FileRule, ListRule, Rule, Site, TextRule},
    json::Kind,
    left::{Claims, Left},
    path::{At, Docs, Path},
    question::holds,
    source::{Scope, Source, Value},
    upload::File,
};

/// Longest id or name that is one; longer ones are left out.
const MAX_NAME: usize = 256;

/// Longest name of a connector or tool that is taken for one, whatever words are in it.
const LONGEST_LABEL: usize = 48;

/// Most entries of a list.
const MAX_LIST: usize = 256;

/// A prompt in the making.
#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) prompt: Prompt,
    /// Every text place in the order of the rule, empty ones too.
    pub(crate) places: Vec<Place>,
    /// Whether it may replace an earlier prompt.
    pub(crate) may_replace: bool,
    /// What the rules know beside the text places.
    pub(crate) claims: Claims,
}

/// One place of text.
#[derive(Debug)]
pub(crate) struct Place {
    /// None: not in the body.
    pub(crate) at: Option<At>,
    pub(crate) text: Text,
    pub(crate) link: Option<Link>,
}

/// What a place shows: the code points `start..end` of a part, with a few bytes of its own around.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Link {
    pub(crate) part: usize,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Bytes of the place before and after.
    pub(crate) lead: usize,
    pub(crate) tail: usize,
}

impl Draft {
    pub(crate) fn new(operation: Operation) -> Self {
        Self {
            prompt: Prompt::new(operation),
            places: Vec::new(),
            may_replace: false,
            claims: Claims::default(),
        }
    }

    /// Takes everything `rule` knows out of the scope's document. What is there already stays.
    pub(crate) fn take(&mut self, rule: &Rule, scope: &mut Scope<'_>) {
        self.take_text(rule, scope);
        for file in &rule.file {
            self.take_files(file, scope);
        }
        let prompt = &mut self.prompt;
        let first = |found: &mut Option<String>, sources: &[Source], scope: &mut Scope<'_>| {
            if found.is_none() {
                *found = sources.iter().find_map(|source| name_at(scope, source));
            }
        };
        first(&mut prompt.conversation_id, &rule.conversation, scope);
        first(&mut prompt.parent_id, &rule.parent, scope);
        first(&mut prompt.message_id, &rule.message, scope);
        first(&mut prompt.model, &rule.model, scope);
        prompt.temporary |= rule.temporary.iter().any(|condition| holds(condition, scope));
        self.may_replace =
            rule.tells_edits && !rule.first_turn.iter().any(|condition| holds(condition, scope));
        let claims = &mut self.claims;
        rule.connectors.iter().for_each(|list| names(list, scope, claims, &mut prompt.connectors));
        rule.tools.iter().for_each(|list| names(list, scope, claims, &mut prompt.tools));
        self.claims.take(rule, scope);
    }

    /// Text that no rule knows is judged with the rest.
    pub(crate) fn take_left(&mut self, left: Vec<Left>) {
        for Left { at, text, place: _ } in left {
            let link = self.link(&text);
            self.place(at, text, link, PartKind::Text, None);
        }
    }

    /// Whose account, as the site's data says.
    pub(crate) fn take_account(&mut self, site: &Site, scope: &mut Scope<'_>) {
        let Some(rule) = &site.account else { return };
        let Some(id) = name_at(scope, &rule.id) else { return };
        let account = &mut self.prompt.account;
        if rule.personal.contains(&id) {
            account.kind = AccountKind::Personal;
        } else {
            account.kind = if rule.workspace { AccountKind::Workspace } else { AccountKind::Unknown };
            account.workspace = Some(id);
        }
    }

    /// What is typed in the order of the document, whatever rule found it; then what repeats it.
    fn take_text(&mut self, rule: &Rule, scope: &mut Scope<'_>) {
        let mut own = Vec::new();
        for text in rule.text.iter().filter(|text| !text.copy) {
            own.extend(strings(scope, text).map(|value| (value, text.kind)));
        }
        own.sort_by_key(|(value, _)| value.at);
        own.dedup_by(|(later, _), (first, _)| later.at.is_some() && later.at == first.at);
        for (value, kind) in own {
            self.place(value.at, value.text, None, kind, None);
        }
        for text in rule.text.iter().filter(|text| text.copy) {
            for value in strings(scope, text) {
                if value.at.is_some() && self.places.iter().any(|place| place.at == value.at) {
                    continue;
                }
                let link = self.link(&value.text);
                self.place(value.at, value.text, link, text.kind, None);
            }
        }
    }

    fn take_files(&mut self, rule: &FileRule, scope: &mut Scope<'_>) {
        for at in scope.find(&rule.at).into_iter().take(MAX_LIST) {
            let mut value = |path: &Option<Path>| {
                let found = path.as_ref().map(|path| path.find(scope.docs, at)).unwrap_or_default();
                found.into_iter().find_map(|at| Some((at, scope.docs.scalar(at)?)))
            };
            let named = value(&rule.name);
            let mut value = |path| value(path).map(|(_, text)| text).filter(|text| !text.is_empty());
            self.claims.values.extend(named.as_ref().map(|(at, _)| *at));
            let name = named.map(|(_, name)| last_segment(&name)).filter(|name| !name.is_empty());
            let id = value(&rule.id).and_then(|id| file_id(id.expose()));
            let media_type = value(&rule.media_type).and_then(|media| name_of(media.expose()));
            let size = value(&rule.size).and_then(|size| size.expose().parse().ok());
            let file = Attachment { id, name, media_type, size, ..Attachment::default() };
            let known = file.id.is_some() && self.prompt.attachments.iter().any(|known| known.id == file.id);
            if file != Attachment::default() && !known {
                self.prompt.attachments.push(file.clone());
            }
            let texts = rule.text.as_ref().map(|path| path.find(scope.docs, at)).unwrap_or_default();
            for at in texts.into_iter().filter(|at| scope.docs.kind(*at) == Some(Kind::String)) {
                let text = scope.docs.scalar(at).unwrap_or_default();
                self.place(Some(at), text, None, PartKind::Attachment, file.name.clone());
            }
        }
    }

    /// Every string of the documents.
    pub(crate) fn take_all(&mut self, docs: &Docs) {
        for (index, doc) in (0..docs.len()).filter_map(|index| Some((index, docs.doc(index)?))) {
            for (node, _) in doc.nodes().iter().enumerate().filter(|(_, node)| node.kind == Kind::String) {
                let text = doc.scalar(node).unwrap_or_default();
                self.place(Some(At { doc: index, node }), text, None, PartKind::Text, None);
            }
        }
    }

    /// Files whose bytes are the body. Their text can be judged but not replaced.
    /// `in_pieces`: the request says that it carries only a piece of what it uploads.
    pub(crate) fn take_uploads(&mut self, files: Vec<File>, in_pieces: bool) {
        for File { attachment, text, is_whole } in files {
            let name = attachment.name.clone();
            self.prompt.attachments.push(Attachment { cut: in_pieces && !is_whole, ..attachment });
            if let Some(text) = text.filter(|_| self.prompt.operation == Operation::UploadFile) {
                self.place(None, text, None, PartKind::Attachment, name);
            }
        }
    }

    fn place(&mut self, at: Option<At>, text: Text, link: Option<Link>, kind: PartKind, name: Option<Text>) {
        let own = || {
            let end = text.expose().chars().count();
            (end > 0).then_some(Link { part: self.prompt.parts.len(), start: 0, end, lead: 0, tail: 0 })
        };
        let link = link.or_else(own);
        if link.is_some_and(|link| link.part == self.prompt.parts.len()) {
            self.prompt.parts.push(Part { kind, name, text: text.clone() });
        }
        self.places.push(Place { at, text, link });
    }

    /// The part that `copy` repeats: as a whole or from its start, perhaps without white space at the ends, perhaps
    /// with dots where it was cut off.
    fn link(&self, copy: &Text) -> Option<Link> {
        let copy = copy.expose();
        let wholes = || self.prompt.parts.iter().map(|part| part.text.expose()).enumerate();
        let stems =
            |text| [text, str::trim_end(text), str::trim_end(text).trim_end_matches(['…', '.']).trim_end()];
        let is_text = |stem: &&str| !stem.trim().is_empty();
        let exact = stems(copy).into_iter().filter(is_text).find_map(|stem| {
            let (part, _) = wholes().find(|(_, whole)| whole.starts_with(stem))?;
            Some(Link { part, start: 0, end: stem.chars().count(), lead: 0, tail: copy.len() - stem.len() })
        });
        let head = copy.trim_start();
        exact.or_else(|| {
            stems(head).into_iter().filter(is_text).find_map(|stem| {
                let (part, whole) = wholes().find(|(_, whole)| whole.trim_start().starts_with(stem))?;
                let start = whole.chars().count() - whole.trim_start().chars().count();
                let (lead, tail) = (copy.len() - head.len(), head.len() - stem.len());
                Some(Link { part, start, end: start + stem.chars().count(), lead, tail })
            })
        })
    }
}

/// The strings there that are not the site's own words.
fn strings<'t>(scope: &mut Scope<'_>, text: &'t TextRule) -> impl Iterator<Item = Value> + use<'t> {
    let own_word = |value: &Value| text.except.iter().any(|word| word == value.text.expose());
    scope.values(&text.at).into_iter().filter(move |value| value.kind == Kind::String && !own_word(value))
}

/// The first value there that can be an id.
fn name_at(scope: &mut Scope<'_>, source: &Source) -> Option<String> {
    scope.values(source).iter().rev().find_map(|value| name_of(value.text.expose()))
}

/// A file's id: of an address what is left without its scheme and query, decoded.
pub(crate) fn file_id(value: &str) -> Option<String> {
    let Some((_, address)) = value.split_once("://") else { return name_of(value) };
    let bare = address.split('?').next().unwrap_or_default();
    name_of(&percent_encoding::percent_decode_str(bare).decode_utf8_lossy())
}

/// `value` as an id or a name of the site's own: no text of a person fits through.
pub(crate) fn name_of(value: &str) -> Option<String> {
    let plain = |c: char| !c.is_control();
    let trimmed = value.trim();
    (!trimmed.is_empty() && trimmed.len() <= MAX_NAME && trimmed.chars().all(plain))
        .then(|| trimmed.to_owned())
}

/// A file's name; of an address its last segment.
fn last_segment(name: &Text) -> Text {
    let whole = name.expose();
    if !whole.starts_with("https://") {
        return name.clone();
    }
    let path = whole.split(['?', '#']).next().unwrap_or_default();
    let last = path.rsplit('/').next().unwrap_or_default();
    Text::new(percent_encoding::percent_decode_str(last).decode_utf8_lossy().into_owned())
}

fn names(list: &ListRule, scope: &mut Scope<'_>, claims: &mut Claims, out: &mut Vec<String>) {
    for at in scope.find(&list.at) {
        let name = scope.docs.scalar(at).and_then(|text| name_of(text.expose()));
        let Some(name) = name else { continue };
        // A long one is no name.
        if name.len() <= LONGEST_LABEL {
            claims.values.insert(at);
        }
        let wanted = !list.except.contains(&name) && (list.only.is_empty() || list.only.contains(&name));
        if wanted && !out.contains(&name) && out.len() < MAX_LIST {
            out.push(name);
        }
    }
}
