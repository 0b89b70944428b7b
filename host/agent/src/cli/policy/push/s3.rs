//! To an S3-compatible store: one PUT to an address that is signed for a minute (AWS Signature Version 4).
//!
//! Credentials come from the variables that every tool for such stores reads, and stand nowhere else.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use rusty_s3::{Bucket, Credentials, S3Action as _, UrlStyle};

use super::{Args, web};
use crate::os::{self, Env};

/// Where nothing else is said.
const REGION: &str = "us-east-1";
/// How long the signed address holds.
const HOLDS: Duration = Duration::from_secs(60);

/// Puts it there; where that is.
pub(super) fn put(args: &Args, to: &str, archive: &[u8], env: &Env) -> Result<String> {
    let (bucket, key) = place(to)?;
    let region = args.region.as_deref().or(env.var("AWS_REGION")).unwrap_or(REGION).to_owned();
    let endpoint = args.endpoint.as_deref().or(env.var("AWS_ENDPOINT_URL"));
    // A store of one's own is reached by its name alone; AWS by one that begins with the bucket's.
    let (address, style) = match endpoint {
        Some(endpoint) => (endpoint.to_owned(), UrlStyle::Path),
        None if bucket.contains('.') => (format!("https://s3.{region}.amazonaws.com"), UrlStyle::Path),
        None => (format!("https://s3.{region}.amazonaws.com"), UrlStyle::VirtualHost),
    };
    crate::ship::check_address(&address).map_err(|what| anyhow!("--endpoint: {what}"))?;
    let url = address.parse().map_err(|_| anyhow!("`{address}` is no address; write https://HOST"))?;
    let bucket = Bucket::new(url, style, bucket.to_owned(), region)
        .map_err(|_| anyhow!("`{address}` is no address of a store; write https://HOST"))?;
    let signed = bucket.put_object(Some(&credentials()?), key).sign(HOLDS);
    web::send(args, signed.as_str(), None, archive)?;
    Ok(to.to_owned())
}

/// Bucket and key of `s3://BUCKET/KEY`.
fn place(to: &str) -> Result<(&str, &str)> {
    let (bucket, key) = to
        .strip_prefix("s3://")
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

fn credentials() -> Result<Credentials> {
    let [key, secret, token] =
        ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"].map(os::secret);
    let (Some(key), Some(secret)) = (key, secret) else {
        bail!("no credentials for the store: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
    };
    Ok(match token {
        Some(token) => Credentials::new_with_token(key.as_str(), secret.as_str(), token.as_str()),
        None => Credentials::new(key.as_str(), secret.as_str()),
    })
}

#[cfg(test)]
mod tests {
    use super::place;

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
}
