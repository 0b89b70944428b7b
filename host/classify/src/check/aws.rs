//! AWS access key ids: four letters for the kind, sixteen of base 32 (which has no 0, 1, 8, 9).

use crate::candidate::Candidate;
use crate::check::Passed;

/// The characters after the kind are base 32, and not one of the published examples, which end in `EXAMPLE`.
pub(crate) fn key_id(candidate: Candidate<'_>) -> Option<Passed> {
    let id = candidate.value();
    (!id.ends_with("EXAMPLE")).then(|| Passed::whole(candidate))
}
