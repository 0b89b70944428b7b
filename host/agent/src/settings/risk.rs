//! `[risk]` in the settings: how a person's risk is scored.
//!
//! ```toml
//! [risk]
//! enabled = true                                  # false: nothing is scored
//! mode = "decay"                                  # or max: the highest level seen, until a reset
//! half_life_hours = 48                            # in mode decay
//! verified_to = "medium"                          # a step-up takes a level down to this; high: it takes nothing down
//! posture_file = "/var/lib/edr/posture.json"      # what a security product says of this device
//! posture_command = ["/opt/edr/posture", "--json"] # or a program that prints the same; no shell is between
//! remote_control = true                           # false: sessions of remote control are not looked for
//! [risk.travel]                                   # without it nobody asks where this device is
//! echo = "https://ip.example.com/"                # answers with the address that it sees, as text or {"ip": "…"}
//!                                                 # and of sign-ins: `address_claim` of [identity]
//! geoip = ["/var/lib/geoip/city.mmdb"]            # MaxMind's or DB-IP's layout; several where families are apart
//! shared = ["203.0.113.0/24"]                     # addresses of a VPN or a proxy: they say nothing of a place
//! every_minutes = 15
//! [risk.behaviours.credentials-pasted]
//! level = "high"                                  # none, low, medium, high
//! weight = 40                                     # 0 to 100
//! enabled = true
//! ```
//! It deliberately scores nothing itself.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use host_risk::{Mode, Override, Rules};
use serde::Deserialize;
use shared_protocol::Level;
use toml::Spanned;

use super::sink::Wrong;
use crate::ship::check_address;

/// How risk is scored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RiskSettings {
    /// None where it is switched off.
    pub(crate) rules: Option<Rules>,
    /// What a security product says of this device.
    pub(crate) posture_file: Option<PathBuf>,
    /// A program that says it: its path, then its arguments.
    pub(crate) posture_command: Vec<String>,
    /// Whether sessions of remote control are looked for.
    pub(crate) remote_control: bool,
    /// How places are found out.
    pub(crate) travel: Option<TravelSettings>,
}

/// How places are found out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TravelSettings {
    /// Answers with the address that it sees.
    pub(crate) echo: Option<String>,
    /// Files in the MaxMind DB format.
    pub(crate) geoip: Vec<PathBuf>,
    /// Networks that many share.
    pub(crate) shared: Vec<Network>,
    /// A PEM file of the authorities that count.
    pub(crate) ca: Option<PathBuf>,
    /// An HTTP proxy.
    pub(crate) proxy: Option<String>,
    /// Between two questions.
    pub(crate) every: Duration,
}

/// A network, by its first address and the bits that all of it have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Network {
    first: u128,
    bits: u32,
    is_four: bool,
}

impl Network {
    /// Of `ADDRESS/BITS`.
    fn parse(text: &str) -> Option<Self> {
        let (address, bits) = text.split_once('/')?;
        let (address, bits): (IpAddr, u32) = (address.parse().ok()?, bits.parse().ok()?);
        let is_four = address.is_ipv4();
        (bits <= if is_four { 32 } else { 128 }).then(|| Self { first: number(address), bits, is_four })
    }

    /// Whether it holds this address.
    pub(crate) fn holds(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        let rest = (if self.is_four { 32 } else { 128 }) - self.bits;
        let of = |number: u128| number.checked_shr(rest).unwrap_or(0);
        address.is_ipv4() == self.is_four && of(number(address)) == of(self.first)
    }
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(four) => u128::from(four.to_bits()),
        IpAddr::V6(six) => six.to_bits(),
    }
}

impl Default for RiskSettings {
    fn default() -> Self {
        // Compiled in, and parsed by its own test.
        Self { rules: Rules::builtin().ok(), ..Self::off() }
    }
}

impl RiskSettings {
    /// Nothing is scored, and nothing looked at for it.
    fn off() -> Self {
        let (posture_file, posture_command) = (None, Vec::new());
        Self { rules: None, posture_file, posture_command, remote_control: true, travel: None }
    }
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    enabled: Option<bool>,
    mode: Option<Mode>,
    half_life_hours: Option<Spanned<u64>>,
    verified_to: Option<Level>,
    posture_file: Option<PathBuf>,
    posture_command: Option<Spanned<Vec<String>>>,
    remote_control: Option<bool>,
    travel: Option<Travel>,
    #[serde(default)]
    behaviours: BTreeMap<Spanned<String>, Override>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Travel {
    echo: Option<Spanned<String>>,
    geoip: Spanned<Vec<PathBuf>>,
    #[serde(default)]
    shared: Vec<Spanned<String>>,
    ca: Option<PathBuf>,
    proxy: Option<String>,
    every_minutes: Option<u64>,
}

/// What was written, understood.
pub(super) fn understood(written: Written) -> Result<RiskSettings, Wrong> {
    if written.enabled == Some(false) {
        return Ok(RiskSettings::off());
    }
    let Written { mode, half_life_hours, verified_to, behaviours, posture_file, remote_control, .. } =
        written;
    let rules = rules(Theirs { mode, half_life_hours, verified_to, behaviours })?;
    let posture_command = written.posture_command.map_or(Ok(Vec::new()), command)?;
    let travel = written.travel.map(Travel::understood).transpose()?;
    Ok(RiskSettings {
        rules: Some(rules),
        posture_file,
        posture_command,
        remote_control: remote_control.unwrap_or(true),
        travel,
    })
}

fn command(written: Spanned<Vec<String>>) -> Result<Vec<String>, Wrong> {
    let start = written.span().start;
    let words = written.into_inner();
    if !words.first().is_some_and(|program| std::path::Path::new(program).is_absolute()) {
        return Err((start, "write the program's whole path, then its arguments, each in quotes".to_owned()));
    }
    Ok(words)
}

impl Travel {
    fn understood(self) -> Result<TravelSettings, Wrong> {
        if self.geoip.get_ref().is_empty() {
            return Err((self.geoip.span().start, "name a GeoIP file in the MaxMind DB format".to_owned()));
        }
        if let Some(echo) = &self.echo {
            check_address(echo.get_ref()).map_err(|what| (echo.span().start, what.to_owned()))?;
        }
        let network = |text: &Spanned<String>| {
            let what = || (text.span().start, "a network is ADDRESS/BITS, such as 203.0.113.0/24".to_owned());
            Network::parse(text.get_ref()).ok_or_else(what)
        };
        Ok(TravelSettings {
            shared: self.shared.iter().map(network).collect::<Result<_, _>>()?,
            echo: self.echo.map(Spanned::into_inner),
            geoip: self.geoip.into_inner(),
            ca: self.ca,
            proxy: self.proxy,
            every: Duration::from_secs(60 * self.every_minutes.unwrap_or(15).clamp(1, 24 * 60)),
        })
    }
}

/// `risk.toml` of a bundle: what of `[risk]` is for every machine.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Theirs {
    mode: Option<Mode>,
    half_life_hours: Option<Spanned<u64>>,
    verified_to: Option<Level>,
    #[serde(default)]
    behaviours: BTreeMap<Spanned<String>, Override>,
}

/// The rules that the text of a bundle's `risk.toml` makes; else what is wrong, and where, in bytes.
pub(crate) fn in_bundle(text: &str) -> Result<Rules, Wrong> {
    let theirs = toml::from_str(text).map_err(|fault: toml::de::Error| {
        (fault.span().map_or(0, |span| span.start), fault.message().lines().collect::<Vec<_>>().join(", "))
    })?;
    rules(theirs)
}

fn rules(theirs: Theirs) -> Result<Rules, Wrong> {
    let mut rules = Rules::builtin().map_err(|fault| (0, fault.to_string()))?;
    rules.mode = theirs.mode.unwrap_or_default();
    rules.verified = theirs.verified_to.unwrap_or(rules.verified);
    if let Some(hours) = theirs.half_life_hours {
        if !(1..=24 * 365).contains(hours.get_ref()) {
            return Err((hours.span().start, "a half-life is 1 to 8760 hours".to_owned()));
        }
        rules.half_life = hours.into_inner() * 3_600_000;
    }
    for (id, change) in theirs.behaviours {
        let start = id.span().start;
        let one = BTreeMap::from([(id.into_inner(), change)]);
        rules = rules.changed(&one).map_err(|fault| (start, fault.to_string()))?;
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use super::{Network, Written, understood};

    #[test]
    fn a_network_holds_what_begins_as_it_does() {
        for (network, address, wanted) in [
            ("203.0.113.0/24", "203.0.113.9", true),
            ("203.0.113.0/24", "::ffff:203.0.113.9", true),
            ("203.0.113.0/24", "203.0.114.9", false),
            ("0.0.0.0/0", "8.8.8.8", true),
            ("0.0.0.0/0", "2001:db8::1", false),
            ("::/0", "2001:db8::1", true),
            ("2001:db8::/32", "2001:db8:ffff::1", true),
            ("2001:db8::/32", "2001:db9::1", false),
            ("8.8.8.8/32", "8.8.8.8", true),
            ("8.8.8.8/32", "8.8.8.9", false),
        ] {
            let network = Network::parse(network).unwrap();
            assert_eq!(network.holds(address.parse().unwrap()), wanted, "{network:?} {address}");
        }
        for text in ["", "8.8.8.8", "8.8.8.8/33", "2001:db8::/129", "x/8", "8.8.8.8/-1"] {
            assert_eq!(Network::parse(text), None, "{text}");
        }
    }

    #[test]
    fn what_cannot_work_has_its_place() {
        let read = |text: &str| understood(toml::from_str::<Written>(text).unwrap());
        for text in [
            "posture_command = []",
            "posture_command = [\"posture\"]",
            "[travel]\ngeoip = []",
            "[travel]\ngeoip = [\"x\"]\necho = \"ftp://x\"",
            "[travel]\ngeoip = [\"x\"]\nshared = [\"10.0.0.0\"]",
        ] {
            assert!(read(text).unwrap_err().0 > 0, "{text}");
        }
        assert!(read("posture_command = [\"/bin/x\", \"--json\"]").unwrap().remote_control);
    }
}
