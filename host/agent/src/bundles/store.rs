//! An object in an S3-compatible store, reached by addresses that are signed for a minute (AWS Signature Version 4).
//!
//! INVARIANT: a secret is in no setting, no argument and no message: it is read from the environment or from a file when an
//! address is signed, and forgotten.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, anyhow, bail};
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};
use zeroize::Zeroizing;

use crate::os;
use crate::ship::check_address;

/// Where nothing else is said.
const REGION: &str = "us-east-1";
/// How long a signed address holds.
const HOLDS: Duration = Duration::from_secs(60);
/// What addresses in stores begin with.
pub(crate) const SCHEME: &str = "s3://";

/// An object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Object {
    bucket: Bucket,
    key: String,
    server: String,
}

impl Object {
    /// The object `s3://BUCKET/KEY`; in AWS's store where no `endpoint` is named.
    pub(crate) fn named(to: &str, endpoint: Option<&str>, region: Option<&str>) -> Result<Self> {
        let (bucket, key) = place(to)?;
        let region = region.unwrap_or(REGION).to_owned();
        // A store of one's own is reached by its name alone; AWS by one that begins with the bucket's.
        let (address, style) = match endpoint {
            Some(endpoint) => (endpoint.to_owned(), UrlStyle::Path),
            None if bucket.contains('.') => (format!("https://s3.{region}.amazonaws.com"), UrlStyle::Path),
            None => (format!("https://s3.{region}.amazonaws.com"), UrlStyle::VirtualHost),
        };
        check_address(&address).map_err(|what| anyhow!("`{address}`: {what}"))?;
        let no_store = || anyhow!("`{address}` is no address of a store; write https://HOST");
        let url = address.parse().map_err(|_| no_store())?;
        let bucket = Bucket::new(url, style, bucket.to_owned(), region).map_err(|_| no_store())?;
        let server = bucket.base_url().to_string();
        Ok(Self { bucket, key: key.to_owned(), server })
    }

    /// The server, for trying whether it can be reached.
    pub(crate) fn server(&self) -> &str {
        &self.server
    }

    /// An address to put the object at.
    pub(crate) fn to_put(&self, by: &Credentials) -> String {
        self.bucket.put_object(Some(by), &self.key).sign(HOLDS).into()
    }

    /// An address to get the object from.
    pub(crate) fn to_get(&self, by: &Credentials) -> String {
        self.bucket.get_object(Some(by), &self.key).sign(HOLDS).into()
    }
}

/// Bucket and key of `s3://BUCKET/KEY`.
fn place(to: &str) -> Result<(&str, &str)> {
    let (bucket, key) = to
        .strip_prefix(SCHEME)
        .and_then(|rest| rest.split_once('/'))
        .context("write s3://BUCKET/KEY, such as s3://acme-policy/bundle.tar.gz")?;
    let plain = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '.' | '_');
    if bucket.is_empty() || !bucket.chars().all(plain) {
        bail!("`{bucket}` is no bucket's name");
    }
    // Such a key would lead out of the bucket.
    if key.is_empty() || key.split('/').any(|part| matches!(part, "" | "." | "..")) {
        bail!("`{key}` is no key; write s3://BUCKET/KEY, such as s3://acme-policy/bundle.tar.gz");
    }
    Ok((bucket, key))
}

/// From the variables that every tool for such stores reads.
pub(crate) fn of_environment() -> Result<Credentials> {
    let names = ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"];
    credentials(names.map(os::secret))
        .context("no credentials for the store: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
}

/// From a file of the form that those tools keep: `aws_access_key_id = …` and `aws_secret_access_key = …`, of its first
/// profile. A program that a browser starts has no such variables.
pub(crate) fn of_file(path: &Path) -> Result<Credentials> {
    let text = fs::read_to_string(path).map(Zeroizing::new).map_err(|fault| {
        let (path, why) = (path.display(), fault.kind());
        anyhow!("the credentials in {path} cannot be read ({why}): let this user read the file")
    })?;
    let value = |name: &str| {
        let profile = text.trim_start().trim_start_matches('[');
        let lines = profile.lines().take_while(|line| !line.trim_start().starts_with('['));
        let mut pairs = lines.filter_map(|line| line.split_once('='));
        let (_, value) = pairs.find(|(key, _)| key.trim() == name)?;
        Some(Zeroizing::new(value.trim().to_owned()))
    };
    let names = ["aws_access_key_id", "aws_secret_access_key", "aws_session_token"];
    credentials(names.map(value)).with_context(|| {
        let path = path.display();
        format!("{path} holds no credentials: write `aws_access_key_id = …` and `aws_secret_access_key = …`")
    })
}

fn credentials([key, secret, token]: [Option<Zeroizing<String>>; 3]) -> Option<Credentials> {
    let (key, secret) = (key?, secret?);
    Some(match token {
        Some(token) => Credentials::new_with_token(key.as_str(), secret.as_str(), token.as_str()),
        None => Credentials::new(key.as_str(), secret.as_str()),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Object, of_file, place};

    #[test]
    fn a_key_stays_in_its_bucket() {
        assert_eq!(place("s3://acme/policy/bundle.tar.gz").unwrap(), ("acme", "policy/bundle.tar.gz"));
        for wrong in [
            "s3://acme",
            "s3://acme/",
            "s3:///key",
            "s3://acme/../other/key",
            "s3://a b/key",
            "s3://acme/a//b",
        ] {
            assert!(place(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_store_is_aws_or_the_one_that_is_named() {
        for (endpoint, region, server) in [
            (None, None, "https://acme.s3.us-east-1.amazonaws.com/"),
            (None, Some("eu-central-1"), "https://acme.s3.eu-central-1.amazonaws.com/"),
            (Some("https://store.example"), None, "https://store.example/acme/"),
        ] {
            let object = Object::named("s3://acme/bundle.tar.gz", endpoint, region).unwrap();
            assert_eq!(object.server(), server);
        }
        assert!(Object::named("s3://acme/b", Some("http://store.example"), None).is_err(), "in the clear");
    }

    #[test]
    fn credentials_are_those_of_the_first_profile() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("credentials");
        let read = |text: &str| {
            fs::write(&file, text).unwrap();
            of_file(&file).map(|one| (one.key().to_owned(), one.secret().to_owned()))
        };
        let jane = || ("jane".to_owned(), "s = 1".to_owned());
        let pair = "aws_access_key_id = jane\naws_secret_access_key=s = 1\n";
        assert_eq!(read(pair).unwrap(), jane());
        assert_eq!(read(&format!("\n[default]\n# a remark\n{pair}")).unwrap(), jane());
        assert_eq!(read(&format!("[default]\n{pair}[joe]\naws_session_token = t\n")).unwrap(), jane());
        for none in ["", "[default]\n", "aws_access_key_id = jane\n", &format!("[one]\n[two]\n{pair}")] {
            let fault = read(none).unwrap_err().to_string();
            assert!(fault.contains("holds no credentials"), "{fault}");
        }
    }
}
