//! Facts as Cedar sees them: the schema's shape, built without parsing anything.
//!
//! INVARIANT: what is built here validates against the schema; a test checks arbitrary facts.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::str::FromStr;
use std::sync::LazyLock;

use cedar_policy::{
    Context, Entities, Entity, EntityId, EntityTypeName, EntityUid, Request, RestrictedExpression as Value,
};
use shared_protocol::{AccountKind, Browser, Level, Topic};

use crate::named::Named;
use crate::schema::SCHEMA;
use crate::sieve::Families;
use crate::{Facts, LocalTime};

/// What `context.counts` has: labels and whole families.
const COUNTED: [&str; 7] =
    ["pii", "secret", "pii.email", "pii.phone", "pii.payment-card", "pii.iban", "pii.us-ssn"];

struct Types {
    action: EntityTypeName,
    app: EntityTypeName,
    group: EntityTypeName,
    user: EntityTypeName,
}

#[expect(clippy::expect_used, reason = "four constant names, used by every test")]
static TYPES: LazyLock<Types> = LazyLock::new(|| {
    let name = |name| EntityTypeName::from_str(name).expect("a type's name");
    Types { action: name("Action"), app: name("App"), group: name("Group"), user: name("User") }
});

/// The facts could not be put into Cedar's form.
#[derive(Debug)]
pub(crate) struct Unfit;

/// What is told, and to whom.
pub(crate) struct Asking<'a> {
    /// What is decided from.
    pub(crate) facts: &'a Facts,
    /// What was found in it, by [`families`].
    pub(crate) families: &'a Families<'a>,
    /// The organisation's own topics: a policy that asks for one errs where it is missing.
    pub(crate) custom: &'a [Topic],
    /// What the policies name.
    pub(crate) named: &'a Named,
}

/// The question to Cedar, and the entities it speaks of.
pub(crate) fn ask(asking: &Asking<'_>) -> Result<(Request, Entities), Unfit> {
    let facts = asking.facts;
    let user = uid(&TYPES.user, &facts.user.id);
    let app = uid(&TYPES.app, facts.app.id.as_str());
    let action = uid(&TYPES.action, facts.operation.as_str());
    let entities = entities(asking, &user, &action, &app)?;
    let context = context(asking)?;
    let request = Request::new(user, action, app, context, None).map_err(|_| Unfit)?;
    Ok((request, entities))
}

/// The person, the operation and the site. A group needs no entity of its own: that somebody is in it is said of the person.
fn entities(
    asking: &Asking<'_>,
    user: &EntityUid,
    action: &EntityUid,
    app: &EntityUid,
) -> Result<Entities, Unfit> {
    let facts = asking.facts;
    let groups = facts.user.groups.iter().filter(|group| asking.named.group(group));
    let groups: HashSet<EntityUid> = groups.map(|group| uid(&TYPES.group, group)).collect();
    let mut attributes = HashMap::from([
        ("risk".to_owned(), level(facts.user.risk)),
        ("enrolled".to_owned(), Value::new_bool(facts.user.enrolled)),
        ("verified".to_owned(), Value::new_bool(facts.user.verified)),
    ]);
    attributes.extend(facts.user.verified_at.map(|at| ("verified_at".to_owned(), Value::new_long(at))));
    let optional = [("email", &facts.user.email), ("department", &facts.user.department)];
    for (name, value) in optional {
        attributes.extend(value.clone().map(|value| (name.to_owned(), Value::new_string(value))));
    }
    let person = Entity::new(user.clone(), attributes, groups).map_err(|_| Unfit)?;
    let site = HashMap::from([
        ("category".to_owned(), Value::new_string(facts.app.category.clone())),
        ("sanctioned".to_owned(), Value::new_bool(facts.app.sanctioned)),
    ]);
    let site = Entity::new(app.clone(), site, HashSet::new()).map_err(|_| Unfit)?;
    let operation = SCHEMA.actions.get(action).cloned().ok_or(Unfit)?;
    Entities::from_entities([person, operation, site], None).map_err(|_| Unfit)
}

fn context(asking: &Asking<'_>) -> Result<Context, Unfit> {
    let Asking { facts, families, named, .. } = asking;
    let mut fields = Vec::new();
    let mut tell = |name: &str, value: &dyn Fn() -> Result<Value, Unfit>| {
        if named.attribute(name) {
            fields.push((name.to_owned(), value()?));
        }
        Ok(())
    };
    tell("topics", &|| topics(asking, &facts.topics))?;
    tell("labels", &|| Ok(set(families.keys().copied())))?;
    tell("counts", &|| {
        counts(asking, &|name| families.get(name).copied().unwrap_or(0), facts.found_in_all())
    })?;
    tell("account", &|| account(facts))?;
    tell("temporary", &|| Ok(Value::new_bool(facts.temporary)))?;
    tell("logged_out", &|| Ok(Value::new_bool(facts.logged_out)))?;
    tell("connectors", &|| Ok(strings(&facts.connectors)))?;
    tell("tools", &|| Ok(strings(&facts.tools)))?;
    tell("attachments", &|| attachments(facts))?;
    tell("private_window", &|| Ok(Value::new_bool(facts.private_window)))?;
    tell("text_bytes", &|| Ok(number(facts.text_bytes)))?;
    tell("conversation", &|| conversation(asking))?;
    tell("device", &|| device(facts))?;
    if let Some(model) = &facts.model {
        tell("model", &|| Ok(Value::new_string(model.clone())))?;
    }
    if let Some(browser) = facts.browser {
        tell("browser", &|| Ok(Value::new_string(word(browser).to_owned())))?;
    }
    if let Some(language) = &facts.language {
        tell("language", &|| Ok(Value::new_string(language.clone())))?;
    }
    if let Some(time) = facts.local {
        tell("local", &|| local(time))?;
    }
    if let Some(at) = facts.at {
        tell("at", &|| Ok(Value::new_long(at)))?;
    }
    Context::from_pairs(fields).map_err(|_| Unfit)
}

fn topics(asking: &Asking<'_>, levels: &BTreeMap<Topic, Level>) -> Result<Value, Unfit> {
    record(Topic::BUILTIN.iter().chain(asking.custom).filter_map(|topic| {
        let found = levels.get(topic).copied().unwrap_or_default();
        let name = String::from(topic.clone());
        asking.named.attribute(&name).then(|| (name, level(found)))
    }))
}

fn local(time: LocalTime) -> Result<Value, Unfit> {
    let fields = [
        ("weekday", i64::from(time.weekday)),
        ("hour", i64::from(time.minute / 60)),
        ("minute_of_day", i64::from(time.minute)),
    ];
    record(fields.map(|(name, value)| (name.to_owned(), Value::new_long(value))))
}

fn device(facts: &Facts) -> Result<Value, Unfit> {
    let os = facts.device.os.clone().map(|os| ("os".to_owned(), Value::new_string(os)));
    record([("managed".to_owned(), Value::new_bool(facts.device.managed))].into_iter().chain(os))
}

/// What was found before: where a policy asks for one of its records.
fn conversation(asking: &Asking<'_>) -> Result<Value, Unfit> {
    let Asking { facts, named, .. } = asking;
    let mut fields = Vec::new();
    if named.attribute("topics") {
        fields.push(("topics".to_owned(), topics(asking, &facts.conversation)?));
    }
    if named.attribute("counts") {
        let counts = counts(asking, &|family| facts.found_before(family), facts.found_before_in_all())?;
        fields.push(("counts".to_owned(), counts));
    }
    record(fields)
}

fn counts(asking: &Asking<'_>, of: &dyn Fn(&str) -> u64, total: u64) -> Result<Value, Unfit> {
    let counted = COUNTED.iter().map(|name| (*name, of(name)));
    let all = counted.chain([("total", total)]);
    let named = all.filter(|(name, _)| asking.named.attribute(name));
    record(named.map(|(name, count)| (name.to_owned(), number(count))))
}

/// How often each label and each family of labels was found: `secret.github.pat` counts for `secret.github`
/// and `secret` too.
pub(crate) fn families(facts: &Facts) -> Families<'_> {
    let mut families = BTreeMap::new();
    for (label, found) in &facts.labels {
        let label = label.as_str();
        let ends = label.match_indices('.').map(|(at, _)| at).chain([label.len()]);
        for family in ends.filter_map(|end| label.get(..end)) {
            let count: &mut u64 = families.entry(family).or_default();
            *count = count.saturating_add(found.times());
        }
    }
    families
}

/// Whose account, as policies write it.
pub(crate) fn kind(facts: &Facts) -> &'static str {
    match facts.account.kind {
        AccountKind::Unknown => "unknown",
        AccountKind::Personal => "personal",
        AccountKind::Workspace => "workspace",
    }
}

fn account(facts: &Facts) -> Result<Value, Unfit> {
    let workspace = facts.account.workspace.clone().map(|id| ("workspace".to_owned(), Value::new_string(id)));
    let said = [
        ("kind".to_owned(), Value::new_string(kind(facts).to_owned())),
        ("sanctioned".to_owned(), Value::new_bool(facts.workspace_sanctioned)),
    ];
    record(said.into_iter().chain(workspace))
}

fn attachments(facts: &Facts) -> Result<Value, Unfit> {
    record([
        ("count".to_owned(), number(facts.attachments.count)),
        ("types".to_owned(), strings(&facts.attachments.types)),
    ])
}

/// A browser, as policies write it.
pub(crate) fn word(browser: Browser) -> &'static str {
    match browser {
        Browser::Brave => "brave",
        Browser::Chrome => "chrome",
        Browser::Chromium => "chromium",
        Browser::Edge => "edge",
        Browser::Firefox => "firefox",
    }
}

fn uid(of: &EntityTypeName, id: &str) -> EntityUid {
    EntityUid::from_type_name_and_id(of.clone(), EntityId::new(id))
}

fn record(fields: impl IntoIterator<Item = (String, Value)>) -> Result<Value, Unfit> {
    Value::new_record(fields).map_err(|_| Unfit)
}

fn strings(set_of: &BTreeSet<String>) -> Value {
    set(set_of.iter().map(String::as_str))
}

fn set<'a>(members: impl Iterator<Item = &'a str>) -> Value {
    Value::new_set(members.map(|member| Value::new_string(member.to_owned())))
}

fn level(level: Level) -> Value {
    Value::new_long(i64::from(level.number()))
}

fn number(count: u64) -> Value {
    Value::new_long(long(count))
}

/// A count as Cedar counts.
pub(crate) fn long(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use cedar_policy::{Context, Entities, Request};
    use proptest::prelude::*;
    use shared_protocol::{AccountKind, App, Browser, Label, Level, Operation, Topic};

    use super::{Asking, ask, families};
    use crate::named::Named;
    use crate::schema::Parsed;
    use crate::{DeviceFacts, Facts, LocalTime, Place};

    /// Facts with everything that is optional there or not there.
    fn facts(operation: Operation, full: bool, word: &str, count: u64) -> Facts {
        let mut facts = Facts::new(operation, App::new(word));
        facts.text_bytes = count;
        if full {
            let label = |label: &str| Label::try_from(label.to_owned()).unwrap();
            facts.found(&label("secret.github.pat"), [Topic::ContentCredentials], Place::Text);
            facts.found(&label("pii.email"), [Topic::ContentPii], Place::Name);
            facts.topics.extend(Topic::BUILTIN.map(|topic| (topic, Level::Medium)));
            facts.user.email = Some(word.to_owned());
            facts.user.department = Some(word.to_owned());
            facts.user.groups = [word.to_owned(), "hr".to_owned()].into();
            facts.account.kind = AccountKind::Workspace;
            facts.account.workspace = Some(word.to_owned());
            facts.model = Some(word.to_owned());
            facts.connectors.insert(word.to_owned());
            facts.tools.insert(word.to_owned());
            facts.attachments.types.insert(word.to_owned());
            facts.browser = Some(Browser::Edge);
            facts.user.verified_at = i64::try_from(count).ok();
            facts.conversation.extend(Topic::BUILTIN.map(|topic| (topic, Level::Low)));
            facts.conversation.insert(Topic::Custom("ships".to_owned()), Level::High);
            facts.conversation_labels.insert(label("pii.email"), count);
            facts.language = Some(word.to_owned());
            facts.local = Some(LocalTime { weekday: 7, minute: 1439 });
            facts.device = DeviceFacts { os: Some(word.to_owned()), managed: true };
            facts.at = i64::try_from(count).ok();
        }
        facts
    }

    proptest! {
        #[test]
        fn what_is_asked_fits_the_schema(
            operation in prop::sample::select(Operation::ALL.to_vec()), full: bool, word: String, count: u64,
            own in prop::collection::btree_set("[a-z]{1,4}", 0..3),
        ) {
            let parsed = Parsed::with(&own);
            let custom: Vec<Topic> = own.into_iter().map(Topic::Custom).collect();
            let facts = facts(operation, full, &word, count);
            // Everything is told where a policy uses the whole.
            let text = "forbid (principal, action, resource) when { [context].contains(context) };";
            let mut named = Named::default();
            named.take(&cedar_policy::Policy::parse(None, text).unwrap().to_json().unwrap());
            let (families, custom) = (families(&facts), custom.as_slice());
            let asking = Asking { facts: &facts, families: &families, custom, named: &named };
            let (request, entities) = ask(&asking).unwrap();
            let (user, action, app) =
                (request.principal().unwrap(), request.action().unwrap(), request.resource().unwrap());
            let context: Context = request.context().unwrap().clone();
            let schema = Some(&parsed.schema);
            Request::new(user.clone(), action.clone(), app.clone(), context, schema).unwrap();
            Entities::from_entities(entities, schema).unwrap();
        }
    }

    #[test]
    fn every_family_of_a_label_is_counted() {
        let facts = facts(Operation::SendPrompt, true, "x", 0);
        let families = families(&facts);
        assert_eq!(
            families.into_iter().collect::<Vec<_>>(),
            [("pii", 1), ("pii.email", 1), ("secret", 1), ("secret.github", 1), ("secret.github.pat", 1)]
        );
    }
}
