//! One sign-in from the command line: the address in the person's browser, and what came of it.

use std::io::IsTerminal as _;

use anyhow::Result;
use serde_json::json;
use shared_protocol::SignIn;

use super::Desk;
use crate::cli::way_in;
use crate::identity::Signing;
use crate::keys::Kept;
use crate::out;

/// How the person gets to the provider.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Way {
    /// Prints the address instead of opening a browser. What opens it must run on this machine, or reach its 127.0.0.1.
    #[arg(long)]
    no_browser: bool,
}

impl Desk<'_> {
    /// Sends the person to the provider, waits, and says where their tokens lie.
    pub(super) fn sign_in(&self, what: SignIn, way: &Way, json: bool) -> Result<()> {
        let signing = Signing {
            settings: &self.settings,
            data: &self.data,
            machine: self.env.machine(),
            known: self.active.known(),
            recorder: &self.recorder,
            event: None,
            travel: self.active.configured.risk.travel.as_ref(),
            is_over: &|| false,
        };
        let mut way_in = None;
        let signed_in = signing.run(what, |url| {
            if !way.no_browser {
                way_in = way_in::browser(self.env, &self.data, "login.html", url);
            }
            if json {
                out::line(&json!({ "open": url }).to_string());
            } else {
                out::line(if way_in.is_some() {
                    "Sign in in your browser. If no page opened, open this address:"
                } else {
                    "Open this address in a browser on this machine:"
                });
                out::line(url);
            }
            if std::io::stdout().is_terminal() {
                out::progress("waiting for the browser …");
            }
        });
        out::progress("");
        drop(way_in);
        if let Kept::FellBack(why) = signed_in? {
            out::note(&format!(
                "the platform's key store is not used: {why}. The key of your tokens is a file that only your account \
                 can read; `key_store = \"file\"` says that this is meant"
            ));
        }
        Ok(())
    }
}
