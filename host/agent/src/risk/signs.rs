//! What a row of the record says of risk.
//!
//! INVARIANT: nothing but words, levels and counts of the row. A row that was written for a machine says nothing of a person.

use host_journal::{Beat, ChoiceWord, Entry, Heartbeat, Judged, NewRow, Trouble};
use host_risk::{Seen, Sign};
use shared_protocol::{Millis, Operation};

/// A connection that was silent for longer than two heartbeats is over.
const SILENT: Millis = 35 * 60 * 1000;

/// What rows say.
pub(crate) fn signs(rows: &[NewRow]) -> Vec<Seen> {
    rows.iter().filter_map(seen).collect()
}

fn seen(row: &NewRow) -> Option<Seen> {
    let sign = match &row.entry {
        Entry::Judged(judged) => prompt(judged)?,
        Entry::Answered(answered) => match answered.choice {
            ChoiceWord::Justify | ChoiceWord::SendAnyway => Sign::Override,
            // A code is an exception that somebody gave.
            ChoiceWord::Edit
            | ChoiceWord::Redact
            | ChoiceWord::None
            | ChoiceWord::Code
            // Who proves who they are is the less of a risk.
            | ChoiceWord::Verify => return None,
        },
        Entry::Late(late) if late.released && late.text_bytes > 0 => Sign::Unprotected,
        Entry::Uncovered(row) if !row.seen.stopped => Sign::Unprotected,
        Entry::Health(health) if !health.over => match health.trouble {
            Trouble::ClockBack => Sign::ClockBack,
            Trouble::Bundle => Sign::Tampered,
            _ => return None,
        },
        Entry::Late(_)
        | Entry::Uncovered(_)
        | Entry::Health(_)
        | Entry::Shown(_)
        | Entry::Released(_)
        | Entry::Refused(_)
        | Entry::Response(_)
        | Entry::Ended(_)
        | Entry::Drift(_)
        | Entry::Heartbeat(_)
        | Entry::Drafts(_)
        | Entry::Epoch(_)
        | Entry::Audit(_)
        | Entry::Mistake(_) => return None,
    };
    Some(Seen { sign, at: row.at, event: row.event.clone(), signal: None })
}

/// A person's own request with text of theirs. Drafts are not: nobody pressed anything.
fn prompt(judged: &Judged) -> Option<Sign> {
    match judged.operation? {
        Operation::SendPrompt
        | Operation::EditPrompt
        | Operation::UploadFile
        | Operation::WriteMemory
        | Operation::WriteInstructions
        | Operation::Dictate => {}
        Operation::SendDraft
        | Operation::Regenerate
        | Operation::ReceiveResponse
        | Operation::ShareConversation
        | Operation::DeleteConversation
        | Operation::UseConnector => return None,
    }
    let topics = judged.topics.iter().map(|note| (note.topic.clone(), note.level)).collect();
    Some(Sign::Prompt { topics, labels: judged.labels.clone() })
}

/// Whether a connection that begins now comes after one that broke off: the last heartbeat of the same browser is old and
/// was no farewell.
pub(crate) fn broke_off(last: Option<(&Heartbeat, Millis)>, now: Millis) -> bool {
    last.is_some_and(|(beat, at)| beat.beat != Beat::Ended && now.saturating_sub(at) > SILENT)
}

#[cfg(test)]
mod tests {
    use host_journal::{
        Answered, Beat, ChoiceWord, Entry, Health, Heartbeat, Late, NewRow, Salt, Seen, SiteWord, Trouble,
    };
    use host_risk::Sign;
    use shared_protocol::{Browser, Operation, PolicySource, Road, Uncovered};

    use super::{SILENT, broke_off, signs};

    fn of(entry: Entry) -> Option<Sign> {
        let row = NewRow {
            at: 7,
            event: None,
            app: None,
            person: "jane".to_owned(),
            entry,
            sealed: Vec::new(),
            salt: Salt::new([0; 32]),
        };
        signs(&[row]).pop().map(|seen| seen.sign)
    }

    #[test]
    fn only_what_left_and_what_was_overridden_is_a_sign() {
        for (choice, wanted) in [
            (ChoiceWord::Justify, Some(Sign::Override)),
            (ChoiceWord::SendAnyway, Some(Sign::Override)),
            (ChoiceWord::Edit, None),
            (ChoiceWord::Redact, None),
            (ChoiceWord::Code, None),
            (ChoiceWord::Verify, None),
            (ChoiceWord::None, None),
        ] {
            assert_eq!(of(Entry::Answered(Answered { choice, reason_bytes: 0 })), wanted, "{choice:?}");
        }
        for (stopped, wanted) in [(true, None), (false, Some(Sign::Unprotected))] {
            let seen = Uncovered { road: Road::Request, path: "POST /x".to_owned(), stopped };
            assert_eq!(of(Entry::Uncovered(Seen { seen })), wanted);
        }
        for (released, text_bytes, wanted) in
            [(true, 9, Some(Sign::Unprotected)), (true, 0, None), (false, 9, None)]
        {
            let operation = Some(Operation::SendPrompt);
            assert_eq!(of(Entry::Late(Late { operation, released, text_bytes })), wanted);
        }
        for (trouble, over, wanted) in [
            (Trouble::ClockBack, false, Some(Sign::ClockBack)),
            (Trouble::ClockBack, true, None),
            (Trouble::Bundle, false, Some(Sign::Tampered)),
            (Trouble::Bundle, true, None),
            (Trouble::DiskFull, false, None),
        ] {
            assert_eq!(of(Entry::Health(Health { trouble, over, name: None, count: None })), wanted);
        }
    }

    #[test]
    fn a_connection_broke_off_when_it_was_silent_and_said_no_farewell() {
        let beat = |beat| Heartbeat {
            beat,
            browser: Browser::Chromium,
            extension: SiteWord::from("1"),
            host: SiteWord::from("1"),
            source: PolicySource::BuiltinEnforce,
        };
        assert!(!broke_off(None, SILENT * 9));
        for (last, passed, wanted) in [
            (Beat::Alive, SILENT + 1, true),
            (Beat::Connected, SILENT + 1, true),
            // Another profile of the same browser may be connected still.
            (Beat::Alive, SILENT, false),
            (Beat::Ended, SILENT * 9, false),
        ] {
            assert_eq!(broke_off(Some((&beat(last), 5)), 5 + passed), wanted, "{last:?}");
        }
    }
}
