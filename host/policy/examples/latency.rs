//! Time of one decision on this machine, with the policy that is compiled in and with two hundred policies.
//!
//! `cargo run --release -p host-policy --example latency`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::time::Instant;

use host_policy::{Facts, Place, Policy, PolicyError};
use shared_protocol::{App, Label, LabelError, Mode, Operation, Topic};

const ROUNDS: u32 = 2_000;

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error(transparent)]
    Label(#[from] LabelError),
    #[error(transparent)]
    Policy(#[from] PolicyError),
}

fn main() -> Result<(), Fault> {
    let mut facts = Facts::new(Operation::SendPrompt, App::new("chatgpt"));
    for label in ["pii.email", "pii.payment-card", "pii.phone"] {
        facts.found(&Label::try_from(label.to_owned())?, [Topic::ContentPii], Place::Text);
    }
    let many: String = (0..200)
        .map(|id| {
            format!(
                "@id(\"p{id}\") @action(\"warn\") @message(\"m\") forbid (principal, action in [Action::\"send\"], \
                 resource) when {{ context.topics[\"content.pii\"] >= 2 && context.labels.contains(\"pii.l{id}\") }};\n"
            )
        })
        .collect();
    let start = Instant::now();
    let builtin = Policy::builtin(Mode::Enforce);
    println!("builtin parsed and checked in {:?}", start.elapsed());
    for (name, policy) in [("builtin", builtin), ("200 policies", Policy::parse(&many, Mode::Enforce)?)] {
        let start = Instant::now();
        let matched: usize = (0..ROUNDS).map(|_| policy.decide(&facts).policies.len()).sum();
        println!("{name}: {:?} a decision, {matched} matches", start.elapsed() / ROUNDS);
    }
    Ok(())
}
