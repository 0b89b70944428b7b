//! The first page, which opens by itself: once, for whoever installed the extension by hand.
//!
//! INVARIANT: a browser or a machine that an organisation manages gets no tab that nobody asked for. Whether the machine
//! is managed, its host says; where none answers there is nobody to ask, and the page says what to do about it.

use shared_protocol::Millis;

use super::Session;
use super::effect::Effect;
use super::event::InstalledBy;

impl Session {
    /// The extension was installed.
    pub(super) fn installed(&mut self, now: Millis, by: InstalledBy, out: &mut Vec<Effect>) {
        let by_hand = match by {
            InstalledBy::Normal | InstalledBy::Development => true,
            InstalledBy::Other => false,
        };
        if !by_hand || self.managed {
            return;
        }
        self.first_page = true;
        self.want_host(now, out);
        // The host may have been quicker than this news, or be known to be away.
        if self.link.is_up() || self.link.is_down() {
            self.show_first_page(out);
        }
    }

    /// The host has spoken, or none answers: the page that waited for it opens, or never does.
    pub(super) fn show_first_page(&mut self, out: &mut Vec<Effect>) {
        let waited = std::mem::take(&mut self.first_page);
        if waited && !self.settings.as_ref().is_some_and(|settings| settings.managed) {
            out.push(Effect::OpenFirstPage);
        }
    }
}
