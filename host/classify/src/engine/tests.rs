//! Searching where words and digits stand finds what searching everything finds.

use std::sync::LazyLock;

use proptest::prelude::*;

use super::{Compiled, Engine, compile};
use crate::asked::Asking;
use crate::builtin;
use crate::rule::Pattern;
use crate::structure::Structure;

static QUICK: LazyLock<Engine> = LazyLock::new(|| Engine::builtin().unwrap());

/// Every rule looked for everywhere.
static WHOLE: LazyLock<Engine> = LazyLock::new(|| {
    let compiled = |detector| {
        let Compiled { rules, .. } = compile(detector).unwrap();
        rules.into_iter().map(Pattern::everywhere).collect::<Vec<_>>()
    };
    let rules = builtin::detectors().unwrap().into_iter().map(compiled);
    let detectors = builtin::detectors().unwrap().into_iter().zip(rules);
    let whole =
        detectors.map(|(detector, rules)| Compiled { words: None, rules, ..compile(detector).unwrap() });
    let structure = Structure::new(&builtin::detectors().unwrap()).unwrap();
    Engine::of(whole.collect(), structure, Asking::builtin()).unwrap()
});

/// Pieces of what the detectors show, cut anywhere, put together anyhow.
fn pieces() -> impl Strategy<Value = String> {
    let examples = crate::builtin::examples();
    let cut = (prop::sample::select(examples), any::<prop::sample::Index>(), any::<prop::sample::Index>());
    cut.prop_map(|(text, one, other)| {
        let chars: Vec<char> = text.chars().collect();
        let (one, other) = (one.index(chars.len() + 1), other.index(chars.len() + 1));
        chars[one.min(other)..one.max(other)].iter().collect()
    })
}

fn words() -> impl Strategy<Value = String> {
    let contexts = builtin::detectors().unwrap().into_iter().flat_map(|detector| detector.rules);
    let mut words: Vec<String> =
        contexts.filter_map(|rule| rule.context).flat_map(|context| context.words).collect();
    words.sort();
    words.dedup();
    let spelt = prop_oneof![Just(0), Just(1), Just(2)];
    (prop::sample::select(words), spelt).prop_map(|(word, spelt)| match spelt {
        0 => word,
        1 => word.to_uppercase(),
        _ => word.replace('k', "\u{212a}").replace('i', "\u{130}"),
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    /// Searching the stretches of digits only finds what searching everything finds.
    #[test]
    fn stretches_miss_nothing(text in "([0-9]{1,5}|[ +().,/\u{a0}-]{1,3}|tel|card|ssn|é){1,20}") {
        prop_assert_eq!(QUICK.scan(&text), WHOLE.scan(&text));
    }

    /// Searching only where words stand finds what searching everything finds.
    #[test]
    fn words_miss_nothing(
        text in prop::collection::vec(
            prop_oneof![3 => pieces(), 2 => words(), 2 => "[ \t\n:=\"'.,;/@_-]{1,4}", 1 => "[A-Za-z0-9é]{1,40}", 1 => "[0-9 -]{4,20}"],
            0..16,
        )
    ) {
        let text = text.concat();
        prop_assert_eq!(QUICK.scan(&text), WHOLE.scan(&text));
    }
}

#[test]
fn every_example_is_found_the_same_way() {
    for texts in builtin::examples().chunks(40) {
        let text = texts.join("\n");
        assert_eq!(QUICK.scan(&text), WHOLE.scan(&text), "{text}");
    }
}

#[test]
fn every_pattern_compiles() {
    for detector in builtin::detectors().unwrap() {
        compile(detector).unwrap();
    }
}

/// One secret's format more must not cost every text a search of its own.
#[test]
fn every_secret_is_asked_for_by_words() {
    for detector in QUICK.detectors.iter().filter(|detector| detector.secret) {
        let label = detector.label.as_str();
        assert!(detector.rules.iter().all(|rule| rule.asked.is_some()), "{label}");
    }
}
