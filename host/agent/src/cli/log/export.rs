//! `promptgate log export`: rows into a file that others read.
//!
//! INVARIANT: the file appears under its name whole and on the disk, for this person alone, and never in place of
//! another one; that it was made is on record before it appears.

mod parquet;

use std::fs::{self, File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use host_journal::sink::{JSONL, Last, Manifest, Most, Outgoing, csv_head, csv_line, outgoing_of};
use host_journal::{Audit, Change, Filter, JournalError, SignedHead, SiteWord};
use host_store::{Head, Store};
use serde_json::json;

use super::filter;
use crate::exit::Exit;
use crate::native::now;
use crate::out;
use crate::record::Recorder;
use crate::ship::PRODUCER;

/// Taken from the record at once.
const MOST: Most = Most { rows: 500, bytes: 4 * 1024 * 1024 };
/// Between two lines of progress.
const PROGRESS: Duration = Duration::from_secs(1);

#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Args {
    /// The file, or a folder in which it gets a name of device and time.
    #[arg(long, value_name = "FILE|DIR")]
    to: PathBuf,
    /// How it is written.
    #[arg(long, value_enum, default_value_t = Form::Jsonl)]
    format: Form,
    #[command(flatten)]
    filter: filter::Args,
}

/// How it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Form {
    /// A line of JSON for each row, complete: `log list --from` and others read it back.
    Jsonl,
    /// A table for spreadsheets.
    Csv,
    /// A table for analysis.
    Parquet,
}

impl Form {
    fn as_str(self) -> &'static str {
        match self {
            Self::Jsonl => "jsonl",
            Self::Csv => "csv",
            Self::Parquet => "parquet",
        }
    }
}

/// What takes rows.
trait Sheet {
    fn rows(&mut self, rows: &[Outgoing]) -> Result<()>;
    /// Everything is there.
    fn end(self: Box<Self>, manifest: &Manifest) -> Result<File>;
}

pub(super) fn run(args: &Args, store: &Store, recorder: &Recorder, json: bool) -> Result<Exit> {
    let device = store.read(|view| view.meta("device"))?.unwrap_or_default();
    let to = place(&args.to, &device, args.format)?;
    let filter = args.filter.every_kind()?;
    let read: Result<_, JournalError> =
        store.read(|view| Ok((view.head()?, host_journal::head(view, &device, now())?)));
    let (head, signed) = read?;
    let new = beside(&to);
    let done = write(&new, args, store, &filter, &device, head).and_then(|rows| {
        audit(recorder, args.format, rows)?;
        // A link and not a renaming: it does not take the place of a file that came meanwhile.
        fs::hard_link(&new, &to).with_context(|| format!("{} cannot be made", to.display()))?;
        write_head(&to, signed.as_ref())?;
        Ok(rows)
    });
    // Either it has its name now, or it is of no use.
    let _gone = fs::remove_file(&new);
    let rows = done?;
    if json {
        let last = head.map(|head| head.seq);
        out::line(
            &json!({ "file": to, "format": args.format.as_str(), "rows": rows, "last": last }).to_string(),
        );
    } else {
        out::line(&format!("{rows} rows in {}", to.display()));
    }
    Ok(Exit::Done)
}

/// The file to be, which is not there yet.
fn place(to: &Path, device: &str, form: Form) -> Result<PathBuf> {
    let is_folder = to.is_dir() || to.as_os_str().to_string_lossy().ends_with(['/', '\\']);
    let path = if is_folder {
        crate::keys::make_folder(to)?;
        let time = jiff::Timestamp::now().strftime("%Y%m%dT%H%M%S%3fZ");
        to.join(format!("promptgate-{device}-{time}.{}", form.as_str()))
    } else {
        to.to_owned()
    };
    if path.exists() {
        bail!("{} is there already; name another file, or move it away", path.display());
    }
    Ok(path)
}

/// The signed head of the record as it was exported, beside the file: `log verify --head` sees with it what is cut off
/// later.
fn write_head(to: &Path, head: Option<&SignedHead>) -> Result<()> {
    let Some(head) = head else { return Ok(()) };
    let mut name = to.as_os_str().to_owned();
    name.push(".head.json");
    let path = PathBuf::from(name);
    fs::write(&path, format!("{}\n", head.to_json()?))
        .with_context(|| format!("{} cannot be written", path.display()))
}

/// A name beside the file for while it is written.
fn beside(to: &Path) -> PathBuf {
    let mut name = to.as_os_str().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    PathBuf::from(name)
}

fn write(
    path: &Path,
    args: &Args,
    store: &Store,
    filter: &Filter,
    device: &str,
    head: Option<Head>,
) -> Result<u64> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path).with_context(|| format!("{} cannot be written", path.display()))?;
    let mut sheet: Box<dyn Sheet> = match args.format {
        Form::Jsonl => Box::new(Lines(BufWriter::new(file))),
        Form::Csv => Box::new(Csv::begin(file)?),
        Form::Parquet => Box::new(parquet::Table::begin(file)?),
    };
    let end = head.map_or(0, |head| head.seq);
    let (mut after, mut count, mut told) = (0, 0_u64, Instant::now());
    let most = args.filter.most();
    while after < end {
        let left = most.map_or(u64::MAX, |most| u64::from(most).saturating_sub(count));
        let take = Most { rows: MOST.rows.min(u32::try_from(left).unwrap_or(u32::MAX)), ..MOST };
        let mut rows = store.read(|view| outgoing_of(view, filter, after, take))?;
        // What came while this runs is the next export's.
        rows.retain(|row| row.row.seq <= end);
        let Some(last) = rows.last() else { break };
        after = last.row.seq;
        count += rows.len() as u64;
        sheet.rows(&rows)?;
        if told.elapsed() > PROGRESS {
            told = Instant::now();
            out::note(&format!("row {after} of {end}"));
        }
    }
    let manifest = Manifest {
        device: device.to_owned(),
        rows: count,
        complete: *filter == Filter::default() && count == end,
        last: head.map(|head| Last { seq: head.seq, hash: host_journal::encoding::hex(&head.hash) }),
        at: now(),
    };
    let file = sheet.end(&manifest)?;
    file.sync_all().context("the file did not get onto the disk")?;
    Ok(count)
}

/// That rows left the machine is a row itself.
fn audit(recorder: &Recorder, form: Form, rows: u64) -> Result<()> {
    let mut audit = Audit::new(Change::LogExported, recorder.by());
    audit.name = Some(SiteWord::from(form.as_str()));
    audit.count = Some(rows);
    recorder.audit(None, audit)
}

struct Lines(BufWriter<File>);

impl Sheet for Lines {
    fn rows(&mut self, rows: &[Outgoing]) -> Result<()> {
        for row in rows {
            writeln!(self.0, "{}", JSONL.line(row, &PRODUCER)?)?;
        }
        Ok(())
    }

    fn end(mut self: Box<Self>, manifest: &Manifest) -> Result<File> {
        writeln!(self.0, "{}", manifest.line()?)?;
        Ok(self.0.into_inner()?)
    }
}

struct Csv(BufWriter<File>);

impl Csv {
    fn begin(file: File) -> Result<Self> {
        let mut out = BufWriter::new(file);
        out.write_all(csv_head().as_bytes())?;
        Ok(Self(out))
    }
}

impl Sheet for Csv {
    fn rows(&mut self, rows: &[Outgoing]) -> Result<()> {
        for row in rows {
            self.0.write_all(csv_line(row).as_bytes())?;
        }
        Ok(())
    }

    fn end(self: Box<Self>, _manifest: &Manifest) -> Result<File> {
        Ok(self.0.into_inner()?)
    }
}
