//! `log rescan`: what today's classifier and policy see in prompts that were recorded before.
//!
//! INVARIANT: text is opened in memory, one prompt at a time, and shown nowhere: what is told is labels, topics and
//! actions. Nothing is written but the row that says that the record was opened.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use anyhow::Result;
use host_journal::{Content, Entry, Filter, Judged, Kind, Order, Page, Plain, Record};
use host_policy::{Facts, UserFacts};
use host_store::Store;
use serde_json::{Map, Value, json};
use shared_protocol::{Action, Attachment, Capture, Judge, Label, Level, Prompt, Reading, Topic, TopicScore};

use super::filter::{self, shown};
use super::opened::{self, Closed};
use crate::cli::table;
use crate::clock::local;
use crate::exit::Exit;
use crate::files;
use crate::judge::{Around, Asked, Judgement, Snapshot, UNKNOWN};
use crate::keys::{Given, Keys};
use crate::out;
use crate::record::{Recorder, labels};

/// Rows of one look into the file.
const PAGE: u32 = 200;

/// The columns.
const HEAD: [&str; 8] = ["TIME", "APP", "USER", "WAS", "NOW", "NEW LABELS", "NEW TOPICS", "EVENT"];

/// Which rows, and with which keys.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    #[command(flatten)]
    pub(super) keys: Given,
    /// The site: chatgpt, gemini, claude, perplexity.
    #[arg(long)]
    app: Option<String>,
    /// The person.
    #[arg(long)]
    user: Option<String>,
    /// At or after: 2026-11-22, 2026-11-22T20:00, a time with a zone, or an age such as 7d or 12h.
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Before; written as for --since.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
}

/// A row of which more is seen today.
struct Found {
    record: Record,
    was: Action,
    now: Action,
    /// Labels that are new or more, with how often they are there now.
    labels: BTreeMap<Label, u64>,
    /// Topics that are higher, from and to.
    topics: Vec<(Topic, Level, Level)>,
    partial: bool,
}

/// What became of the rows.
#[derive(Default)]
struct Count {
    read: u64,
    partial: u64,
    no_key: u64,
    closed: u64,
    by: BTreeSet<String>,
    missing: BTreeSet<String>,
}

pub(super) fn run(
    store: &Store,
    args: &Args,
    keys: &mut Keys,
    snapshot: &Snapshot,
    recorder: &Recorder,
    json: bool,
) -> Result<Exit> {
    let filter = Filter {
        kinds: vec![Kind::Judged],
        app: args.app.as_ref().map(shared_protocol::App::new),
        user: args.user.clone(),
        since: filter::moment(args.since.as_deref())?,
        until: filter::moment(args.until.as_deref())?,
        captured: Some(true),
        ..Filter::default()
    };
    let total = super::read(store, |view| host_journal::count(view, &filter))?;
    let (mut found, mut count, mut after) = (Vec::new(), Count::default(), None);
    let mut done = 0;
    loop {
        let page = Page { order: Order::Oldest, after, limit: PAGE };
        let records = super::read(store, |view| host_journal::list(view, &filter, &page))?;
        let Some(last) = records.last() else { break };
        after = Some(last.seq);
        for record in records {
            found.extend(again(store, record, keys, snapshot, &mut count)?);
            done += 1;
        }
        out::progress(&format!("{done} of {total} read again"));
    }
    out::progress("");
    if count.read == 0 && count.no_key + count.closed > 0 {
        let missing: Vec<&str> = count.missing.iter().map(String::as_str).collect();
        out::note(&format!("no prompt could be opened; they are sealed to {}", missing.join(", ")));
        out::note(&opened::at_hand(keys));
        return Ok(Exit::NoKey);
    }
    if count.read > 0 {
        let read = usize::try_from(count.read).unwrap_or(usize::MAX);
        opened::opened(recorder, None, "rescan", read, count.by.iter().map(String::as_str))?;
    }
    if json {
        for one in &found {
            out::line(&one.json().to_string());
        }
        out::line(&json!({ "summary": summary(&found, &count) }).to_string());
    } else {
        if !found.is_empty() {
            let cells: Vec<_> = found.iter().map(Found::cells).collect();
            table::align(&HEAD, &cells).iter().for_each(|line| {
                out::line(line);
            });
        }
        out::line(&told(&found, &count));
    }
    Ok(Exit::Done)
}

/// Judges one prompt again; what is new, if anything is.
fn again(
    store: &Store,
    record: Record,
    keys: &mut Keys,
    snapshot: &Snapshot,
    count: &mut Count,
) -> Result<Option<Found>> {
    let Some(Entry::Judged(judged)) = &record.entry else { return Ok(None) };
    if record.sealed.is_empty() {
        // Its answer was kept, and nothing of itself.
        return Ok(None);
    }
    let sealed = super::read(store, |view| host_journal::sealed(view, record.seq))?;
    let (plain, by) = match opened::plain(&sealed, record.event.as_ref(), keys)? {
        Ok(opened) => opened,
        Err(why) => {
            count.missing.extend(sealed.into_iter().map(|one| one.key_id));
            match why {
                Closed::Unopened(crate::keys::Unopened::NoKey) => count.no_key += 1,
                Closed::Unopened(crate::keys::Unopened::Fault(_)) | Closed::Foreign => count.closed += 1,
            }
            return Ok(None);
        }
    };
    count.by.insert(by);
    count.read += 1;
    let partial = judged.capture != Capture::Full;
    count.partial += u64::from(partial);
    let Some((ask, user)) = asked(&record, judged, plain) else { return Ok(None) };
    let start = Instant::now();
    let asked = Asked {
        judge: &ask,
        browser: judged.browser,
        user: Some(&user),
        risk: Level::None,
        known: UNKNOWN,
        around: &Around { local: local(record.at), ..Around::default() },
        files: &files::NONE,
    };
    let (judgement, _) = snapshot.judge(&asked, &|| start.elapsed());
    let (labels, topics) = (more_labels(judged, &judgement), higher(judged, &judgement.found.topics));
    let (was, now) = (judged.action, judgement.verdict.action);
    // Of a part of the text a milder word says nothing.
    let is_other = if partial { now > was } else { now != was };
    let is_new = !labels.is_empty() || !topics.is_empty() || is_other;
    Ok(is_new.then_some(Found { record, was, now, labels, topics, partial }))
}

/// The request as it was, as far as it is on record.
fn asked(record: &Record, judged: &Judged, plain: Plain) -> Option<(Judge, UserFacts)> {
    let Content::Prompt(text) = plain.content else { return None };
    let owned = |word: &host_journal::SiteWord| word.as_str().to_owned();
    let mut prompt = Prompt::new(judged.operation?);
    prompt.parts = text.parts;
    prompt.attachments = text
        .attachments
        .into_iter()
        .map(|name| Attachment { name: Some(name), ..Attachment::default() })
        .collect();
    prompt.conversation_id = judged.conversation.as_ref().map(owned);
    prompt.parent_id = judged.parent.as_ref().map(owned);
    prompt.message_id = judged.message.as_ref().map(owned);
    prompt.model = judged.model.as_ref().map(owned);
    prompt.temporary = judged.temporary;
    prompt.logged_out = judged.logged_out;
    prompt.account.kind = judged.account;
    prompt.account.workspace = judged.workspace.as_ref().map(owned);
    prompt.connectors = judged.connectors.iter().map(owned).collect();
    prompt.tools = judged.tools.iter().map(owned).collect();
    // Who it was then: groups of now are another matter.
    let facts = judged.facts.as_ref().and_then(|facts| Facts::from_bytes(facts.as_bytes()).ok());
    let user = facts.map_or_else(
        || UserFacts { id: record.person.clone().unwrap_or_default(), ..UserFacts::default() },
        |facts| facts.user,
    );
    let ask = Judge {
        event: record.event.clone()?,
        app: record.app.clone()?,
        at: record.at,
        reading: Reading::Prompt(prompt),
        private_window: judged.private_window,
        page: None,
    };
    Some((ask, user))
}

fn more_labels(judged: &Judged, now: &Judgement) -> BTreeMap<Label, u64> {
    let mut labels = labels(&now.found);
    labels.retain(|label, count| judged.labels.get(label).is_none_or(|before| before < count));
    labels
}

fn higher(judged: &Judged, scores: &[TopicScore]) -> Vec<(Topic, Level, Level)> {
    let before = |topic: &Topic| {
        let note = judged.topics.iter().find(|note| note.topic == *topic);
        note.map_or(Level::None, |note| note.level)
    };
    let pairs = scores.iter().map(|score| (score.topic.clone(), before(&score.topic), score.level));
    pairs.filter(|(_, before, now)| now > before).collect()
}

impl Found {
    fn cells(&self) -> Vec<String> {
        let dash = |text: String| if text.is_empty() { "-".to_owned() } else { text };
        let labels = self.labels.iter().map(|(label, count)| format!("{}:{count}", label.as_str()));
        let topics = self.topics.iter().map(|(topic, was, now)| {
            format!("{}:{}>{}", String::from(topic.clone()), was.number(), now.number())
        });
        vec![
            shown(self.record.at),
            dash(self.record.app.as_ref().map(|app| app.as_str().to_owned()).unwrap_or_default()),
            dash(self.record.person.clone().unwrap_or_default()),
            word(self.was),
            word(self.now),
            dash(labels.collect::<Vec<_>>().join(",")),
            dash(topics.collect::<Vec<_>>().join(",")),
            dash(self.record.event.as_ref().map(|event| event.as_str().to_owned()).unwrap_or_default()),
        ]
    }

    fn json(&self) -> Value {
        let topics: Map<String, Value> = self
            .topics
            .iter()
            .map(|(topic, was, now)| (String::from(topic.clone()), json!({ "was": was, "now": now })))
            .collect();
        json!({
            "event": self.record.event,
            "at": self.record.at,
            "app": self.record.app,
            "person": self.record.person,
            "was": self.was,
            "now": self.now,
            "labels": self.labels,
            "topics": topics,
            "partial": self.partial,
        })
    }
}

fn summary(found: &[Found], count: &Count) -> Value {
    json!({
        "read": count.read,
        "new": found.len(),
        "stricter": stricter(found),
        "partial": count.partial,
        "no_key": count.no_key,
        "closed": count.closed,
    })
}

fn stricter(found: &[Found]) -> usize {
    found.iter().filter(|one| one.now > one.was).count()
}

fn told(found: &[Found], count: &Count) -> String {
    let mut line = format!(
        "{} prompts read again: {} show something new, {} would be decided more strictly",
        count.read,
        found.len(),
        stricter(found)
    );
    for (number, what) in [
        (count.partial, "were kept in part only"),
        (count.no_key, "are sealed to keys that are not here"),
        (count.closed, "do not open though their key is here (`promptgate log open EVENT` says why)"),
    ] {
        if number > 0 {
            line.push_str(&format!("; {number} {what}"));
        }
    }
    line
}

fn word(action: Action) -> String {
    serde_json::to_value(action).ok().and_then(|word| Some(word.as_str()?.to_owned())).unwrap_or_default()
}
