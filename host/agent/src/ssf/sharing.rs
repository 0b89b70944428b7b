//! That sharing was switched on or off: a row for each receiver, before anything goes to it.

use anyhow::Result;
use host_journal::{Audit, By, Change, SiteWord};

use crate::record::Recorder;
use crate::settings::SsfSettings;

/// The name under which it stands whom this machine shares with.
const SHARED_WITH: &str = "ssf/receivers";

/// Whether anything is shared, as far as was written down.
pub(crate) fn standing_before(recorder: &Recorder) -> bool {
    before(recorder).is_ok_and(|names| !names.is_empty())
}

fn before(recorder: &Recorder) -> Result<Vec<String>> {
    let text = recorder.look(|view| view.meta(SHARED_WITH))?.unwrap_or_default();
    Ok(text.lines().map(str::to_owned).collect())
}

/// Writes down who was told from now on, and who no longer.
pub(crate) fn mark(recorder: &Recorder, settings: Option<&SsfSettings>) -> Result<()> {
    let line = |name: &str, address: &str| format!("{name} {address}");
    let receivers = settings.map(|ssf| ssf.receivers.as_slice()).unwrap_or_default();
    let wanted: Vec<String> = receivers.iter().map(|one| line(&one.name, &one.address)).collect();
    let before = before(recorder)?;
    let of = |what, line: &String| {
        let mut audit = Audit::new(what, By::Host);
        audit.name = line.split(' ').next().map(SiteWord::from);
        recorder.audit_row(None, audit)
    };
    let off = before.iter().filter(|line| !wanted.contains(line)).map(|line| of(Change::SharingOff, line));
    let on = wanted.iter().filter(|line| !before.contains(line)).map(|line| of(Change::SharingOn, line));
    let rows = off.chain(on).collect::<Result<Vec<_>>>()?;
    if rows.is_empty() {
        return Ok(());
    }
    recorder.in_record(|tx, device| {
        host_journal::append(tx, device, &rows)?;
        Ok(tx.set_meta(SHARED_WITH, &wanted.join("\n"))?)
    })
}
