//! What each line of stdin is about: level and score of every topic that is not none, then the line.
//!
//! `cargo run --release -p host-classify --example ask < prompts.txt`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::io;

use host_classify::Engine;
use shared_protocol::{Level, Operation, Part, PartKind, Prompt};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::builtin()?;
    for line in io::stdin().lines() {
        let line = line?;
        let mut prompt = Prompt::new(Operation::SendPrompt);
        let text = line.replace("\\n", "\n");
        prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
        let topics = engine.classify(&prompt).topics;
        let said = topics.into_iter().filter(|topic| topic.level > Level::None);
        let said = said.map(|topic| {
            let name: String = topic.topic.into();
            format!("{name} {:?} {:.2}", topic.level, topic.score)
        });
        println!("{:60} | {line}", said.collect::<Vec<_>>().join(", "));
    }
    Ok(())
}
