//! What the model says at its own levels: per source, and of benign text that it has not seen.

use std::collections::BTreeMap;

use anyhow::Result;
use host_classify::linear::{Model, scores};
use models_train::calibrate;
use models_train::fit::{Settings, fit, to_f32};
use models_train::reading::Reading;
use models_train::row::{Row, TOPICS, Truth};

use crate::metrics::{Scored, at, auc, calibration_error, recall_at};
use crate::table::{Table, figure};

/// Where medium begins.
const MEDIUM: f32 = 0.5;

/// Every topic and source, by what `scores` says of a text.
pub(crate) fn sources(title: &str, scores: &dyn Fn(&str) -> [f32; TOPICS.len()], rows: &[Row]) -> Table {
    let scored: Vec<_> = rows.iter().map(|row| scores(&row.text)).collect();
    let mut table = Table {
        title: title.to_owned(),
        columns: vec![
            "topic",
            "source",
            "positives",
            "negatives",
            "AUC",
            "recall at 1 %",
            "recall at 5 %",
            "precision at medium",
            "recall at medium",
            "flagged negatives",
            "calibration error",
            "AUC of length",
        ],
        rows: Vec::new(),
    };
    for (head, topic) in TOPICS.into_iter().enumerate() {
        let mut by_source: BTreeMap<&str, (Vec<Scored>, Vec<Scored>)> = BTreeMap::new();
        for (row, scores) in rows.iter().zip(&scored) {
            let yes = row.of(head) == Truth::Yes;
            if row.of(head) == Truth::Unknown {
                continue;
            }
            let score = scores.get(head).copied().unwrap_or_default();
            for source in [row.source.as_str(), "all"] {
                let (scores, lengths) = by_source.entry(source).or_default();
                scores.push((score, yes));
                lengths.push((to_f32(row.text.chars().count()), yes));
            }
        }
        for (source, (scored, lengths)) in by_source {
            let (precision, recall, flagged) = at(&scored, MEDIUM);
            let positives = scored.iter().filter(|(_, yes)| *yes).count();
            table.rows.push(vec![
                String::from(topic.clone()),
                source.to_owned(),
                positives.to_string(),
                (scored.len() - positives).to_string(),
                figure(auc(&scored)),
                figure(recall_at(&scored, 0.01)),
                figure(recall_at(&scored, 0.05)),
                figure(Some(precision)),
                figure(Some(recall)),
                figure(Some(flagged)),
                figure(Some(calibration_error(&scored))),
                figure(auc(&lengths).map(|area| area.max(1.0 - area))),
            ]);
        }
    }
    table
}

/// Benign sources under a model that was trained without them: the share at medium and above.
/// With `wrong` a second table: the texts that were flagged, their beginnings.
pub(crate) fn benign(rows: &[Row], readings: &[Reading], wrong: bool) -> Result<Vec<Table>> {
    let mut table = Table {
        title: "benign texts flagged at medium or above by a model that was trained without their source"
            .to_owned(),
        columns: vec!["source", "rows", "intent.pii", "intent.code-abuse", "intent.jailbreak", "any"],
        rows: Vec::new(),
    };
    let is_kept_out = |row: &Row| {
        let source = row.source.as_str();
        calibrate::KEPT_OUT.contains(&source) || calibrate::TUNE.contains(&source)
    };
    let train = rows.iter().zip(readings).filter(|(row, _)| !is_kept_out(row));
    let (train_rows, train_readings): (Vec<&Row>, Vec<&Reading>) = train.unzip();
    let fitted = fit(&train_rows, &train_readings, &Settings::default());
    let calibration: Vec<&Row> = rows.iter().filter(|row| is_kept_out(row)).collect();
    let bytes = calibrate::file(&fitted, &fitted, &calibration);
    let model = Model::parse(&bytes)?;
    let mut by_source: BTreeMap<&str, Vec<[bool; TOPICS.len()]>> = BTreeMap::new();
    let mut shown = Table {
        title: "benign texts that were flagged".to_owned(),
        columns: vec!["source", "topic", "score", "text"],
        rows: Vec::new(),
    };
    for row in calibration.iter().filter(|row| row.truth.iter().all(|truth| *truth == Truth::No)) {
        let mut flagged = [false; TOPICS.len()];
        for ((flagged, score), topic) in flagged.iter_mut().zip(scores(&model, &row.text)).zip(TOPICS) {
            *flagged = score >= MEDIUM;
            if *flagged && wrong {
                let score = figure(Some(f64::from(score)));
                shown.rows.push(vec![row.source.clone(), topic.into(), score, excerpt(&row.text)]);
            }
        }
        by_source.entry(&row.source).or_default().push(flagged);
    }
    for (source, flags) in by_source {
        let share = |is: &dyn Fn(&[bool; TOPICS.len()]) -> bool| {
            let flagged = flags.iter().filter(|flags| is(flags)).count();
            figure(Some(f64::from(to_f32(flagged)) / f64::from(to_f32(flags.len()))))
        };
        let mut cells = vec![source.to_owned(), flags.len().to_string()];
        for head in 0..TOPICS.len() {
            cells.push(share(&|flags| flags.get(head).copied().unwrap_or_default()));
        }
        cells.push(share(&|flags| flags.contains(&true)));
        table.rows.push(cells);
    }
    Ok(if wrong { vec![table, shown] } else { vec![table] })
}

/// The beginning of a text in one line.
pub(crate) fn excerpt(text: &str) -> String {
    text.chars().take(240).map(|char| if char == '\n' || char == '|' { ' ' } else { char }).collect()
}
