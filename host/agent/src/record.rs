//! The edge of the record: seals, draws salts, and appends in one transaction.
//!
//! INVARIANT: what is looked up and what is appended is one transaction, so that an event is judged and answered
//! once, whichever process asks. INVARIANT: text is sealed before it comes near the file.

mod audit;
mod before;
mod coded;
mod device;
mod keyboard;
mod line;
mod mine;
mod neighbours;
mod proved;
mod random;
mod risk;
mod rows;
pub(crate) mod trouble;

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, anyhow};
use host_journal::{
    Entry, Filter, Kind, Known, NewRow, Plain, Record, Refused, RefusedBy, Salt, Sealed, State,
};
use host_store::{Store, StoreError};
use shared_protocol::{App, Choice, EventId, LateEntry, Millis, Outcome};

use crate::judge;
use crate::keys::{self, Recipient};
use crate::native::now;
use crate::out;
use audit::Batch;
use keyboard::AtKeyboard;
use random::random;
use risk::Scored;
use trouble::Failing;

pub(crate) use coded::Coded;
pub(crate) use random::uuid;
pub(crate) use risk::Heard;
pub(crate) use rows::{judged, labels, released_or_refused};

/// The record of this person on this machine.
pub(crate) struct Recorder {
    data: Option<PathBuf>,
    account: String,
    at_keyboard: Option<AtKeyboard>,
    whose: Recipients,
    opened: Mutex<Option<Arc<Opened>>>,
    failing: Failing,
    scored: Scored,
}

/// Everyone that the record's keys are sealed to; none while that is not known. Asked before every write.
pub(crate) type Recipients = Box<dyn Fn() -> Option<Vec<Recipient>> + Send + Sync>;

struct Opened {
    store: Store,
    device: String,
    /// The recipients of the current line of keys, by their short names.
    line: Mutex<Vec<String>>,
}

/// A row to be, without salt and seal.
pub(crate) struct Draft {
    /// What it says.
    pub(crate) entry: Entry,
    /// Its text.
    pub(crate) text: Option<Plain>,
}

/// What a judgement came to.
pub(crate) enum Once {
    /// It is on record now.
    Appended,
    /// The event was on record already.
    Before(Known),
}

/// What an answer came to.
pub(crate) enum Answer {
    /// The end of the request, on record.
    Go(Outcome),
    /// No such event, or it asked nothing.
    Unknown,
}

/// Where and when rows belong.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    /// Which interaction.
    pub(crate) event: &'a EventId,
    /// Which site.
    pub(crate) app: Option<&'a App>,
    /// When.
    pub(crate) at: Millis,
    /// Whose; who is at the keyboard now where it is left out.
    pub(crate) person: Option<&'a str>,
}

/// Seals on demand.
pub(crate) type Seal<'a> = &'a dyn Fn() -> Result<Vec<Recipient>>;

impl Recorder {
    pub(crate) fn new(data: Option<PathBuf>, account: String, whose: Recipients) -> Self {
        Self {
            data,
            account,
            at_keyboard: None,
            whose,
            opened: Mutex::new(None),
            failing: Failing::default(),
            scored: Scored::default(),
        }
    }

    /// Opens the file ahead of the first row.
    pub(crate) fn open(&self) -> Result<()> {
        self.opened().map(drop)
    }

    /// Appends a judgement, unless the event has one.
    pub(crate) fn judge(&self, place: &Place<'_>, drafts: Vec<Draft>, seal: Seal<'_>) -> Result<Once> {
        let rows = self.rows(place, drafts, seal)?;
        self.write(|tx, device| {
            let known = host_journal::known(tx, place.event)?;
            if known.state() != State::New {
                return Ok(Once::Before(known));
            }
            rows.append(tx, device)?;
            Ok(Once::Appended)
        })
    }

    /// Appends an answer and what follows from it.
    pub(crate) fn answer(&self, place: &Place<'_>, choice: &Choice, seal: Seal<'_>) -> Result<Answer> {
        let (known, app) = self.known(place.event)?;
        let Some(verdict) = known.judged.filter(|verdict| verdict.outcome == Outcome::Ask) else {
            return Ok(Answer::Unknown);
        };
        let place = Place { app: app.as_ref(), ..place.clone() };
        let outcome = judge::answer(&verdict.obligations, choice);
        let text = app.as_ref().and_then(|app| judge::reason_text(place.event, place.at, app, choice));
        let answered = Draft { entry: Entry::Answered(choice.into()), text };
        let end = released_or_refused(outcome, choice);
        let rows = self.rows(&place, vec![answered, end], seal)?;
        let refused = self.rows(&place, vec![rows::refused(choice)], seal)?;
        self.write(|tx, device| {
            let known = host_journal::known(tx, place.event)?;
            match known.state() {
                State::New => Ok(Answer::Unknown),
                State::Asked if known.answered.is_none() => {
                    rows.append(tx, device)?;
                    Ok(Answer::Go(outcome))
                }
                State::Released(released)
                    if outcome == Outcome::Release && released.edited == rows::is_edited(choice) =>
                {
                    Ok(Answer::Go(Outcome::Release))
                }
                // Another answer than the one on record: only a tighter one counts.
                State::Asked | State::Released(_) => {
                    refused.append(tx, device)?;
                    Ok(Answer::Go(Outcome::Refuse))
                }
                State::Refused(_) => Ok(Answer::Go(Outcome::Refuse)),
            }
        })
    }

    /// Ends an event that is on record and was asked about.
    pub(crate) fn refuse(&self, place: &Place<'_>, by: RefusedBy) -> Result<bool> {
        self.follow(place, Draft { entry: Entry::Refused(Refused { by }), text: None }, &no_seal)
    }

    /// Appends a row to an event that is on record, unless it has one of this kind. `false` when there is no
    /// such event.
    pub(crate) fn follow(&self, place: &Place<'_>, draft: Draft, seal: Seal<'_>) -> Result<bool> {
        let kind = draft.entry.kind();
        let rows = self.rows(place, vec![draft], seal)?;
        self.write(|tx, device| {
            let known = host_journal::known(tx, place.event)?;
            if known == Known::default() {
                return Ok(false);
            }
            let is_there = match kind {
                Kind::Judged
                | Kind::Drift
                | Kind::Uncovered
                | Kind::Heartbeat
                | Kind::Drafts
                | Kind::Epoch
                | Kind::Audit
                | Kind::Health => false,
                Kind::Shown => known.shown,
                Kind::Answered => known.answered.is_some(),
                Kind::Released => known.released.is_some(),
                Kind::Refused => known.refused.is_some(),
                Kind::Response => known.response,
                Kind::Ended => known.ended,
                Kind::Late => known.late,
                Kind::Mistake => known.mistake,
            };
            if !is_there {
                rows.append(tx, device)?;
            }
            Ok(true)
        })
    }

    /// Appends a row of the machine: nobody's.
    pub(crate) fn note_of_machine(&self, at: Millis, entry: Entry) -> Result<()> {
        let row = self.row(None, None, at, Draft { entry, text: None }, &no_seal)?;
        let row = NewRow { person: String::new(), ..row };
        self.write(|tx, device| host_journal::append(tx, device, &[row]).map(drop))
    }

    /// Appends a row that belongs to no event.
    pub(crate) fn note(&self, app: Option<&App>, at: Millis, entry: Entry) -> Result<()> {
        let row = self.row(None, app, at, Draft { entry, text: None }, &no_seal)?;
        let rows = self.batch(vec![row])?;
        self.write(|tx, device| rows.append(tx, device))
    }

    /// Appends what happened while the host was away; what is on record already is passed over.
    pub(crate) fn late(&self, entries: &[LateEntry]) -> Result<()> {
        let row = |late: &LateEntry| {
            let draft = Draft { entry: Entry::Late(late.into()), text: None };
            self.row(Some(&late.event), Some(&late.app), late.at, draft, &no_seal)
        };
        let rows = entries.iter().map(|late| self.batch(vec![row(late)?])).collect::<Result<Vec<_>>>()?;
        self.write(|tx, device| {
            for row in rows {
                let is_new = match row.event() {
                    Some(event) => !host_journal::known(tx, event)?.late,
                    None => true,
                };
                if is_new {
                    row.append(tx, device)?;
                }
            }
            Ok(())
        })
    }

    /// What is on record of an event, and its site.
    pub(crate) fn known(&self, event: &EventId) -> Result<(Known, Option<App>)> {
        let opened = self.opened()?;
        let read: Result<Vec<Record>, host_journal::JournalError> =
            opened.store.read(|view| host_journal::event(view, event));
        let records = self.told(read)?;
        let app = records.iter().find_map(|record| record.app.clone());
        Ok((Known::of(&records), app))
    }

    /// Rows in all; since then, drift rows and rows of what no hook vouched for.
    pub(crate) fn counts(&self, since: Millis) -> Result<(u64, u64, u64)> {
        let of = |kind| Filter { kinds: vec![kind], since: Some(since), ..Filter::default() };
        let opened = self.opened()?;
        let read: Result<_, host_journal::JournalError> = opened.store.read(|view| {
            let rows = host_journal::count(view, &Filter::default())?;
            let drift = host_journal::count(view, &of(Kind::Drift))?;
            Ok((rows, drift, host_journal::count(view, &of(Kind::Uncovered))?))
        });
        self.told(read)
    }

    fn write<T>(
        &self,
        work: impl FnOnce(&host_store::Tx<'_>, &str) -> Result<T, host_journal::JournalError>,
    ) -> Result<T> {
        let done = self.try_write(work);
        match &done {
            Err(fault) => self.failing.failed(fault),
            Ok(_) => {
                if let Some(health) = self.failing.over()
                    && let Err(fault) = self.note_of_machine(now(), health)
                {
                    out::note(&format!("not recorded: {fault:#}"));
                }
            }
        }
        done
    }

    fn try_write<T>(
        &self,
        work: impl FnOnce(&host_store::Tx<'_>, &str) -> Result<T, host_journal::JournalError>,
    ) -> Result<T> {
        let opened = self.opened()?;
        // In a row of its own transaction: whatever comes after it is sealed.
        let begun = line::begin(&opened, &(self.whose)()).and_then(|begun| self.told(begun));
        if let Err(fault) = begun {
            // The chain is still there; `doctor` and `log verify` say that it is all there is.
            out::note(&format!("the record has no key: {fault:#}"));
        }
        let written = opened.store.write(|tx| work(tx, &opened.device));
        self.told(written)
    }

    /// Nobody writes any more: what is on record is closed with a key that is then gone.
    pub(crate) fn close(&self, at: Millis) -> Result<()> {
        let opened = self.opened()?;
        let closed = opened.store.write(|tx| host_journal::close(tx, at));
        self.told(closed)
    }

    /// Passes a fault on; after one that may go away with the connection, the next caller opens anew.
    fn told<T>(&self, done: Result<T, host_journal::JournalError>) -> Result<T> {
        if let Err(host_journal::JournalError::Store(fault)) = &done
            && *fault != StoreError::Duplicate
            && *fault != StoreError::Locked
        {
            *self.opened.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        Ok(done?)
    }

    fn opened(&self) -> Result<Arc<Opened>> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(opened) = &*opened {
            return Ok(Arc::clone(opened));
        }
        let data = self.data.as_deref().context("no home folder is known; set HOME")?;
        let store = Store::open(data, Store::BUSY)?;
        let fresh = uuid()?;
        let device = store.write(|tx| host_journal::device(tx, &fresh))?;
        let made = Arc::new(Opened { store, device, line: Mutex::default() });
        *opened = Some(Arc::clone(&made));
        Ok(made)
    }

    fn rows(&self, place: &Place<'_>, drafts: Vec<Draft>, seal: Seal<'_>) -> Result<Batch> {
        let rows: Result<Vec<NewRow>> = drafts
            .into_iter()
            .map(|draft| {
                let row = self.row(Some(place.event), place.app, place.at, draft, seal)?;
                let person = place.person.map_or(row.person, str::to_owned);
                Ok(NewRow { person, ..row })
            })
            .collect();
        self.batch(rows?)
    }

    fn row(
        &self,
        event: Option<&EventId>,
        app: Option<&App>,
        at: Millis,
        draft: Draft,
        seal: Seal<'_>,
    ) -> Result<NewRow> {
        let sealed = match draft.text {
            None => Vec::new(),
            Some(text) => sealed(&text, &seal()?)?,
        };
        Ok(NewRow {
            at,
            event: event.cloned(),
            app: app.cloned(),
            person: self.person(),
            entry: draft.entry,
            sealed,
            salt: Salt::new(random()?),
        })
    }
}

/// Once for each recipient.
fn sealed(text: &Plain, to: &[Recipient]) -> Result<Vec<Sealed>> {
    sealed_bytes(&text.to_bytes()?, to)
}

fn sealed_bytes(plain: &[u8], to: &[Recipient]) -> Result<Vec<Sealed>> {
    let one = |to: &Recipient| {
        let blob = shared_seal::seal(&to.key, plain, keys::seed()?)?;
        Ok(Sealed { key_id: to.id.to_string(), blob })
    };
    to.iter().map(one).collect()
}

/// For rows that never carry text.
fn no_seal() -> Result<Vec<Recipient>> {
    Err(anyhow!("a row without text was to be sealed"))
}

#[cfg(test)]
mod tests;
