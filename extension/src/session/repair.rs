//! Repaired data of known sites: the host hands it in, and the next request is read with it.
//!
//! INVARIANT: the snapshot is swapped whole. A text that is not taken leaves its site as it was compiled in, and the
//! host is told why; no text adds a host.

use std::collections::BTreeMap;

use shared_protocol::{SiteRefused, ToHost};
use shared_sites::Sites;

use super::Session;
use super::effect::Effect;

impl Session {
    /// Reads with these texts from now on, and keeps them for the next background.
    pub(super) fn repair(&mut self, texts: BTreeMap<String, String>, out: &mut Vec<Effect>) {
        if texts == self.repaired {
            return;
        }
        let Ok((sites, refused)) = Sites::repaired(&texts) else { return };
        self.sites = sites;
        self.repaired = texts;
        self.net.renew();
        out.push(Effect::SaveSites { sites: self.repaired.clone() });
        self.tell_config(out);
        self.tell_refused(&refused, out);
    }

    /// Tells the host which texts are not taken.
    fn tell_refused(&mut self, refused: &[SiteRefused], out: &mut Vec<Effect>) {
        if !refused.is_empty() {
            self.link.say_now(&ToHost::SitesRefused { refused: refused.to_vec() }, out);
        }
    }
}
