//! Repaired data of sites: read with from the next request on, kept, told to hooks and to the network level.

use shared_protocol::{ToExtension, ToHost};

use super::*;

const CHATGPT: &str = include_str!("../../../../shared/sites/sites/chatgpt/site.toml");

/// The data with a rule for an address that nobody knows yet, and one that is harmless.
fn repaired() -> BTreeMap<String, String> {
    let rule = "\n[[rule]]\nname = \"moved\"\nmethod = [\"POST\"]\npath = [\"/backend-api/v9/talk\"]\n\
                does = \"send-prompt\"\nneeds = [{ at = \"words\", is = \"string\" }]\ntext = [{ at = \"words\" }]\n";
    let text = CHATGPT.replacen("harmless = [", "harmless = [\n    \"/backend-api/v9/quiet\",", 1);
    assert_ne!(text, CHATGPT);
    BTreeMap::from([("chatgpt".to_owned(), text + rule)])
}

fn moved() -> Request {
    request("POST", "/backend-api/v9/talk", json(&serde_json::json!({"words": "hello"})))
}

fn is_read(script: &mut Script, n: u64) -> bool {
    let effects = script.hold(&event(n), moved());
    let said = script.host_hears(&effects);
    let Some(ToHost::Judge(judge)) = said.into_iter().find(|said| matches!(said, ToHost::Judge(_))) else {
        panic!("{effects:?}")
    };
    matches!(judge.reading, shared_protocol::Reading::Prompt(_))
}

fn told(effects: &[Effect]) -> (usize, usize, Vec<(bool, bool)>) {
    let configs = effects.iter().filter(|effect| {
        let quiet = |data| serde_json::to_string(data).unwrap().contains("/backend-api/v9/quiet");
        matches!(effect, Effect::ToPort { port: PAGE, message: ToPort::Relay(ToRelay::Config(config)) } if quiet(&config.data))
    });
    let saved = effects.iter().filter(|effect| matches!(effect, Effect::SaveSites { .. }));
    let nets = effects.iter().filter_map(|effect| match effect {
        Effect::Net { closed, rules } => Some((*closed, rules.is_some())),
        _ => None,
    });
    (configs.count(), saved.count(), nets.collect())
}

#[test]
fn the_next_request_is_read_with_it_and_every_level_follows() {
    let mut script = Script::with_host(enforcing());
    assert!(!is_read(&mut script, 1));
    let effects = script.host(&ToExtension::Sites { sites: repaired() });
    assert_eq!(told(&effects), (1, 1, vec![(true, true)]));
    assert!(is_read(&mut script, 2));
    // The same again is nothing new, and none of it is what was compiled in.
    assert_eq!(told(&script.host(&ToExtension::Sites { sites: repaired() })), (0, 0, Vec::new()));
    let effects = script.host(&ToExtension::Sites { sites: BTreeMap::new() });
    assert_eq!(told(&effects), (0, 1, vec![(true, false)]));
    assert!(!is_read(&mut script, 3));
}

#[test]
fn the_next_background_reads_with_it_before_any_host_is_there() {
    let start = Start {
        browser: Browser::Firefox,
        language: None,
        names: Vec::new(),
        version: "0.1.0".to_owned(),
        managed: false,
        preview: None,
        settings: Some(enforcing()),
        late: Vec::new(),
        sites: repaired(),
    };
    let mut script = Script::starting(start);
    let effects = std::mem::take(&mut script.effects);
    assert_eq!(told(&effects), (1, 0, vec![(true, true)]));
    script.host_comes(enforcing());
    assert!(is_read(&mut script, 1));
}

#[test]
fn a_text_that_is_not_taken_is_told_back_and_changes_nothing() {
    let mut script = Script::with_host(enforcing());
    let more = CHATGPT.replacen("\"chatgpt.com\"", "\"chatgpt.com\", \"chatgpt.example\"", 1);
    for (app, text, told) in [
        ("chatgpt", "app = 1", "line 1"),
        ("chatgpt", &more, "chatgpt.example"),
        ("copilot", CHATGPT, "no site"),
    ] {
        let sites = BTreeMap::from([(app.to_owned(), text.to_owned())]);
        let effects = script.host(&ToExtension::Sites { sites });
        let said = script.host_hears(&effects);
        let [ToHost::SitesRefused { refused }] = &said[..] else { panic!("{said:?}") };
        assert_eq!((refused.len(), refused[0].app.as_str()), (1, app));
        assert!(refused[0].problem.contains(told), "{refused:?}");
        let data = |effect: &Effect| match effect {
            Effect::Config { config } => Some(config.data.clone()),
            _ => None,
        };
        let builtin = shared_sites::Sites::builtin().unwrap().hook();
        assert_eq!(effects.iter().find_map(data), Some(builtin));
    }
}
