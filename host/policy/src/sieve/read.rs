//! Reads a policy's tests from Cedar's JSON form. A test says exactly what its part of the policy says, or is not there.

use cedar_policy::{Policy, PrincipalConstraint, ResourceConstraint};
use serde_json::Value;
use shared_protocol::Topic;

use super::{Compare, Number, Sieve, Test, Word};
use crate::Facts;

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
            _ => return Self { tests, whole: false },
        }
        match policy.resource_constraint() {
            ResourceConstraint::Any => {}
            ResourceConstraint::Eq(site) if site.type_name().basename() == "App" => {
                tests.push(Test::Site(site.id().unescaped().to_owned()));
            }
            _ => return Self { tests, whole: false },
        }
        for condition in tree.get("conditions").and_then(Value::as_array).into_iter().flatten() {
            let body = condition.get("body").unwrap_or(&Value::Null);
            let whole = match condition.get("kind").and_then(Value::as_str) {
                Some("when") => from_the_left(body, &mut tests),
                Some("unless") => test(body).map(|test| tests.push(Test::Not(Box::new(test)))).is_some(),
                _ => false,
            };
            if !whole {
                return Self { tests, whole: false };
            }
        }
        Self { tests, whole: true }
    }
}

/// Takes the parts of `a && b && c` up to the first that is not understood; whether all are.
fn from_the_left(body: &Value, tests: &mut Vec<Test>) -> bool {
    match body.get("&&").and_then(|and| Some([and.get("left")?, and.get("right")?])) {
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
        "contains" | "containsAny" => contains(operator, of),
        "has" => has(of),
        "in" => group(of),
        "." => flag(&access(body)?).map(Test::Flag),
        _ => compared(operator, of),
    }
}

fn contains(operator: &str, of: &Value) -> Option<Test> {
    let right = of.get("right")?;
    let literal = |member: &Value| member.get("Value")?.as_str().map(str::to_owned);
    let any: Vec<String> = match operator {
        "contains" => vec![literal(right)?],
        _ => right.get("Set")?.as_array()?.iter().map(literal).collect::<Option<_>>()?,
    };
    match access(of.get("left")?)?.as_slice() {
        ["context", "labels"] => Some(Test::Labels(any)),
        ["context", "connectors"] => Some(Test::Among(|facts| &facts.connectors, any)),
        ["context", "tools"] => Some(Test::Among(|facts| &facts.tools, any)),
        ["context", "attachments", "types"] => Some(Test::Among(|facts| &facts.attachments.types, any)),
        _ => None,
    }
}

fn has(of: &Value) -> Option<Test> {
    let mut path = access(of.get("left")?)?;
    path.push(of.get("attr")?.as_str()?);
    match path.as_slice() {
        ["context", "local"] => Some(Test::HasNumber(Number::Weekday)),
        ["context", "at"] => Some(Test::HasNumber(Number::At)),
        ["principal", "verified_at"] => Some(Test::HasNumber(Number::VerifiedAt)),
        path => word(path).map(Test::Has),
    }
}

fn group(of: &Value) -> Option<Test> {
    let principal = of.get("left")?.get("Var")?.as_str()? == "principal";
    let entity = of.get("right")?.get("Value")?.get("__entity")?;
    let group = entity.get("type")?.as_str()? == "Group";
    (principal && group).then_some(())?;
    Some(Test::Group(entity.get("id")?.as_str()?.to_owned()))
}

fn flag(path: &[&str]) -> Option<fn(&Facts) -> bool> {
    match path {
        ["context", "temporary"] => Some(|facts| facts.temporary),
        ["context", "logged_out"] => Some(|facts| facts.logged_out),
        ["context", "private_window"] => Some(|facts| facts.private_window),
        ["context", "account", "sanctioned"] => Some(|facts| facts.workspace_sanctioned),
        ["context", "device", "managed"] => Some(|facts| facts.device.managed),
        ["principal", "enrolled"] => Some(|facts| facts.user.enrolled),
        ["principal", "verified"] => Some(|facts| facts.user.verified),
        ["resource", "sanctioned"] => Some(|facts| facts.app.sanctioned),
        _ => None,
    }
}

fn word(path: &[&str]) -> Option<Word> {
    match path {
        ["context", "account", "kind"] => Some(Word::Account),
        ["context", "account", "workspace"] => Some(Word::Workspace),
        ["context", "browser"] => Some(Word::Browser),
        ["context", "device", "os"] => Some(Word::Os),
        ["context", "language"] => Some(Word::Language),
        ["context", "model"] => Some(Word::Model),
        ["principal", "department"] => Some(Word::Department),
        ["principal", "email"] => Some(Word::Email),
        ["resource", "category"] => Some(Word::Category),
        _ => None,
    }
}

fn number(path: &[&str]) -> Option<Number> {
    let topic = |name: &str| Topic::try_from(name.to_owned()).ok();
    match path {
        ["context", "topics", name] => topic(name).map(Number::Topic),
        ["context", "conversation", "topics", name] => topic(name).map(Number::Before),
        ["context", "conversation", "counts", "total"] => Some(Number::TotalBefore),
        ["context", "conversation", "counts", family] => Some(Number::CountBefore((*family).to_owned())),
        ["context", "counts", "total"] => Some(Number::Total),
        ["context", "counts", family] => Some(Number::Count((*family).to_owned())),
        ["context", "text_bytes"] => Some(Number::TextBytes),
        ["context", "attachments", "count"] => Some(Number::Attachments),
        ["context", "at"] => Some(Number::At),
        ["context", "local", "weekday"] => Some(Number::Weekday),
        ["context", "local", "hour"] => Some(Number::Hour),
        ["context", "local", "minute_of_day"] => Some(Number::MinuteOfDay),
        ["principal", "risk"] => Some(Number::Risk),
        ["principal", "verified_at"] => Some(Number::VerifiedAt),
        _ => None,
    }
}

/// A number or a word compared with a literal.
fn compared(operator: &str, of: &Value) -> Option<Test> {
    let [left, right] = [of.get("left")?, of.get("right")?];
    let compare = Compare::of(operator)?;
    match (access(left), access(right)) {
        (Some(path), None) => against(&path, compare, right.get("Value")?),
        (None, Some(path)) => against(&path, compare.mirrored(), left.get("Value")?),
        _ => None,
    }
}

fn against(path: &[&str], compare: Compare, literal: &Value) -> Option<Test> {
    match (number(path), word(path)) {
        (Some(number), _) => Some(Test::Number(number, compare, literal.as_i64()?)),
        // Words have no order in Cedar.
        (None, Some(word)) if compare.less == compare.greater => {
            Some(Test::Word(word, compare, literal.as_str()?.to_owned()))
        }
        _ => None,
    }
}

/// The variable that an access begins at, and the attributes.
fn access(body: &Value) -> Option<Vec<&str>> {
    if let Some(variable) = body.get("Var") {
        return Some(vec![variable.as_str()?]);
    }
    let access = body.get(".")?;
    let mut path = self::access(access.get("left")?)?;
    path.push(access.get("attr")?.as_str()?);
    Some(path)
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
}
