//! Where and with which device a person was seen: kept for a week, and held against what comes later.
//!
//! This device knows its own way out of the network; of other devices it hears by signals. INVARIANT: no address is kept.
//! INVARIANT: what is asked of the kept places depends on their times and not on the order in which they were heard of.

use std::collections::BTreeSet;

use host_store::{PlaceRow, StoreError, Tx};
use serde::{Deserialize, Serialize};
use shared_protocol::{EventId, Millis};

use crate::geo::Spot;
use crate::sign::{Seen, Sign, SignalId};
use crate::travel::{Place, impossible};

/// How long places are kept, and devices counted.
pub const KEPT: Millis = 7 * 24 * 3_600_000;
/// How many devices of one person within this time are still usual: a laptop, a telephone, a tablet, a desktop.
const USUAL: usize = 4;

/// A person was seen.
#[derive(Clone, Debug, PartialEq)]
pub struct Arrival {
    /// When.
    pub at: Millis,
    /// With which device: an id.
    pub device: String,
    /// Whether the device is known by that id, or only the place by who told of it.
    pub is_device: bool,
    /// Where, as far as it is known.
    pub spot: Option<Spot>,
    /// The address is one of a VPN, a proxy or a hosting network.
    pub shared: bool,
    /// The row that says so, and the token that told of it: evidence of what follows.
    pub event: Option<EventId>,
    /// See `event`.
    pub signal: Option<SignalId>,
}

#[derive(Serialize, Deserialize)]
struct Body {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    spot: Option<Spot>,
    #[serde(default)]
    shared: bool,
    #[serde(default)]
    is_device: bool,
}

/// Keeps it. What it says of risk together with what was kept before.
///
/// # Errors
/// When the file cannot be read or written.
pub fn arrived(tx: &Tx<'_>, person: &str, arrival: &Arrival, now: Millis) -> Result<Vec<Seen>, StoreError> {
    let rows = tx.places(person, now.saturating_sub(KEPT))?;
    let understood = |row: &PlaceRow| serde_json::from_str::<Body>(&row.body).ok();
    let before: Vec<(PlaceRow, Body)> =
        rows.into_iter().filter_map(|row| understood(&row).map(|body| (row, body))).collect();
    let at = arrival.at.min(now);
    let seen = |sign| Seen { sign, at, event: arrival.event.clone(), signal: arrival.signal.clone() };
    let mut signs = Vec::new();
    let place = |at, device: &str, body: &Body| {
        body.spot.map(|spot| Place {
            at,
            address: None,
            latitude: spot.latitude,
            longitude: spot.longitude,
            accuracy_km: spot.accuracy_km,
            device: Some(device.to_owned()),
            shared: body.shared,
        })
    };
    let body = Body { spot: arrival.spot, shared: arrival.shared, is_device: arrival.is_device };
    let same = |row: &PlaceRow, other: &Body| row.device == arrival.device && other.spot == body.spot;
    if before.iter().any(|(row, other)| same(row, other) && row.at == at) {
        return Ok(signs);
    }
    if let Some(here) = place(at, &arrival.device, &body) {
        let mut others = before.iter().filter_map(|(row, body)| place(row.at, &row.device, body));
        if others.any(|other| impossible(&other, &here).is_some()) {
            signs.push(seen(Sign::Travel));
        }
    }
    let devices: BTreeSet<&str> =
        before.iter().filter(|(_, body)| body.is_device).map(|(row, _)| row.device.as_str()).collect();
    if arrival.is_device && !devices.contains(arrival.device.as_str()) && devices.len() >= USUAL {
        signs.push(seen(Sign::OtherDevice));
    }
    tx.add_place(&PlaceRow {
        person: person.to_owned(),
        at,
        device: arrival.device.clone(),
        // Numbers and words: nothing in it can fail.
        body: serde_json::to_string(&body).unwrap_or_default(),
    })?;
    Ok(signs)
}

#[cfg(test)]
mod tests {
    use host_store::{Store, StoreError};

    use super::{Arrival, KEPT, arrived};
    use crate::geo::Spot;
    use crate::sign::Sign;

    const HOUR: u64 = 3_600_000;
    const START: u64 = 20_000 * 24 * HOUR;
    const LONDON: Spot = Spot { latitude: 51.51, longitude: -0.09, accuracy_km: Some(10.0) };
    const CALIFORNIA: Spot = Spot { latitude: 37.42, longitude: -122.08, accuracy_km: Some(10.0) };

    fn arrival(at: u64, device: &str, spot: Option<Spot>) -> Arrival {
        Arrival {
            at,
            device: device.to_owned(),
            is_device: true,
            spot,
            shared: false,
            event: None,
            signal: None,
        }
    }

    fn signs(store: &Store, person: &str, arrival: &Arrival, now: u64) -> Vec<Sign> {
        let seen = store.write::<_, StoreError>(|tx| arrived(tx, person, arrival, now)).unwrap();
        seen.into_iter().map(|seen| seen.sign).collect()
    }

    #[test]
    fn two_devices_an_ocean_apart_are_a_journey_and_one_device_is_a_vpn() {
        for late in [false, true] {
            let store = Store::in_memory().unwrap();
            let mut told = [
                arrival(START, "laptop", Some(LONDON)),
                arrival(START + HOUR, "elsewhere", Some(CALIFORNIA)),
            ];
            // Whichever of the two is heard of first.
            if late {
                told.reverse();
            }
            let now = START + 2 * HOUR;
            assert_eq!(signs(&store, "jane", &told[0], now), []);
            assert_eq!(signs(&store, "jane", &told[1], now), [Sign::Travel]);
            // Told again it is nothing new.
            assert_eq!(signs(&store, "jane", &told[1], now), []);
            // The same device by another way out, another person, an address that many share: no journey.
            assert_eq!(signs(&store, "lee", &told[0], now), []);
            assert_eq!(signs(&store, "lee", &arrival(START, &told[0].device, Some(CALIFORNIA)), now), []);
            let shared = Arrival { shared: true, ..arrival(START, "third", Some(CALIFORNIA)) };
            assert_eq!(signs(&store, "kim", &arrival(START, "laptop", Some(LONDON)), now), []);
            assert_eq!(signs(&store, "kim", &shared, now), []);
        }
    }

    #[test]
    fn a_fifth_device_within_a_week_is_one_too_many() {
        let store = Store::in_memory().unwrap();
        for (number, wanted) in (0_u64..6).zip([0, 0, 0, 0, 1, 1]) {
            let at = START + number * HOUR;
            let one = arrival(at, &format!("device {number}"), None);
            assert_eq!(signs(&store, "jane", &one, at).len(), wanted, "{number}");
            assert_eq!(signs(&store, "jane", &arrival(at + 1, &one.device, None), at + 1), []);
        }
        // After a week nobody counts them.
        let later = START + KEPT + 7 * HOUR;
        assert_eq!(signs(&store, "jane", &arrival(later, "device 9", None), later), []);
    }
}
