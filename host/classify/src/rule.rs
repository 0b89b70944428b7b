//! One rule, compiled: where it is looked for, and what a match must be to count.
//!
//! INVARIANT: where the search looks changes how long it takes, never what it finds. Property tests compare each way
//! with a search everywhere.

use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

use crate::candidate::Candidate;
use crate::check::{Check, Passed};
use crate::context::near;
use crate::detector::{Context, Rule, RuleError};
use crate::literal::{literals, longest};
use crate::pattern::{looks_around, unbounded};
use crate::placeholder::{entropy, is_placeholder};
use crate::prefilter::{Asked, Hits, Reach, beside, pieces, shared};

/// Below this a match is not worth telling.
const LEAST: f32 = 0.5;

/// Between a name and its value in settings, code, headers, addresses and sentences: the rest of the name, quotes, a
/// sign or a space, a quote.
const BETWEEN: &str = r#"(?i-u:[a-z0-9_.-]{0,32}(?: [a-z_-]{1,16}){0,5})["'`\])\\]{0,3}[ \t]{0,4}(?::[ ]?&?[a-z]{3,6}[ ]{0,2})?(?:[:=]=|=>|:=|=|:|,|\(|>|\||is | )[ \t]{0,4}\\?["'`]{0,2}"#;

/// A rule, compiled.
#[derive(Debug)]
pub(crate) struct Pattern {
    pattern: String,
    /// Built when it is first asked for: a prompt asks for few of hundreds.
    regex: OnceLock<Option<Regex>>,
    /// The regex begins where it is asked to, and nowhere else.
    anchored: bool,
    /// Whether a group `value` is the finding.
    grouped: bool,
    check: Check,
    confidence: f32,
    inside_words: bool,
    /// Only stretches of digits are searched.
    numbers: bool,
    /// Words without which there is no match; without any it is looked for in every text.
    pub(crate) asked: Option<Asked>,
    entropy: f32,
    context: Option<Context>,
}

/// Where to look in one text.
pub(crate) struct Places<'a> {
    /// The stretches of digits.
    pub(crate) numbers: &'a [Range<usize>],
    /// The places of this rule's words.
    pub(crate) words: &'a [(usize, usize)],
}

impl Pattern {
    /// Reads `rule` of the detector `label`. Whether its pattern compiles is said by [`Pattern::compile`].
    pub(crate) fn new(label: &str, rule: Rule) -> Result<Self, RuleError> {
        let Rule { pattern, names, check, confidence, inside_words, numbers, entropy, context } = rule;
        let pattern = named(pattern.into_inner(), &names);
        if unbounded(&pattern) {
            return Err(RuleError::Unbounded(label.to_owned()));
        }
        if looks_around(&pattern) {
            return Err(RuleError::LooksAround(label.to_owned()));
        }
        let asked = asked(&pattern, numbers, inside_words, context.as_ref());
        let anchored = asked.as_ref().is_some_and(|asked| !asked.beside && asked.reach.before == 0);
        let grouped = pattern.contains("(?P<value>");
        let pattern = if anchored { format!("^(?:{pattern})") } else { pattern };
        let regex = OnceLock::new();
        Ok(Self {
            pattern,
            regex,
            anchored,
            grouped,
            check,
            confidence,
            inside_words,
            numbers,
            asked,
            entropy,
            context,
        })
    }

    /// Compiles the pattern ahead of use. The tests hold that all that are compiled in can be.
    pub(crate) fn compile(&self, label: &str) -> Result<(), RuleError> {
        let built = Regex::new(&self.pattern)
            .map_err(|error| RuleError::Pattern { label: label.to_owned(), message: error.to_string() })?;
        self.regex.get_or_init(|| Some(built));
        Ok(())
    }

    /// Whether it must be looked for in a text where none of its words stands: it has none, or they are no guide there.
    pub(crate) fn is_unasked(&self, hits: &Hits) -> bool {
        self.asked.as_ref().is_none_or(|asked| asked.beside && hits.odd)
    }

    /// Gives every match in `text` that passes to `keep`; `words` are the places of its words, where it is asked for by
    /// words.
    pub(crate) fn scan(
        &self,
        text: &str,
        places: &Places<'_>,
        secret: bool,
        mut keep: impl FnMut(Passed, f32),
    ) {
        let whole = 0..text.len();
        match &self.asked {
            Some(Asked { reach, .. }) if self.anchored => {
                self.at_words(text, places.words, *reach, secret, &mut keep);
            }
            Some(Asked { reach, .. }) if !places.words.is_empty() => {
                let near = pieces(text, places.words, *reach);
                let near = if self.numbers { shared(places.numbers, &near) } else { near };
                self.in_pieces(text, &near, secret, &mut keep);
            }
            _ if self.numbers => self.in_pieces(text, places.numbers, secret, &mut keep),
            _ => self.in_pieces(text, std::slice::from_ref(&whole), secret, &mut keep),
        }
    }

    /// Matches that begin at a word.
    fn at_words(
        &self,
        text: &str,
        words: &[(usize, usize)],
        reach: Reach,
        secret: bool,
        keep: &mut impl FnMut(Passed, f32),
    ) {
        let mut at = 0;
        for (_, start) in words {
            let place = Candidate { text, start: *start, end: *start };
            // What begins inside a word is no match: cheaper to see before the search than after.
            let inside = !self.grouped && !self.inside_words && place.starts_in_word();
            if *start < at || inside {
                continue;
            }
            let end = text.floor_char_boundary(start.saturating_add(reach.after));
            if let Some(found) = self.next(text, *start..end) {
                at = self.follow(text, found, secret, keep);
            }
        }
    }

    fn in_pieces(
        &self,
        text: &str,
        pieces: &[Range<usize>],
        secret: bool,
        keep: &mut impl FnMut(Passed, f32),
    ) {
        let mut at = 0;
        for piece in pieces {
            at = at.max(piece.start);
            while let Some(found) = self.next(text, at..piece.end) {
                at = self.follow(text, found, secret, keep);
            }
        }
    }

    /// Judges the match `found`, and says where the search goes on.
    fn follow(
        &self,
        text: &str,
        found: Range<usize>,
        secret: bool,
        keep: &mut impl FnMut(Passed, f32),
    ) -> usize {
        let Range { start, end } = found;
        match self.judge(Candidate { text, start, end }, secret) {
            Some((passed, confidence)) => {
                keep(passed, confidence);
                // A match can reach into what follows, such as a second number.
                if passed.end > start { passed.end } else { end }
            }
            None => after_word(text, start),
        }
    }

    /// The first match in `place`. Patterns look at nothing around them, so a piece is searched like the whole.
    fn next(&self, text: &str, place: Range<usize>) -> Option<Range<usize>> {
        let piece = text.get(place.clone()).filter(|piece| !piece.is_empty())?;
        let regex = self.regex.get_or_init(|| Regex::new(&self.pattern).ok()).as_ref()?;
        // Most words are followed by no match: to see that is quicker than to look for groups.
        if self.grouped && !regex.is_match(piece) {
            return None;
        }
        let found = match self.grouped {
            true => regex.captures(piece)?.name("value")?,
            false => regex.find(piece)?,
        };
        Some(place.start + found.start()..place.start + found.end())
    }

    fn judge(&self, candidate: Candidate<'_>, secret: bool) -> Option<(Passed, f32)> {
        if !self.inside_words && candidate.starts_in_word() {
            return None;
        }
        let passed = self.check.pass(candidate)?;
        let found = Candidate { start: passed.start, end: passed.end, ..candidate };
        if found.value().is_empty() || (!self.inside_words && found.in_word()) {
            return None;
        }
        if secret && (is_placeholder(found.value()) || entropy(found.value()) < self.entropy) {
            return None;
        }
        let confidence = match &self.context {
            None => self.confidence,
            Some(context) if near(found, &context.words) => context.confidence,
            Some(context) if context.required => return None,
            Some(_) => self.confidence,
        };
        let confidence = confidence * passed.factor;
        (confidence >= LEAST).then_some((passed, confidence))
    }
}

/// The pattern of a value behind one of `names`.
fn named(pattern: String, names: &[String]) -> String {
    if names.is_empty() {
        return pattern;
    }
    // `api_key` stands for `api-key`, `api key` and `apikey` too.
    let names: Vec<String> = names.iter().map(|name| regex::escape(name).replace('_', "[ _-]?")).collect();
    format!("(?i-u:{}){BETWEEN}(?P<value>{pattern})", names.join("|"))
}

fn asked(pattern: &str, numbers: bool, inside_words: bool, context: Option<&Context>) -> Option<Asked> {
    let own = if numbers { None } else { literals(pattern).map(Asked::from) };
    // A match that begins inside a word could be told from one that does not only in the whole text.
    let context = context.filter(|context| context.required && !inside_words);
    own.or_else(|| beside(&context?.words, longest(pattern)?))
}

/// Where a search goes on after the match at `start` was none: behind the word it began in.
fn after_word(text: &str, start: usize) -> usize {
    let rest = text.get(start..).unwrap_or_default();
    let word = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let length = rest.find(|char| !word(char)).unwrap_or(rest.len());
    let one = rest.chars().next().map_or(1, char::len_utf8);
    start + length.max(one)
}

#[cfg(test)]
impl Pattern {
    /// The same rule, looked for everywhere.
    pub(crate) fn everywhere(self) -> Self {
        let inner = self.pattern.strip_prefix("^(?:").and_then(|rest| rest.strip_suffix(')'));
        let pattern = inner.filter(|_| self.anchored).unwrap_or(&self.pattern).to_owned();
        Self { pattern, regex: OnceLock::new(), anchored: false, asked: None, numbers: false, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::after_word;

    #[test]
    fn a_search_always_goes_on() {
        assert_eq!(after_word("abc d", 0), 3);
        assert_eq!(after_word("é", 0), 2);
        assert_eq!(after_word("-", 0), 1);
    }
}
