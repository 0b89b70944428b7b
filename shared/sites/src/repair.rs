//! Repaired data of known sites in place of what this crate carries, without a new build.
//!
//! INVARIANT: only sites that are compiled in, and of their hosts none that are not: a new host needs the browser's
//! permission, which an extension has from its manifest. A text is taken whole or not at all.

use std::collections::BTreeMap;

use shared_protocol::{App, SiteRefused};

use crate::{
    data::Site,
    error::SiteError,
    sites::{self, Sites},
    url::HostPattern,
};

/// Most bytes of one text; the longest that is compiled in has a tenth of it.
pub const SITE_BYTES: usize = 256 * 1024;

/// Why a text does not take the place of a known site's.
#[derive(Debug, thiserror::Error)]
enum NotTaken {
    #[error("no site of this name is known; a new site needs a release of the extension")]
    Unknown,
    #[error("it is longer than {SITE_BYTES} bytes; shorten it")]
    TooLong,
    #[error("it says that it is `{0}`; correct `app`")]
    OtherSite(String),
    #[error(
        "the host `{0}` is not one of those that the extension may see; a new host needs a release of it"
    )]
    NewHost(String),
    #[error("line {line}, column {column}: {message}; correct that place")]
    Syntax { line: usize, column: usize, message: String },
    #[error("{0}")]
    Rules(SiteError),
}

impl Sites {
    /// The sites this crate carries, those of `texts` (a site's id to its `site.toml`) in their place; and which of
    /// them are not taken, in the order of their names.
    ///
    /// # Errors
    /// When what is compiled in does not parse.
    pub fn repaired(texts: &BTreeMap<String, String>) -> Result<(Self, Vec<SiteRefused>), SiteError> {
        let mut all = sites::builtin()?;
        let mut refused = Vec::new();
        for (app, text) in texts {
            if let Err(why) = replace(&mut all, app, text) {
                refused.push(SiteRefused { app: App::new(app), problem: why.to_string() });
            }
        }
        Ok((Self::of(all)?, refused))
    }
}

fn replace(all: &mut [Site], app: &str, text: &str) -> Result<(), NotTaken> {
    let Some(at) = all.iter().position(|site| site.app.as_str() == app) else {
        return Err(NotTaken::Unknown);
    };
    if text.len() > SITE_BYTES {
        return Err(NotTaken::TooLong);
    }
    let repaired = sites::parse(text, 1).map_err(|error| match error {
        SiteError::Syntax { file: _, line, column, message } => NotTaken::Syntax { line, column, message },
        other @ (SiteError::Rule { .. } | SiteError::Duplicate { .. }) => NotTaken::Rules(other),
    })?;
    if repaired.app.as_str() != app {
        return Err(NotTaken::OtherSite(repaired.app.as_str().to_owned()));
    }
    let Some(known) = all.get_mut(at) else { return Err(NotTaken::Unknown) };
    if let Some(host) = new_host(known, &repaired) {
        return Err(NotTaken::NewHost(host.as_str().to_owned()));
    }
    let before = std::mem::replace(known, repaired);
    if let Err(error) = crate::check::check(all) {
        if let Some(known) = all.get_mut(at) {
            *known = before;
        }
        return Err(NotTaken::Rules(error));
    }
    Ok(())
}

/// A host of the repaired data that is none of the known one's, in the list it stands in.
fn new_host<'a>(known: &Site, repaired: &'a Site) -> Option<&'a HostPattern> {
    let sockets = [known.hosts.as_slice(), &known.sockets].concat();
    let any = [sockets.as_slice(), &known.side_hosts].concat();
    let new = |hosts: &'a [HostPattern], known: &[HostPattern]| {
        hosts.iter().find(|host| !known.iter().any(|known| known == *host || known.fits(host.as_str())))
    };
    new(&repaired.hosts, &known.hosts)
        .or_else(|| new(&repaired.sockets, &sockets))
        .or_else(|| new(&repaired.side_hosts, &known.side_hosts))
        .or_else(|| repaired.rule.iter().find_map(|rule| new(&rule.hosts, &any)))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::SITE_BYTES;
    use crate::{Api, Body, Reading, Request, Sites, Thread};

    const CLAUDE: &str = include_str!("../sites/claude/site.toml");
    const GEMINI: &str = include_str!("../sites/gemini/site.toml");

    fn repaired(texts: &[(&str, &str)]) -> (Sites, Vec<(String, String)>) {
        let texts = texts.iter().map(|(app, text)| ((*app).to_owned(), (*text).to_owned()));
        let (sites, refused) = Sites::repaired(&texts.collect::<BTreeMap<_, _>>()).unwrap();
        let told = refused.into_iter().map(|one| (one.app.as_str().to_owned(), one.problem));
        (sites, told.collect())
    }

    /// A request to an address that moved overnight.
    fn moved(path: &str) -> Request {
        Request {
            api: Api::Fetch,
            method: "POST".to_owned(),
            url: format!("https://claude.ai{path}"),
            page_url: "https://claude.ai/".to_owned(),
            headers: vec![("content-type".to_owned(), "application/json".to_owned())],
            body: Body::Text { text: serde_json::json!({"prompt": "hello"}).to_string().into() },
        }
    }

    #[test]
    fn a_moved_address_is_read_again_and_the_net_and_hook_follow() {
        let request = moved("/api/v9/complete");
        let before = Sites::builtin().unwrap();
        assert!(matches!(before.read(&request, &Thread::default()).reading, Reading::Unread(_)));
        let rule = "\n[[rule]]\nname = \"moved\"\nmethod = [\"POST\"]\npath = [\"/api/v9/complete\"]\n\
                    does = \"send-prompt\"\nneeds = [{ at = \"prompt\", is = \"string\" }]\ntext = [{ at = \"prompt\" }]\n";
        let text = format!("{CLAUDE}{rule}").replace("harmless = [", "harmless = [\n  \"/api/v9/quiet\",");
        let (sites, refused) = repaired(&[("claude", &text)]);
        assert_eq!(refused, []);
        let Reading::Prompt(prompt) = sites.read(&request, &Thread::default()).reading else { panic!() };
        assert_eq!(prompt.parts[0].text.expose(), "hello");
        assert_eq!(sites.hosts(), before.hosts());
        let of = |sites: &Sites| serde_json::to_string(&(sites.hook(), sites.net_rules())).unwrap();
        assert!(of(&sites).contains("/api/v9/quiet") && !of(&before).contains("/api/v9/quiet"));
        assert!(of(&sites).contains("/api/v9/complete") && !of(&before).contains("/api/v9/complete"));
    }

    #[test]
    fn what_is_refused_leaves_its_site_and_the_others_as_they_are() {
        let more_hosts = CLAUDE.replace("\"claude.ai\"", "\"claude.ai\", \"claude.example\"");
        let elsewhere = format!(
            "{CLAUDE}\n[[rule]]\nname = \"away\"\nhosts = [\"files.example\"]\nmethod = [\"PUT\"]\n\
             path = [\"/x\"]\ndoes = \"upload-file\"\nbody = \"file\"\n"
        );
        let twice = format!(
            "{CLAUDE}\n[[rule]]\nname = \"a\"\nmethod = [\"POST\"]\npath = [\"/q\"]\ndoes = \"nothing\"\n[[rule]]\nname = \"a\"\nmethod = [\"POST\"]\npath = [\"/r\"]\ndoes = \"nothing\"\n"
        );
        let long = format!("{CLAUDE}#{}", "x".repeat(SITE_BYTES));
        for (app, text, told) in [
            ("claude", "app = ", "line 1, column "),
            ("claude", "app = \"claude\"\nhosts = [\"claude.ai\"]\nrul = 1", "line 3, column 1"),
            ("claude", GEMINI, "it says that it is `gemini`"),
            ("claude", more_hosts.as_str(), "the host `claude.example`"),
            ("claude", elsewhere.as_str(), "the host `files.example`"),
            ("claude", twice.as_str(), "rule `a` is there twice"),
            ("claude", long.as_str(), "longer than"),
            ("copilot", CLAUDE, "no site of this name"),
        ] {
            let (sites, refused) = repaired(&[(app, text), ("gemini", GEMINI)]);
            assert_eq!(refused.len(), 1, "{told}");
            assert_eq!(refused[0].0, app);
            assert!(refused[0].1.contains(told), "{refused:?}");
            let before = Sites::builtin().unwrap();
            assert_eq!((sites.hook(), sites.net()), (before.hook(), before.net()), "{told}");
        }
    }

    #[test]
    fn fewer_hosts_and_one_below_a_known_star_are_no_new_hosts() {
        let chatgpt = include_str!("../sites/chatgpt/site.toml");
        let text = chatgpt.replace("\"*.oaiusercontent.com\"", "\"files.oaiusercontent.com\"");
        assert_ne!(text, chatgpt);
        assert_eq!(repaired(&[("chatgpt", &text)]).1, []);
    }
}
