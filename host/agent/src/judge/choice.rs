//! What a person's answer to a card leads to.
//!
//! INVARIANT: an answer that the verdict did not offer, or a reason without words, does not release.

use shared_protocol::{Choice, Obligation, Outcome};

/// The end of a held request after `choice`, given what the verdict owed.
pub(crate) fn answer(obligations: &[Obligation], choice: &Choice) -> Outcome {
    let owes = |obligation| obligations.contains(&obligation);
    let is_met = match choice {
        // A code is looked at by whoever has the keys, a proof by whoever asked for it; by itself neither meets a duty.
        Choice::Edit | Choice::None | Choice::Code { .. } | Choice::Verify => false,
        Choice::SendAnyway => {
            owes(Obligation::Warn) && !owes(Obligation::Justify) && !owes(Obligation::Redact)
        }
        Choice::Justify { reason } => {
            owes(Obligation::Justify) && !owes(Obligation::Redact) && !reason.expose().trim().is_empty()
        }
        Choice::Redact { reason } => {
            let is_given = reason.as_ref().is_some_and(|reason| !reason.expose().trim().is_empty());
            owes(Obligation::Redact) && (is_given || !owes(Obligation::Justify))
        }
    };
    if is_met { Outcome::Release } else { Outcome::Refuse }
}

#[cfg(test)]
mod tests {
    use shared_protocol::{Choice, Obligation, Outcome};

    use super::answer;

    #[test]
    fn only_what_was_offered_releases() {
        use Obligation::{Coach, Justify, Redact, Warn};
        let reason = |text: &str| Choice::Justify { reason: text.into() };
        let redact = |text: Option<&str>| Choice::Redact { reason: text.map(Into::into) };
        let owed: [&[Obligation]; 7] =
            [&[], &[Coach], &[Warn], &[Justify], &[Redact], &[Warn, Justify], &[Justify, Redact]];
        let released: [(Choice, [bool; 7]); 8] = [
            (Choice::Edit, [false; 7]),
            (Choice::None, [false; 7]),
            (Choice::SendAnyway, [false, false, true, false, false, false, false]),
            (reason("needed"), [false, false, false, true, false, true, false]),
            (reason(" \n"), [false; 7]),
            (redact(None), [false, false, false, false, true, false, false]),
            (redact(Some("needed")), [false, false, false, false, true, false, true]),
            (redact(Some("  ")), [false, false, false, false, true, false, false]),
        ];
        for (choice, row) in released {
            for (owed, release) in owed.iter().zip(row) {
                let expected = if release { Outcome::Release } else { Outcome::Refuse };
                assert_eq!(answer(owed, &choice), expected, "{choice:?} for {owed:?}");
            }
        }
    }
}
