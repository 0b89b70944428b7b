//! Says of most policies whether they match, without asking Cedar, which takes microseconds for each.
//!
//! INVARIANT: only what certainly neither matches nor errs is sorted out, and only what certainly matches is taken. Cedar
//! looks at the scope and the conditions from left to right and stops at the first part that is false. So do these tests,
//! and at the first part that is not understood or could err they leave the policy to Cedar: a part behind it may be
//! false, and the policy counts as matched all the same. The packs are compared with Cedar, and random policies with an
//! evaluator that knows nothing of this.

mod read;

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use shared_protocol::{Level, Topic};

use crate::Facts;
use crate::request::{kind, long, word};

/// The parts of a policy from the left, as far as they are understood.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sieve {
    tests: Vec<Test>,
    /// There are no other parts.
    whole: bool,
}

/// What is known of a policy without Cedar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sifted {
    /// It neither matches nor errs.
    Out,
    /// It matches.
    Matches,
    /// Cedar is to be asked.
    Unknown,
}

/// A condition. What it says of facts is `None` where Cedar would err.
#[derive(Clone, Debug)]
enum Test {
    /// One of these labels or families was found.
    Labels(Vec<String>),
    Number(Number, Compare, i64),
    Word(Word, Compare, String),
    /// The attribute is there.
    Has(Word),
    HasNumber(Number),
    /// One of these is in the set.
    Among(fn(&Facts) -> &BTreeSet<String>, Vec<String>),
    Flag(fn(&Facts) -> bool),
    Person(String),
    Group(String),
    Site(String),
    Not(Box<Test>),
    Both(Box<Test>, Box<Test>),
    Either(Box<Test>, Box<Test>),
}

#[derive(Clone, Debug)]
enum Number {
    Topic(Topic),
    Before(Topic),
    Count(String),
    Total,
    CountBefore(String),
    TotalBefore,
    TextBytes,
    Attachments,
    Risk,
    VerifiedAt,
    At,
    Weekday,
    Hour,
    MinuteOfDay,
}

#[derive(Clone, Copy, Debug)]
enum Word {
    Account,
    Browser,
    Category,
    Department,
    Email,
    Language,
    Model,
    Os,
    Workspace,
}

/// Which orders satisfy a comparison.
#[derive(Clone, Copy, Debug)]
struct Compare {
    less: bool,
    equal: bool,
    greater: bool,
}

/// What was found, by label and family.
pub(crate) type Families<'a> = BTreeMap<&'a str, u64>;

impl Sieve {
    /// What is known of the policy, whose operations these facts' is one of.
    pub(crate) fn sift(&self, facts: &Facts, families: &Families<'_>) -> Sifted {
        for test in &self.tests {
            match test.holds(facts, families) {
                Some(true) => {}
                Some(false) => return Sifted::Out,
                None => return Sifted::Unknown,
            }
        }
        if self.whole { Sifted::Matches } else { Sifted::Unknown }
    }
}

impl Test {
    fn holds(&self, facts: &Facts, families: &Families<'_>) -> Option<bool> {
        Some(match self {
            Self::Labels(any) => any.iter().any(|label| families.contains_key(label.as_str())),
            Self::Number(number, compare, literal) => compare.holds(number.of(facts, families)?.cmp(literal)),
            Self::Word(word, compare, literal) => compare.holds(word.of(facts)?.cmp(literal.as_str())),
            Self::Has(word) => word.of(facts).is_some(),
            Self::HasNumber(number) => number.of(facts, families).is_some(),
            Self::Among(set, any) => any.iter().any(|word| set(facts).contains(word)),
            Self::Flag(flag) => flag(facts),
            Self::Person(id) => facts.user.id == *id,
            Self::Group(id) => facts.user.groups.contains(id),
            Self::Site(id) => facts.app.id.as_str() == id,
            Self::Not(test) => !test.holds(facts, families)?,
            Self::Both(one, other) => one.holds(facts, families)? && other.holds(facts, families)?,
            Self::Either(one, other) => one.holds(facts, families)? || other.holds(facts, families)?,
        })
    }
}

impl Number {
    /// The number as Cedar is told it.
    fn of(&self, facts: &Facts, families: &Families<'_>) -> Option<i64> {
        let level = |levels: &BTreeMap<Topic, Level>, topic| {
            i64::from(levels.get(topic).copied().unwrap_or_default().number())
        };
        Some(match self {
            Self::Topic(topic) => level(&facts.topics, topic),
            Self::Before(topic) => level(&facts.conversation, topic),
            Self::Count(family) => long(families.get(family.as_str()).copied().unwrap_or_default()),
            Self::Total => long(facts.found_in_all()),
            Self::CountBefore(family) => long(facts.found_before(family)),
            Self::TotalBefore => long(facts.found_before_in_all()),
            Self::TextBytes => long(facts.text_bytes),
            Self::Attachments => long(facts.attachments.count),
            Self::Risk => i64::from(facts.user.risk.number()),
            Self::VerifiedAt => facts.user.verified_at?,
            Self::At => facts.at?,
            Self::Weekday => i64::from(facts.local?.weekday),
            Self::Hour => i64::from(facts.local?.minute / 60),
            Self::MinuteOfDay => i64::from(facts.local?.minute),
        })
    }
}

impl Word {
    /// The word as Cedar is told it.
    fn of(self, facts: &Facts) -> Option<&str> {
        match self {
            Self::Account => Some(kind(facts)),
            Self::Browser => facts.browser.map(word),
            Self::Category => Some(&facts.app.category),
            Self::Department => facts.user.department.as_deref(),
            Self::Email => facts.user.email.as_deref(),
            Self::Language => facts.language.as_deref(),
            Self::Model => facts.model.as_deref(),
            Self::Os => facts.device.os.as_deref(),
            Self::Workspace => facts.account.workspace.as_deref(),
        }
    }
}

impl Compare {
    fn holds(self, order: Ordering) -> bool {
        match order {
            Ordering::Less => self.less,
            Ordering::Equal => self.equal,
            Ordering::Greater => self.greater,
        }
    }
}
