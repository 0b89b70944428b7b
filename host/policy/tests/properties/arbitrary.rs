//! Random policies, facts, exceptions and grants, and policies written as Cedar.

use std::collections::BTreeSet;

use host_policy::{DeviceFacts, Exception, Facts, Granted, LocalTime, Place, Policy};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use shared_protocol::{AccountKind, Action, App, Browser, Capture, Label, Level, Mode, Operation, Topic};

use crate::reference::{Condition, Forbid, What, Who, table, word};

const LABELS: [&str; 6] =
    ["pii.email", "pii.payment-card", "pii.phone", "pii.iban", "secret.github.pat", "secret.jwt"];
const FAMILIES: [&str; 6] = ["pii", "pii.email", "pii.payment-card", "secret", "secret.github", "secret.jwt"];
const COUNTED: [&str; 5] = ["pii", "secret", "pii.email", "pii.phone", "pii.payment-card"];
const ACTIONS: [Action; 5] = [Action::Coach, Action::Warn, Action::Justify, Action::Redact, Action::Block];
const GROUPS: [&str; 5] = ["send", "receive", "share", "upload", "manage"];
const CAPTURES: [Capture; 4] = [Capture::Full, Capture::Matches, Capture::Masked, Capture::Metadata];

impl Condition {
    fn text(&self) -> String {
        let quoted =
            |names: &[&str]| names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        match self {
            Self::Label(label) => format!("context.labels.contains(\"{label}\")"),
            Self::AnyLabel(labels) => format!("context.labels.containsAny([{}])", quoted(labels)),
            Self::Topic { before, topic, less, level } => {
                let topics = if *before { "conversation.topics" } else { "topics" };
                let sign = if *less { "<" } else { ">=" };
                format!("context.{topics}[\"{}\"] {sign} {level}", String::from(topic.clone()))
            }
            // The literal on either side.
            Self::Count(family, least) if least % 2 == 0 => {
                format!("{least} <= context.counts[\"{family}\"]")
            }
            Self::Count(family, least) => format!("context.counts[\"{family}\"] >= {least}"),
            Self::CountBefore(family, least) => {
                format!("context.conversation.counts[\"{family}\"] >= {least}")
            }
            Self::CountWithBefore(family, least) => {
                format!("context.counts[\"{family}\"] + context.conversation.counts[\"{family}\"] >= {least}")
            }
            Self::Group(group) => format!("principal in Group::\"{group}\""),
            Self::Department(name) => {
                format!("(principal has department && principal.department == \"{name}\")")
            }
            Self::Temporary => "context.temporary".to_owned(),
            Self::Verified => "principal.verified".to_owned(),
            Self::ManagedDevice => "context.device.managed".to_owned(),
            Self::SanctionedSite => "resource.sanctioned".to_owned(),
            Self::SanctionedWorkspace => "context.account.sanctioned".to_owned(),
            Self::Personal => "context.account.kind == \"personal\"".to_owned(),
            Self::Model(name) => format!("(context has model && context.model == \"{name}\")"),
            Self::Tool(name) => format!("context.tools.contains(\"{name}\")"),
            Self::Since(moment) => format!("(context has at && context.at >= {moment})"),
            Self::Evening => {
                "(context has local && (context.local.hour >= 18 || context.local.weekday > 5))".to_owned()
            }
            Self::Overflow => "context.text_bytes * 9223372036854775807 > 1".to_owned(),
            Self::Not(inner) => format!("!({})", inner.text()),
            Self::And(one, other) => format!("({} && {})", one.text(), other.text()),
            Self::Or(one, other) => format!("({} || {})", one.text(), other.text()),
        }
    }
}

impl Forbid {
    /// As Cedar.
    pub(crate) fn text(&self) -> String {
        let annotation = |name: &str, value: String| format!("@{name}(\"{value}\")\n");
        let optional = [
            self.fallback.map(|action| annotation("fallback", word(action))),
            self.capture.map(|capture| annotation("capture", word(capture))),
        ];
        let who = match &self.who {
            Who::Anyone => "principal".to_owned(),
            Who::User(id) => format!("principal == User::\"{id}\""),
            Who::Group(group) => format!("principal in Group::\"{group}\""),
        };
        let what = match &self.what {
            What::Anything => "action".to_owned(),
            What::One(operation) => format!("action == Action::\"{}\"", word(operation)),
            What::Groups(groups) => {
                let groups: Vec<String> = groups.iter().map(|group| format!("Action::\"{group}\"")).collect();
                format!("action in [{}]", groups.join(", "))
            }
        };
        let site = self.site.map_or("resource".to_owned(), |site| format!("resource == App::\"{site}\""));
        let clauses = self.clauses.iter().map(|(unless, condition)| {
            format!("\n{} {{ {} }}", if *unless { "unless" } else { "when" }, condition.text())
        });
        [
            annotation("id", self.id.clone()),
            annotation("action", word(self.action)),
            optional.into_iter().flatten().collect(),
            annotation("mode", word(self.mode)),
            annotation("message", "m".to_owned()),
            format!("forbid ({who}, {what}, {site}){};\n", clauses.collect::<String>()),
        ]
        .concat()
    }
}

/// The policies, unless Cedar sees that one of them can never match: random conditions do exclude each other.
pub(crate) fn policy(policies: &[Forbid], mode: Mode) -> Option<Policy> {
    let text: String = policies.iter().map(Forbid::text).collect();
    match Policy::parse(&text, mode) {
        Ok(policy) => Some(policy),
        Err(error) => {
            let never = |problem: &host_policy::Problem| problem.message.contains("never match");
            assert!(error.problems.iter().all(never), "{error}\n{text}");
            None
        }
    }
}

fn topic() -> impl Strategy<Value = Topic> {
    select(Topic::BUILTIN.to_vec())
}

fn condition() -> impl Strategy<Value = Condition> {
    let leaf = prop_oneof![
        4 => select(FAMILIES.to_vec()).prop_map(Condition::Label),
        1 => subsequence(FAMILIES.to_vec(), 1..3).prop_map(Condition::AnyLabel),
        4 => (topic(), 1..4_u8, prop::bool::weighted(0.3), prop::bool::weighted(0.3)).prop_map(
            |(topic, level, less, before)| Condition::Topic { before, topic, less, level }
        ),
        2 => (select(COUNTED.to_vec()), 1..4_u64).prop_map(|(family, least)| Condition::Count(family, least)),
        1 => (select(COUNTED.to_vec()), 1..4_u64).prop_map(|(family, least)| Condition::CountBefore(family, least)),
        1 => (select(COUNTED.to_vec()), 1..6_u64)
            .prop_map(|(family, least)| Condition::CountWithBefore(family, least)),
        2 => select(vec!["hr", "all"]).prop_map(Condition::Group),
        1 => select(vec!["sales", "legal"]).prop_map(Condition::Department),
        1 => select(vec!["m1", "m2"]).prop_map(Condition::Model),
        1 => select(vec!["t1", "t2"]).prop_map(Condition::Tool),
        1 => select(vec![100, 200]).prop_map(Condition::Since),
        2 => select(vec![
            Condition::Temporary,
            Condition::Verified,
            Condition::ManagedDevice,
            Condition::SanctionedSite,
            Condition::SanctionedWorkspace,
            Condition::Personal,
            Condition::Evening,
        ]),
        4 => Just(Condition::Overflow),
    ];
    leaf.prop_recursive(3, 8, 2, |inner| {
        prop_oneof![
            inner.clone().prop_map(|one| Condition::Not(Box::new(one))),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| Condition::And(Box::new(a), Box::new(b))),
            (inner.clone(), inner).prop_map(|(a, b)| Condition::Or(Box::new(a), Box::new(b))),
        ]
    })
}

fn what() -> impl Strategy<Value = What> {
    prop_oneof![
        2 => Just(What::Anything),
        1 => select(Operation::ALL.to_vec()).prop_map(What::One),
        2 => subsequence(GROUPS.to_vec(), 1..4).prop_map(What::Groups),
    ]
}

fn who() -> impl Strategy<Value = Who> {
    prop_oneof![
        4 => Just(Who::Anyone),
        1 => select(vec!["u1", "u2"]).prop_map(Who::User),
        1 => select(vec!["hr", "all"]).prop_map(Who::Group),
    ]
}

fn forbid() -> impl Strategy<Value = Forbid> {
    let fallback =
        prop::option::of(select(vec![Action::Coach, Action::Warn, Action::Justify, Action::Block]));
    let mode = prop_oneof![4 => Just(Mode::Enforce), 1 => Just(Mode::Monitor)];
    let site = prop::option::weighted(0.2, select(vec!["chatgpt", "claude"]));
    let clauses = prop::collection::vec((prop::bool::weighted(0.3), condition()), 0..3);
    let capture = prop::option::weighted(0.3, select(CAPTURES.to_vec()));
    (select(ACTIONS.to_vec()), fallback, mode, capture, who(), what(), site, clauses).prop_map(
        |(action, fallback, mode, capture, who, what, site, clauses)| {
            let mut forbid = Forbid {
                id: String::new(),
                action,
                fallback: fallback.filter(|_| action == Action::Redact),
                mode,
                capture,
                who,
                what,
                site,
                clauses,
            };
            // What the check refuses is changed into what it takes.
            if action == Action::Redact && forbid.names().is_empty() {
                forbid.clauses.push((false, Condition::Label("pii")));
            }
            match forbid.what {
                What::One(operation) if !table(operation).contains(&action) => forbid.what = What::Anything,
                // Answers, sharing and files cannot be redacted, and answers only be commented.
                What::Groups(ref mut groups) if action != Action::Coach => groups.push("manage"),
                _ => {}
            }
            forbid
        },
    )
}

/// So many policies, each with an id of its own.
pub(crate) fn forbids(count: std::ops::Range<usize>) -> impl Strategy<Value = Vec<Forbid>> {
    prop::collection::vec(forbid(), count).prop_map(|mut policies| {
        for (number, policy) in policies.iter_mut().enumerate() {
            policy.id = format!("p{number}");
        }
        policies
    })
}

fn ids() -> impl Strategy<Value = BTreeSet<String>> {
    subsequence((0..6).map(|number| format!("p{number}")).collect::<Vec<_>>(), 0..5)
        .prop_map(|ids| ids.into_iter().collect())
}

/// Exceptions for the people that facts know.
pub(crate) fn exceptions() -> impl Strategy<Value = Vec<Exception>> {
    let users = subsequence(vec!["u1".to_owned(), "anna@example.com".to_owned()], 0..3);
    let groups = subsequence(vec!["hr".to_owned(), "all".to_owned()], 0..3);
    let one = (ids(), users, groups, select(vec![0, 100, 200]));
    prop::collection::vec(one, 0..3).prop_map(|all| {
        let one =
            |(number, (policies, users, groups, until)): (usize, (_, Vec<String>, Vec<String>, i64))| {
                Exception {
                    id: format!("e{number}"),
                    policies,
                    users: users.into_iter().collect(),
                    groups: groups.into_iter().collect(),
                    until,
                    reason: "r".to_owned(),
                }
            };
        all.into_iter().enumerate().map(one).collect()
    })
}

/// Grants for policies and topics.
pub(crate) fn grants() -> impl Strategy<Value = Vec<Granted>> {
    let topics = prop::collection::btree_set(topic(), 0..3);
    prop::collection::vec((ids(), topics), 0..3).prop_map(|all| {
        let grants = all.into_iter().enumerate();
        grants
            .map(|(number, (policies, topics))| Granted { id: format!("g{number}"), policies, topics })
            .collect()
    })
}

/// Facts with everything that they can say.
pub(crate) fn facts() -> impl Strategy<Value = Facts> {
    let labels = prop::collection::vec((select(LABELS.to_vec()), prop::bool::weighted(0.2)), 0..5);
    let level = || select(vec![Level::Low, Level::Medium, Level::High]);
    let levels = || prop::collection::btree_map(topic(), level(), 0..4);
    let words = || prop::collection::btree_set(any::<String>(), 0..3);
    let groups = prop::collection::btree_set(select(vec!["hr", "all", "other"]), 0..3);
    let flags = any::<[bool; 8]>();
    let size = prop_oneof![Just(0_u64), Just(1), Just(2), any::<u64>()];
    let person = (
        select(vec!["", "u1", "u2"]),
        prop::option::of(select(vec!["anna@example.com", "ben@example.com"])),
        prop::option::of(select(vec!["sales", "it"])),
        groups,
    );
    let around = (
        select(vec!["chatgpt", "claude", "gemini"]),
        prop::option::of(select(vec!["m1", "m3"])),
        prop::option::of((1..8_u8, 0..1440_u16)),
        prop::option::of(select(vec![50_i64, 150, 250])),
        select(vec![AccountKind::Unknown, AccountKind::Personal, AccountKind::Workspace]),
        prop::option::of(select(vec!["linux", "windows"])),
    );
    let before = prop::collection::btree_map(select(LABELS.to_vec()), 1..4_u64, 0..3);
    let free = (
        prop::option::of(any::<String>()),
        words(),
        words(),
        size,
        prop::option::of(any::<i64>()),
        before,
        ids(),
    );
    (select(Operation::ALL.to_vec()), labels, levels(), levels(), flags, person, around, free).prop_map(
        |(operation, labels, topics, conversation, flags, person, around, free)| {
            let (site, model, local, at, account, os) = around;
            let mut facts = Facts::new(operation, App::new(site));
            for (label, in_name) in labels {
                let topics = match label {
                    "pii.payment-card" | "pii.iban" => vec![Topic::ContentPii, Topic::ContentFinancial],
                    "secret.jwt" => Vec::new(),
                    secret if secret.starts_with("secret") => vec![Topic::ContentCredentials],
                    _ => vec![Topic::ContentPii],
                };
                let label = Label::try_from(label.to_owned()).unwrap();
                facts.found(&label, topics, if in_name { Place::Name } else { Place::Text });
            }
            (facts.topics, facts.conversation) = (topics, conversation);
            let (id, email, department, groups) = person;
            facts.user.id = id.to_owned();
            facts.user.email = email.map(str::to_owned);
            facts.user.department = department.map(str::to_owned);
            facts.user.groups = groups.into_iter().map(str::to_owned).collect();
            let [temporary, logged_out, private, sanctioned, workspace, verified, enrolled, managed] = flags;
            (facts.temporary, facts.logged_out, facts.private_window) = (temporary, logged_out, private);
            (facts.app.sanctioned, facts.workspace_sanctioned) = (sanctioned, workspace);
            (facts.user.verified, facts.user.enrolled) = (verified, enrolled);
            facts.device = DeviceFacts { os: os.map(str::to_owned), managed };
            facts.model = model.map(str::to_owned);
            facts.local = local.map(|(weekday, minute)| LocalTime { weekday, minute });
            (facts.at, facts.account.kind) = (at, account);
            let (word, connectors, tools, bytes, verified_at, before, answered) = free;
            facts.conversation_labels = before
                .into_iter()
                .map(|(label, count)| (Label::try_from(label.to_owned()).unwrap(), count))
                .collect();
            facts.answered = answered;
            facts.account.workspace.clone_from(&word);
            facts.app.category = word.clone().unwrap_or_default();
            facts.language = word;
            (facts.connectors, facts.tools, facts.text_bytes) = (connectors, tools, bytes);
            facts.tools.extend(private.then(|| "t1".to_owned()));
            facts.user.verified_at = verified_at;
            facts.browser = logged_out.then_some(Browser::Firefox);
            facts
        },
    )
}
