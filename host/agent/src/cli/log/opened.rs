//! Sealed text, opened with the keys at hand.
//!
//! INVARIANT: a text that says it belongs to another event is not shown as this one's. INVARIANT: what was opened is
//! on record before it is shown.

use std::collections::BTreeSet;

use anyhow::{Context, Result};
use host_journal::{Audit, Change, Content, Plain, Record, Sealed, SiteWord};
use host_store::Store;
use serde_json::{Value, json};
use shared_protocol::EventId;

use super::filter::shown;
use crate::exit::Exit;
use crate::keys::{Keys, Unopened};
use crate::out;
use crate::record::Recorder;

/// A sealed text and what became of it.
pub(super) struct Text {
    seq: u64,
    kind: &'static str,
    at: u64,
    keys: Vec<String>,
    plain: Result<(Plain, String), Closed>,
}

/// Why a text stays closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Closed {
    /// It does not open.
    Unopened(Unopened),
    /// It opens, and is not what belongs here.
    Foreign,
}

/// What belongs to an event, and the short name of the key that opened it.
pub(super) fn plain(
    sealed: &[Sealed],
    event: Option<&EventId>,
    keys: &mut Keys,
) -> Result<Result<(Plain, String), Closed>> {
    let opened = keys.open(sealed.iter().map(|one| (one.key_id.as_str(), one.blob.as_str())))?;
    Ok(opened.map_err(Closed::Unopened).and_then(|(bytes, by)| {
        let plain = Plain::from_bytes(&bytes).filter(|plain| Some(&plain.event) == event);
        Ok((plain.ok_or(Closed::Foreign)?, by))
    }))
}

/// The sealed texts of some rows, in their order.
pub(super) fn texts(store: &Store, records: &[Record], keys: &mut Keys) -> Result<Vec<Text>> {
    let mut texts = Vec::new();
    for record in records.iter().filter(|record| !record.sealed.is_empty()) {
        let sealed = super::read(store, |view| host_journal::sealed(view, record.seq))?;
        let plain = plain(&sealed, record.event.as_ref(), keys)?;
        texts.push(Text {
            seq: record.seq,
            kind: record.kind.as_str(),
            at: record.at,
            keys: sealed.into_iter().map(|one| one.key_id).collect(),
            plain,
        });
    }
    Ok(texts)
}

/// Puts on record that these were opened, unless none was; then what to say, and how to end.
pub(super) fn on_record(
    texts: &[Text],
    keys: &Keys,
    recorder: Option<&Recorder>,
    event: Option<&EventId>,
    command: &str,
) -> Result<Option<Exit>> {
    let by: BTreeSet<&str> =
        texts.iter().filter_map(|text| Some(text.plain.as_ref().ok()?.1.as_str())).collect();
    let count = texts.iter().filter(|text| text.plain.is_ok()).count();
    if count == 0 {
        texts.iter().for_each(|text| out::note(&text.closed()));
        out::note(&at_hand(keys));
        return Ok(Some(Exit::NoKey));
    }
    if let Some(recorder) = recorder {
        opened(recorder, event, command, count, by)?;
    }
    Ok(None)
}

/// The row of an opening.
pub(super) fn opened<'a>(
    recorder: &Recorder,
    event: Option<&EventId>,
    command: &str,
    count: usize,
    by: impl IntoIterator<Item = &'a str>,
) -> Result<()> {
    let mut audit = Audit::new(Change::LogOpened, recorder.by());
    audit.name = Some(SiteWord::from(command));
    audit.count = u64::try_from(count).ok();
    audit.keys = by.into_iter().map(SiteWord::from).collect();
    let told = "nothing is shown, since the opening cannot be put on record";
    recorder.audit(event, audit).context(told)
}

/// The keys at hand, for whoever has the wrong ones.
pub(super) fn at_hand(keys: &Keys) -> String {
    match keys.ids().as_slice() {
        [] => "no private key is at hand; name the file of one with --key FILE".to_owned(),
        ids => format!("the keys at hand are {}; name another with --key FILE", ids.join(", ")),
    }
}

impl Text {
    /// Why it stays closed, in a line.
    fn closed(&self) -> String {
        let keys = self.keys.join(", ");
        match &self.plain {
            Ok(_) => format!("row {} is open", self.seq),
            Err(why) => format!("row {} ({}), sealed to {keys}: {why}", self.seq, self.kind),
        }
    }

    /// For programs: the text as it was.
    pub(super) fn json(&self) -> Value {
        let mut told = json!({ "seq": self.seq, "kind": self.kind, "at": self.at, "keys": self.keys });
        let (name, value) = match &self.plain {
            Err(why) => ("closed", json!(why.to_string())),
            Ok((plain, _)) => match &plain.content {
                Content::Prompt(prompt) => ("prompt", json!(prompt)),
                Content::Answer(text) => ("answer", json!(text)),
                Content::Reason(text) => ("reason", json!(text)),
            },
        };
        if let Some(told) = told.as_object_mut() {
            told.insert(name.to_owned(), value);
        }
        told
    }

    /// For people: control characters but line breaks and tabs are replaced.
    pub(super) fn lines(&self) -> Vec<String> {
        let (what, text) = match &self.plain {
            Err(why) => ("sealed", format!("{why} (to key {})", self.keys.join(", "))),
            Ok((plain, _)) => match &plain.content {
                Content::Prompt(prompt) => {
                    let parts = prompt.parts.iter().map(|part| part.text.expose());
                    let files = prompt.attachments.iter().map(|name| format!("[file {}]", name.expose()));
                    let all: Vec<String> = parts.map(str::to_owned).chain(files).collect();
                    ("prompt", all.join("\n"))
                }
                Content::Answer(text) => ("answer", text.expose().to_owned()),
                Content::Reason(text) => ("reason", text.expose().to_owned()),
            },
        };
        let harmless = |line: &str| {
            let shown = line.chars().map(|char| match char {
                '\t' => '\t',
                char if char.is_control() => '\u{fffd}',
                char => char,
            });
            shown.collect::<String>()
        };
        let head = format!("--- {what}, {}, row {}", shown(self.at), self.seq);
        std::iter::once(head).chain(text.lines().map(harmless)).collect()
    }
}

impl std::fmt::Display for Closed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unopened(why) => write!(out, "{why}"),
            Self::Foreign => out.write_str("it says that it belongs to another interaction"),
        }
    }
}

#[cfg(test)]
mod tests {
    use host_journal::{Plain, Sealed};
    use shared_protocol::{App, EventId};
    use shared_seal::{KeyPair, OpenError, Seed};

    use super::{Closed, plain};
    use crate::keys::{Given, Keys, Unopened};

    #[test]
    fn a_text_that_is_changed_or_not_of_this_row_stays_closed() {
        let folder = tempfile::tempdir().unwrap();
        let pair = KeyPair::derive(Seed::new([1; 32]));
        let path = folder.path().join("a.key");
        std::fs::write(&path, pair.private.to_base64().as_str()).unwrap();
        let given = Given { key: vec![path], passphrase_file: None };
        let mut keys = Keys::load(folder.path(), &given, None).unwrap();

        let event =
            |number: u8| EventId::try_from(format!("01890a5d-ac96-474b-bcce-0000000000{number:02}")).unwrap();
        let text = Plain::answer(event(1), 5, App::new("claude"), None, "words".into());
        let seal = |bytes: &[u8]| {
            let blob = shared_seal::seal(&pair.public, bytes, Seed::new([2; 32])).unwrap();
            vec![Sealed { key_id: pair.public.id().to_string(), blob }]
        };
        let mut open = |sealed: &[Sealed], event: &EventId| plain(sealed, Some(event), &mut keys).unwrap();
        let good = seal(&text.to_bytes().unwrap());
        assert_eq!(open(&good, &event(1)).unwrap().0, text);
        assert_eq!(open(&good, &event(2)).unwrap_err(), Closed::Foreign);
        // What another program sealed to the same key.
        assert_eq!(open(&seal(b"test matched data"), &event(1)).unwrap_err(), Closed::Foreign);
        let mut changed = good.clone();
        changed[0].blob.replace_range(70..71, if good[0].blob.as_bytes()[70] == b'A' { "B" } else { "A" });
        let refused = Closed::Unopened(Unopened::Fault(OpenError::Refused));
        assert_eq!(open(&changed, &event(1)).unwrap_err(), refused);
        let elsewhere = vec![Sealed { key_id: "0011223344556677".to_owned(), blob: good[0].blob.clone() }];
        assert_eq!(open(&elsewhere, &event(1)).unwrap_err(), Closed::Unopened(Unopened::NoKey));
        assert_eq!(open(&[], &event(1)).unwrap_err(), Closed::Unopened(Unopened::NoKey));
    }
}
