//! What a person says to `cargo xtask dist`.

use std::fs;
use std::path::PathBuf;

use anyhow::Context;

use super::crx::Key;

/// What the options name, read.
pub struct Given {
    /// The key of the crx.
    pub key: Option<Key>,
    /// Where the packages will lie.
    pub base: Option<String>,
    /// The xpi with Mozilla's signature.
    pub signed_xpi: Option<Vec<u8>>,
}

/// The options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// The extension alone, as a store's reviewer builds it.
    pub extension: bool,
    /// The host for Windows too.
    pub windows: bool,
    /// The private key of the crx.
    pub crx_key: Option<PathBuf>,
    /// Where the packages will lie, without a slash at the end.
    pub update_url: Option<String>,
    /// The xpi as it came back from Mozilla.
    pub signed_xpi: Option<PathBuf>,
    /// Who answers for the Debian package.
    pub maintainer: String,
    /// The table for programs.
    pub json: bool,
}

impl Options {
    /// From the command line.
    pub fn read(words: &[&str]) -> Result<Self, String> {
        let mut options = Self {
            extension: false,
            windows: false,
            crx_key: None,
            update_url: None,
            signed_xpi: None,
            maintainer: "Promptgate <promptgate@promptgate.io>".to_owned(),
            json: false,
        };
        let mut words = words.iter();
        while let Some(word) = words.next() {
            let mut value = |what: &str| words.next().ok_or(format!("{word} wants {what}"));
            match *word {
                "--extension" => options.extension = true,
                "--windows" => options.windows = true,
                "--json" => options.json = true,
                "--crx-key" => options.crx_key = Some(value("a file with a private key")?.into()),
                "--signed-xpi" => options.signed_xpi = Some(value("the signed file")?.into()),
                "--update-url" => options.update_url = Some(address(value("an https address")?)?),
                "--maintainer" => {
                    let maintainer = value("a name and an address: \"NAME <MAIL>\"")?;
                    let is_whole =
                        maintainer.contains(" <") && maintainer.ends_with('>') && !maintainer.contains('\n');
                    if !is_whole {
                        return Err(format!("`{maintainer}` is not of the form NAME <MAIL>"));
                    }
                    options.maintainer = (*maintainer).to_owned();
                }
                other => return Err(format!("`{other}` is no option of dist")),
            }
        }
        if options.extension && options.windows {
            return Err("--extension is the extension alone, without any host".to_owned());
        }
        if options.signed_xpi.is_some() && options.update_url.is_none() {
            return Err("--signed-xpi goes with --update-url: it is for updates.json".to_owned());
        }
        Ok(options)
    }

    /// Reads what they name.
    pub fn given(&self) -> anyhow::Result<Given> {
        let key = self.crx_key.as_ref().map(|path| {
            let pem = fs::read_to_string(path).with_context(|| format!("--crx-key {}", path.display()))?;
            Key::read(&pem).with_context(|| format!("--crx-key {}", path.display()))
        });
        let signed = self.signed_xpi.as_ref();
        let signed =
            signed.map(|path| fs::read(path).with_context(|| format!("--signed-xpi {}", path.display())));
        Ok(Given { key: key.transpose()?, base: self.update_url.clone(), signed_xpi: signed.transpose()? })
    }
}

/// Browsers take updates over TLS only; what stands in XML must not need escaping.
fn address(said: &str) -> Result<String, String> {
    let is_local = ["http://127.0.0.1", "http://localhost"].iter().any(|begin| said.starts_with(begin));
    if !(said.starts_with("https://") || is_local) || said.contains(['"', '<', '>', '&', '\'', ' ', '?', '#'])
    {
        return Err(format!("--update-url wants the https address of a folder, not `{said}`"));
    }
    Ok(said.trim_end_matches('/').to_owned())
}

#[cfg(test)]
mod tests {
    use super::Options;

    #[test]
    fn options_are_read() {
        let options =
            Options::read(&["--crx-key", "k", "--update-url", "https://a.example/pg/", "--json"]).unwrap();
        assert_eq!(options.update_url.as_deref(), Some("https://a.example/pg"));
        assert!(options.json && options.crx_key.is_some());
        for wrong in [
            &["--crx-key"][..],
            &["--update-url", "http://a.example"],
            &["--update-url", "https://a.example/?a&b"],
            &["--signed-xpi", "x"],
            &["--maintainer", "nobody"],
            &["--extension", "--windows"],
            &["--other"],
        ] {
            assert!(Options::read(wrong).is_err(), "{wrong:?}");
        }
    }
}
