//! Addresses of networks and of devices that somebody can be told by. Those of documentation, of one's own machine, of
//! private networks and of everybody (RFC 5735, 5737, 3849, 4291, 7042) are nobody's.

use core::net::{Ipv4Addr, Ipv6Addr};

use crate::candidate::Candidate;
use crate::check::Passed;

/// Name servers that everybody names.
const SERVERS: [&str; 8] =
    ["8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1", "9.9.9.9", "208.67.222.222", "208.67.220.220", "4.4.4.4"];

/// Without two octets of two digits it may be a version or a section.
const SHORT: f32 = 0.7;

/// An IPv4 address.
pub(crate) fn v4(candidate: Candidate<'_>) -> Option<Passed> {
    let value = candidate.value();
    let address: Ipv4Addr = value.parse().ok()?;
    let nobodys = address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_broadcast()
        || address.is_documentation()
        || address.is_unspecified()
        || address.is_multicast()
        || matches!(address.octets(), [0 | 240..=255, ..] | [100, 64..=127, ..] | [198, 18 | 19, ..])
        || SERVERS.contains(&value);
    let long = value.split('.').filter(|octet| octet.len() > 1).count();
    let factor = if long >= 2 { 1.0 } else { SHORT };
    (!nobodys && !goes_on(candidate) && !is_version(candidate))
        .then_some(Passed { factor, ..Passed::whole(candidate) })
}

/// An IPv6 address.
pub(crate) fn v6(candidate: Candidate<'_>) -> Option<Passed> {
    let address: Ipv6Addr = candidate.value().parse().ok()?;
    let [first, second, ..] = address.segments();
    // 2001:db8::/32 and 3fff::/20 are documentation, fc00::/7 is private, fe80::/10 the link, ff00::/8 many.
    let nobodys = address.is_loopback()
        || address.is_unspecified()
        || (first == 0x2001 && second == 0x0db8)
        || first == 0x3fff
        || first & 0xfe00 == 0xfc00
        || first & 0xffc0 == 0xfe80
        || first & 0xff00 == 0xff00;
    let joined = candidate.before().ends_with(':') || candidate.after().starts_with(':');
    (!nobodys && !joined).then(|| Passed::whole(candidate))
}

/// A MAC address (IEEE 802).
pub(crate) fn mac(candidate: Candidate<'_>) -> Option<Passed> {
    let value = candidate.value().to_ascii_lowercase().replace('-', ":");
    let nobodys = value.starts_with("00:00:5e:00:53")
        || value.starts_with("01:00:5e")
        || value.starts_with("00:00:00")
        || ["ff:ff:ff:ff:ff:ff", "aa:bb:cc:dd:ee:ff", "00:11:22:33:44:55", "12:34:56:78:9a:bc"]
            .contains(&value.as_str());
    let uniform = !(candidate.value().contains('-') && candidate.value().contains(':'));
    let joined = candidate.before().ends_with([':', '-']) || candidate.after().starts_with([':', '-']);
    (!nobodys && uniform && !joined).then(|| Passed::whole(candidate))
}

fn goes_on(candidate: Candidate<'_>) -> bool {
    let mut after = candidate.after().chars();
    let next = after.next();
    let more = after.next().is_some_and(|char| char.is_ascii_digit());
    candidate.before().ends_with(['.', '-']) || (matches!(next, Some('.' | '-')) && more)
}

/// Whether a word before it says that it is a version.
fn is_version(candidate: Candidate<'_>) -> bool {
    let before: String = candidate.before().chars().rev().take(12).collect();
    let before: String = before.chars().rev().collect::<String>().to_lowercase();
    let word = before.trim_end_matches([' ', ':', '=', '"', '\'', '^', '~', '>']);
    ["version", "ver.", "v", "release", "build", "section", "chapter", "§"]
        .iter()
        .any(|said| word.ends_with(said))
}
