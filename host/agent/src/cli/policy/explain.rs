//! `policy explain`: why a text, or an interaction on record, gets its decision, policy by policy.
//!
//! INVARIANT: sends and records nothing, and opens nothing: of an event it needs the facts that its row keeps.

use std::env::consts::OS;
use std::io::Read as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use host_classify::{Engine, Neighbours};
use host_journal::Entry;
use host_policy::{Decision, Determining, DeviceFacts, Facts, Guardrails, Policy};
use serde_json::{Value, json};
use shared_protocol::{EventId, Level, Operation};

use super::folder::Folder;
use super::looked::Looked;
use super::told::{action, standing, word};
use super::{simulate, test, weighed};
use crate::cli::table;
use crate::cli::who::Who;
use crate::clock::local;
use crate::exit::Exit;
use crate::live::Active;
use crate::native::now;
use crate::neighbours;
use crate::os::Env;
use crate::out;

/// What to explain, and as whom.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The text; `-` reads it from standard input.
    #[arg(value_name = "TEXT", required_unless_present = "event")]
    text: Option<String>,
    /// An interaction on record, in place of a text.
    #[arg(long, conflicts_with_all = ["text", "user", "groups", "app", "operation"])]
    event: Option<String>,
    /// By the policies of this folder, in place of those in force.
    #[arg(long, value_name = "DIR")]
    by: Option<PathBuf>,
    #[command(flatten)]
    who: Who,
    /// What the request does.
    #[arg(long, value_name = "OPERATION")]
    operation: Option<String>,
}

/// By what it is explained.
struct By<'a> {
    policy: &'a Policy,
    engine: &'a Engine,
    guardrails: Option<&'a Guardrails>,
    /// Who is at the keyboard, as far as known.
    known: &'a host_policy::UserFacts,
    /// An organisation manages this machine.
    managed: bool,
    /// Mistakes that were confirmed under what is in force.
    neighbours: Option<Arc<Neighbours>>,
}

impl By<'_> {
    /// What the person reads of a policy, in its own words.
    fn said<'a>(&'a self, policy: &'a Determining) -> Option<&'a str> {
        match self.guardrails {
            Some(guardrails) => guardrails.message(policy, None),
            None => policy.message.as_deref(),
        }
    }
}

/// What there is to say.
struct Case {
    facts: Facts,
    decision: Decision,
    /// What was decided then, of an event.
    then: Option<String>,
    /// What confirmed mistakes took away, and how much it was before: `intent.pii high`.
    corrected: Vec<String>,
}

pub(super) fn run(args: &Args, env: &Env, json: bool) -> Result<Exit> {
    let active = Active::load(env);
    let snapshot = active.snapshot()?;
    let (known, managed) = (&snapshot.user, snapshot.settings.managed);
    let Some(path) = &args.by else {
        let (policy, engine) = (&snapshot.policy, &snapshot.engine);
        let neighbours = env.data().and_then(|data| neighbours::on_disk(&data, &active));
        let by = By { policy, engine, guardrails: None, known, managed, neighbours };
        return explain(args, env, &by, json);
    };
    let folder = Folder::read(path)?;
    let looked = Looked::in_force(&folder);
    if looked.is_refused() {
        return Ok(test::refused(&looked, &folder, json));
    }
    let Some(whole) = looked.whole() else { return Ok(Exit::Fault) };
    let (guardrails, engine) = (&whole.guardrails, &whole.engine);
    explain(
        args,
        env,
        &By {
            policy: &guardrails.policy,
            engine,
            guardrails: Some(guardrails),
            known,
            managed,
            neighbours: None,
        },
        json,
    )
}

fn explain(args: &Args, env: &Env, by: &By<'_>, json: bool) -> Result<Exit> {
    let case = match &args.event {
        Some(event) => match of_event(event, env, by)? {
            Some(case) => case,
            None => return Ok(Exit::NotFound),
        },
        None => of_text(args, by)?,
    };
    let explained = by.policy.explain(&case.facts, &[]);
    if json {
        let policies = explained.iter().map(|one| {
            let (standing, why) = standing(one);
            json!({ "id": one.id, "standing": standing, "why": why })
        });
        out::line(&as_json(&case, policies.collect()).to_string());
        return Ok(Exit::Done);
    }
    out::line(&action(case.decision.reported()));
    if let Some(said) = case.decision.policies.first().and_then(|policy| by.said(policy)) {
        out::line(&format!("they read: {said}"));
    }
    if let Some(then) = &case.then {
        out::line(&format!("on record: {then}"));
    }
    for corrected in &case.corrected {
        out::line(&format!("a confirmed mistake took away: {corrected}"));
    }
    about(&case.facts).iter().for_each(|line| {
        out::line(line);
    });
    out::line("");
    let rows: Vec<_> = explained
        .iter()
        .map(|one| {
            let (standing, why) = standing(one);
            vec![standing.to_owned(), one.id.clone(), why]
        })
        .collect();
    table::align(&["", "POLICY", "WHY"], &rows).iter().for_each(|line| {
        out::line(line);
    });
    Ok(Exit::Done)
}

fn of_text(args: &Args, by: &By<'_>) -> Result<Case> {
    let given = args.text.as_deref().unwrap_or("-");
    let text = if given == "-" {
        let mut bytes = Vec::new();
        std::io::stdin().read_to_end(&mut bytes).context("the text cannot be read")?;
        String::from_utf8_lossy(&bytes).into_owned()
    } else {
        given.to_owned()
    };
    let operation = match args.operation.as_deref() {
        Some(word) => Operation::ALL
            .into_iter()
            .find(|one| one.as_str() == word)
            .with_context(|| format!("`{word}` is no operation; one is `send-prompt`"))?,
        None => Operation::SendPrompt,
    };
    let mut base = Facts::new(operation, args.who.app());
    base.user = args.who.user(by.known);
    // Exceptions and hours of work are of now.
    let now = now();
    base.at = i64::try_from(now / 1_000).ok();
    base.local = local(now);
    base.device = DeviceFacts { os: Some(OS.to_owned()), managed: by.managed };
    if let Some(guardrails) = by.guardrails {
        guardrails.settings.about(&mut base);
    }
    let weighed = weighed::text(by.policy, by.engine, &base, &text.into(), by.neighbours.as_deref());
    Ok(Case { facts: weighed.facts, decision: weighed.decision, then: None, corrected: weighed.corrected })
}

/// The facts of an interaction on record.
fn of_event(event: &str, env: &Env, by: &By<'_>) -> Result<Option<Case>> {
    let id = EventId::try_from(event.to_owned())?;
    let data = env.data().context("no home folder is known; set HOME")?;
    let Some(store) = simulate::open(&data)? else { return Ok(None) };
    let records = store.read(|view| host_journal::event(view, &id))?;
    let judged = records.iter().find_map(|record| match &record.entry {
        Some(Entry::Judged(judged)) => Some((record, judged)),
        _ => None,
    });
    let Some((record, judged)) = judged else {
        out::note(&format!("`{event}` is not on record; `promptgate log list` shows what is"));
        return Ok(None);
    };
    let read = |facts: &host_journal::FactsJson| Facts::from_bytes(facts.as_bytes());
    let facts = judged.facts.as_ref().ok_or_else(|| anyhow!("this row keeps no facts of its decision"))?;
    let mut facts = read(facts).context("the facts of this row cannot be replayed")?;
    let mut redacted = judged.redacted_facts.as_ref().and_then(|facts| read(facts).ok());
    for facts in std::iter::once(&mut facts).chain(redacted.as_mut()) {
        facts.at = facts.at.or(i64::try_from(record.at / 1_000).ok());
        if let Some(guardrails) = by.guardrails {
            guardrails.settings.about(facts);
        }
    }
    let decision = weighed::facts(by.policy, &facts, redacted.as_ref());
    let source = judged.bundle.clone().unwrap_or_else(|| word(judged.source));
    let fault = judged.fault.map(|code| format!(", with the fault {}", word(code))).unwrap_or_default();
    let then = format!("{}, by {source}{fault}", action((judged.action, judged.mode)));
    let corrected = judged.engines.iter().filter_map(|engine| host_classify::corrected(engine));
    let corrected = corrected.map(str::to_owned).collect();
    Ok(Some(Case { facts, decision, then: Some(then), corrected }))
}

/// What the policies were asked about.
fn about(facts: &Facts) -> Vec<String> {
    let person = if facts.user.id.is_empty() { "somebody unknown" } else { &facts.user.id };
    let groups = match facts.user.groups.is_empty() {
        true => "in no group".to_owned(),
        false => format!("in {}", facts.user.groups.iter().cloned().collect::<Vec<_>>().join(", ")),
    };
    let mut lines =
        vec![format!("{person}, {groups}: {} on {}", facts.operation.as_str(), facts.app.id.as_str())];
    let labels: Vec<_> = facts
        .labels
        .iter()
        .map(|(label, found)| format!("{} {}", label.as_str(), found.spans.saturating_add(found.names)))
        .collect();
    let topics: Vec<_> = facts
        .topics
        .iter()
        .filter(|(_, level)| **level > Level::None)
        .map(|(topic, level)| format!("{} {}", String::from(topic.clone()), level.number()))
        .collect();
    for (what, all) in [("found", labels), ("topics", topics)] {
        if !all.is_empty() {
            lines.push(format!("{what}: {}", all.join(", ")));
        }
    }
    lines
}

fn as_json(case: &Case, policies: Vec<Value>) -> Value {
    let (action, mode) = case.decision.reported();
    let facts: Value = serde_json::from_slice(&case.facts.to_bytes()).unwrap_or_default();
    json!({
        "action": action, "mode": mode, "obligations": case.decision.obligations,
        "on_record": case.then, "corrected": case.corrected, "facts": facts, "policies": policies,
    })
}
