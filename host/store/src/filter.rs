//! Which rows, and which page of them. Every given condition holds at once.
//!
//! INVARIANT: a condition is a fixed piece of SQL; what a person wrote is only ever a bound value.

use rusqlite::types::Value;

/// Conditions on rows; an absent one is no condition.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Kinds of row; empty for all.
    pub kinds: Vec<String>,
    /// The site.
    pub app: Option<String>,
    /// The person.
    pub person: Option<String>,
    /// A topic above level 0.
    pub topic: Option<String>,
    /// What the request did.
    pub operation: Option<String>,
    /// The decision's label.
    pub action: Option<String>,
    /// The site's conversation id, on any row of the same event.
    pub conversation: Option<String>,
    /// At or after, milliseconds.
    pub since: Option<u64>,
    /// Before, milliseconds.
    pub until: Option<u64>,
    /// Whether the event's prompt or answer was kept, sealed.
    pub captured: Option<bool>,
    /// Whether something was found or a policy applied.
    pub matched: Option<bool>,
}

/// Which end comes first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// Newest first.
    #[default]
    Newest,
    /// Oldest first.
    Oldest,
}

/// A stretch of the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Which end comes first.
    pub order: Order,
    /// The last sequence of the page before.
    pub after: Option<u64>,
    /// Most rows.
    pub limit: u32,
}

impl Default for Page {
    fn default() -> Self {
        Self { order: Order::Newest, after: None, limit: 50 }
    }
}

/// A `WHERE` and the values it binds, in order.
pub(crate) struct Conditions {
    pub(crate) sql: String,
    pub(crate) values: Vec<Value>,
}

impl Conditions {
    fn new() -> Self {
        Self { sql: String::from(" WHERE 1"), values: Vec::new() }
    }

    fn and(&mut self, sql: &str, value: Option<Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.extend(value);
    }

    fn and_text(&mut self, sql: &str, value: Option<&String>) {
        if let Some(value) = value {
            self.and(sql, Some(Value::Text(value.clone())));
        }
    }
}

impl Filter {
    pub(crate) fn conditions(&self) -> Conditions {
        let mut all = Conditions::new();
        if !self.kinds.is_empty() {
            let marks = vec!["?"; self.kinds.len()].join(", ");
            all.and(&format!("kind IN ({marks})"), None);
            all.values.extend(self.kinds.iter().cloned().map(Value::Text));
        }
        all.and_text("app = ?", self.app.as_ref());
        all.and_text("person = ?", self.person.as_ref());
        all.and_text("operation = ?", self.operation.as_ref());
        all.and_text("action = ?", self.action.as_ref());
        all.and_text("seq IN (SELECT seq FROM record_topic WHERE topic = ?)", self.topic.as_ref());
        all.and_text(
            "event IN (SELECT event FROM record WHERE conversation = ?)",
            self.conversation.as_ref(),
        );
        if let Some(since) = self.since {
            all.and("at >= ?", Some(integer(since)));
        }
        if let Some(until) = self.until {
            all.and("at < ?", Some(integer(until)));
        }
        if let Some(matched) = self.matched {
            all.and("matched = ?", Some(Value::Integer(i64::from(matched))));
        }
        if let Some(captured) = self.captured {
            let not = if captured { "" } else { "NOT " };
            all.and(&format!("{not}{CAPTURED}"), None);
        }
        all
    }
}

/// The row's event has its prompt or answer in the file.
const CAPTURED: &str = "EXISTS (SELECT 1 FROM record AS linked JOIN sealed ON sealed.seq = linked.seq \
     WHERE linked.event = record.event AND linked.kind IN ('judged', 'response'))";

impl Page {
    /// The end of the statement.
    pub(crate) fn finish(&self, mut conditions: Conditions) -> Conditions {
        let (cursor, order) = match self.order {
            Order::Newest => ("seq < ?", " ORDER BY seq DESC LIMIT ?"),
            Order::Oldest => ("seq > ?", " ORDER BY seq ASC LIMIT ?"),
        };
        if let Some(after) = self.after {
            conditions.and(cursor, Some(integer(after)));
        }
        conditions.sql.push_str(order);
        conditions.values.push(Value::Integer(i64::from(self.limit)));
        conditions
    }
}

/// SQLite's integers are signed; nothing is after the year 292 million.
pub(crate) fn integer(number: u64) -> Value {
    Value::Integer(i64::try_from(number).unwrap_or(i64::MAX))
}
