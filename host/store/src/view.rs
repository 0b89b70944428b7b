//! Reading and appending, inside a transaction.

use std::cell::Cell;
use std::ops::Deref;

use rusqlite::{Connection, OptionalExtension as _, params, params_from_iter};

use crate::filter::integer;
use crate::{Filter, Head, Index, Link, Page, Row, SealedBlob, StoreError, TopicLevel};

pub(crate) const COLUMNS: &str = "seq, device, at, event, kind, salt, body, commitments, previous, hash, epoch, mac, \
     app, person, operation, action, conversation, parent, message, matched";

/// One moment of the file.
#[derive(Debug)]
pub struct View<'a> {
    pub(crate) connection: &'a Connection,
}

impl<'a> View<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Self {
        Self { connection }
    }

    pub(crate) fn connection(&self) -> &'a Connection {
        self.connection
    }

    /// The newest row, if any.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn head(&self) -> Result<Option<Head>, StoreError> {
        let mut select =
            self.connection.prepare_cached("SELECT seq, hash FROM record ORDER BY seq DESC LIMIT 1")?;
        let head = select.query_row([], |row| Ok(Head { seq: unsigned(row, 0)?, hash: row.get(1)? }));
        Ok(head.optional()?)
    }

    /// The row of this sequence, if any.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn row(&self, seq: u64) -> Result<Option<Row>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM record WHERE seq = ?");
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_row([integer(seq)], read_row).optional()?)
    }

    /// The sequence of the row with this hash, if any. Reads the whole table.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn seq_of(&self, hash: &[u8; 32]) -> Result<Option<u64>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT seq FROM record WHERE hash = ? LIMIT 1")?;
        Ok(select.query_row([hash.as_slice()], |row| unsigned(row, 0)).optional()?)
    }

    /// The rows of one event, oldest first.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn rows_of(&self, event: &str) -> Result<Vec<Row>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM record WHERE event = ? ORDER BY seq");
        let mut select = self.connection.prepare_cached(&sql)?;
        let rows = select.query_map([event], read_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A page of the rows for which every condition holds.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn list(&self, filter: &Filter, page: &Page) -> Result<Vec<Row>, StoreError> {
        let conditions = page.finish(filter.conditions());
        let sql = format!("SELECT {COLUMNS} FROM record{}", conditions.sql);
        let mut select = self.connection.prepare_cached(&sql)?;
        let rows = select.query_map(params_from_iter(conditions.values), read_row)?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many rows every condition holds for.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn count(&self, filter: &Filter) -> Result<u64, StoreError> {
        let conditions = filter.conditions();
        let sql = format!("SELECT count(*) FROM record{}", conditions.sql);
        let mut select = self.connection.prepare_cached(&sql)?;
        Ok(select.query_row(params_from_iter(conditions.values), |row| unsigned(row, 0))?)
    }

    /// A row's sealed text, in the order of its recipients.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn sealed_of(&self, seq: u64) -> Result<Vec<SealedBlob>, StoreError> {
        let mut select =
            self.connection.prepare_cached("SELECT key_id, blob FROM sealed WHERE seq = ? ORDER BY place")?;
        let rows = select
            .query_map([integer(seq)], |row| Ok(SealedBlob { key_id: row.get(0)?, blob: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A row's topics, by name.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn topics_of(&self, seq: u64) -> Result<Vec<TopicLevel>, StoreError> {
        let mut select = self
            .connection
            .prepare_cached("SELECT topic, level FROM record_topic WHERE seq = ? ORDER BY topic")?;
        let rows = select
            .query_map([integer(seq)], |row| Ok(TopicLevel { topic: row.get(0)?, level: row.get(1)? }))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The highest level of each topic in the rows of the last `limit` events of a site's conversation that nobody refused and
    /// that are not `operation`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn topics_in(
        &self,
        app: &str,
        conversation: &str,
        operation: &str,
        limit: u32,
    ) -> Result<Vec<TopicLevel>, StoreError> {
        let sql = "SELECT topic, max(level) FROM record JOIN record_topic USING (seq) WHERE event IN (\
                       SELECT event FROM record AS link WHERE conversation = ?1 AND app = ?2 AND event IS NOT NULL \
                       AND operation IS NOT ?3 \
                       AND NOT EXISTS (SELECT 1 FROM record WHERE event = link.event AND kind = 'refused') \
                       ORDER BY seq DESC LIMIT ?4) \
                   GROUP BY topic ORDER BY topic";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map(params![conversation, app, operation, limit], |row| {
            Ok(TopicLevel { topic: row.get(0)?, level: row.get(1)? })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How often each label was found in the prompts of the last `limit` events of a site's conversation that nobody refused
    /// and that are not `operation`: what the rows of the kind `judged` say under `labels`.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn labels_in(
        &self,
        app: &str,
        conversation: &str,
        operation: &str,
        limit: u32,
    ) -> Result<Vec<(String, u64)>, StoreError> {
        let sql = "SELECT label.key, sum(label.value) FROM record, json_each(record.body, '$.labels') AS label \
                   WHERE kind = 'judged' AND body IS NOT NULL AND event IN (\
                       SELECT event FROM record AS link WHERE conversation = ?1 AND app = ?2 AND event IS NOT NULL \
                       AND operation IS NOT ?3 \
                       AND NOT EXISTS (SELECT 1 FROM record WHERE event = link.event AND kind = 'refused') \
                       ORDER BY seq DESC LIMIT ?4) \
                   GROUP BY label.key ORDER BY label.key";
        let mut select = self.connection.prepare_cached(sql)?;
        let rows = select.query_map(params![conversation, app, operation, limit], |row| {
            Ok((row.get(0)?, row.get::<_, i64>(1)?.unsigned_abs()))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The events (of a site, when one is given) with a row that carries this id, by their first such row.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn events_with(&self, link: Link, app: Option<&str>, id: &str) -> Result<Vec<String>, StoreError> {
        let column = match link {
            Link::Conversation => "conversation",
            Link::Message => "message",
            Link::Parent => "parent",
        };
        let sql = format!(
            "SELECT event FROM record WHERE {column} = ?1 AND (app = ?2 OR ?2 IS NULL) \
             AND event IS NOT NULL GROUP BY event ORDER BY min(seq)"
        );
        let mut select = self.connection.prepare_cached(&sql)?;
        let events = select.query_map(params![id, app], |row| row.get(0))?;
        Ok(events.collect::<Result<_, _>>()?)
    }

    /// A small fact of this machine.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn meta(&self, name: &str) -> Result<Option<String>, StoreError> {
        let mut select = self.connection.prepare_cached("SELECT value FROM meta WHERE name = ?")?;
        Ok(select.query_row([name], |row| row.get(0)).optional()?)
    }
}

/// A transaction that may also append. Reads in it see what it wrote.
#[derive(Debug)]
pub struct Tx<'a> {
    view: View<'a>,
    /// Something was overwritten that must not stay in the write-ahead log.
    traces: Cell<bool>,
}

impl<'a> Deref for Tx<'a> {
    type Target = View<'a>;

    fn deref(&self) -> &Self::Target {
        &self.view
    }
}

impl<'a> Tx<'a> {
    pub(crate) fn new(connection: &'a Connection) -> Self {
        Self { view: View::new(connection), traces: Cell::new(false) }
    }

    /// As SQLite does when there is no space.
    #[cfg(test)]
    pub(crate) fn give_up(&self) {
        self.view.connection.execute_batch("ROLLBACK").unwrap();
    }

    /// What stood in the file before is to be gone from the write-ahead log too, right after this transaction.
    pub fn leaves_traces(&self) {
        self.traces.set(true);
    }

    pub(crate) fn has_traces(&self) -> bool {
        self.traces.get()
    }

    /// Adds a row with its topics and sealed text.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] when the sequence is taken, or the event has a row of a kind that stands once.
    pub fn append(&self, row: &Row, topics: &[TopicLevel], sealed: &[SealedBlob]) -> Result<(), StoreError> {
        let connection = self.view.connection;
        let sql = format!(
            "INSERT INTO record ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        );
        connection.prepare_cached(&sql)?.execute(params![
            integer(row.seq),
            row.device,
            integer(row.at),
            row.event,
            row.kind,
            row.salt,
            row.body,
            row.commitments,
            row.previous,
            row.hash,
            row.epoch.map(integer),
            row.mac,
            row.index.app,
            row.index.person,
            row.index.operation,
            row.index.action,
            row.index.conversation,
            row.index.parent,
            row.index.message,
            row.index.matched,
        ])?;
        let mut insert =
            connection.prepare_cached("INSERT INTO record_topic (seq, topic, level) VALUES (?, ?, ?)")?;
        for topic in topics {
            insert.execute(params![integer(row.seq), topic.topic, topic.level])?;
        }
        let mut insert =
            connection.prepare_cached("INSERT INTO sealed (seq, place, key_id, blob) VALUES (?, ?, ?, ?)")?;
        for (place, one) in (0_i64..).zip(sealed) {
            insert.execute(params![integer(row.seq), place, one.key_id, one.blob])?;
        }
        Ok(())
    }

    /// Writes down a small fact of this machine.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn set_meta(&self, name: &str, value: &str) -> Result<(), StoreError> {
        let mut insert =
            self.view.connection.prepare_cached("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)")?;
        insert.execute([name, value])?;
        Ok(())
    }
}

pub(crate) fn read_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Row> {
    Ok(Row {
        seq: unsigned(row, 0)?,
        device: row.get(1)?,
        at: unsigned(row, 2)?,
        event: row.get(3)?,
        kind: row.get(4)?,
        salt: row.get(5)?,
        body: row.get(6)?,
        commitments: row.get(7)?,
        previous: row.get(8)?,
        hash: row.get(9)?,
        epoch: row.get::<_, Option<i64>>(10)?.map(|_| unsigned(row, 10)).transpose()?,
        mac: row.get(11)?,
        index: Index {
            app: row.get(12)?,
            person: row.get(13)?,
            operation: row.get(14)?,
            action: row.get(15)?,
            conversation: row.get(16)?,
            parent: row.get(17)?,
            message: row.get(18)?,
            matched: row.get(19)?,
        },
    })
}

pub(crate) fn unsigned(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<u64> {
    let number: i64 = row.get(column)?;
    u64::try_from(number).map_err(|_| rusqlite::Error::IntegralValueOutOfRange(column, number))
}
