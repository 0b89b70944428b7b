//! What a match must pass besides its pattern: check digits, validity, decoding. One file for each kind of thing.
//!
//! INVARIANT: a check may shorten or lengthen a match, and looks at a bounded piece of the text only.

mod aws;
mod base62;
mod base64_run;
mod basic_auth;
mod bech32;
mod birth;
mod card;
mod discord;
mod document;
mod email;
mod iban;
mod jwt;
mod mrz;
mod national;
mod network;
mod password;
mod person;
mod phone;
mod postal;
mod private_key;
mod putty;
mod ssn;
mod url_password;

use serde::Deserialize;

use crate::candidate::Candidate;
use crate::check::national::National;

/// Named in a rule's `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case", expecting = "there is no such check")]
pub(crate) enum Check {
    /// The pattern says it all.
    Pattern,
    /// An AWS access key id that encodes an account.
    AwsKeyId,
    /// The last six characters are the CRC32 of those before, in base 62.
    Base62Checksum,
    /// As far as base64 goes.
    Base64Run,
    /// User and password in base64.
    BasicAuth,
    /// A key in Bech32, with its checksum.
    Bech32,
    /// A day of birth.
    BirthDate,
    /// A payment card's number.
    Card,
    /// A token of a Discord bot.
    DiscordToken,
    /// A number of a document, which only words beside it tell.
    Document,
    /// An e-mail address.
    Email,
    /// An IBAN.
    Iban,
    /// An IPv4 address.
    Ipv4,
    /// An IPv6 address.
    Ipv6,
    /// A JSON Web Token.
    Jwt,
    /// The address of a network card.
    Mac,
    /// The machine-readable zone of a passport or an identity card.
    Mrz,
    /// A password behind a word that says so.
    Password,
    /// A name behind a word that says so.
    Person,
    /// A given name that is common, with another behind it.
    PersonListed,
    /// A phone number with its country's calling code.
    PhoneInternational,
    /// A phone number in groups of any kind.
    PhoneLocal,
    /// A phone number of North America.
    PhoneNorthAmerica,
    /// A phone number of any country, as people write it at home.
    PhoneNational,
    /// A postal address.
    PostalAddress,
    /// A private key in PEM.
    PrivateKey,
    /// A private key in the form of PuTTY.
    PuttyKey,
    /// A key, token or secret behind a word that says so.
    Token,
    /// A social security number of the United States.
    UsSsn,
    /// A password inside a URL.
    UrlPassword,
    /// User and password behind a flag.
    UserPassword,
    /// A national id, named as in its label.
    #[serde(untagged)]
    National(National),
}

/// A match that passed: its place, and what its confidence is multiplied with.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passed {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) factor: f32,
}

impl Passed {
    pub(crate) fn whole(candidate: Candidate<'_>) -> Self {
        Self { start: candidate.start, end: candidate.end, factor: 1.0 }
    }
}

impl Check {
    /// Judges `candidate`.
    pub(crate) fn pass(self, candidate: Candidate<'_>) -> Option<Passed> {
        match self {
            Self::Pattern => Some(Passed::whole(candidate)),
            Self::AwsKeyId => aws::key_id(candidate),
            Self::Base62Checksum => base62::pass(candidate),
            Self::Base64Run => base64_run::pass(candidate),
            Self::BasicAuth => basic_auth::pass(candidate),
            Self::Bech32 => bech32::pass(candidate),
            Self::BirthDate => birth::pass(candidate),
            Self::Card => card::pass(candidate),
            Self::DiscordToken => discord::token(candidate),
            Self::Document => document::pass(candidate),
            Self::Email => email::pass(candidate),
            Self::Iban => iban::pass(candidate),
            Self::Ipv4 => network::v4(candidate),
            Self::Ipv6 => network::v6(candidate),
            Self::Jwt => jwt::pass(candidate),
            Self::Mac => network::mac(candidate),
            Self::Mrz => mrz::pass(candidate),
            Self::National(id) => id.pass(candidate),
            Self::Password => password::pass(candidate),
            Self::Person => person::told(candidate),
            Self::PersonListed => person::listed(candidate),
            Self::PhoneInternational => phone::international(candidate),
            Self::PhoneLocal => phone::local(candidate),
            Self::PhoneNorthAmerica => phone::north_america(candidate),
            Self::PhoneNational => phone::national(candidate),
            Self::PostalAddress => postal::pass(candidate),
            Self::PrivateKey => private_key::pass(candidate),
            Self::PuttyKey => putty::key(candidate),
            Self::Token => password::token(candidate),
            Self::UsSsn => ssn::pass(candidate),
            Self::UrlPassword => url_password::pass(candidate),
            Self::UserPassword => basic_auth::written(candidate),
        }
    }
}

/// The digits of `text`, as numbers.
fn digits(text: &str) -> Vec<u32> {
    text.chars().filter_map(|char| char.to_digit(10)).collect()
}

/// Where the groups of digits of `text` end, the last first: a pattern takes numbers behind one along, and a check
/// gives them back.
fn ends(text: &str) -> Vec<usize> {
    let digit = |at: usize| text.as_bytes().get(at).is_some_and(u8::is_ascii_digit);
    (1..=text.len()).rev().filter(|end| digit(end - 1) && !digit(*end)).collect()
}
