//! Sorts out policies that cannot match, without asking Cedar, which takes microseconds for each.
//!
//! INVARIANT: only what certainly neither matches nor errs is sorted out. Cedar looks at the scope and the conditions from
//! left to right and stops at the first part that is false, so the parts here are those from the left up to the first
//! that is not understood: one behind it could be false while that one errs. Everything that is understood can be
//! answered for any facts. Random policies are compared with an evaluator that knows nothing of this.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use cedar_policy::{Policy, PrincipalConstraint, ResourceConstraint};
use serde_json::Value;
use shared_protocol::Topic;

use crate::Facts;
use crate::request::{kind, long};

/// The parts of a policy that must hold, as far as they are understood.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sieve(Vec<Test>);

#[derive(Clone, Debug)]
enum Test {
    /// One of these labels or families was found.
    Labels(Vec<String>),
    Number(Number, Compare, i64),
    Flag(fn(&Facts) -> bool),
    Account(String),
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
    TextBytes,
    Attachments,
    Risk,
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
    /// The sieve of a policy, whose JSON form is `tree`.
    pub(crate) fn of(policy: &Policy, tree: &Value) -> Self {
        let mut tests = Vec::new();
        match policy.principal_constraint() {
            PrincipalConstraint::Any => {}
            PrincipalConstraint::Eq(user) if user.type_name().basename() == "User" => {
                tests.push(Test::Person(user.id().unescaped().to_owned()));
            }
            PrincipalConstraint::In(group) if group.type_name().basename() == "Group" => {
                tests.push(Test::Group(group.id().unescaped().to_owned()));
            }
            _ => return Self(tests),
        }
        match policy.resource_constraint() {
            ResourceConstraint::Any => {}
            ResourceConstraint::Eq(site) if site.type_name().basename() == "App" => {
                tests.push(Test::Site(site.id().unescaped().to_owned()));
            }
            _ => return Self(tests),
        }
        for condition in tree.get("conditions").and_then(Value::as_array).into_iter().flatten() {
            let body = condition.get("body").unwrap_or(&Value::Null);
            let whole = match condition.get("kind").and_then(Value::as_str) {
                Some("when") => from_the_left(body, &mut tests),
                Some("unless") => test(body).map(|test| tests.push(Test::Not(Box::new(test)))).is_some(),
                _ => false,
            };
            if !whole {
                break;
            }
        }
        Self(tests)
    }

    /// Whether the policy may match, or err.
    pub(crate) fn lets_through(&self, facts: &Facts, families: &Families<'_>) -> bool {
        self.0.iter().all(|test| test.holds(facts, families))
    }
}

/// Takes the parts of `a && b && c` up to the first that is not understood; whether all are.
fn from_the_left(body: &Value, tests: &mut Vec<Test>) -> bool {
    match sides(body, "&&") {
        Some([left, right]) => from_the_left(left, tests) && from_the_left(right, tests),
        None => test(body).map(|test| tests.push(test)).is_some(),
    }
}

/// The test that says exactly what `body` does, if there is one.
fn test(body: &Value) -> Option<Test> {
    let (operator, of) = body.as_object()?.iter().next()?;
    let boxed = |side: &str| test(of.get(side)?).map(Box::new);
    match operator.as_str() {
        "&&" => Some(Test::Both(boxed("left")?, boxed("right")?)),
        "||" => Some(Test::Either(boxed("left")?, boxed("right")?)),
        "!" => Some(Test::Not(boxed("arg")?)),
        "contains" | "containsAny" => labels(operator, of),
        "in" => group(of),
        "." => flag(access(body)?).map(Test::Flag),
        _ => compared(operator, of),
    }
}

fn labels(operator: &str, of: &Value) -> Option<Test> {
    if access(of.get("left")?)? != ("context", vec!["labels"]) {
        return None;
    }
    let right = of.get("right")?;
    let literal = |member: &Value| member.get("Value")?.as_str().map(str::to_owned);
    match operator {
        "contains" => Some(Test::Labels(vec![literal(right)?])),
        _ => right.get("Set")?.as_array()?.iter().map(literal).collect::<Option<_>>().map(Test::Labels),
    }
}

fn group(of: &Value) -> Option<Test> {
    let principal = of.get("left")?.get("Var")?.as_str()? == "principal";
    let entity = of.get("right")?.get("Value")?.get("__entity")?;
    let group = entity.get("type")?.as_str()? == "Group";
    (principal && group).then_some(())?;
    Some(Test::Group(entity.get("id")?.as_str()?.to_owned()))
}

fn flag((of, path): (&str, Vec<&str>)) -> Option<fn(&Facts) -> bool> {
    match (of, path.as_slice()) {
        ("context", ["temporary"]) => Some(|facts| facts.temporary),
        ("context", ["logged_out"]) => Some(|facts| facts.logged_out),
        ("context", ["private_window"]) => Some(|facts| facts.private_window),
        ("context", ["account", "sanctioned"]) => Some(|facts| facts.workspace_sanctioned),
        ("context", ["device", "managed"]) => Some(|facts| facts.device.managed),
        ("principal", ["enrolled"]) => Some(|facts| facts.user.enrolled),
        ("principal", ["verified"]) => Some(|facts| facts.user.verified),
        ("resource", ["sanctioned"]) => Some(|facts| facts.app.sanctioned),
        _ => None,
    }
}

/// A number or a word compared with a literal.
fn compared(operator: &str, of: &Value) -> Option<Test> {
    let [left, right] = [of.get("left")?, of.get("right")?];
    let compare = Compare::of(operator)?;
    match (access(left), access(right)) {
        (Some(place), None) => against(place, compare, right),
        (None, Some(place)) => against(place, compare.mirrored(), left),
        _ => None,
    }
}

fn against((of, path): (&str, Vec<&str>), compare: Compare, literal: &Value) -> Option<Test> {
    let topic = |name: &str| Topic::try_from(name.to_owned()).ok();
    let literal = literal.get("Value")?;
    let number = match (of, path.as_slice()) {
        ("context", ["account", "kind"]) if compare.is_equality() => {
            let same = Test::Account(literal.as_str()?.to_owned());
            return Some(if compare.equal { same } else { Test::Not(Box::new(same)) });
        }
        ("context", ["topics", name]) => Number::Topic(topic(name)?),
        ("context", ["conversation", "topics", name]) => Number::Before(topic(name)?),
        ("context", ["counts", "total"]) => Number::Total,
        ("context", ["counts", family]) => Number::Count((*family).to_owned()),
        ("context", ["text_bytes"]) => Number::TextBytes,
        ("context", ["attachments", "count"]) => Number::Attachments,
        ("principal", ["risk"]) => Number::Risk,
        _ => return None,
    };
    Some(Test::Number(number, compare, literal.as_i64()?))
}

/// The variable that an access begins at, and the attributes.
fn access(body: &Value) -> Option<(&str, Vec<&str>)> {
    if let Some(variable) = body.get("Var") {
        return Some((variable.as_str()?, Vec::new()));
    }
    let access = body.get(".")?;
    let (variable, mut attributes) = self::access(access.get("left")?)?;
    attributes.push(access.get("attr")?.as_str()?);
    Some((variable, attributes))
}

fn sides<'a>(body: &'a Value, operator: &str) -> Option<[&'a Value; 2]> {
    let of = body.get(operator)?;
    Some([of.get("left")?, of.get("right")?])
}

impl Test {
    fn holds(&self, facts: &Facts, families: &Families<'_>) -> bool {
        match self {
            Self::Labels(any) => any.iter().any(|label| families.contains_key(label.as_str())),
            Self::Number(number, compare, literal) => compare.holds(number.of(facts, families).cmp(literal)),
            Self::Flag(flag) => flag(facts),
            Self::Account(word) => kind(facts) == word,
            Self::Person(id) => facts.user.id == *id,
            Self::Group(id) => facts.user.groups.contains(id),
            Self::Site(id) => facts.app.id.as_str() == id,
            Self::Not(test) => !test.holds(facts, families),
            Self::Both(one, other) => one.holds(facts, families) && other.holds(facts, families),
            Self::Either(one, other) => one.holds(facts, families) || other.holds(facts, families),
        }
    }
}

impl Number {
    /// The number as Cedar is told it.
    fn of(&self, facts: &Facts, families: &Families<'_>) -> i64 {
        let level = |levels: &BTreeMap<Topic, shared_protocol::Level>, topic: &Topic| {
            i64::from(levels.get(topic).copied().unwrap_or_default().number())
        };
        match self {
            Self::Topic(topic) => level(&facts.topics, topic),
            Self::Before(topic) => level(&facts.conversation, topic),
            Self::Count(family) => long(families.get(family.as_str()).copied().unwrap_or_default()),
            Self::Total => long(facts.found_in_all()),
            Self::TextBytes => long(facts.text_bytes),
            Self::Attachments => long(facts.attachments.count),
            Self::Risk => i64::from(facts.user.risk.number()),
        }
    }
}

impl Compare {
    fn of(operator: &str) -> Option<Self> {
        let [less, equal, greater] = match operator {
            "==" => [false, true, false],
            "!=" => [true, false, true],
            "<" => [true, false, false],
            "<=" => [true, true, false],
            ">" => [false, false, true],
            ">=" => [false, true, true],
            _ => return None,
        };
        Some(Self { less, equal, greater })
    }

    fn mirrored(self) -> Self {
        Self { less: self.greater, greater: self.less, ..self }
    }

    fn is_equality(self) -> bool {
        self.less == self.greater
    }

    fn holds(self, order: Ordering) -> bool {
        match order {
            Ordering::Less => self.less,
            Ordering::Equal => self.equal,
            Ordering::Greater => self.greater,
        }
    }
}
