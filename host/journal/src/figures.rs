//! Counts over the record: interactions over time, and what became of each policy's cards.
//!
//! INVARIANT: counts and words of rows only; the same conditions as [`list`](crate::list).

use std::collections::BTreeMap;

use host_store::{Column, Cut, Listed, View};
use shared_protocol::Millis;

use crate::{Filter, JournalError, Kind};

/// Interactions over time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Where the first stretch begins.
    pub from: Millis,
    /// Milliseconds of a stretch; 0 when there is nothing.
    pub width: u64,
    /// How many stretches, empty ones included.
    pub stretches: usize,
    /// For each action the number in each stretch. The empty word: rows without a decision (late, uncovered).
    pub actions: BTreeMap<String, Vec<u64>>,
    /// For each topic above level 0 the same.
    pub topics: BTreeMap<String, Vec<u64>>,
}

/// What became of the interactions that a policy decided.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyFigures {
    /// How many it decided.
    pub matched: u64,
    /// Of these, with a card that was on the screen.
    pub shown: u64,
    /// Sent as it was, with a reason or with a one-time code.
    pub overridden: u64,
    /// Sent without what was found.
    pub redacted: u64,
    /// Taken back by the person.
    pub edited: u64,
    /// Not answered in time.
    pub unanswered: u64,
    /// Refused, whoever refused it.
    pub refused: u64,
    /// Reported as a mistake.
    pub mistakes: u64,
}

/// Widths of stretches, so that their ends are times that people use.
const WIDTHS: [u64; 12] = {
    const MINUTE: u64 = 60_000;
    const HOUR: u64 = 60 * MINUTE;
    const DAY: u64 = 24 * HOUR;
    [
        MINUTE,
        5 * MINUTE,
        15 * MINUTE,
        HOUR,
        3 * HOUR,
        6 * HOUR,
        12 * HOUR,
        DAY,
        7 * DAY,
        28 * DAY,
        91 * DAY,
        364 * DAY,
    ]
};

/// Fewest stretches where nobody said since when.
const FEWEST: u64 = 24;

/// Most stretches.
const STRETCHES: u64 = 45;

/// Interactions over time, cut so that stretches begin at full hours and days of a time zone `offset` milliseconds
/// ahead of UTC.
///
/// # Errors
/// When the file cannot be read.
pub fn figures(view: &View<'_>, filter: &Filter, offset: i64) -> Result<Figures, JournalError> {
    let rows = filter.rows();
    let Some((first, last)) = view.span(&rows)? else {
        return Ok(Figures::default());
    };
    // What was asked for is shown from end to end, but not the years before anything was on record.
    let from =
        filter.since.map_or(first, |since| since.max(first.saturating_sub(STRETCHES * 364 * 86_400_000)));
    let until = filter.until.map_or(last, |until| until.saturating_sub(1)).max(from);
    let last_width = WIDTHS.last().copied().unwrap_or(1);
    let width = WIDTHS.into_iter().find(|width| (until - from) / width < STRETCHES).unwrap_or(last_width);
    let cut = Cut { width, shift: offset };
    let stretch = |at: Millis| at.saturating_add_signed(offset) / width;
    let end = stretch(until);
    // What is on record since an hour is the end of a day, not all of it.
    let start = match filter.since {
        Some(_) => stretch(from),
        None => stretch(from).min(end.saturating_sub(FEWEST - 1)),
    };
    let stretches = usize::try_from(end - start).unwrap_or(0).saturating_add(1);
    let counted = |by| -> Result<BTreeMap<String, Vec<u64>>, JournalError> {
        let mut all: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for tally in view.tally(&rows, by, cut)? {
            let place = u64::try_from(tally.stretch).ok().and_then(|at| at.checked_sub(start));
            let place = place.and_then(|place| usize::try_from(place).ok());
            let counts = all.entry(tally.word.unwrap_or_default()).or_insert_with(|| vec![0; stretches]);
            if let Some(count) = place.and_then(|place| counts.get_mut(place)) {
                *count += tally.rows;
            }
        }
        Ok(all)
    };
    Ok(Figures {
        from: (start * width).saturating_add_signed(-offset),
        width,
        stretches,
        actions: counted(Column::Action)?,
        topics: counted(Column::Topic)?,
    })
}

/// What became of the interactions of each policy, by its id.
///
/// # Errors
/// When the file cannot be read.
pub fn policies(view: &View<'_>, filter: &Filter) -> Result<BTreeMap<String, PolicyFigures>, JournalError> {
    let listed = Listed { list: "policies", member: "id", word: "choice" };
    // Only a judgement names policies, and one that names any is matched.
    let rows = host_store::Filter {
        kinds: vec![Kind::Judged.as_str().to_owned()],
        matched: Some(true),
        ..filter.rows()
    };
    let mut all: BTreeMap<String, PolicyFigures> = BTreeMap::new();
    if filter.matched == Some(false) {
        return Ok(all);
    }
    for followed in view.followed(&rows, listed)? {
        let figures = all.entry(followed.member).or_default();
        let counted = match Kind::parse(&followed.kind) {
            Some(Kind::Judged) => &mut figures.matched,
            Some(Kind::Shown) => &mut figures.shown,
            Some(Kind::Refused) => &mut figures.refused,
            Some(Kind::Mistake) => &mut figures.mistakes,
            Some(Kind::Answered) => match followed.word.as_deref() {
                Some("send-anyway" | "justify" | "code") => &mut figures.overridden,
                Some("redact") => &mut figures.redacted,
                Some("edit") => &mut figures.edited,
                // What came of it says the row of its end.
                Some("verify") => continue,
                _ => &mut figures.unanswered,
            },
            _ => continue,
        };
        *counted += followed.rows;
    }
    Ok(all)
}

/// The words that stand in a column of the rows, with how often, most frequent first.
///
/// # Errors
/// When the file cannot be read.
pub fn words(view: &View<'_>, filter: &Filter, by: Column) -> Result<Vec<(String, u64)>, JournalError> {
    let all_time = Cut { width: i64::MAX.unsigned_abs(), shift: 0 };
    let tallies = view.tally(&filter.rows(), by, all_time)?;
    let mut words: Vec<(String, u64)> =
        tallies.into_iter().filter_map(|tally| Some((tally.word?, tally.rows))).collect();
    words.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
    Ok(words)
}
