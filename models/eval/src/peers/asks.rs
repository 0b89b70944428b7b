//! Detectors of injections and jailbreaks, and the one of them that claims to see harm.
//!
//! The rows are of families that the encoder which ships was trained without. The linear model that ships has seen most of
//! them, so it stands beside one that was trained for this without them; what that one and the encoder say together is
//! what the product would say of texts like these. Peers may have trained on any of them.

use anyhow::{Result, bail};
use host_classify::linear::Model;
use models_train::calibrate;
use models_train::data::Sets;
use models_train::fit::{Settings, family, fit};
use models_train::reading::Reading;
use models_train::row::{Row, TOPICS, Truth};

use super::install::Installed;
use super::ours::{With, ask, engine};
use super::process::{Answer, Peer};
use super::rows::some;
use super::{COLUMNS, cells, missing};
use crate::table::Table;

/// The heads.
const ABUSE: usize = 1;
const JAILBREAK: usize = 2;

/// Families that were left out of the encoder that ships, and those that no training of it saw (`train/encoder/rows.py`).
const UNSEEN: [&str; 3] = ["neuralchemy", "templates", "awesome-chatgpt-prompts"];
const ALWAYS: [&str; 5] = ["arena-hard-v0.1", "self-instruct-seed", "mt-bench", "vicuna-bench", "banking77"];

/// Families with requests for harmful code; the encoder that ships was trained on them.
const HARM: [&str; 3] = ["cysecbench", "advbench-behaviors", "cyberseceval-instruct-benign-coding"];

/// Rows of a family, of each side.
const SHARE: usize = 100;
/// Of a benign source.
const BENIGN: usize = 60;
/// One row in so many is asked of the slow peer as well.
const SLOW: usize = 5;

/// The tables.
pub(crate) fn tables(peers: &Installed, sets: &Sets, written: &[Row]) -> Result<Vec<Table>> {
    let all: Vec<&Row> = sets.train.iter().chain(&sets.tune).chain(written).collect();
    let mut tables = Vec::new();
    let rows = drawn(&all, JAILBREAK, &UNSEEN, 2 * SHARE);
    let unseeing = unseeing(&all, &UNSEEN)?;
    let mut asked = ours(&rows, JAILBREAK, unseeing)?;
    for peer in in_python(peers, &["jailguard", "prompt_guardrail", "aicordon_picket", "sibylline_clean"]) {
        asked.push(theirs(peer, &rows));
    }
    asked.push(theirs(peers.llm_guardrail("llm_guardrail 2.1.2", "asks"), &rows));
    let title = "jailbreaks and injections: families that the encoder was trained without";
    tables.push(table(title.to_owned(), &rows, JAILBREAK, &asked, &|_| true));
    for left_out in ["neuralchemy", "templates"] {
        let title = format!("the same, positives of `{left_out}` only");
        let is_in = |row: &Row| row.of(JAILBREAK) == Truth::No || family(&row.source) == left_out;
        tables.push(table(title, &rows, JAILBREAK, &asked, &is_in));
    }
    // The slow one is asked every fifth row, and everybody is shown on those.
    let few: Vec<&Row> = rows.iter().copied().step_by(SLOW).collect();
    let mut on_few: Vec<Asked> = asked
        .into_iter()
        .map(|(who, said)| (who, said.map(|said| said.into_iter().step_by(SLOW).collect())))
        .collect();
    let slow = in_python(peers, &["metatronnanoguard"]);
    on_few.extend(slow.into_iter().map(|peer| theirs(peer, &few)));
    let title = "the same, one row in five, which the slow peer was asked as well".to_owned();
    tables.push(table(title, &few, JAILBREAK, &on_few, &|_| true));

    let rows = drawn(&all, ABUSE, &HARM, SHARE);
    let unseeing = self::unseeing(&all, &HARM)?;
    let mut asked = ours(&rows, ABUSE, unseeing)?;
    asked.push(theirs(peers.llm_guardrail("llm_guardrail 2.1.2, malicious", "harm"), &rows));
    let title = "requests for harmful code: the encoder that ships WAS trained on these families".to_owned();
    tables.push(table(title, &rows, ABUSE, &asked, &|_| true));
    Ok(tables)
}

/// Who, and what was said or why nothing.
type Asked = (String, Result<Vec<Answer>>);

fn in_python(peers: &Installed, names: &[&str]) -> Vec<Peer> {
    let shown = |name| match name {
        "jailguard" => "JailGuard 0.1.2",
        "prompt_guardrail" => "prompt-guardrail 1.0.1",
        "aicordon_picket" => "AI Cordon Picket 1.4.0",
        "sibylline_clean" => "sibylline-clean 0.1.3, heuristic",
        _ => "MetatronNanoGuard 0.1.0",
    };
    names.iter().map(|name| peers.in_python(shown(*name), "asks.py", name)).collect()
}

fn theirs(peer: Peer, rows: &[&Row]) -> Asked {
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    (peer.who.to_owned(), peer.ask(&texts))
}

/// Rows for the topic: of each family so many of each side, and of the benign sources that no training saw.
fn drawn<'a>(all: &[&'a Row], head: usize, families: &[&str], share: usize) -> Vec<&'a Row> {
    let mut rows = Vec::new();
    let of = |wanted: &str, truth: Truth, many: usize| {
        let is_in = |row: &&&Row| family(&row.source) == wanted && row.of(head) == truth;
        some(all.iter().filter(is_in).copied().collect(), many, |row: &&Row| row.text.as_str())
    };
    for wanted in families {
        rows.extend(of(wanted, Truth::Yes, share));
        rows.extend(of(wanted, Truth::No, share / 2));
    }
    for wanted in ALWAYS {
        rows.extend(of(wanted, Truth::No, BENIGN));
    }
    // Mixed, so that every fifth is like all.
    some(rows, usize::MAX, |row: &&Row| row.text.as_str())
}

/// The linear model trained without these families and without the benign sources, for as long as the program runs.
fn unseeing(all: &[&Row], families: &[&str]) -> Result<&'static [u8]> {
    let is_out = |row: &Row| families.contains(&family(&row.source)) || ALWAYS.contains(&family(&row.source));
    let rows: Vec<&Row> = all.iter().copied().filter(|row| !is_out(row)).collect();
    let readings: Vec<Reading> = rows.iter().map(|row| Reading::of(&row.text)).collect();
    let fitted = fit(&rows, &readings.iter().collect::<Vec<_>>(), &Settings::default());
    let calibration: Vec<&Row> =
        all.iter().copied().filter(|row| ALWAYS.contains(&family(&row.source))).collect();
    Ok(calibrate::file(&fitted, &fitted, &calibration).leak())
}

fn ours(rows: &[&Row], head: usize, unseeing: &'static [u8]) -> Result<Vec<Asked>> {
    let Some(topic) = TOPICS.get(head) else { bail!("no such topic") };
    let texts: Vec<&str> = rows.iter().map(|row| row.text.as_str()).collect();
    let unseeing = || Model::parse(unseeing);
    let who = [
        ("ours, linear model, trained without them", With::RulesAndLinear, Some(unseeing()?)),
        ("ours, encoder alone", With::RulesAndEncoder, None),
        ("**ours, all, linear model trained without them**", With::All, Some(unseeing()?)),
        ("ours, all, as it ships (linear model has seen most)", With::All, None),
    ];
    let mut asked = Vec::new();
    for (who, with, model) in who {
        let engine = engine(with, model)?;
        asked.push((who.to_owned(), Ok(ask(&engine, &texts, topic, "secret."))));
    }
    Ok(asked)
}

fn table(title: String, rows: &[&Row], head: usize, asked: &[Asked], is_in: &dyn Fn(&Row) -> bool) -> Table {
    let truth: Vec<bool> =
        rows.iter().filter(|row| is_in(row)).map(|row| row.of(head) == Truth::Yes).collect();
    let line = |(who, said): &Asked| match said {
        Err(why) => missing(who, &format!("{why:#}"), COLUMNS.len()),
        Ok(said) => {
            let said = said.iter().zip(rows).filter(|(_, row)| is_in(row)).map(|(said, _)| said.clone());
            cells(who, &said.collect::<Vec<_>>(), &truth)
        }
    };
    Table { title, columns: COLUMNS.to_vec(), rows: asked.iter().map(line).collect() }
}
