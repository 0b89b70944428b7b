//! Impossible travel: two sign-ins of one person whose places are further apart than anybody gets in the time between.
//!
//! Great-circle distance with R = 6371 km, both accuracy radii taken off; what is left must be 300 km at least and be
//! covered at more than 900 km/h (Panther's `impossible_travel_login` has the same "Boeing 747" bound; Okta's velocity
//! behaviour starts at 805 km/h). INVARIANT: an address that says nothing about a place never makes a pair.
//! It looks up no address: places come in, whoever knows them.

// Of `core`: addresses as values, and no sockets.
use core::net::IpAddr;

use shared_protocol::Millis;

const EARTH_KM: f64 = 6_371.0;
/// Where data has no accuracy.
const ACCURACY_KM: f64 = 50.0;
const LEAST_KM: f64 = 300.0;
const LEAST_TIME: Millis = 60_000;
const LONGEST_TIME: Millis = 24 * 3_600_000;
const FAST_KMH: f64 = 900.0;
const SURE_KMH: f64 = 2_000.0;

/// A sign-in at a place.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// When.
    pub at: Millis,
    /// From which address, where it is still known.
    pub address: Option<IpAddr>,
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Degrees, east is positive.
    pub longitude: f64,
    /// The radius in which the address may be, kilometres.
    pub accuracy_km: Option<f64>,
    /// The device, where it is known.
    pub device: Option<String>,
    /// The address is one of a VPN, a proxy or a hosting network, or is shared by many people.
    pub shared: bool,
}

/// A journey that nobody makes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Travel {
    /// The distance, accuracy taken off.
    pub km: f64,
    /// How fast it would have been.
    pub kmh: f64,
    /// Too fast for any doubt about places.
    pub sure: bool,
}

/// The journey between two sign-ins, if nobody makes it.
#[must_use]
pub fn impossible(one: &Place, other: &Place) -> Option<Travel> {
    let passed = one.at.abs_diff(other.at);
    let says_nothing =
        |place: &Place| place.shared || place.address.is_some_and(|address| !is_public(address));
    // One device is not in two places: only its way out of the network is another one.
    let is_same_device = one.device.is_some() && one.device == other.device;
    if passed > LONGEST_TIME || says_nothing(one) || says_nothing(other) || is_same_device {
        return None;
    }
    let accuracy = |place: &Place| place.accuracy_km.unwrap_or(ACCURACY_KM).max(0.0);
    let km = distance_km(one, other) - accuracy(one) - accuracy(other);
    let hours = passed.max(LEAST_TIME) as f64 / 3_600_000.0;
    let kmh = km / hours;
    (km >= LEAST_KM && kmh > FAST_KMH).then_some(Travel { km, kmh, sure: kmh > SURE_KMH })
}

/// The haversine of two places.
fn distance_km(one: &Place, other: &Place) -> f64 {
    let (from, to) = (one.latitude.to_radians(), other.latitude.to_radians());
    let north = ((to - from) / 2.0).sin();
    let east = ((other.longitude - one.longitude).to_radians() / 2.0).sin();
    let h = north.mul_add(north, from.cos() * to.cos() * east * east).clamp(0.0, 1.0);
    2.0 * EARTH_KM * h.sqrt().asin()
}

/// Whether an address can stand for a place: not private, not shared by a carrier (100.64/10), not of this machine.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(four) => {
            let [a, b, ..] = four.octets();
            let is_carrier = a == 100 && (64..128).contains(&b);
            !(is_carrier
                || four.is_private()
                || four.is_loopback()
                || four.is_link_local()
                || four.is_unspecified()
                || four.is_broadcast()
                || four.is_documentation()
                || four.is_multicast())
        }
        IpAddr::V6(six) => {
            !(six.is_loopback()
                || six.is_unspecified()
                || six.is_unique_local()
                || six.is_unicast_link_local()
                || six.is_multicast())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, impossible, is_public};

    const HOUR: u64 = 3_600_000;

    fn at(hours: u64, address: &str, latitude: f64, longitude: f64) -> Place {
        let address = address.parse().ok();
        Place {
            at: hours * HOUR,
            address,
            latitude,
            longitude,
            accuracy_km: None,
            device: None,
            shared: false,
        }
    }

    fn london(hours: u64) -> Place {
        at(hours, "81.2.69.142", 51.51, -0.09)
    }

    fn mountain_view(hours: u64) -> Place {
        at(hours, "8.8.8.8", 37.42, -122.08)
    }

    #[test]
    fn an_ocean_in_an_hour_is_too_fast_and_in_half_a_day_is_a_flight() {
        let travel = impossible(&london(0), &mountain_view(1)).unwrap();
        // 8,640 km by the great circle, less twice 50.
        assert!((8_500.0..8_600.0).contains(&travel.km) && travel.sure, "{travel:?}");
        assert_eq!(impossible(&mountain_view(1), &london(0)), Some(travel));
        assert_eq!(impossible(&london(0), &mountain_view(11)), None);
        let unsure = impossible(&london(0), &mountain_view(9)).unwrap();
        assert!(!unsure.sure && unsure.kmh > 900.0, "{unsure:?}");
        assert_eq!(impossible(&london(0), &mountain_view(25)), None);
        // Two moments that are one: not an infinite speed.
        assert!(impossible(&london(0), &mountain_view(0)).unwrap().kmh.is_finite());
    }

    #[test]
    fn what_says_nothing_about_a_place_makes_no_pair() {
        let vpn = Place { shared: true, ..mountain_view(1) };
        assert_eq!(impossible(&london(0), &vpn), None);
        let home = Place { address: "192.168.1.4".parse().ok(), ..mountain_view(1) };
        assert_eq!(impossible(&london(0), &home), None);
        let device = Some("one".to_owned());
        let same = |place| Place { device: device.clone(), ..place };
        assert_eq!(impossible(&same(london(0)), &same(mountain_view(1))), None);
        // Wide circles: perhaps the same place after all.
        let wide = Place { accuracy_km: Some(5_000.0), ..mountain_view(1) };
        assert_eq!(impossible(&Place { accuracy_km: Some(4_000.0), ..london(0) }, &wide), None);
        // Next door: 200 km in a minute is the data's doubt.
        let near = at(0, "8.8.4.4", 51.51, 2.8);
        assert_eq!(impossible(&london(0), &near), None);
    }

    #[test]
    fn carrier_and_private_addresses_are_no_places() {
        for address in [
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.1.1",
            "::1",
            "fd00::1",
            "fe80::1",
            "::ffff:10.0.0.1",
        ] {
            assert!(!is_public(address.parse().unwrap()), "{address}");
        }
        for address in ["8.8.8.8", "100.128.0.1", "2001:4860:4860::8888"] {
            assert!(is_public(address.parse().unwrap()), "{address}");
        }
    }
}
