//! Dead letters, sent again because somebody asked: each is tried once, oldest first.
//!
//! INVARIANT: a letter stays until the receiver has its rows; what it refuses again is a letter again, with what it says
//! now. The cursor does not move. INVARIANT: where the receiver does not take anything now, the asking ends, so that new
//! rows do not wait behind old ones; the letters stay.

use std::time::Duration;

use host_journal::JournalError;
use host_journal::sink::{Most, Outgoing, outgoing};
use host_store::{DeadLetter, SinkState, Store, StoreError};

use super::kind::Sent;
use super::worker::{BYTES, ROWS, Step, Worker, failed, short};
use crate::native::now;

/// What became of a letter.
struct Tried {
    /// What is still not taken.
    left: Vec<DeadLetter>,
    /// Why it was not gone on with.
    later: Option<(String, Option<Duration>)>,
}

impl Worker {
    /// Sends the next dead letter again, when that was asked for; `None` when there is nothing of it to do.
    pub(super) fn again(&mut self, store: &Store) -> Result<Option<Step>, JournalError> {
        let name = self.name().to_owned();
        let after = self.again;
        let asked: Result<_, StoreError> = store.read(|view| {
            let asked = view.is_asked_again(&name)?;
            Ok((asked, if asked { view.letter_after(&name, after)? } else { None }))
        });
        let letter = match asked? {
            (false, _) => return Ok(None),
            (true, Some(letter)) => letter,
            (true, None) => {
                self.again = 0;
                store.write::<_, StoreError>(|tx| tx.ask_again(&name, false))?;
                return Ok(None);
            }
        };
        let Tried { left, later } = self.try_letter(store, &letter)?;
        let dead: u64 = left.iter().map(|one| one.rows).sum();
        let taken = letter.rows.saturating_sub(dead);
        self.again = letter.last;
        let state = store.write::<_, StoreError>(|tx| {
            tx.take_back(&letter)?;
            for one in &left {
                tx.set_aside(one)?;
            }
            let state = tx.sink(&name)?.unwrap_or(SinkState { name: name.clone(), ..SinkState::default() });
            let sent_at = if taken > 0 { Some(now()) } else { state.sent_at };
            let state = SinkState { delivered: state.delivered + taken, sent_at, ..state };
            tx.put_sink(&state)?;
            if later.is_some() {
                tx.ask_again(&name, false)?;
            }
            Ok(state)
        })?;
        Ok(Some(match later {
            None => Step::Moved(taken, dead),
            Some((why, pause)) => {
                self.again = 0;
                Step::Later(failed(store, state, &short(&why), pause)?, short(&why))
            }
        }))
    }

    /// Sends the rows of a letter; in ever smaller parts while they are refused.
    fn try_letter(&mut self, store: &Store, letter: &DeadLetter) -> Result<Tried, JournalError> {
        let mut tried = Tried { left: Vec::new(), later: None };
        let (mut after, mut limit) = (letter.first.saturating_sub(1), ROWS);
        while after < letter.last {
            let most = Most { rows: limit, bytes: BYTES };
            let mut rows: Vec<Outgoing> = store.read(|view| outgoing(view, after, most))?;
            rows.retain(|row| row.row.seq <= letter.last);
            let (Some(first), Some(last)) = (rows.first(), rows.last()) else { break };
            let (first, last, count) = (first.row.seq, last.row.seq, rows.len() as u64);
            let refused = |rows, reason: &str| DeadLetter {
                sink: letter.sink.clone(),
                first,
                last,
                rows,
                at: now(),
                reason: short(reason),
            };
            match self.with_head(&rows, None) {
                Sent::Taken => limit = ROWS,
                Sent::TakenBut(some, reason) => tried.left.push(refused(some.clamp(1, count), &reason)),
                Sent::Refused(reason) if count == 1 => tried.left.push(refused(1, &reason)),
                Sent::Refused(_) => {
                    limit = u32::try_from(count / 2).unwrap_or(1).max(1);
                    continue;
                }
                Sent::Later(why, pause) => {
                    let rest = letter.last.saturating_sub(after).min(letter.rows);
                    tried.left.push(DeadLetter { first, rows: rest, ..letter.clone() });
                    tried.later = Some((why, pause));
                    self.hang_up();
                    break;
                }
            }
            after = last;
        }
        Ok(tried)
    }
}
