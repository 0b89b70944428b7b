//! How long one decision takes on this machine, with two hundred policies that all speak of the operation, beside the
//! limit and the policy that is compiled in. Ends with 1 when the limit is not kept.
//!
//! `cargo run --release -p host-policy --example latency`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::process::ExitCode;
use std::time::{Duration, Instant};

use host_policy::{DeviceFacts, Facts, LocalTime, Place, Policy, PolicyError};
use shared_protocol::{App, Browser, Label, LabelError, Level, Mode, Operation, Topic};

/// Decisions that are measured, after a tenth as many that are not.
const DECISIONS: usize = 20_000;
const POLICIES: usize = 200;
/// At the 99th percentile.
const LIMIT: Duration = Duration::from_micros(200);

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Label(#[from] LabelError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

/// The shapes that policies of an organisation have; `#` is a number of their own.
const SHAPES: [&str; 10] = [
    r##"forbid (principal, action in [Action::"send"], resource) when { context.labels.contains("secret.kind-#") };"##,
    r##"forbid (principal, action in [Action::"send", Action::"upload"], resource)
        when { context.topics["content.source-code"] >= 2 } unless { principal in Group::"team-#" };"##,
    r##"forbid (principal in Group::"team-#", action in [Action::"send"], resource)
        when { context.topics["content.customer-data"] >= 1 };"##,
    // Sums are left to Cedar, whatever was found.
    r##"forbid (principal, action in [Action::"send"], resource)
        when { context.counts["pii.email"] + context.counts["pii.phone"] > # };"##,
    r##"forbid (principal, action in [Action::"send"], resource) when { context.topics["intent.pii"] >= 2 }
        unless { principal in Group::"hr" || principal.department == "d#" };"##,
    r##"forbid (principal, action, resource)
        when { context.account.kind == "personal" && context.labels.containsAny(["pii.kind-#", "pii.other-#"]) };"##,
    r##"forbid (principal, action in [Action::"send"], resource) when { !resource.sanctioned && context.text_bytes > 10# };"##,
    r##"forbid (principal, action, resource)
        when { context has local && (context.local.hour < 6 || context.local.weekday > 5) && context.connectors.contains("c#") };"##,
    r##"forbid (principal, action, resource) when { context.conversation.topics["content.pii"] >= 3 }
        unless { context.account.sanctioned || principal.verified || context.model == "m#" };"##,
    r##"forbid (principal, action in [Action::"send"], resource)
        when { context.temporary && context.device.managed && context.tools.containsAny(["t#", "u#"]) };"##,
];

fn policies() -> String {
    let one = |number: usize| {
        let shape = SHAPES.get(number % SHAPES.len()).copied().unwrap_or_default();
        let shape = shape
            .replace("principal.department ==", "principal has department && principal.department ==")
            .replace("context.model ==", "context has model && context.model ==")
            .replace('#', &number.to_string());
        format!("@id(\"p{number}\") @action(\"warn\") @message(\"m\")\n{shape}\n")
    };
    (0..POLICIES).map(one).collect()
}

/// A prompt of somebody who is known, with everything around it that is known.
fn facts(found: bool) -> Result<Facts, LabelError> {
    let mut facts = Facts::new(Operation::SendPrompt, App::new("chatgpt"));
    facts.user.id = "noor@example.com".to_owned();
    facts.user.email = Some("noor@example.com".to_owned());
    facts.user.department = Some("finance".to_owned());
    facts.user.groups =
        (0..30).map(|number| format!("group-{number}")).chain(["team-1".to_owned()]).collect();
    facts.app.sanctioned = true;
    facts.model = Some("gpt-5".to_owned());
    facts.tools = ["search", "canvas"].map(str::to_owned).into();
    facts.browser = Some(Browser::Firefox);
    facts.language = Some("de-CH".to_owned());
    facts.local = Some(LocalTime { weekday: 2, minute: 600 });
    facts.device = DeviceFacts { os: Some("linux".to_owned()), managed: true };
    facts.at = Some(1_790_000_000);
    facts.text_bytes = 1_200;
    if found {
        for label in ["pii.email", "pii.payment-card", "pii.phone", "secret.github.pat"] {
            facts.found(&Label::try_from(label.to_owned())?, [Topic::ContentPii], Place::Text);
        }
        facts.topics = [(Topic::ContentPii, Level::High), (Topic::ContentSourceCode, Level::Medium)].into();
        facts.conversation = [(Topic::ContentPii, Level::High)].into();
    }
    Ok(facts)
}

fn measure(policy: &Policy, facts: &Facts) -> (Vec<Duration>, usize) {
    (0..DECISIONS / 10).for_each(|_| drop(policy.decide(facts)));
    let one = |_| {
        let start = Instant::now();
        let decision = policy.decide(facts);
        (start.elapsed(), decision.policies.len())
    };
    let (mut times, matched): (Vec<Duration>, Vec<usize>) = (0..DECISIONS).map(one).unzip();
    times.sort_unstable();
    (times, matched.first().copied().unwrap_or_default())
}

fn main() -> Result<ExitCode, Fault> {
    let start = Instant::now();
    let many = Policy::parse(&policies(), Mode::Enforce)?;
    println!("{POLICIES} policies parsed and checked in {:?}", start.elapsed());
    println!("{:<34} {:>7} {:>8} {:>9} {:>9} {:>9} {:>9}", "", "n", "matches", "p50", "p95", "p99", "max");
    let builtin = Policy::builtin(Mode::Enforce);
    let mut kept = true;
    for (name, policy, found) in [
        ("compiled in, something found", &builtin, true),
        ("200 policies, nothing found", &many, false),
        ("200 policies, something found", &many, true),
    ] {
        let (times, matches) = measure(policy, &facts(found)?);
        let at = |share: usize| times.get((times.len() - 1) * share / 100).copied().unwrap_or_default();
        let [p50, p95, p99, max] = [50, 95, 99, 100].map(at);
        println!(
            "{name:<34} {:>7} {matches:>8} {:>9} {:>9} {:>9} {:>9}",
            times.len(),
            micros(p50),
            micros(p95),
            micros(p99),
            micros(max)
        );
        kept &= p99 < LIMIT;
    }
    println!("{:<34} {:>7} {:>8} {:>9} {:>9} {:>9}", "limit", "", "", "", "", micros(LIMIT));
    Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn micros(time: Duration) -> String {
    format!("{:.1} us", time.as_secs_f64() * 1e6)
}
