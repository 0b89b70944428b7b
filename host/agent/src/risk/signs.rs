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
            ChoiceWord::Edit | ChoiceWord::Redact | ChoiceWord::None | ChoiceWord::Code => return None,
        },
        Entry::Late(late) if late.released && late.text_bytes > 0 => Sign::Unprotected,
        Entry::Uncovered(row) if !row.seen.stopped => Sign::Unprotected,
        Entry::Health(health) if health.trouble == Trouble::ClockBack && !health.over => Sign::ClockBack,
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
    Some(Seen { sign, at: row.at, event: row.event.clone() })
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
