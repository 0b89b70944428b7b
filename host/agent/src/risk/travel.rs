//! Where this device is: the address that a server of the settings sees, as a place of the GeoIP file.
//!
//! One device is not in two places: its own places are what signals about other devices are held against. INVARIANT: the
//! address is kept nowhere, and asked of nobody but the server that the settings name.

use std::fs;
use std::net::IpAddr;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use host_net::{Client, Get, Reach};
use host_risk::arrive::Arrival;
use host_risk::geo::{self, Spot};
use host_risk::travel::is_public;
use serde_json::Value;
use shared_protocol::Millis;

use crate::native::now;
use crate::record::Recorder;
use crate::settings::TravelSettings;

/// Most bytes of a GeoIP file.
const MOST: u64 = 512 * 1024 * 1024;
/// A device that stays where it is, is kept again after so long.
const AGAIN: Millis = 6 * 3_600_000;

/// What is known of the device's way.
#[derive(Default)]
pub(super) struct Travelling {
    asked: Option<Instant>,
    kept: Option<(IpAddr, Millis)>,
}

impl Travelling {
    /// Asks, when it is time to.
    ///
    /// # Errors
    /// When nobody answers, or a file is of no use.
    pub(super) fn step(&mut self, settings: &TravelSettings, recorder: &Recorder) -> Result<()> {
        let Some(echo) = &settings.echo else { return Ok(()) };
        if self.asked.is_some_and(|asked| asked.elapsed() < settings.every) {
            return Ok(());
        }
        self.asked = Some(Instant::now());
        let (ca, proxy) = (settings.ca.clone(), settings.proxy.clone());
        let client = Client::new(&Reach { ca, proxy, answer: 1024, ..Reach::default() })?;
        let get = Get { url: echo, authorization: None, known: &[], wait: None };
        let answer = client.get(&get).with_context(|| format!("{echo} does not say where this device is"))?;
        if answer.status != 200 {
            bail!("{echo} answers {} and not where this device is", answer.status);
        }
        let address = address(&answer.body).with_context(|| format!("{echo} answers with no address"))?;
        let at = now();
        if self.kept.is_some_and(|(kept, since)| kept == address && at.saturating_sub(since) < AGAIN) {
            return Ok(());
        }
        let spot = spot(settings, address)?;
        let shared = settings.shared.iter().any(|network| network.holds(address));
        recorder.arrived(
            |device| Arrival {
                at,
                device: device.to_owned(),
                is_device: true,
                spot,
                shared,
                event: None,
                signal: None,
            },
            at,
        )?;
        self.kept = Some((address, at));
        Ok(())
    }
}

/// The place of an address; none where no file knows it, or it can be none.
pub(crate) fn spot(settings: &TravelSettings, address: IpAddr) -> Result<Option<Spot>> {
    if !is_public(address) {
        return Ok(None);
    }
    for path in &settings.geoip {
        let told = || format!("the GeoIP file {} cannot be used", path.display());
        let size = fs::metadata(path).with_context(told)?.len();
        if size > MOST {
            bail!("the GeoIP file {} is greater than {} MB", path.display(), MOST / 1024 / 1024);
        }
        // Read when it is needed, which is seldom, and not kept: these files are large.
        let file = fs::read(path).with_context(told)?;
        if let Some(spot) = geo::spot(&file, address).with_context(told)? {
            return Ok(Some(spot));
        }
    }
    Ok(None)
}

/// Plain text, or JSON with `ip`.
fn address(body: &[u8]) -> Option<IpAddr> {
    let text = std::str::from_utf8(body).ok()?.trim();
    if let Ok(address) = text.parse() {
        return Some(address);
    }
    serde_json::from_str::<Value>(text).ok()?.get("ip")?.as_str()?.trim().parse().ok()
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_is_plain_or_in_json() {
        for (body, wanted) in [
            ("81.2.69.142\n", Some("81.2.69.142")),
            ("2001:db8::1", Some("2001:db8::1")),
            ("{\"ip\": \"81.2.69.142\", \"x\": 1}", Some("81.2.69.142")),
            ("<html>81.2.69.142</html>", None),
            ("{\"ip\": 3}", None),
            ("", None),
        ] {
            assert_eq!(address(body.as_bytes()), wanted.map(|text| text.parse().unwrap()), "{body}");
        }
        assert_eq!(address(&[0xff, 0xfe]), None);
    }
}
