//! What a row of the record has to tell receivers besides a level of risk.
//!
//! INVARIANT: names of levels as the provider calls them, and no claim of a face or a document.

use host_journal::{Change, Entry, NewRow};
use host_risk::set::{Kind, Said};

/// The name of a sign-out that ends every session of the person.
pub(crate) const EVERYWHERE: &str = "everywhere";

/// About whom, of which kind, and what.
pub(crate) fn tells(rows: &[NewRow]) -> Vec<(String, Kind, Said)> {
    rows.iter().filter_map(told).collect()
}

fn told(row: &NewRow) -> Option<(String, Kind, Said)> {
    let Entry::Audit(audit) = &row.entry else { return None };
    let whose = audit.whose.as_ref()?.as_str().to_owned();
    let name = audit.name.as_ref().map(|name| name.as_str());
    let said = |level: &str| {
        let (namespace, level) = (name.map(str::to_owned), Some(level.to_owned()));
        (Kind::Assurance, Said { namespace, level, ..Said::default() })
    };
    let (kind, said) = if audit.what == Change::SignedOut && name == Some(EVERYWHERE) {
        (Kind::SessionRevoked, Said::default())
    } else if audit.what == Change::Verified {
        // The row names the provider at which somebody proved who they are.
        said("verified")
    } else if audit.what == Change::Enrolled {
        said("enrolled")
    } else {
        return None;
    };
    Some((whose, kind, said))
}
