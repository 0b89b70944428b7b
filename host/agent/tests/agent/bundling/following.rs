//! What a bundle says besides policies: settings, messages in the person's language, sites, exceptions, codes, the kill
//! switch, and what holds once it has expired.

use host_policy::bundle::SecretKey;
use host_policy::grant::{self, Grant, GrantFor};
use shared_protocol::{
    Browser as Which, Capture, Choice, Code, FailAction, Hello, Outcome, PROTOCOL, Preview, ToExtension,
    ToHost, UnreachableAction,
};

use super::{
    DAY, Made, policy_where, put, rows, said, seconds, settings_where, status, until_version, watching, words,
};
use crate::browser::{Browser, ORIGIN, event};
use crate::home::account;
use crate::receiver::until;

const KEY: &str = "Ycig/Zr/pZmklmFUN99nr+taURlYItL91g+NcHGYpB8=";

#[test]
fn its_settings_hold_and_what_it_leaves_out_is_closed() {
    let (home, folder) = watching();
    let mut browser = Browser::start(&home);
    let text = "preview = \"off\"\n[fail]\ndeadline_ms = 30000\nunread = \"warn\"\nunreachable = \"warn\"\n";
    put(&folder, &Made::version(1).with("settings.toml", text).archive());
    let settings = settings_where(&mut browser, |settings| settings.policy.is_some());
    assert_eq!((settings.fail.unread, settings.fail.oversize), (FailAction::Warn, FailAction::Block));
    assert_eq!((settings.preview, settings.fail.unreachable), (Preview::Off, UnreachableAction::Warn));
    // Nobody is named who could open it.
    assert_eq!(settings.capture, Capture::Metadata);
    let text = format!("capture = \"full\"\nrecipients = [\"{KEY}\"]\n[fail]\ndeadline_ms = 30000\n");
    put(&folder, &Made::version(2).with("settings.toml", &text).archive());
    let settings = settings_where(&mut browser, |settings| {
        settings.policy.as_ref().is_some_and(|policy| policy.version == 2)
    });
    assert_eq!(settings.capture, Capture::Full);
    said(&mut browser, 1);
    assert!(browser.close().0.success());
    let row = &home.rows(event(1).as_str())[0];
    assert_eq!((&row["capture"], row["sealed"].is_null()), (&"full".into(), false), "{row}");
}

#[test]
fn the_card_speaks_the_persons_language() {
    let (home, folder) = watching();
    let german = "cards-stay = \"Kartennummern bleiben hier.\"\n";
    put(&folder, &Made::version(1).with("messages/de.toml", german).archive());
    for (language, told) in [
        (Some("de-CH"), "Kartennummern bleiben hier.".to_owned()),
        (Some("pt-BR"), words(1)),
        (None, words(1)),
    ] {
        let mut browser = Browser::silent(&home, &[ORIGIN]);
        browser.send(&ToHost::Hello(Hello {
            protocol: PROTOCOL,
            extension: "0.1.0".to_owned(),
            browser: Which::Chromium,
            language: language.map(str::to_owned),
        }));
        let known = browser.wait(|message| match message {
            ToExtension::Welcome(welcome) => Some(welcome.settings.policy.is_some()),
            _ => None,
        });
        if !known {
            until_version(&mut browser, 1);
        }
        let number = 10 + u32::try_from(language.map_or(0, str::len)).unwrap();
        assert_eq!(said(&mut browser, number), told);
        assert!(browser.close().0.success());
    }
}

#[test]
fn repaired_sites_reach_the_extension_and_leave_it() {
    let (home, folder) = watching();
    let mut browser = Browser::start(&home);
    let sites = |browser: &mut Browser| {
        browser.wait(|message| match message {
            ToExtension::Sites { sites } => Some(sites.clone()),
            _ => None,
        })
    };
    assert!(sites(&mut browser).is_empty());
    let text = include_str!("../../../../../shared/sites/sites/chatgpt/site.toml");
    put(&folder, &Made::version(1).with("sites/chatgpt.toml", text).archive());
    let told = sites(&mut browser);
    assert_eq!(told.into_iter().collect::<Vec<_>>(), [("chatgpt".to_owned(), text.to_owned())]);
    put(&folder, &Made::version(2).archive());
    assert!(sites(&mut browser).is_empty());
    assert!(browser.close().0.success());
}

/// Own detectors and topics, what is said of a site, and an exception that ends.
#[test]
fn all_of_its_content_is_decided_by() {
    let (home, folder) = watching();
    let policy = "@id(\"cards-stay\") @action(\"block\") @message(\"a project\")\n\
                  forbid (principal, action in [Action::\"send\"], resource)\n\
                  when { context.topics[\"custom.projects\"] >= 2 } unless { resource.sanctioned };\n";
    let detector = "label = \"acme.project\"\nwords = \"name of a project\"\nsource = \"the office's list\"\n\
                    topics = [\"custom.projects\"]\nweight = 0.9\nmask = { head = 1 }\n\n\
                    [[rule]]\npattern = '(?i)falcon[ -]?(?:one|two)'\ncheck = \"pattern\"\nconfidence = 0.95\n\n\
                    [examples]\nfound = ['the plan for «Falcon One»']\nmissed = ['falcon three']\n";
    let made = |version, more: &str, exceptions: &str| {
        let settings = format!("[fail]\ndeadline_ms = 30000\n{more}");
        Made::version(version)
            .with("policy/start.cedar", policy)
            .with("topics.toml", "[custom.projects]\ndescription = \"Names of projects\"\n")
            .with("detectors/project.toml", detector)
            .with("settings.toml", &settings)
            .with("exceptions.toml", exceptions)
            .archive()
    };
    let mut browser = Browser::start(&home);
    let outcome =
        |browser: &mut Browser, number| browser.judge(&event(number), "When does Falcon One begin?").outcome;
    let exception = |until: &str| {
        let who = account();
        format!(
            "[[exception]]\nid = \"x\"\npolicies = [\"cards-stay\"]\nusers = [\"{who}\"]\nuntil = {until}\nreason = \"r\"\n"
        )
    };
    put(&folder, &made(1, "", ""));
    until_version(&mut browser, 1);
    // Keys of the settings sign codes too: a block waits for one.
    assert_eq!(outcome(&mut browser, 1), Outcome::Ask);
    put(&folder, &made(2, "[app.chatgpt]\nsanctioned = true\n", ""));
    until_version(&mut browser, 2);
    assert_eq!(outcome(&mut browser, 2), Outcome::Release);
    // The request's own time is long ago.
    put(&folder, &made(3, "", &exception("2030-01-01T00:00:00Z")));
    until_version(&mut browser, 3);
    assert_eq!(outcome(&mut browser, 3), Outcome::Release);
    put(&folder, &made(4, "", &exception("2020-01-01T00:00:00Z")));
    until_version(&mut browser, 4);
    assert_eq!(outcome(&mut browser, 4), Outcome::Ask);
    assert!(browser.close().0.success());
}

fn code(seed: u8) -> String {
    let grant = Grant {
        id: "one".to_owned(),
        person: account(),
        what: vec![GrantFor::Policy("cards-stay".to_owned())],
        not_after: seconds() + 3_600,
        reason: None,
    };
    grant::write(&grant, &SecretKey::from_seed([seed; 32]).unwrap()).unwrap()
}

#[test]
fn codes_of_its_keys_let_go_while_it_is_fresh() {
    let (home, folder) = watching();
    put(&folder, &Made::version(1).archive());
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 1);
    said(&mut browser, 1);
    browser.send(&ToHost::Answered {
        event: event(1),
        choice: Choice::Code { code: code(2).as_str().into() },
        at: crate::browser::AT,
    });
    browser.wait(|message| matches!(message, ToExtension::CodeRefused { .. }).then_some(()));
    let good = Choice::Code { code: code(1).as_str().into() };
    assert_eq!(browser.answer(&event(1), good), Outcome::Release);
    assert!(browser.close().0.success());
}

#[test]
fn the_kill_switch_lets_everything_go_and_records_what_would_be() {
    let (home, folder) = watching();
    put(&folder, &Made::version(1).archive());
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 1);
    assert_eq!(browser.judge(&event(1), "pay with 4111 1111 1111 1111").outcome, Outcome::Ask);
    put(&folder, &Made::version(2).but(|one| one.monitor = true).archive());
    let state = until_version(&mut browser, 2);
    assert!(state.monitor);
    assert_eq!(browser.judge(&event(2), "pay with 4111 1111 1111 1111").outcome, Outcome::Release);
    assert!(browser.close().0.success());
    let row = &home.rows(event(2).as_str())[0];
    assert_eq!((&row["would"], &row["mode"]), (&"block".into(), &"monitor".into()), "{row}");
}

/// It expires while it is in force: its policies stay, what it lets go gets the setting, and no code is taken.
#[test]
fn an_expired_bundle_stays_under_its_setting() {
    for (word, outcome) in [("allow", Outcome::Release), ("warn", Outcome::Ask), ("block", Outcome::Refuse)] {
        let (home, folder) = watching();
        let text = format!("[fail]\ndeadline_ms = 30000\nexpired = \"{word}\"\n");
        let made = Made::version(1).with("settings.toml", &text).but(|one| one.expires = seconds() + 4);
        put(&folder, &made.archive());
        let mut browser = Browser::start(&home);
        policy_where(&mut browser, |policy| policy.version == 1);
        policy_where(&mut browser, |policy| policy.stale);
        let harmless = browser.judge(&event(1), "what a fine day");
        let fault = (word != "allow").then_some(Code::Expired);
        assert_eq!((harmless.outcome, harmless.fault), (outcome, fault), "{word}");
        let card = browser.judge(&event(2), "pay with 4111 1111 1111 1111");
        assert_eq!((card.outcome, card.card.unwrap().may_code), (Outcome::Refuse, false), "{word}");
        assert!(browser.close().0.success());
        // It comes again with the next start, and is the one that is in force all the same.
        let mut browser = Browser::start(&home);
        let source = home.data().join("policy/source.toml");
        until("it was looked at", || {
            std::fs::read_to_string(&source).unwrap().contains("the bundle that is in force")
        });
        assert!(browser.is_alive() && browser.close().0.success());
        assert_eq!((rows(&home).len(), &status(&home)["bundle"]["stale"]), (1, &true.into()));
        // A fresh one ends it.
        put(&folder, &Made::version(2).but(|one| one.expires = seconds() + DAY).archive());
        let mut browser = Browser::start(&home);
        let state = policy_where(&mut browser, |policy| policy.version == 2);
        assert!(!state.stale);
        assert!(browser.close().0.success());
    }
}
