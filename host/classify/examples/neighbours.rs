//! How alike sentences are that say a topic: those of written mistakes beside the same in other words, and beside what is near
//! in words only. What `NEAR` was chosen from.
//!
//! `cargo run --release -p host-classify --example neighbours < models/eval/neighbours/written.toml`

#![expect(clippy::print_stdout, reason = "an example prints")]

use std::io::{self, Read as _};

use host_classify::{Compared, Engine, LONGER, NEAR, Neighbours, STRONGER, Saying};
use serde::Deserialize;
use shared_protocol::{Level, Operation, Part, PartKind, Prompt, Topic};

/// A file of mistakes.
#[derive(Deserialize)]
struct File {
    mistake: Vec<Mistake>,
}

/// A text that was called a topic wrongly.
#[derive(Deserialize)]
struct Mistake {
    topic: Topic,
    text: String,
    near: Vec<String>,
    other: Vec<String>,
    #[serde(default)]
    edge: Vec<String>,
}

impl Mistake {
    fn texts(&self, kind: &str) -> &[String] {
        match kind {
            "near" => &self.near,
            "other" => &self.other,
            _ => &self.edge,
        }
    }
}

fn prompt(text: &str) -> Prompt {
    let mut prompt = Prompt::new(Operation::SendPrompt);
    prompt.parts.push(Part { kind: PartKind::Text, name: None, text: text.into() });
    prompt
}

/// What is said of a topic: of each sentence, how much.
fn said(engine: &Engine, text: &str, topic: &Topic) -> Option<Saying> {
    let found = engine.classify(&prompt(text));
    found.said.placed().find(|saying| saying.topic == *topic).cloned()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let engine = Engine::builtin()?;
    let mut text = String::new();
    io::stdin().read_to_string(&mut text)?;
    let File { mistake } = toml::from_str(&text)?;
    for kind in ["near", "other", "edge"] {
        let (mut likes, mut corrected, mut count) = (Vec::new(), 0, 0);
        for one in &mistake {
            let name = String::from(one.topic.clone());
            let Some(confirmed) = said(&engine, &one.text, &one.topic) else {
                println!("{name} is not said of: {}", one.text);
                continue;
            };
            let neighbours = Neighbours::new(vec![vec![confirmed.clone()]]);
            println!("\n{:.2} {name}: {}", confirmed.score, one.text);
            for text in one.texts(kind) {
                let Some(saying) = said(&engine, text, &one.topic) else {
                    println!("not said at all: {text}");
                    continue;
                };
                let Some(Compared { like, stronger, longer }) = saying.compared(&confirmed) else { continue };
                let mut found = engine.classify(&prompt(text));
                found.correct(&neighbours);
                let topic = found.topics.iter().find(|topic| topic.topic == one.topic);
                let is_gone = topic.is_some_and(|topic| topic.level == Level::None);
                likes.push(like);
                count += 1;
                corrected += usize::from(is_gone);
                let gone = if is_gone { "gone " } else { "stays" };
                println!(
                    "{gone} {:.2} like {like:.3} stronger {stronger:+.2} longer {longer:.2} {text}",
                    saying.score
                );
            }
        }
        likes.sort_by(f32::total_cmp);
        println!(
            "\n{kind}: corrected {corrected} of {count}, likeness of the least alike sentence {likes:.3?}\n"
        );
    }
    println!("near from {NEAR}, at most {STRONGER} stronger, at most {LONGER} times as long");
    std::env::args().nth(1).map_or(Ok(()), |lines| each_other(&engine, &lines))
}

/// How many of these texts would be corrected by how many others among them, if those had been confirmed, and by a mistake
/// that was written. `lines` names a file, a text a line.
fn each_other(engine: &Engine, lines: &str) -> Result<(), Box<dyn std::error::Error>> {
    let text = std::fs::read_to_string(lines)?;
    let mut sayings: Vec<(usize, Saying)> = Vec::new();
    let lines: Vec<&str> = text.lines().collect();
    for (at, line) in lines.iter().enumerate() {
        let found = engine.classify(&prompt(line));
        sayings.extend(found.said.placed().map(|saying| (at, saying.clone())));
    }
    let (mut pairs, mut near) = (0_usize, Vec::new());
    for (of, one) in &sayings {
        for (by, other) in sayings.iter().filter(|(by, _)| by != of) {
            let Some(Compared { like, stronger, longer }) = one.compared(other) else { continue };
            pairs += 1;
            if like >= NEAR && stronger <= STRONGER && longer <= LONGER {
                near.push((like, *of, *by));
            }
        }
    }
    near.sort_by(|one, other| one.0.total_cmp(&other.0));
    for (like, of, by) in near.iter().take(40) {
        println!("{like:.3} {} <- {}", lines.get(*of).unwrap_or(&""), lines.get(*by).unwrap_or(&""));
    }
    println!(
        "{} texts, {} said and placed, {pairs} pairs, {} corrected",
        lines.len(),
        sayings.len(),
        near.len()
    );
    Ok(())
}
