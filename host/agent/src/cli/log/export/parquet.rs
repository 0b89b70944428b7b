//! Parquet: the columns of `host_journal::sink::COLUMNS`, Snappy-compressed, in groups of rows.
//!
//! What a JSON export says in its last line stands under the key `promptgate.head` of the file's metadata.

use std::fs::File;
use std::sync::Arc;

use anyhow::{Context, Result};
use host_journal::sink::{COLUMNS, Manifest, Of, Outgoing};
use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, Int64Type};
use parquet::file::metadata::KeyValue;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::Sheet;

/// Rows of a group, and their bytes: what is held in memory.
const ROWS: usize = 20_000;
const BYTES: usize = 32 * 1024 * 1024;

pub(super) struct Table {
    writer: SerializedFileWriter<File>,
    held: Vec<Outgoing>,
    bytes: usize,
}

impl Table {
    pub(super) fn begin(file: File) -> Result<Self> {
        let fields = COLUMNS.iter().map(|column| match column.of {
            Of::Text(_) => format!("OPTIONAL BYTE_ARRAY {} (UTF8);", column.name),
            Of::Number(_) => format!("REQUIRED INT64 {};", column.name),
            Of::Time(_) => format!("REQUIRED INT64 {} (TIMESTAMP(MILLIS,true));", column.name),
            Of::Flag(_) => format!("REQUIRED BOOLEAN {};", column.name),
        });
        let schema = format!("message record {{ {} }}", fields.collect::<Vec<_>>().join(" "));
        let schema = Arc::new(parse_message_type(&schema).context("the table's schema")?);
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = SerializedFileWriter::new(file, schema, Arc::new(properties))?;
        Ok(Self { writer, held: Vec::new(), bytes: 0 })
    }

    fn group(&mut self) -> Result<()> {
        if self.held.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        let mut columns = COLUMNS.iter();
        while let Some(mut writer) = group.next_column()? {
            let column = columns.next().context("a column without a name")?;
            match column.of {
                Of::Text(text) => {
                    let cells: Vec<Option<String>> = self.held.iter().map(text).collect();
                    let levels: Vec<i16> = cells.iter().map(|cell| i16::from(cell.is_some())).collect();
                    let values: Vec<ByteArray> =
                        cells.into_iter().flatten().map(|text| ByteArray::from(text.into_bytes())).collect();
                    writer.typed::<ByteArrayType>().write_batch(&values, Some(&levels), None)?;
                }
                Of::Number(number) | Of::Time(number) => {
                    let signed = |row| i64::try_from(number(row)).unwrap_or(i64::MAX);
                    let values: Vec<i64> = self.held.iter().map(signed).collect();
                    writer.typed::<Int64Type>().write_batch(&values, None, None)?;
                }
                Of::Flag(flag) => {
                    let values: Vec<bool> = self.held.iter().map(flag).collect();
                    writer.typed::<BoolType>().write_batch(&values, None, None)?;
                }
            }
            writer.close()?;
        }
        group.close()?;
        self.held.clear();
        self.bytes = 0;
        Ok(())
    }
}

impl Sheet for Table {
    fn rows(&mut self, rows: &[Outgoing]) -> Result<()> {
        let size = |row: &Outgoing| {
            let sealed: usize = row.sealed.iter().map(|one| one.blob.len()).sum();
            sealed + row.row.body.as_ref().map_or(0, String::len)
        };
        self.bytes += rows.iter().map(size).sum::<usize>();
        self.held.extend_from_slice(rows);
        if self.held.len() >= ROWS || self.bytes >= BYTES { self.group() } else { Ok(()) }
    }

    fn end(mut self: Box<Self>, manifest: &Manifest) -> Result<File> {
        self.group()?;
        let head = serde_json::to_string(manifest)?;
        self.writer.append_key_value_metadata(KeyValue::new("promptgate.head".to_owned(), head));
        Ok(self.writer.into_inner()?)
    }
}
