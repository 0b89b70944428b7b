//! An admin signs guardrails and pushes them; real browsers have them with the next prompt.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;
use tests_e2e::{ALLOWED, Guarded, WARNED};
use tests_harness::{Browser, Launch, Organisation, PATIENCE, Site, State};

const FAIL: &str = "[fail]\ndeadline_ms = 20000\n";

/// A policy over e-mail addresses and phone numbers that says this.
fn contacts(action: &str, message: &str) -> String {
    format!(
        "@id(\"contacts\")\n@action(\"{action}\")\n@message(\"{message}\")\nforbid (principal, action in \
         Action::\"send\", resource) when {{ context.labels.containsAny([\"pii.email\", \"pii.phone\"]) }};\n"
    )
}

struct Fleet {
    organisation: Organisation,
    guarded: Guarded,
}

impl Fleet {
    /// An organisation that published version 1, and one of its machines on which it is in force.
    async fn start(browser: Browser, site: Site, policy: &str) -> Result<Self> {
        let launch = Launch::guarded(browser)?;
        let organisation = Organisation::found(launch.host.as_deref().context("no host")?)?;
        organisation.write("policy/contacts.cedar", policy)?;
        organisation.publish(1)?;
        let guarded = Guarded::launch(&launch.settings(&organisation.settings()), site).await?;
        let fleet = Self { organisation, guarded };
        fleet.until("version 1", |bundle| bundle["version"] == 1).await?;
        Ok(fleet)
    }

    /// Waits until what `policy status` says of the kept bundle is as `wanted`.
    async fn until(&self, what: &str, wanted: impl Fn(&Value) -> bool) -> Result<Duration> {
        let begin = Instant::now();
        loop {
            // A refusal makes the command fail, and is told all the same.
            let told = self.guarded.records()?.told(&["policy", "status", "--json"])?;
            let status = told.lines().find_map(|line| serde_json::from_str::<Value>(line).ok());
            if status.is_some_and(|status| wanted(&status["bundle"])) {
                return Ok(begin.elapsed());
            }
            ensure!(begin.elapsed() < PATIENCE, "never {what}: {told}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The card over the prompt says this.
    async fn is_told(&self, message: &str) -> Result<()> {
        self.guarded.send(WARNED.text).await?;
        let card = self.guarded.card().await?;
        let words = card.text().await?;
        ensure!(words.contains(message), "the card says: {words}");
        card.choose("edit").await?;
        self.guarded.wait_for(State::Failed).await
    }
}

fn picture(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("promptgate-e2e/guardrails-{name}.png"))
}

/// What is pushed holds for the next prompt, with its words; what is older is refused, and the popup says both.
async fn pushed(fleet: &Fleet, browser: Browser) -> Result<()> {
    let Fleet { organisation, guarded } = fleet;
    fleet.is_told("Herons need no phone numbers.").await?;
    organisation.write("policy/contacts.cedar", &contacts("warn", "Cranes need none either."))?;
    organisation.publish(2)?;
    fleet.until("version 2", |bundle| bundle["version"] == 2).await?;
    fleet.is_told("Cranes need none either.").await?;
    let said = guarded
        .popup(
            "version 2",
            |words| words.contains("acme") && words.contains('2'),
            Some(&picture(browser.id())),
        )
        .await?;
    ensure!(said.starts_with("protected"), "{said}");

    // Somebody puts the first one back, signed as it was.
    organisation.publish(1)?;
    fleet.until("a refusal", |bundle| bundle["last_refused"]["code"] == "older-version").await?;
    fleet.is_told("Cranes need none either.").await?;
    let name = format!("refused-{browser}");
    guarded.popup("a refusal", |words| words.contains("older-version"), Some(&picture(&name))).await?;
    let rows = guarded.records()?.list(&["--kind", "audit"])?;
    let changes: Vec<&str> = rows.iter().filter_map(|row| row["what"].as_str()).collect();
    ensure!(changes.iter().filter(|change| **change == "bundle-activated").count() == 2, "{changes:?}");
    ensure!(changes.contains(&"bundle-refused"), "{changes:?}");
    Ok(())
}

/// A code that an admin gave lets one prompt go, and is good once.
async fn granted(fleet: &Fleet, _browser: Browser) -> Result<()> {
    let Fleet { organisation, guarded } = fleet;
    guarded.send(WARNED.text).await?;
    let card = guarded.card().await?;
    ensure!(card.beside().await?.contains(&"open-code".to_owned()), "{:?}", card.beside().await?);
    let rows = guarded.records()?.list(&["--kind", "judged"])?;
    let person = rows.iter().find_map(|row| row["person"].as_str()).context("nobody is on record")?;
    let code = organisation.grant(person, ["--policy", "contacts"])?;
    card.press_until("open-code", "#code-text").await?;
    card.give_code(&code).await?;
    card.choose("code").await?;
    guarded.wait_for(State::Done).await?;
    guarded.left(WARNED.secret)?;
    let before = guarded.stand_ins().ledger().entries().len();

    guarded.open(Site::Claude).await?;
    guarded.send(WARNED.text).await?;
    let card = guarded.card().await?;
    card.press_until("open-code", "#code-text").await?;
    card.give_code(&code).await?;
    card.press_until("code", "[data-words*='used']").await?;
    card.leave().await?;
    guarded.not_left_since(before, WARNED.secret)
}

/// Guardrails past their date stay, under the setting for that; the popup says so.
async fn expired(fleet: &Fleet, _browser: Browser) -> Result<()> {
    let Fleet { organisation, guarded } = fleet;
    for (version, value) in (2..).zip(["block", "justify", "warn", "allow"]) {
        organisation.write("settings.toml", &format!("{FAIL}expired = \"{value}\"\n"))?;
        organisation.publish_until(version, Duration::from_secs(20))?;
        let says = format!("version {version}, past its date");
        fleet.until(&says, |bundle| bundle["version"] == version && bundle["stale"] == true).await?;
        guarded.open(Site::Claude).await?;
        let before = guarded.stand_ins().ledger().entries().len();
        guarded.send(ALLOWED.text).await?;
        match value {
            "block" => guarded.wait_for(State::Failed).await?,
            "justify" => {
                let card = guarded.card().await?;
                card.give_reason("the heron office asked").await?;
                card.choose("justify").await?;
                guarded.wait_for(State::Done).await?;
            }
            "warn" => {
                guarded.card().await?.choose("send-anyway").await?;
                guarded.wait_for(State::Done).await?;
            }
            _ => guarded.wait_for(State::Done).await?,
        }
        if value == "block" {
            guarded.not_left_since(before, ALLOWED.text)?;
        }
    }
    guarded.popup("past its date", |words| words.contains("acme"), None).await.map(drop)
}

/// A page's send in a form that nobody knew: its status is the mark `turn`.
const TURN: &str = "const init = { method: 'POST', body: JSON.stringify({ turn: { says: arguments[0] } }),
  headers: { 'content-type': 'application/json' } };
delete document.documentElement.dataset.turn;
fetch('/backend-api/g/turn', init).then(({ status }) => status, ({ name }) => name)
  .then((end) => { document.documentElement.dataset.turn = end; });";

/// Where the text stands in it, for the site's data.
const RULE: &str = "
[[rule]]
name = \"turn\"
method = [\"POST\"]
path = [\"/backend-api/g/turn\"]
does = \"send-prompt\"
text = [{ at = \"turn.says\" }]
";

/// A site that moved overnight is read again, and edited, by data that came in a bundle.
async fn repaired(fleet: &Fleet, _browser: Browser) -> Result<()> {
    let Fleet { organisation, guarded } = fleet;
    guarded.script(TURN, vec![WARNED.text.into()]).await?;
    ensure!(guarded.wait_for_mark("turn").await? == "403", "what cannot be read went");
    guarded.never_left(WARNED.secret)?;

    let site = include_str!("../../../shared/sites/sites/chatgpt/site.toml");
    organisation.write("sites/chatgpt.toml", &format!("{site}{RULE}"))?;
    organisation.publish(2)?;
    fleet.until("version 2", |bundle| bundle["version"] == 2).await?;
    guarded.open(Site::ChatGpt).await?;
    guarded.ask(ALLOWED.text).await?;
    guarded.script(TURN, vec![WARNED.text.into()]).await?;
    let card = guarded.card().await?;
    ensure!(card.choices().await?.contains(&"redact".to_owned()), "{:?}", card.choices().await?);
    card.choose("redact").await?;
    let end = guarded.wait_for_mark("turn").await?;
    ensure!(end != "403", "it did not go");
    guarded.never_left(WARNED.secret)?;
    guarded.left("voicemail script")
}

const SHEET: &str = "source = \"../customers.csv\"\nwords = \"customer data\"\n[columns]\n\
    no = { kind = \"number\", alone = true }\nname = { kind = \"name\" }\ncity = { kind = \"text\" }\n\
    [[together]]\ncolumns = [\"name\", \"city\"]\n";
const CUSTOMERS: &str = "@id(\"customers\")\n@action(\"redact\")\n@message(\"Customers stay here.\")\n\
    forbid (principal, action in Action::\"send\", resource) when { context.topics[\"custom.customers\"] >= 2 };\n";

/// A customer of a table is taken out of a prompt, however the number is written; the table itself is on no machine.
async fn matched(fleet: &Fleet, _browser: Browser) -> Result<()> {
    let Fleet { organisation, guarded } = fleet;
    organisation.write("../customers.csv", "no,name,city\nHX-40718829,Ottilie Brandvold,Husum\n")?;
    organisation.write("exact/customers.toml", SHEET)?;
    organisation.write("topics.toml", "[custom.customers]\ndescription = \"Customers\"\n")?;
    organisation.write("policy/customers.cedar", CUSTOMERS)?;
    organisation.publish(2)?;
    fleet.until("version 2", |bundle| bundle["version"] == 2).await?;
    for (text, secret, stays) in [
        ("Write to hx 4071 8829 about the heron invoice", "4071 8829", "about the heron invoice"),
        ("Brandvold, Ottilie (Husum) asks for a refund", "Brandvold", "asks for a refund"),
    ] {
        guarded.open(Site::Claude).await?;
        guarded.send(text).await?;
        let card = guarded.card().await?;
        card.choose("redact").await?;
        guarded.wait_for(State::Done).await?;
        guarded.never_left(secret)?;
        guarded.left(stays)?;
        guarded.left("[CUSTOMER_DATA_1]")?;
    }
    let rows = guarded.records()?.list(&["--kind", "judged"])?;
    ensure!(rows.iter().any(|row| row["labels"]["exact.customers"] == 1), "{rows:?}");
    Ok(())
}

/// Says its word about answers with an address in them.
const ANSWERS: &str = "@id(\"answers\")\n@action(\"coach\")\n@message(\"Herons wrote this down.\")\nforbid (principal, action in \
     Action::\"receive\", resource) when { context.labels.contains(\"pii.email\") };\n";

/// Policy has a word about an answer, quietly: nothing was held, and the page is not in the way.
async fn noticed(fleet: &Fleet, browser: Browser) -> Result<()> {
    let Fleet { organisation: _, guarded } = fleet;
    guarded.ask(ALLOWED.text).await?;
    guarded.ask("Write to jane.doe@example.com").await?;
    let card = guarded.card().await?;
    let words = card.words_of("body").await?;
    ensure!(words.contains("Herons wrote this down.") && !words.contains("jane.doe@example.com"), "{words}");
    ensure!(card.choices().await? == ["close"], "{:?}", card.choices().await?);
    card.leave().await?;
    guarded.screenshot(&picture(&format!("notice-{browser}"))).await?;
    let focus = guarded.script("return document.activeElement.className", Vec::new()).await?;
    ensure!(focus.as_str().is_some_and(|class| class.contains("composer")), "the focus went to {focus}");
    Ok(())
}

macro_rules! in_both {
    ($($name:ident on $site:ident: $policy:expr;)+) => {
        $(
            mod $name {
                use super::*;

                async fn play(browser: Browser) -> Result<()> {
                    let fleet = Fleet::start(browser, Site::$site, $policy).await?;
                    let played = super::$name(&fleet, browser).await;
                    fleet.guarded.end(module_path!(), browser.id(), played).await
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn chromium() -> Result<()> {
                    play(Browser::Chromium).await
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn firefox() -> Result<()> {
                    play(Browser::Firefox).await
                }
            }
        )+
    };
}

in_both! {
    pushed on Claude: &contacts("warn", "Herons need no phone numbers.");
    noticed on Claude: ANSWERS;
    granted on Claude: &contacts("block", "No phone numbers.");
    expired on Claude: &contacts("warn", "No phone numbers.");
    matched on Claude: &contacts("warn", "Herons need no phone numbers.");
    repaired on ChatGpt: &contacts("redact", "Not with a phone number.");
}
