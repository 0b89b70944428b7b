//! `promptgate doctor --live`: a checklist that a person runs on the real sites in five minutes, and after each step
//! what the record says about it.
//!
//! INVARIANT: opens no page and sends nothing: the person does; the record's columns are read, never its text.

use std::io::{self, BufRead};

use anyhow::{Context, Result};
use host_journal::{Entry, Filter, JournalError, Page};
use host_store::Store;
use serde::Serialize;
use serde_json::json;
use shared_protocol::{App, Millis, Operation};
use shared_sites::Sites;

use crate::exit::Exit;
use crate::native::now;
use crate::os::Env;
use crate::out;

/// What to do on a site.
const STEPS: [(&str, &str); 3] = [
    (
        "type `please name three kinds of ship` and send it",
        "it is answered as always; no card, or one that says why",
    ),
    (
        "type `write to jane.doe@example.com please` and send it",
        "it is sent, and a card beside the input gives advice (an enforcing policy may ask)",
    ),
    (
        "type `is 4111 1111 1111 1111 a valid number` and send it",
        "enforcing: the card offers to send it without the number; watching only: it is sent",
    ),
];

/// What the record says of a site since the steps began.
#[derive(Debug, Default, Serialize)]
struct Seen {
    prompts: u32,
    unread: u32,
    answers: u32,
    answers_without_text: u32,
    drift: u32,
}

pub(super) fn run(env: &Env, json: bool) -> Result<Exit> {
    let sites = Sites::builtin().context("the sites' data that is compiled in")?;
    let hook = sites.hook();
    let mut ok = true;
    let mut lines = io::stdin().lock().lines();
    for site in &hook.sites {
        let Some(host) = site.hosts.first() else { continue };
        let begun = now();
        if json {
            let steps: Vec<_> = STEPS.iter().map(|(act, see)| json!({ "do": act, "see": see })).collect();
            out::line(
                &json!({ "site": site.app, "open": format!("https://{host}/"), "steps": steps }).to_string(),
            );
            continue;
        }
        out::line(&format!("{}: open https://{host}/ in a browser with Promptgate", site.app));
        for (number, (act, see)) in (1..).zip(STEPS) {
            out::line(&format!("  {number}. {act}\n     to be seen: {see}"));
        }
        out::line("  then press Enter here, or type `skip`");
        // Without anybody at the keyboard it is a list to print.
        let Some(said) = lines.next().transpose()? else { continue };
        if said.trim() == "skip" {
            continue;
        }
        let seen = seen(env, &App::new(&site.app), begun)?;
        let good = seen.prompts >= 3
            && seen.answers > 0
            && seen.unread + seen.drift + seen.answers_without_text == 0;
        ok &= good;
        out::line(&format!("  {}: {}", if good { "ok" } else { "WRONG" }, told(&seen)));
    }
    if !json {
        out::line("what is WRONG: `promptgate doctor --drift` names the address and the field");
    }
    Ok(if ok { Exit::Done } else { Exit::Fault })
}

fn told(seen: &Seen) -> String {
    let Seen { prompts, unread, answers, answers_without_text, drift } = seen;
    format!(
        "{prompts} prompts read (3 or more), {unread} not read (0), {answers} answers with text (1 or more), \
         {answers_without_text} without (0), {drift} drift rows (0)"
    )
}

fn seen(env: &Env, app: &App, since: Millis) -> Result<Seen> {
    let data = env.data().context("no home folder is known; set HOME")?;
    let store = Store::existing(&data, Store::BUSY)?;
    let filter = Filter { app: Some(app.clone()), since: Some(since), ..Filter::default() };
    let page = Page { limit: 10_000, ..Page::default() };
    let records: Result<_, JournalError> = store.read(|view| host_journal::list(view, &filter, &page));
    let mut seen = Seen::default();
    for record in records? {
        match record.entry {
            Some(Entry::Judged(judged)) if judged.drift.is_some() => seen.unread += 1,
            Some(Entry::Judged(judged)) => {
                let sent = matches!(judged.operation, Some(Operation::SendPrompt | Operation::EditPrompt));
                seen.prompts += u32::from(sent);
            }
            Some(Entry::Response(response)) if response.text_bytes > 0 => seen.answers += 1,
            Some(Entry::Response(_)) => seen.answers_without_text += 1,
            Some(Entry::Drift(_)) => seen.drift += 1,
            Some(_) | None => {}
        }
    }
    Ok(seen)
}
