//! Counting rows: by stretches of time, by the word of a column, by the members of a list in the body.
//!
//! INVARIANT: the same conditions as lists ([`Filter`]); what a caller names is a bound value, never SQL.

use rusqlite::params_from_iter;
use rusqlite::types::Value;

use crate::filter::integer;
use crate::view::{View, unsigned};
use crate::{Filter, StoreError};

/// What rows are counted by, beside their time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    /// The decision's label.
    Action,
    /// The site.
    App,
    /// The person.
    Person,
    /// Each topic above level 0: a row counts for every one of its topics.
    Topic,
}

/// A count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Which stretch of time, from 0 at the start of 1970.
    pub stretch: i64,
    /// The word; absent where the column is empty.
    pub word: Option<String>,
    /// How many rows.
    pub rows: u64,
}

/// How rows are cut into stretches of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Milliseconds of a stretch; above 0.
    pub width: u64,
    /// Milliseconds that are added to a row's time first, such as a time zone's offset.
    pub shift: i64,
}

/// Where a list stands in the bodies of rows, and what of the rows that follow is told apart.
#[derive(Clone, Copy, Debug)]
pub struct Listed<'a> {
    /// The list's field.
    pub list: &'a str,
    /// The field of each item that names it.
    pub member: &'a str,
    /// The field of the following rows' bodies by which they are told apart.
    pub word: &'a str,
}

/// How many events with this member in their list have a row of this kind with this word.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Followed {
    /// The member.
    pub member: String,
    /// A kind of row of the same event.
    pub kind: String,
    /// What such a row says, if it has the field.
    pub word: Option<String>,
    /// How many.
    pub rows: u64,
}

impl View<'_> {
    /// The first and the last time of the rows for which every condition holds.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn span(&self, filter: &Filter) -> Result<Option<(u64, u64)>, StoreError> {
        let conditions = filter.conditions();
        let sql = format!("SELECT min(at), max(at) FROM record{}", conditions.sql);
        let mut select = self.connection().prepare_cached(&sql)?;
        let ends = select.query_row(params_from_iter(conditions.values), |row| {
            Ok(match row.get::<_, Option<i64>>(0)? {
                None => None,
                Some(_) => Some((unsigned(row, 0)?, unsigned(row, 1)?)),
            })
        })?;
        Ok(ends)
    }

    /// How many rows every condition holds for, by stretch of time and word; by stretch, then word.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn tally(&self, filter: &Filter, by: Column, cut: Cut) -> Result<Vec<Tally>, StoreError> {
        let conditions = filter.conditions();
        let (word, from) = match by {
            Column::Action => ("action", "record"),
            Column::App => ("app", "record"),
            Column::Person => ("person", "record"),
            Column::Topic => ("topic", "record JOIN record_topic USING (seq)"),
        };
        let sql = format!(
            "SELECT (at + ?) / ? AS stretch, {word}, count(*) FROM {from}{} GROUP BY 1, 2 ORDER BY 1, 2",
            conditions.sql
        );
        let mut values = vec![Value::Integer(cut.shift), integer(cut.width.max(1))];
        values.extend(conditions.values);
        let mut select = self.connection().prepare_cached(&sql)?;
        let rows = select.query_map(params_from_iter(values), |row| {
            Ok(Tally { stretch: row.get(0)?, word: row.get(1)?, rows: unsigned(row, 2)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// For each member of a list in the bodies of the rows for which every condition holds: what the rows of the same
    /// events are and say. A row counts as one of its own event.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn followed(&self, filter: &Filter, listed: Listed<'_>) -> Result<Vec<Followed>, StoreError> {
        let conditions = filter.conditions();
        let sql = format!(
            "WITH chosen AS MATERIALIZED (SELECT event, body FROM record{} AND event IS NOT NULL), \
             named AS MATERIALIZED (SELECT event, json_extract(item.value, ?) AS member \
               FROM chosen, json_each(chosen.body, ?) AS item WHERE item.type = 'object') \
             SELECT member, kind, json_extract(body, ?) AS word, count(*) \
             FROM named JOIN record USING (event) WHERE member IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
            conditions.sql
        );
        let mut values = conditions.values;
        values
            .extend([listed.member, listed.list, listed.word].map(|field| Value::Text(format!("$.{field}"))));
        let mut select = self.connection().prepare_cached(&sql)?;
        let rows = select.query_map(params_from_iter(values), |row| {
            Ok(Followed {
                member: row.get(0)?,
                kind: row.get(1)?,
                word: row.get(2)?,
                rows: unsigned(row, 3)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}
