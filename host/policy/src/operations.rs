//! What a decision can do to each operation: the `@permits` table of the schema, compiled in.
//!
//! INVARIANT: each row begins with allow and is in the order of the actions; a test compares it with the schema.

use shared_protocol::{Action, Operation};

const NOTICE: &[Action] = &[Action::Allow, Action::Coach];
const UNATTENDED: &[Action] = &[Action::Allow, Action::Coach, Action::Block];
const ASKED: &[Action] = &[Action::Allow, Action::Coach, Action::Warn, Action::Justify, Action::Block];
const WRITTEN: &[Action] =
    &[Action::Allow, Action::Coach, Action::Warn, Action::Justify, Action::Redact, Action::Block];

/// The actions that are possible for `operation`, mildest first.
///
/// * Text that is held as it is written can have everything done to it.
/// * Files, audio and operations without text of their own can be asked about, not redacted.
/// * A draft leaves while nobody waits for it, so there is nobody to ask: it goes or it does not.
/// * An answer streams to the page and is never held: a notice is the most.
#[must_use]
pub fn permitted(operation: Operation) -> &'static [Action] {
    match operation {
        Operation::SendPrompt
        | Operation::EditPrompt
        | Operation::WriteMemory
        | Operation::WriteInstructions => WRITTEN,
        Operation::SendDraft => UNATTENDED,
        Operation::ReceiveResponse => NOTICE,
        Operation::Regenerate
        | Operation::UploadFile
        | Operation::ShareConversation
        | Operation::DeleteConversation
        | Operation::UseConnector
        | Operation::Dictate => ASKED,
    }
}

/// `wanted`, or what stands in for it where `operation` does not permit it: the next stricter action that is
/// possible, or the strictest one where none is stricter.
#[must_use]
pub fn fit(operation: Operation, wanted: Action) -> Action {
    let table = permitted(operation);
    let stricter = table.iter().find(|action| **action >= wanted);
    stricter.or(table.last()).copied().unwrap_or(Action::Block)
}

#[cfg(test)]
mod tests {
    use shared_protocol::{Action, Operation};

    use super::{fit, permitted};

    #[test]
    fn rows_are_ordered_and_begin_with_allow() {
        for operation in Operation::ALL {
            let row = permitted(operation);
            assert_eq!(row[0], Action::Allow, "{operation:?}");
            assert!(row.is_sorted_by(|a, b| a < b), "{operation:?}");
        }
    }

    #[test]
    fn what_is_not_possible_tightens() {
        assert_eq!(fit(Operation::SendDraft, Action::Warn), Action::Block);
        assert_eq!(fit(Operation::SendDraft, Action::Coach), Action::Coach);
        assert_eq!(fit(Operation::Regenerate, Action::Redact), Action::Block);
        assert_eq!(fit(Operation::UploadFile, Action::Justify), Action::Justify);
        assert_eq!(fit(Operation::SendPrompt, Action::Redact), Action::Redact);
    }

    #[test]
    fn an_answer_is_never_held() {
        for action in [Action::Coach, Action::Warn, Action::Justify, Action::Redact, Action::Block] {
            assert_eq!(fit(Operation::ReceiveResponse, action), Action::Coach);
        }
    }
}
