//! What policies can ask about besides the text: the conversation before, the person's language and clock, the computer.

use shared_protocol::{Choice, Judge, Outcome, Reading, ToHost};

use super::{Made, policy_where, put, settings_where, until_version, watching};
use crate::browser::{Browser, ORIGIN, ask, event};

/// Blocks with its own id as its words.
fn policy(id: &str, when: &str) -> String {
    format!(
        "@id(\"{id}\") @action(\"block\") @message(\"{id}\")\n\
         forbid (principal, action in [Action::\"send\"], resource) when {{ {when} }};\n"
    )
}

/// The same prompt within a conversation.
fn within(number: u32, conversation: &str, text: &str) -> Judge {
    let mut ask = ask(&event(number), text);
    if let Reading::Prompt(prompt) = &mut ask.reading {
        prompt.conversation_id = Some(conversation.to_owned());
    }
    ask
}

#[test]
fn policies_see_the_conversation_the_language_the_clock_and_the_computer() {
    let (home, folder) = watching();
    let policies = [
        policy(
            "after-personal-data",
            "context.conversation.topics[\"content.pii\"] >= 2 && context.topics[\"content.pii\"] == 0",
        ),
        policy(
            "piece-by-piece",
            "context.counts[\"pii.email\"] > 0 && \
             context.counts[\"pii.email\"] + context.conversation.counts[\"pii.email\"] >= 3",
        ),
        policy(
            "language",
            "context has language && context.language like \"de*\" && context.labels.contains(\"pii.iban\")",
        ),
        policy(
            "clock",
            "context has local && context.local.weekday >= 1 && context.labels.contains(\"pii.us-ssn\")",
        ),
        policy(
            "computer",
            "context.device has os && context.device.os == \"linux\" && !context.device.managed && context.labels.contains(\"pii.payment-card\")",
        ),
    ];
    put(&folder, &Made::version(1).with("policy/start.cedar", &policies.concat()).archive());
    let mut browser = Browser::silent(&home, &[ORIGIN]);
    browser.hello_in(Some("de-CH"));
    settings_where(&mut browser, |settings| {
        settings.policy.as_ref().is_some_and(|policy| policy.version == 1)
    });
    let mut next = 0;
    let mut said = |browser: &mut Browser, conversation: &str, text: &str| {
        next += 1;
        browser.send(&ToHost::Judge(Box::new(within(next, conversation, text))));
        let verdict = browser.verdict(&event(next));
        if verdict.outcome == Outcome::Ask {
            browser.answer(&event(next), Choice::None);
        }
        let told = verdict.card.and_then(|card| card.policies.into_iter().next());
        told.and_then(|policy| policy.message).unwrap_or_default()
    };
    assert_eq!(said(&mut browser, "c1", "What is a good name for a cat?"), "");
    assert_eq!(said(&mut browser, "c1", "Mail jane.doe@example.com and ask."), "");
    assert_eq!(said(&mut browser, "c1", "What is a good name for a mouse?"), "after-personal-data");
    // Another conversation has heard nothing.
    assert_eq!(said(&mut browser, "c2", "What is a good name for a mouse?"), "");
    assert_eq!(said(&mut browser, "c2", "IBAN DE89 3704 0044 0532 0130 00"), "language");
    assert_eq!(said(&mut browser, "c2", "SSN 536-22-1234"), "clock");
    assert_eq!(said(&mut browser, "c2", "pay with 4111 1111 1111 1111"), "computer");
    // One at a time is counted together: of this conversation, and of what went.
    assert_eq!(said(&mut browser, "c3", "Mail john.roe@example.com and ask."), "");
    assert_eq!(said(&mut browser, "c3", "Mail mary.major@example.com, pay 4111 1111 1111 1111"), "computer");
    assert_eq!(said(&mut browser, "c3", "Mail mary.major@example.com and ask."), "");
    assert_eq!(said(&mut browser, "c3", "Mail jane.poe@example.com and ask."), "piece-by-piece");
    // What was refused was never said there.
    assert_eq!(said(&mut browser, "c2", "And a name for a bird?"), "");
    assert!(browser.close().0.success());
}

/// How risk is scored comes along; what is wrong in it refuses the bundle.
#[test]
fn risk_is_scored_as_the_bundle_says() {
    let (home, folder) = watching();
    let weight = |home: &crate::home::Home| {
        let told = home.lines(&["risk", "behaviours", "--json"]);
        told.into_iter().find(|one| one["id"] == "credentials-pasted").unwrap()["weight"].clone()
    };
    let before = weight(&home);
    let risk = "mode = \"max\"\n[behaviours.credentials-pasted]\nlevel = \"high\"\nweight = 90\n";
    put(&folder, &Made::version(1).with("risk.toml", risk).archive());
    let mut browser = Browser::start(&home);
    until_version(&mut browser, 1);
    assert_eq!(weight(&home), 90);
    put(
        &folder,
        &Made::version(2).with("risk.toml", &risk.replace("credentials-pasted", "no-such")).archive(),
    );
    let state = policy_where(&mut browser, |policy| policy.refused.is_some());
    assert_eq!((state.version, state.refused.as_deref()), (1, Some("content")));
    assert_eq!(weight(&home), 90);
    put(&folder, &Made::version(3).archive());
    until_version(&mut browser, 3);
    assert_eq!(weight(&home), before);
    assert!(browser.close().0.success());
}
