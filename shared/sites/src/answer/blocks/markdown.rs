//! Markdown blocks: chunks at offsets, patches of them, and the whole answer at the end.
//!
//! INVARIANT: what comes again overwrites, it is never appended; a block's final `answer` wins over
//! its chunks (citation numbers are set right in it). Blocks `ask_text_<n>_markdown` in order of `n`
//! are the answer; `ask_text` repeats them and counts only where it says more.

use serde_json::Value;
use zeroize::Zeroizing;

use super::workflow::{operation, patches};
use crate::answer::Limits;
use crate::answer::document::Op;

/// Blocks and empty chunks before an offset that are kept.
const BLOCKS: usize = 64;
const GAP: usize = 1024;

/// What a chunk weighs beside its characters.
const CHUNK: usize = 32;

#[derive(Clone)]
struct Markdown {
    /// None for `ask_text`, which has no number.
    number: Option<u32>,
    chunks: Vec<Zeroizing<String>>,
    answer: Option<Zeroizing<String>>,
}

#[derive(Clone)]
pub(super) struct Markdowns {
    blocks: Vec<Markdown>,
    left: usize,
    full: bool,
}

impl Markdowns {
    pub(super) fn new(limits: Limits) -> Self {
        Self { blocks: Vec::new(), left: limits.text.saturating_mul(4), full: false }
    }

    pub(super) const fn is_full(&self) -> bool {
        self.full
    }

    /// Whether there is an answer yet; does not put it together.
    pub(super) fn has_text(&self) -> bool {
        self.blocks
            .iter()
            .any(|block| block.answer.is_some() || block.chunks.iter().any(|chunk| !chunk.is_empty()))
    }

    /// Takes a block of this generation; any other changes nothing.
    pub(super) fn block(&mut self, block: &Value) {
        let usage = block.get("intended_usage").and_then(Value::as_str).unwrap_or("ask_text");
        let Some(number) = number(usage) else { return };
        let whole = block.get("markdown_block").filter(|whole| whole.is_object());
        let patches = patches(block, "markdown_block");
        if whole.is_none() && patches.is_none() {
            return;
        }
        let Some(at) = self.open(number) else { return };
        if let Some(whole) = whole {
            self.whole(at, whole);
        }
        for patch in patches.into_iter().flatten() {
            let path = patch.get("path").and_then(Value::as_str).unwrap_or_default();
            if let Some(op) = operation(patch) {
                self.patch(at, path, op, patch.get("value").unwrap_or(&Value::Null));
            }
        }
    }

    fn open(&mut self, number: Option<u32>) -> Option<usize> {
        let found = self.blocks.iter().position(|block| block.number == number);
        if found.is_some() || self.blocks.len() >= BLOCKS {
            self.full |= found.is_none();
            return found;
        }
        self.blocks.push(Markdown { number, chunks: Vec::new(), answer: None });
        self.blocks.len().checked_sub(1)
    }

    /// A block, or a part of it: its chunks lie at an offset, and offset 0 begins anew.
    fn whole(&mut self, at: usize, whole: &Value) {
        let offset = whole.get("chunk_starting_offset").and_then(Value::as_u64).unwrap_or(0);
        let offset = usize::try_from(offset).unwrap_or(usize::MAX);
        if let Some(chunks) = whole.get("chunks").and_then(Value::as_array) {
            if offset == 0 {
                self.shorten(at, 0);
            }
            for (step, chunk) in chunks.iter().enumerate() {
                self.set(at, offset.saturating_add(step), chunk);
            }
        }
        if let Some(answer) = whole.get("answer") {
            self.answer(at, answer);
        }
    }

    fn patch(&mut self, at: usize, path: &str, op: Op, value: &Value) {
        // Older patches name the block in the path as well.
        let path = path.strip_prefix("/markdown_block").unwrap_or(path);
        match path {
            "" if value.is_object() => {
                self.shorten(at, 0);
                self.answer(at, &Value::Null);
                self.whole(at, value);
            }
            "" | "/answer" => self.answer(at, value),
            "/chunks" => {
                self.shorten(at, 0);
                for (step, chunk) in value.as_array().into_iter().flatten().enumerate() {
                    self.set(at, step, chunk);
                }
            }
            _ => {
                let Some(step) = path.strip_prefix("/chunks/") else { return };
                let length = self.blocks.get(at).map_or(0, |block| block.chunks.len());
                let Some(step) = (if step == "-" { Some(length) } else { step.parse().ok() }) else { return };
                match op {
                    Op::Remove if step < length => self.remove(at, step),
                    Op::Add | Op::Replace => self.set(at, step, value),
                    Op::Remove | Op::Append | Op::Truncate => {}
                }
            }
        }
    }

    fn set(&mut self, at: usize, step: usize, chunk: &Value) {
        let Some(chunk) = chunk.as_str() else { return };
        let Some(block) = self.blocks.get_mut(at) else { return };
        let missing = step.saturating_add(1).saturating_sub(block.chunks.len());
        let price = chunk.len().saturating_add(missing.saturating_mul(CHUNK));
        let old = block.chunks.get(step).map_or(0, |old| old.len());
        let Some(left) = self.left.saturating_add(old).checked_sub(price) else {
            self.full = true;
            return;
        };
        if self.full || missing > GAP {
            self.full = true;
            return;
        }
        self.left = left;
        if missing > 0 {
            block.chunks.resize(step.saturating_add(1), Zeroizing::default());
        }
        if let Some(slot) = block.chunks.get_mut(step) {
            *slot = Zeroizing::new(chunk.to_owned());
        }
        // Chunks after an answer say that it was not the last word.
        if let Some(answer) = block.answer.take() {
            self.left = self.left.saturating_add(answer.len());
        }
    }

    fn remove(&mut self, at: usize, step: usize) {
        if let Some(block) = self.blocks.get_mut(at).filter(|block| step < block.chunks.len()) {
            let old = block.chunks.remove(step);
            self.left = self.left.saturating_add(old.len().saturating_add(CHUNK));
        }
    }

    fn shorten(&mut self, at: usize, length: usize) {
        let Some(block) = self.blocks.get_mut(at) else { return };
        for old in block.chunks.drain(length.min(block.chunks.len())..) {
            self.left = self.left.saturating_add(old.len().saturating_add(CHUNK));
        }
    }

    fn answer(&mut self, at: usize, answer: &Value) {
        let Some(block) = self.blocks.get_mut(at) else { return };
        if let Some(old) = block.answer.take() {
            self.left = self.left.saturating_add(old.len());
        }
        let Some(answer) = answer.as_str().filter(|answer| !answer.is_empty()) else { return };
        match self.left.checked_sub(answer.len()) {
            Some(left) => {
                self.left = left;
                block.answer = Some(Zeroizing::new(answer.to_owned()));
            }
            None => self.full = true,
        }
    }

    /// The numbered blocks in order, or their mirror where that says more.
    pub(super) fn text(&self) -> String {
        let mut numbered: Vec<&Markdown> =
            self.blocks.iter().filter(|block| block.number.is_some()).collect();
        numbered.sort_by_key(|block| block.number);
        let numbered: String = numbered.into_iter().map(Markdown::text).collect();
        let mirror = self.blocks.iter().find(|block| block.number.is_none()).map(Markdown::text);
        mirror.filter(|mirror| mirror.len() > numbered.len()).unwrap_or(numbered)
    }
}

impl Markdown {
    fn text(&self) -> String {
        match &self.answer {
            Some(answer) => answer.to_string(),
            None => self.chunks.iter().map(|chunk| chunk.as_str()).collect(),
        }
    }
}

/// The number in a block's name; none when the block is not part of the answer.
#[expect(clippy::option_option, reason = "the mirror is part of the answer and has no number")]
fn number(usage: &str) -> Option<Option<u32>> {
    let rest = usage.strip_prefix("ask_text")?;
    if rest.is_empty() || rest == "_markdown" {
        return Some(None);
    }
    let digits = rest.strip_prefix('_')?;
    let digits = digits.strip_suffix("_markdown").unwrap_or(digits);
    digits.parse().ok().map(Some)
}
