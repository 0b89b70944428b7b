//! Where an address is, as a GeoIP file in the MaxMind DB format says.
//!
//! Two layouts are read: MaxMind's (`location.latitude`, `location.longitude`, `location.accuracy_radius` in kilometres: GeoLite2
//! City and GeoIP2 City) and the flat one of DB-IP's conversions (`latitude`, `longitude`, as numbers or as text, without an
//! accuracy). INVARIANT: a file that is damaged or of another kind says nothing, and ends nothing. A file of countries
//! alone has no places: it is told so. No file comes with the program: whoever names one keeps to its licence.

// Of `core`: addresses as values, and no sockets.
use core::net::IpAddr;

use maxminddb::Reader;
use serde::{Deserialize, Serialize};

/// A place on the earth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// Degrees, north is positive.
    pub latitude: f64,
    /// Degrees, east is positive.
    pub longitude: f64,
    /// The radius in which the address may be, kilometres, where the file says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_km: Option<f64>,
}

/// The file is of no use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GeoError {
    /// Not a MaxMind DB, or a damaged one.
    #[error("this is no GeoIP file in the MaxMind DB format, or it is damaged")]
    Malformed,
    /// It says something of the address, and no place.
    #[error(
        "the GeoIP file has no latitude and longitude: name one of cities, such as GeoLite2 City or DB-IP City Lite"
    )]
    NoPlaces,
}

#[derive(Deserialize)]
struct Written {
    location: Option<Location>,
    latitude: Option<Number>,
    longitude: Option<Number>,
}

#[derive(Deserialize)]
struct Location {
    latitude: Option<Number>,
    longitude: Option<Number>,
    accuracy_radius: Option<Number>,
}

/// Files differ in how they write one: as a float of either length, a whole number or a text.
#[derive(Deserialize)]
#[serde(untagged)]
enum Number {
    Number(f64),
    Text(String),
}

impl Number {
    fn value(&self) -> Option<f64> {
        match self {
            Self::Number(number) => Some(*number),
            Self::Text(text) => text.trim().parse().ok(),
        }
    }
}

/// Where this address is; `None` where the file does not know it.
///
/// # Errors
/// When the file is of no use.
pub fn spot(file: &[u8], address: IpAddr) -> Result<Option<Spot>, GeoError> {
    let reader = Reader::from_source(file).map_err(|_| GeoError::Malformed)?;
    // A file for the older addresses alone knows no newer ones; another one may.
    let address = address.to_canonical();
    if address.is_ipv6() && reader.metadata().ip_version == 4 {
        return Ok(None);
    }
    let found = reader.lookup(address).map_err(|_| GeoError::Malformed)?;
    let Some(written) = found.decode::<Written>().map_err(|_| GeoError::Malformed)? else { return Ok(None) };
    let value = |number: Option<&Number>| number.and_then(Number::value);
    let nested = written.location.as_ref();
    let latitude = value(nested.and_then(|at| at.latitude.as_ref()).or(written.latitude.as_ref()));
    let longitude = value(nested.and_then(|at| at.longitude.as_ref()).or(written.longitude.as_ref()));
    let (Some(latitude), Some(longitude)) = (latitude, longitude) else { return Err(GeoError::NoPlaces) };
    if !(-90.0..=90.0).contains(&latitude) || !(-180.0..=180.0).contains(&longitude) {
        return Err(GeoError::Malformed);
    }
    let accuracy_km =
        value(nested.and_then(|at| at.accuracy_radius.as_ref())).filter(|km| (0.0..=20_000.0).contains(km));
    Ok(Some(Spot { latitude, longitude, accuracy_km }))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::{GeoError, Spot, spot};

    /// Made by `mmdb-writer` (Python) from invented data: `tests/geo/README.md` says how.
    fn file(name: &str) -> Vec<u8> {
        std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/geo").join(name)).unwrap()
    }

    #[test]
    fn both_layouts_say_where_an_address_is() {
        let london = Spot { latitude: 51.5142, longitude: -0.0931, accuracy_km: Some(10.0) };
        for (name, address, wanted) in [
            ("maxmind.mmdb", "81.2.69.142", Some(london)),
            ("maxmind.mmdb", "::ffff:81.2.69.142", Some(london)),
            ("maxmind.mmdb", "2001:db8:1::1", Some(Spot { accuracy_km: Some(50.0), ..london })),
            ("maxmind.mmdb", "9.9.9.9", None),
            ("db-ip.mmdb", "81.2.69.142", Some(Spot { latitude: 51.5, longitude: -0.25, accuracy_km: None })),
            ("db-ip.mmdb", "8.8.8.8", Some(Spot { latitude: 37.5, longitude: -122.25, accuracy_km: None })),
            // It was written for the older addresses only.
            ("db-ip.mmdb", "2001:db8:1::1", None),
            ("text.mmdb", "8.8.8.8", Some(Spot { latitude: 37.42, longitude: -122.08, accuracy_km: None })),
        ] {
            assert_eq!(spot(&file(name), address.parse().unwrap()), Ok(wanted), "{name} {address}");
        }
    }

    #[test]
    fn a_file_of_countries_or_of_something_else_is_told() {
        let address = "81.2.69.142".parse().unwrap();
        assert_eq!(spot(&file("country.mmdb"), address), Err(GeoError::NoPlaces));
        assert_eq!(spot(b"", address), Err(GeoError::Malformed));
        assert_eq!(spot(b"not a database", address), Err(GeoError::Malformed));
        // Cut anywhere, or with a byte turned over: an answer or an error, and an end.
        let whole = file("maxmind.mmdb");
        for at in 0..whole.len() {
            let _answer = spot(&whole[..at], address);
            let mut turned = whole.clone();
            turned[at] ^= 0xff;
            let _answer = spot(&turned, address);
        }
    }
}
