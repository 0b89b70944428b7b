//! The filters of list commands.

use anyhow::{Context, Result, anyhow};
use clap::ValueEnum;
use host_journal::{Filter, Kind, Page};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use jiff::{Span, Timestamp, Zoned};
use serde::de::DeserializeOwned;
use shared_protocol::{App, Millis, Topic};

/// Which rows. Every given condition holds at once.
#[derive(Debug, clap::Args)]
#[group(id = "filters")]
pub(in crate::cli) struct Args {
    /// The site: chatgpt, gemini, claude, perplexity.
    #[arg(long)]
    app: Option<String>,
    /// The person.
    #[arg(long)]
    user: Option<String>,
    /// A topic above level none, such as content.pii.
    #[arg(long)]
    topic: Option<String>,
    /// What the request did, such as send-prompt.
    #[arg(long)]
    operation: Option<String>,
    /// The decision: allow, coach, warn, justify, redact, block.
    #[arg(long)]
    action: Option<String>,
    /// The site's id of the conversation.
    #[arg(long)]
    conversation: Option<String>,
    /// At or after: 2026-11-22, 2026-11-22T20:00, a time with a zone, or an age such as 7d or 12h.
    #[arg(long, value_name = "WHEN")]
    since: Option<String>,
    /// Before; written as for --since.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Only those whose text was kept; `=false` only the others.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    captured: Option<bool>,
    /// Only those where something was found or a policy applied; `=false` only the others.
    #[arg(long, num_args = 0..=1, require_equals = true, default_missing_value = "true")]
    matched: Option<bool>,
    /// Rows of this kind, in place of one line for each interaction.
    #[arg(long, value_enum)]
    kind: Vec<Word>,
    /// Most lines; 50 where a list is shown.
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    limit: Option<u32>,
    /// What follows this row in the list: the next page, as the last line of the page before tells it.
    #[arg(long, value_name = "SEQ")]
    after: Option<u64>,
}

/// The kinds of row, as words.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Word {
    Judged,
    Shown,
    Answered,
    Released,
    Refused,
    Response,
    Ended,
    Drift,
    Late,
    Uncovered,
    Heartbeat,
    Drafts,
    Epoch,
    Audit,
    Health,
    Mistake,
}

impl Args {
    /// Which page.
    pub(in crate::cli) fn page(&self) -> Page {
        Page { limit: self.limit.unwrap_or(50), after: self.after, ..Page::default() }
    }

    /// Most rows, where all are taken when nothing is said.
    pub(in crate::cli) fn most(&self) -> Option<u32> {
        self.limit
    }

    /// As the journal takes it, where every kind is meant when none is named.
    pub(in crate::cli) fn every_kind(&self) -> Result<Filter> {
        let filter = self.filter()?;
        let kinds = if self.kind.is_empty() { Vec::new() } else { filter.kinds };
        Ok(Filter { kinds, ..filter })
    }

    /// As the journal takes it.
    pub(in crate::cli) fn filter(&self) -> Result<Filter> {
        let kinds = match self.kind.as_slice() {
            [] => Filter::INTERACTIONS.to_vec(),
            words => words.iter().map(|&word| kind(word)).collect(),
        };
        let now = Zoned::now();
        Ok(Filter {
            kinds,
            app: self.app.as_ref().map(App::new),
            user: self.user.clone(),
            topic: self.topic.clone().map(Topic::try_from).transpose()?,
            operation: word("operation", self.operation.as_ref())?,
            action: word("action", self.action.as_ref())?,
            conversation: self.conversation.clone(),
            since: self.since.as_deref().map(|when| time(when, &now)).transpose()?,
            until: self.until.as_deref().map(|when| time(when, &now)).transpose()?,
            captured: self.captured,
            matched: self.matched,
        })
    }
}

fn kind(word: Word) -> Kind {
    match word {
        Word::Judged => Kind::Judged,
        Word::Shown => Kind::Shown,
        Word::Answered => Kind::Answered,
        Word::Released => Kind::Released,
        Word::Refused => Kind::Refused,
        Word::Response => Kind::Response,
        Word::Ended => Kind::Ended,
        Word::Drift => Kind::Drift,
        Word::Late => Kind::Late,
        Word::Uncovered => Kind::Uncovered,
        Word::Heartbeat => Kind::Heartbeat,
        Word::Drafts => Kind::Drafts,
        Word::Epoch => Kind::Epoch,
        Word::Audit => Kind::Audit,
        Word::Health => Kind::Health,
        Word::Mistake => Kind::Mistake,
    }
}

/// A word of a closed set, by its wire spelling.
fn word<T: DeserializeOwned>(what: &str, word: Option<&String>) -> Result<Option<T>> {
    let Some(word) = word else { return Ok(None) };
    let parsed = serde_json::from_value(word.as_str().into());
    parsed.map(Some).map_err(|_| anyhow!("`{word}` is no {what}; `--help` shows how they are written"))
}

/// A moment as people write it, or an age before now.
pub(in crate::cli) fn moment(text: Option<&str>) -> Result<Option<Millis>> {
    let now = Zoned::now();
    text.map(|when| time(when, &now)).transpose()
}

/// A moment, or an age before `now`.
pub(in crate::cli) fn time(text: &str, now: &Zoned) -> Result<Millis> {
    let moment = if let Ok(moment) = text.parse::<Timestamp>() {
        moment
    } else if let Ok(local) = text.parse::<DateTime>() {
        local.to_zoned(now.time_zone().clone())?.timestamp()
    } else if let Ok(age) = text.parse::<Span>() {
        now.checked_sub(age.abs())?.timestamp()
    } else {
        return Err(anyhow!(
            "`{text}` is no time; write 2026-11-22, 2026-11-22T20:00Z, or an age such as 7d"
        ));
    };
    Millis::try_from(moment.as_millisecond()).context("times before 1970 are not on record")
}

/// A moment of the record for people: local, to the second.
pub(in crate::cli) fn shown(at: Millis) -> String {
    let moment = i64::try_from(at).ok().and_then(|at| Timestamp::from_millisecond(at).ok());
    let zoned = moment.map(|moment| moment.to_zoned(TimeZone::system()));
    zoned.map_or_else(|| at.to_string(), |zoned| zoned.strftime("%Y-%m-%d %H:%M:%S").to_string())
}

#[cfg(test)]
mod tests {
    use jiff::Zoned;

    use super::time;

    #[test]
    fn times_are_moments_or_ages() {
        let now: Zoned = "2026-11-22T12:00:00+01:00[Europe/Paris]".parse().unwrap();
        for (text, millis) in [
            ("2026-11-22T11:00:00Z", 1_795_345_200_000),
            ("2026-11-22T12:00", 1_795_345_200_000),
            ("2026-11-22", 1_795_302_000_000),
            ("12h", 1_795_302_000_000),
            ("1d", 1_795_258_800_000),
        ] {
            assert_eq!(time(text, &now).unwrap(), millis, "{text}");
        }
        for text in ["", "yesterday", "2026-13-01", "1969-01-01"] {
            assert!(time(text, &now).is_err(), "{text}");
        }
    }
}
