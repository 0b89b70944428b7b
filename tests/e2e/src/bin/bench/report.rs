//! What was measured: figures with and without the product, limits beside them, the worst samples by their place.

use std::time::Duration;

use serde_json::{Value, json};

use crate::stats::{Quantile, Summary, worst};

/// How many of the worst samples are told.
const WORST: usize = 5;

/// One measured time.
#[derive(Clone, Copy, Debug)]
pub struct Sample {
    /// Milliseconds.
    pub ms: f64,
    /// The block it was taken in, from 0.
    pub block: usize,
    /// Since both browsers stood.
    pub at: Duration,
    /// Of that, until the background had it; only to the millisecond.
    pub reached_ms: Option<f64>,
    /// Of that, from the message's arrival in the host to the row, as the host recorded it.
    pub host_ms: Option<f64>,
}

/// What is measured against a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// A quantile of the figure is at most so much.
    Most(Quantile, f64),
    /// The 99th percentile is at most so many times the median.
    Tail(f64),
}

impl Limit {
    fn words(self, unit: &str) -> String {
        match self {
            Self::Most(quantile, most) => format!("{} <= {most} {unit}", quantile.id()),
            Self::Tail(times) => format!("p99 <= {times} x p50"),
        }
    }

    fn is_kept(self, figure: &Summary) -> bool {
        match self {
            Self::Most(quantile, most) => figure.at(quantile) <= most,
            Self::Tail(times) => figure.p99 <= times * figure.p50,
        }
    }
}

/// One thing that was measured many times.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// For `--json`: the measure and what sets it apart.
    pub name: String,
    /// The browser, or what else it ran in.
    pub place: &'static str,
    /// In words.
    pub what: String,
    /// Of the samples; `ms` or `MB`.
    pub unit: &'static str,
    /// With the product, or the product alone.
    pub with: Vec<Sample>,
    /// Without it; empty where there is no such thing.
    pub without: Vec<Sample>,
    /// What it is held against: what was added, where there is a side without.
    pub limits: Vec<Limit>,
    /// What else is to be known.
    pub note: String,
}

impl Figure {
    fn summary(samples: &[Sample]) -> Option<Summary> {
        Summary::of(&samples.iter().map(|sample| sample.ms).collect::<Vec<_>>())
    }

    /// With, without, added.
    fn summaries(&self) -> [(&'static str, Option<Summary>); 3] {
        let (with, without) = (Self::summary(&self.with), Self::summary(&self.without));
        let added = with.zip(without).map(|(with, without)| with.minus(&without));
        [("with", with), ("without", without), ("added", added)]
    }

    /// What the limits are about.
    fn judged(&self) -> Option<Summary> {
        let [(_, with), _, (_, added)] = self.summaries();
        added.or(with)
    }

    /// The limits in words, each with whether it was kept.
    fn verdicts(&self) -> Vec<(String, bool)> {
        let Some(figure) = self.judged() else { return Vec::new() };
        self.limits.iter().map(|limit| (limit.words(self.unit), limit.is_kept(&figure))).collect()
    }

    /// The worst samples: with the product, where they lie in the run.
    fn outliers(&self) -> Vec<&Sample> {
        let times: Vec<f64> = self.with.iter().map(|sample| sample.ms).collect();
        worst(&times, WORST).into_iter().filter_map(|place| self.with.get(place)).collect()
    }

    /// One line for those who wait.
    pub fn line(&self) -> String {
        let of = |(side, summary): (&str, Option<Summary>)| {
            summary.map(|s| format!("; {side} p50 {:.1}, p99 {:.1}", s.p50, s.p99))
        };
        let sides: String = self.summaries().into_iter().filter_map(of).collect();
        format!("{}: {} ({}){sides}", self.place, self.what, self.unit)
    }

    /// For `--json`.
    pub fn value(&self) -> Value {
        let mut value = json!({
            "name": self.name, "place": self.place, "what": self.what, "unit": self.unit, "note": self.note,
        });
        for (side, summary) in self.summaries() {
            value[side] = summary.map_or(Value::Null, |s| {
                let ms = |ms: f64| (ms * 1000.0).round() / 1000.0;
                json!({"n": s.n, "p50": ms(s.p50), "p95": ms(s.p95), "p99": ms(s.p99), "max": ms(s.max)})
            });
        }
        value["limits"] =
            self.verdicts().into_iter().map(|(limit, kept)| json!({"limit": limit, "kept": kept})).collect();
        value["worst"] = self.outliers().into_iter().map(|sample| {
            let at = |samples: &[Sample]| samples.iter().position(|one| std::ptr::eq(one, sample));
            json!({"ms": sample.ms, "sample": at(&self.with), "block": sample.block, "at_s": sample.at.as_secs_f64(), "reached_ms": sample.reached_ms, "host_ms": sample.host_ms})
        }).collect();
        value
    }
}

/// The figures as an aligned table, with a line for each side.
pub fn table(figures: &[Figure]) -> String {
    let head = ["", "", "", "n", "p50", "p95", "p99", "max", "limit"].map(str::to_owned);
    let mut rows = vec![head];
    for figure in figures {
        let present = figure.summaries().into_iter().filter_map(|(side, summary)| Some((side, summary?)));
        let present: Vec<_> = present.collect();
        for (at, (side, s)) in present.iter().enumerate() {
            let first = |text: &str| if at == 0 { text.to_owned() } else { String::new() };
            let side = if present.len() == 1 { "" } else { side };
            let last = at + 1 == present.len();
            let limits = figure
                .verdicts()
                .into_iter()
                .map(|(limit, kept)| if kept { limit } else { format!("{limit} MISSED") });
            let limits = if last { limits.collect::<Vec<_>>().join(", ") } else { String::new() };
            let number = |ms: f64| format!("{ms:.1}");
            let what = format!("{} ({})", figure.what, figure.unit);
            let [p50, p95, p99, max] = [s.p50, s.p95, s.p99, s.max].map(number);
            rows.push([
                first(figure.place),
                first(&what),
                side.to_owned(),
                s.n.to_string(),
                p50,
                p95,
                p99,
                max,
                limits,
            ]);
        }
    }
    aligned(&rows)
}

/// Columns as wide as their widest cell; numbers to the right.
fn aligned(rows: &[[String; 9]]) -> String {
    let mut widths = [0; 9];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let line = |row: &[String; 9]| {
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
            3..=7 => format!("{cell:>width$}"),
            _ => format!("{cell:<width$}"),
        });
        format!("   {}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    rows.iter().map(line).collect()
}

/// Notes, and the worst samples with their place.
pub fn remarks(figures: &[Figure]) -> String {
    let mut out = String::new();
    for figure in figures {
        let outliers = figure.outliers().into_iter().map(|sample| {
            let part =
                |name: &str, ms: Option<f64>| ms.map(|ms| format!(", {name} {ms:.1}")).unwrap_or_default();
            let parts = [part("to the background", sample.reached_ms), part("host", sample.host_ms)].concat();
            format!("{:.1} (block {}, {:.1} s{parts})", sample.ms, sample.block + 1, sample.at.as_secs_f64())
        });
        let note = if figure.note.is_empty() { String::new() } else { format!("      {}\n", figure.note) };
        let worst = outliers.collect::<Vec<_>>().join("; ");
        out += &format!("   {} {}: {worst}\n{note}", figure.place, figure.what);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Figure, Limit, Sample, table};
    use crate::stats::Quantile;

    fn samples(times: &[f64]) -> Vec<Sample> {
        let sample =
            |ms: &f64| Sample { ms: *ms, block: 0, at: Duration::ZERO, reached_ms: None, host_ms: None };
        times.iter().map(sample).collect()
    }

    #[test]
    fn limits_are_held_against_what_was_added() {
        let figure = Figure {
            place: "firefox",
            what: "send".to_owned(),
            unit: "ms",
            with: samples(&[12.0, 13.0, 14.0]),
            without: samples(&[8.0, 9.0, 10.0]),
            limits: vec![Limit::Most(Quantile::P50, 4.0), Limit::Most(Quantile::P95, 3.0), Limit::Tail(1.0)],
            ..Figure::default()
        };
        let kept: Vec<bool> = figure.verdicts().into_iter().map(|(_, kept)| kept).collect();
        assert_eq!(kept, [true, false, true]);
        let told = table(&[figure]);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines.len(), 4, "{told}");
        assert!(lines[3].ends_with("p50 <= 4 ms, p95 <= 3 ms MISSED, p99 <= 1 x p50"), "{told}");
    }

    #[test]
    fn a_figure_without_another_side_stands_alone() {
        let figure = Figure {
            with: samples(&[5.0, 6.0]),
            limits: vec![Limit::Most(Quantile::P50, 5.0)],
            ..Figure::default()
        };
        assert_eq!(figure.verdicts().len(), 1);
        assert!(figure.verdicts()[0].1);
        assert_eq!(figure.value()["without"], serde_json::Value::Null);
        assert_eq!(figure.value()["worst"][0]["sample"], 1);
    }
}
