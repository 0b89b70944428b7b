//! Whose confirmation counts.

use host_policy::bundle::{SecretKey, Signer as _};
use host_store::NeighbourRow;

use super::{Trust, of};

fn row(confirmed_at: Option<u64>) -> NeighbourRow {
    NeighbourRow {
        event: "00000000-0000-4000-8000-000000000001".to_owned(),
        person: "jane".to_owned(),
        at: 1,
        topics: "[]".to_owned(),
        sealed: "AA==".to_owned(),
        confirmed_at,
        code: None,
    }
}

#[test]
fn what_nobody_confirmed_counts_nowhere() {
    let [key, other] = [1, 2].map(|seed| SecretKey::from_seed([seed; 32]).unwrap());
    let trusts = [Trust::Nobody, Trust::Anybody, Trust::Keys(vec![key.key().clone()])];
    let taken = |row: &NeighbourRow| trusts.iter().map(|trust| trust.takes(row)).collect::<Vec<_>>();
    assert_eq!(taken(&row(None)), [false, false, false]);
    assert_eq!(taken(&row(Some(2))), [false, true, false]);
    let signed =
        |key: &SecretKey| NeighbourRow { code: Some(of(&row(None)).write(key).unwrap()), ..row(Some(2)) };
    assert_eq!(taken(&signed(&key)), [false, true, true]);
    assert_eq!(taken(&signed(&other)), [false, true, false]);
    // A signature for something else that was kept, for somebody else, for another prompt, or that was never put to use.
    let genuine = signed(&key);
    for changed in [
        NeighbourRow { sealed: "AQ==".to_owned(), ..genuine.clone() },
        NeighbourRow { person: "joe".to_owned(), ..genuine.clone() },
        NeighbourRow { event: "00000000-0000-4000-8000-000000000002".to_owned(), ..genuine.clone() },
        NeighbourRow { confirmed_at: None, ..genuine },
    ] {
        assert!(!trusts[2].takes(&changed), "{changed:?}");
    }
    // A bundle that has expired trusts no key.
    assert!(!Trust::Keys(Vec::new()).takes(&signed(&key)));
}
