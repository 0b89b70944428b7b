//! What was found, by topic: its name, how often, and where, with the words around it.
//!
//! INVARIANT: the composer is not marked, since the page reads it; the places are listed here and nowhere else.

use shared_protocol::{CardFinding, Excerpt, Topic};

use super::super::element::{Element, el};
use super::super::label;
use super::super::model::{CardModel, Stage};
use super::super::words::{Fill, Key, Words};
use super::files;

/// The list; none where nothing was found.
pub(super) fn found(model: &CardModel) -> Option<Element> {
    let findings = &model.card.findings;
    if findings.is_empty() {
        return None;
    }
    let key = if model.stage == Stage::Answer { Key::FoundAnswer } else { Key::Found };
    let mut topics: Vec<Option<&Topic>> = Vec::new();
    for finding in findings {
        if !topics.contains(&finding.topic.as_ref()) {
            topics.push(finding.topic.as_ref());
        }
    }
    let block = |topic: Option<&Topic>| {
        let mine = findings.iter().filter(move |finding| finding.topic.as_ref() == topic);
        let list = el("ul", "").attr("aria-labelledby", "found").each(mine.map(finding));
        el("div", "topic").maybe(topic.map(|topic| el("h3", "").with(label::topic(topic)))).with(list)
    };
    let heading = el("h2", "").attr("id", "found").with(key);
    Some(el("div", "found").with(heading).each(topics.into_iter().map(block)))
}

fn finding(finding: &CardFinding) -> Element {
    let count = u64::try_from(finding.count).unwrap_or(u64::MAX);
    let label = el("span", "label").with(label::words(&finding.label));
    let label = label.maybe(
        (count > 1).then(|| el("span", "times").with(Words::with(Key::FoundTimes, Fill::Number(count)))),
    );
    let shown = if finding.spots.is_empty() { finding.masks.len() } else { finding.spots.len() };
    let rest = u64::try_from(finding.count.saturating_sub(shown)).ok().filter(|rest| *rest > 0 && shown > 0);
    let rest = rest.map(|rest| el("span", "rest").with(Words::with(Key::FoundMore, Fill::Number(rest))));
    if finding.spots.is_empty() {
        let mask = |mask: &String| el("span", "mask").with(Words::Given(mask.clone()));
        let masks = el("span", "masks").attr("aria-hidden", "true").each(finding.masks.iter().map(mask));
        return el("li", "").with(label).with(masks.maybe(rest)).maybe(files::places(finding));
    }
    let spots = el("span", "spots").each(finding.spots.iter().map(spot)).maybe(rest);
    el("li", "").with(label).with(spots).maybe(files::places(finding))
}

fn spot(spot: &Excerpt) -> Element {
    let around = |text: &str| (!text.is_empty()).then(|| Words::Given(text.to_owned()));
    el("span", "spot")
        .maybe(around(spot.before.expose()))
        .with(el("span", "mask").attr("aria-hidden", "true").with(Words::Given(spot.mask.clone())))
        .maybe(around(spot.after.expose()))
}
