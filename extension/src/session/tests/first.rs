//! The first page opens by itself for whoever installed the extension by hand, and for nobody else.

use super::*;
use crate::session::InstalledBy;

fn opens(effects: &[Effect]) -> usize {
    effects.iter().filter(|effect| matches!(effect, Effect::OpenFirstPage)).count()
}

fn started(managed: bool) -> Script {
    Script::starting(Start {
        browser: Browser::Chromium,
        names: Vec::new(),
        version: "0.1.0".to_owned(),
        managed,
        settings: None,
        preview: None,
        late: Vec::new(),
        language: None,
        sites: BTreeMap::new(),
    })
}

#[test]
fn it_opens_once_when_the_host_has_said_that_nobody_manages_the_machine() {
    for by in [InstalledBy::Normal, InstalledBy::Development] {
        let mut script = started(false);
        assert_eq!(opens(&script.happen(Event::Installed { by })), 0, "the host has not spoken");
        script.host_comes(enforcing());
        assert_eq!(opens(&script.effects), 1);
        script.happen(Event::HostLost { missing: false });
        script.now += 60_000;
        script.host_comes(enforcing());
        assert_eq!(opens(&script.effects), 1, "a host that comes back opens it again");
    }
}

#[test]
fn it_opens_where_no_host_answers() {
    let mut script = started(false);
    script.happen(Event::Installed { by: InstalledBy::Normal });
    assert_eq!(opens(&script.happen(Event::HostLost { missing: true })), 1);
    // The host was found to be away before the news came.
    let mut script = started(false);
    script.happen(Event::HostLost { missing: true });
    assert_eq!(opens(&script.happen(Event::Installed { by: InstalledBy::Normal })), 1);
    // One that was there before it.
    let mut script = Script::with_host(enforcing());
    assert_eq!(opens(&script.happen(Event::Installed { by: InstalledBy::Normal })), 1);
}

#[test]
fn it_never_opens_where_somebody_manages_browser_or_machine() {
    // The browser's own managed storage.
    let mut script = started(true);
    script.happen(Event::Installed { by: InstalledBy::Normal });
    script.happen(Event::HostLost { missing: true });
    assert_eq!(opens(&script.effects), 0);
    // The machine's settings.
    let mut script = started(false);
    script.happen(Event::Installed { by: InstalledBy::Normal });
    script.host_comes(Settings { managed: true, ..enforcing() });
    script.happen(Event::HostLost { missing: false });
    assert_eq!(opens(&script.effects), 0);
    // A policy brought the extension.
    for by in ["admin", "sideload", "other", "in-a-way-of-a-later-age"] {
        let event = serde_json::from_value(serde_json::json!({"kind": "installed", "by": by})).unwrap();
        let mut script = started(false);
        script.happen(event);
        script.host_comes(enforcing());
        assert_eq!(opens(&script.effects), 0, "{by}");
    }
}
