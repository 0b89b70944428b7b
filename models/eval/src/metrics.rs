//! Figures of a score: area under the curve, recall where few benign texts pass, calibration.

/// A score and whether the row is of the topic.
pub(crate) type Scored = (f32, bool);

/// Area under the ROC curve: how often a positive scores above a negative; ties count half. Nothing without both.
#[must_use]
pub(crate) fn auc(scored: &[Scored]) -> Option<f64> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|one, other| one.0.total_cmp(&other.0));
    let (mut below, mut wins) = (0.0, 0.0);
    let mut positives = 0.0;
    for tied in sorted.chunk_by(|one, other| one.0 == other.0) {
        let yes = count(tied, true);
        let no = count(tied, false);
        wins += yes * (below + no / 2.0);
        below += no;
        positives += yes;
    }
    (positives > 0.0 && below > 0.0).then(|| wins / positives / below)
}

/// Share of the positives above the score that `share` of the negatives pass.
#[must_use]
pub(crate) fn recall_at(scored: &[Scored], share: f64) -> Option<f64> {
    let mut negatives: Vec<f32> = scored.iter().filter(|(_, yes)| !yes).map(|(score, _)| *score).collect();
    negatives.sort_by(|one, other| other.total_cmp(one));
    // Rounded down: no more than that share.
    let allowed = (share * to_f64(negatives.len())) as usize;
    let limit = *negatives.get(allowed)?;
    let positives = count(scored, true);
    (positives > 0.0).then(|| {
        let above = scored.iter().filter(|(score, yes)| *yes && *score > limit).count();
        to_f64(above) / positives
    })
}

/// Precision, recall and share of flagged negatives at a threshold.
#[must_use]
pub(crate) fn at(scored: &[Scored], threshold: f32) -> (f64, f64, f64) {
    let flagged: Vec<Scored> = scored.iter().copied().filter(|(score, _)| *score >= threshold).collect();
    let right = count(&flagged, true);
    let of = |part: f64, whole: f64| if whole == 0.0 { f64::NAN } else { part / whole };
    (
        of(right, to_f64(flagged.len())),
        of(right, count(scored, true)),
        of(count(&flagged, false), count(scored, false)),
    )
}

/// For each tenth of the scores: how many, mean score, share of positives.
#[must_use]
pub(crate) fn bins(scored: &[Scored]) -> Vec<(usize, f64, f64)> {
    let bin = |tenth: u8| {
        let (from, to) = (f32::from(tenth) / 10.0, f32::from(tenth + 1) / 10.0);
        let inside = |(score, _): &&Scored| *score >= from && (*score < to || tenth == 9);
        let rows: Vec<Scored> = scored.iter().filter(inside).copied().collect();
        let many = to_f64(rows.len()).max(1.0);
        let mean = rows.iter().map(|(score, _)| f64::from(*score)).sum::<f64>() / many;
        (rows.len(), mean, count(&rows, true) / many)
    };
    (0..10).map(bin).collect()
}

/// Expected calibration error over ten bins.
#[must_use]
pub(crate) fn calibration_error(scored: &[Scored]) -> f64 {
    let whole = to_f64(scored.len()).max(1.0);
    bins(scored).into_iter().map(|(many, score, share)| to_f64(many) / whole * (score - share).abs()).sum()
}

/// Points of the ROC curve: share of negatives, share of positives, from strict to lax.
#[must_use]
pub(crate) fn roc(scored: &[Scored]) -> Vec<(f64, f64)> {
    let mut sorted = scored.to_vec();
    sorted.sort_by(|one, other| other.0.total_cmp(&one.0));
    let (all_yes, all_no) = (count(scored, true).max(1.0), count(scored, false).max(1.0));
    let (mut yes, mut no) = (0.0, 0.0);
    let mut points = vec![(0.0, 0.0)];
    for tied in sorted.chunk_by(|one, other| one.0 == other.0) {
        yes += count(tied, true);
        no += count(tied, false);
        points.push((no / all_no, yes / all_yes));
    }
    points
}

fn count(scored: &[Scored], wanted: bool) -> f64 {
    to_f64(scored.iter().filter(|(_, yes)| *yes == wanted).count())
}

/// Counts are far below what an f64 tells apart.
#[must_use]
pub(crate) fn to_f64(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

#[cfg(test)]
mod tests {
    use super::{auc, calibration_error, recall_at};

    #[test]
    fn figures_of_scores_that_can_be_counted_by_hand() {
        let scored = [(0.9, true), (0.8, false), (0.7, true), (0.1, false)];
        assert_eq!(auc(&scored), Some(0.75));
        assert_eq!(recall_at(&scored, 0.0), Some(0.5));
        assert_eq!(recall_at(&scored, 0.5), Some(1.0));
        assert_eq!(auc(&[(0.5, true), (0.5, false)]), Some(0.5));
        assert_eq!(auc(&[(0.5, true)]), None);
        assert!((calibration_error(&[(1.0, true), (0.0, false), (0.5, false)]) - 0.5 / 3.0).abs() < 1e-9);
    }
}
