//! What the stand-ins answer: a text that follows from the prompt, so a test can say what must be captured.
//!
//! It holds what decoders get wrong: characters outside the BMP, line ends, quotes, a backslash, a code fence.

/// How much of the prompt is repeated in the answer.
const REPEATED: usize = 120;

/// The answer of every site to `prompt`, to the letter.
pub fn answer_to(prompt: &str) -> String {
    let repeated: String = prompt.chars().take(REPEATED).collect();
    let length = prompt.chars().count();
    format!(
        "You wrote {length} characters \u{1F642}: \u{201C}{repeated}\u{201D}\n\n\
         Here is what I would do \u{2014} first read it twice, then ask \"what is missing?\", and note it down \
         as C:\\notes\\new.txt. Na\u{EF}ve caf\u{E9}s in \u{6771}\u{4EAC} say \u{1F469}\u{200D}\u{1F52C} is one \
         sign made of three.\n\n```rust\nlet answer = 42; // \u{1F680}\n```\nThat is all."
    )
}

/// The text in a few parts, as a model's tokens would come: never empty, joined they are the text.
pub(crate) fn tokens(text: &str) -> Vec<String> {
    let mut dice = super::pieces::Dice::new(text.as_bytes());
    let mut rest = text.chars().peekable();
    let mut out = Vec::new();
    while rest.peek().is_some() {
        let length = dice.roll(12);
        out.push(rest.by_ref().take(length).collect());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_the_text_again() {
        for prompt in ["", "hello", "x\n\u{1F600}\u{1F600}", &"long ".repeat(300)] {
            let answer = answer_to(prompt);
            let parts = tokens(&answer);
            assert!(parts.len() > 10 && parts.iter().all(|part| !part.is_empty()));
            assert_eq!(parts.concat(), answer);
        }
    }
}
