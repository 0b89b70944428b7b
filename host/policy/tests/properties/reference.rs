//! What a decision means, said again: written from the vocabulary and the semantics of the design, sharing nothing with
//! the product but the words of the protocol. Slow, plain, and to be read beside the design.
//!
//! * A policy forbids for somebody, an operation and a site, when its conditions hold. One that cannot be evaluated counts
//!   as matched.
//! * Block if any matching policy blocks; otherwise the union of what they oblige to. The label is the highest of
//!   allow < coach < warn < justify < redact < block.
//! * What an operation does not permit becomes the next stricter thing that it does, or the strictest there is. The table
//!   is the `@permits` of the published schema.
//! * Redact covers the findings of the policy's own topics and labels; where none of them has a span, or one stands where
//!   there is none, `@fallback` stands, which is block when nothing is said.
//! * A policy in monitor mode, or all of them under the kill switch, are recorded as would-be.
//! * An exception, a grant or what was answered about the same files before takes a matching policy away, never one that
//!   erred.

use std::collections::{BTreeMap, BTreeSet};

use host_policy::{Exception, Facts, Found, Granted};
use shared_protocol::{AccountKind, Action, Capture, Level, Mode, Operation, Topic};

/// What a condition can ask. Printed as Cedar, and evaluated here.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// A label, or a family of labels, was found.
    Label(&'static str),
    /// One of them.
    AnyLabel(Vec<&'static str>),
    /// A topic is at least, or less than, a level.
    Topic {
        before: bool,
        topic: Topic,
        less: bool,
        level: u8,
    },
    /// A family was found at least so often.
    Count(&'static str, u64),
    /// A family was found at least so often in the conversation before.
    CountBefore(&'static str, u64),
    /// The same together with what is found now.
    CountWithBefore(&'static str, u64),
    Group(&'static str),
    Department(&'static str),
    Temporary,
    Verified,
    ManagedDevice,
    SanctionedSite,
    SanctionedWorkspace,
    Personal,
    /// The site's model; false when it is not known.
    Model(&'static str),
    /// A tool is switched on.
    Tool(&'static str),
    /// It is known when, and it is that late.
    Since(i64),
    /// The clock is known, and it is evening or the weekend.
    Evening,
    /// Overflows when there are two bytes of text or more.
    Overflow,
    Not(Box<Condition>),
    And(Box<Condition>, Box<Condition>),
    Or(Box<Condition>, Box<Condition>),
}

/// For whom a policy is.
#[derive(Clone, Debug)]
pub(crate) enum Who {
    Anyone,
    User(&'static str),
    Group(&'static str),
}

/// For which operations.
#[derive(Clone, Debug)]
pub(crate) enum What {
    Anything,
    One(Operation),
    Groups(Vec<&'static str>),
}

/// A policy.
#[derive(Clone, Debug)]
pub(crate) struct Forbid {
    pub(crate) id: String,
    pub(crate) action: Action,
    pub(crate) fallback: Option<Action>,
    pub(crate) mode: Mode,
    pub(crate) capture: Option<Capture>,
    pub(crate) who: Who,
    pub(crate) what: What,
    pub(crate) site: Option<&'static str>,
    /// Whether it is an `unless`, and what it asks.
    pub(crate) clauses: Vec<(bool, Condition)>,
}

/// A decision.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Verdict {
    pub(crate) action: Action,
    pub(crate) owed: BTreeSet<Action>,
    /// Id to what it asks for here.
    pub(crate) matched: BTreeMap<String, Action>,
    pub(crate) erred: BTreeSet<String>,
    /// Policy to what takes it away.
    pub(crate) excepted: BTreeMap<String, String>,
    pub(crate) would: Option<Action>,
    /// Labels and topics.
    pub(crate) redact: BTreeSet<String>,
    /// What is kept where the setting is full.
    pub(crate) capture: Capture,
}

/// Which operations are in which group, from the design's vocabulary.
fn group(operation: Operation) -> &'static str {
    match operation {
        Operation::SendPrompt
        | Operation::SendDraft
        | Operation::EditPrompt
        | Operation::Regenerate
        | Operation::Dictate => "send",
        Operation::ReceiveResponse => "receive",
        Operation::ShareConversation => "share",
        Operation::UploadFile => "upload",
        Operation::DeleteConversation
        | Operation::WriteMemory
        | Operation::WriteInstructions
        | Operation::UseConnector => "manage",
    }
}

/// What `operation` permits, read from the published schema.
pub(crate) fn table(operation: Operation) -> Vec<Action> {
    let schema = include_str!("../../schema/promptgate.cedarschema");
    let (before, _) = schema.split_once(&format!("action \"{}\"", word(operation))).unwrap();
    let (_, row) = before.rsplit_once("@permits(\"").unwrap();
    let words = row.split_once('"').unwrap().0.split(' ');
    words.map(|word| serde_json::from_value(word.into()).unwrap()).collect()
}

pub(crate) fn word(value: impl serde::Serialize) -> String {
    serde_json::to_value(value).unwrap().as_str().unwrap().to_owned()
}

pub(crate) fn within(label: &str, family: &str) -> bool {
    label == family || label.starts_with(&format!("{family}."))
}

impl Condition {
    /// Whether it holds; `None` is an error.
    fn holds(&self, facts: &Facts) -> Option<bool> {
        let found = |family: &str| facts.labels.keys().any(|label| within(label.as_str(), family));
        Some(match self {
            Self::Label(family) => found(family),
            Self::AnyLabel(families) => families.iter().any(|family| found(family)),
            Self::Topic { before, topic, less, level } => {
                let levels = if *before { &facts.conversation } else { &facts.topics };
                let at_least = levels.get(topic).copied().unwrap_or(Level::None).number() >= *level;
                at_least != *less
            }
            Self::CountWithBefore(family, least) => {
                let of = facts.labels.iter().filter(|(label, _)| within(label.as_str(), family));
                let now = of.map(|(_, found)| found.spans + found.names).sum::<u64>();
                let before = facts.conversation_labels.iter();
                let before = before.filter(|(label, _)| within(label.as_str(), family));
                now + before.map(|(_, count)| count).sum::<u64>() >= *least
            }
            Self::CountBefore(family, least) => {
                let of = facts.conversation_labels.iter().filter(|(label, _)| within(label.as_str(), family));
                of.map(|(_, count)| count).sum::<u64>() >= *least
            }
            Self::Count(family, least) => {
                let of = facts.labels.iter().filter(|(label, _)| within(label.as_str(), family));
                of.map(|(_, found)| found.spans + found.names).sum::<u64>() >= *least
            }
            Self::Group(group) => facts.user.groups.contains(*group),
            Self::Department(name) => facts.user.department.as_deref() == Some(*name),
            Self::Temporary => facts.temporary,
            Self::Verified => facts.user.verified,
            Self::ManagedDevice => facts.device.managed,
            Self::SanctionedSite => facts.app.sanctioned,
            Self::SanctionedWorkspace => facts.workspace_sanctioned,
            Self::Personal => facts.account.kind == AccountKind::Personal,
            Self::Model(name) => facts.model.as_deref() == Some(*name),
            Self::Tool(name) => facts.tools.contains(*name),
            Self::Since(moment) => facts.at.is_some_and(|at| at >= *moment),
            Self::Evening => facts.local.is_some_and(|local| local.minute >= 18 * 60 || local.weekday >= 6),
            Self::Overflow => match facts.text_bytes {
                0 => false,
                1 => true,
                _ => return None,
            },
            Self::Not(inner) => !inner.holds(facts)?,
            // The left side decides whether the right one is looked at.
            Self::And(one, other) => one.holds(facts)? && other.holds(facts)?,
            Self::Or(one, other) => one.holds(facts)? || other.holds(facts)?,
        })
    }

    /// The labels and topics that speak for a match when the condition is asked for (`wanted`) or turned round.
    pub(crate) fn names(&self, wanted: bool) -> BTreeSet<String> {
        let names: Vec<String> = match self {
            Self::Label(family) | Self::Count(family, _) | Self::CountWithBefore(family, _) if wanted => {
                vec![(*family).to_owned()]
            }
            Self::AnyLabel(families) if wanted => {
                families.iter().map(|family| (*family).to_owned()).collect()
            }
            // What was in the conversation before cannot be taken out of this text.
            Self::Topic { before: false, topic, less, .. } if *less != wanted => {
                vec![String::from(topic.clone())]
            }
            Self::Not(inner) => return inner.names(!wanted),
            Self::And(one, other) | Self::Or(one, other) => return &one.names(wanted) | &other.names(wanted),
            _ => Vec::new(),
        };
        names.into_iter().collect()
    }
}

impl Forbid {
    fn speaks_of(&self, facts: &Facts) -> bool {
        let who = match &self.who {
            Who::Anyone => true,
            Who::User(id) => facts.user.id == *id,
            Who::Group(group) => facts.user.groups.contains(*group),
        };
        let what = match &self.what {
            What::Anything => true,
            What::One(operation) => facts.operation == *operation,
            What::Groups(groups) => groups.contains(&group(facts.operation)),
        };
        who && what && self.site.is_none_or(|site| facts.app.id.as_str() == site)
    }

    /// Whether it matches; `None` is an error.
    pub(crate) fn matches(&self, facts: &Facts) -> Option<bool> {
        if !self.speaks_of(facts) {
            return Some(false);
        }
        for (unless, condition) in &self.clauses {
            if condition.holds(facts)? == *unless {
                return Some(false);
            }
        }
        Some(true)
    }

    pub(crate) fn names(&self) -> BTreeSet<String> {
        self.clauses.iter().flat_map(|(unless, condition)| condition.names(!unless)).collect()
    }

    /// What it asks for here.
    fn asks(&self, facts: &Facts) -> Action {
        let table = table(facts.operation);
        let names = self.names();
        let mine = |label: &str, found: &Found| {
            let topics = found.topics.iter().map(|topic| String::from(topic.clone()));
            names.iter().any(|name| within(label, name))
                || topics.into_iter().any(|topic| names.contains(&topic))
        };
        let mine: Vec<&Found> = facts
            .labels
            .iter()
            .filter(|(label, found)| mine(label.as_str(), found))
            .map(|(_, found)| found)
            .collect();
        let redactable = table.contains(&Action::Redact)
            && mine.iter().any(|found| found.spans > 0)
            && mine.iter().all(|found| found.names == 0);
        let wanted = match self.action {
            Action::Redact if !redactable => self.fallback.unwrap_or(Action::Block),
            action => action,
        };
        let stricter = table.iter().copied().filter(|action| *action >= wanted).min();
        stricter.or(table.iter().copied().max()).unwrap()
    }
}

/// Facts in which some topics, and what speaks for nothing else, were never there.
fn without(facts: &Facts, topics: &BTreeSet<Topic>) -> Facts {
    let mut facts = facts.clone();
    for topic in topics {
        facts.topics.remove(topic);
    }
    facts.labels.retain(|_, found| {
        found.topics.is_empty() || found.topics.iter().any(|topic| !topics.contains(topic))
    });
    facts
}

/// The label and what is owed, of what is asked for.
fn together(asked: &BTreeSet<Action>) -> (Action, BTreeSet<Action>) {
    let label = asked.iter().copied().max().unwrap_or(Action::Allow);
    (label, if label == Action::Block { BTreeSet::new() } else { asked.clone() })
}

/// Decides.
pub(crate) fn decide(
    policies: &[Forbid],
    kill_switch: bool,
    exceptions: &[Exception],
    granted: &[Granted],
    facts: &Facts,
) -> Verdict {
    let (mut matched, mut erred, mut excepted) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
    for policy in policies {
        match policy.matches(facts) {
            Some(false) => continue,
            None => drop(erred.insert(policy.id.clone())),
            Some(true) => {
                if let Some(by) = takes_away(policy, exceptions, granted, facts) {
                    excepted.insert(policy.id.clone(), by);
                    continue;
                }
            }
        }
        matched.push(policy);
    }
    let watches = |policy: &&Forbid| kill_switch || policy.mode == Mode::Monitor;
    let asked: BTreeSet<Action> =
        matched.iter().filter(|policy| !watches(policy)).map(|policy| policy.asks(facts)).collect();
    let (action, owed) = together(&asked);
    let all: BTreeSet<Action> = matched.iter().map(|policy| policy.asks(facts)).collect();
    let redacting = matched.iter().filter(|policy| !watches(policy) && policy.asks(facts) == Action::Redact);
    let redact = if owed.contains(&Action::Redact) {
        redacting.flat_map(|one| one.names()).collect()
    } else {
        BTreeSet::new()
    };
    Verdict {
        action,
        owed,
        would: matched.iter().any(watches).then(|| together(&all).0),
        redact,
        capture: capture(policies, &matched, &erred, &excepted),
        matched: matched.iter().map(|policy| (policy.id.clone(), policy.asks(facts))).collect(),
        erred,
        excepted,
    }
}

fn takes_away(
    policy: &Forbid,
    exceptions: &[Exception],
    granted: &[Granted],
    facts: &Facts,
) -> Option<String> {
    let named = |exception: &&Exception| {
        let user = &facts.user;
        let person = !user.id.is_empty() && exception.users.contains(&user.id);
        let address = user.email.as_ref().is_some_and(|email| exception.users.contains(email));
        let group = user.groups.iter().any(|group| exception.groups.contains(group));
        let before_its_end = facts.at.is_some_and(|at| at < exception.until);
        (person || address || group) && before_its_end && exception.policies.contains(&policy.id)
    };
    let exception = exceptions.iter().find(named).map(|exception| exception.id.clone());
    let by_name =
        || granted.iter().find(|grant| grant.policies.contains(&policy.id)).map(|grant| grant.id.clone());
    let by_topic = || {
        let mut grants = granted.iter().filter(|grant| !grant.topics.is_empty());
        grants
            .find(|grant| policy.matches(&without(facts, &grant.topics)) == Some(false))
            .map(|grant| grant.id.clone())
    };
    let answered = || facts.answered.contains(&policy.id).then(|| "answered before".to_owned());
    exception.or_else(by_name).or_else(answered).or_else(by_topic)
}

/// What all that matched permit, one that erred or was taken away only limiting.
fn capture(
    policies: &[Forbid],
    matched: &[&Forbid],
    erred: &BTreeSet<String>,
    excepted: &BTreeMap<String, String>,
) -> Capture {
    let mut said: Option<Capture> = None;
    for capture in
        matched.iter().filter(|policy| !erred.contains(&policy.id)).filter_map(|policy| policy.capture)
    {
        said = Some(said.map_or(capture, |before| before.both(capture)));
    }
    let limits =
        policies.iter().filter(|policy| erred.contains(&policy.id) || excepted.contains_key(&policy.id));
    limits.filter_map(|policy| policy.capture).fold(said.unwrap_or(Capture::Full), Capture::both)
}
