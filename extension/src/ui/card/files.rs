//! What a card says of files: how far one is, where in it something was found, why one could not be read.
//!
//! INVARIANT: names of files and what they hold are given words, never ours.

use shared_protocol::{CardFile, CardFinding, FilePlace, Spot, Text, UnreadFile};

use super::super::element::{Element, Node, el};
use super::super::model::{CardModel, Stage};
use super::super::words::{Fill, Key, Words};

/// How far the file is.
pub(super) fn progress(model: &CardModel) -> Option<Element> {
    if model.stage != Stage::Checking {
        return None;
    }
    Some(el("div", "progress").attr("id", "progress").each(bar(model)))
}

/// What stands in the place of the progress.
pub(crate) fn bar(model: &CardModel) -> Vec<Node> {
    let Some(progress) = &model.progress else { return Vec::new() };
    let name = progress.name.as_ref().map(|name| el("p", "file").with(given(name)));
    let part = u64::from(progress.part);
    let bar = el("progress", "bar")
        .attr("max", "100")
        .attr("value", part.to_string())
        .attr("aria-labelledby", "title");
    let said = el("p", "part").with(Words::with(Key::CheckingPart, Fill::Number(part)));
    name.into_iter().chain([bar, said]).map(Node::from).collect()
}

/// Where in the files it was found.
pub(super) fn places(finding: &CardFinding) -> Option<Element> {
    let places: Vec<Element> = finding.places.iter().map(place).collect();
    (!places.is_empty()).then(|| el("ul", "places").each(places))
}

fn place(place: &FilePlace) -> Element {
    let names = place.file.iter().chain(&place.inside).map(|name| el("span", "file").with(given(name)));
    el("li", "")
        .each(names)
        .each(place.spot.iter().flat_map(spot).map(|words| el("span", "spot").with(words)))
}

fn spot(spot: &Spot) -> Vec<Words> {
    let at = |key, number: u32| vec![Words::with(key, Fill::Number(number.into()))];
    match spot {
        Spot::Line { line } => at(Key::PlaceLine, *line),
        Spot::Page { page } => at(Key::PlacePage, *page),
        Spot::Paragraph { paragraph } => at(Key::PlaceParagraph, *paragraph),
        Spot::Slide { slide } => at(Key::PlaceSlide, *slide),
        Spot::Block { block } => at(Key::PlaceBlock, *block),
        Spot::Cell { sheet, cell } => vec![given(sheet), Words::Given(cell.clone())],
        Spot::About => vec![Key::PlaceAbout.into()],
    }
}

/// The files that could not be read, and why.
pub(super) fn unread(model: &CardModel) -> Option<Element> {
    let unread = |file: &CardFile| {
        let why = file.unread?;
        let name = file.name.as_ref().map(|name| el("span", "file").with(given(name)));
        Some(el("li", "").maybe(name).with(el("span", "spot").with(reason(why))))
    };
    let files: Vec<Element> = model.card.files.iter().filter_map(unread).collect();
    if files.is_empty() {
        return None;
    }
    let heading = el("h2", "").attr("id", "unread").with(Key::FilesUnread);
    let list = el("ul", "places").attr("aria-labelledby", "unread").each(files);
    Some(el("div", "found").with(heading).with(list))
}

fn reason(why: UnreadFile) -> Key {
    match why {
        UnreadFile::Encrypted => Key::FileEncrypted,
        UnreadFile::Damaged => Key::FileDamaged,
        UnreadFile::Format => Key::FileFormat,
        UnreadFile::Picture => Key::FilePicture,
        UnreadFile::TooLarge => Key::FileTooLarge,
        UnreadFile::Exhausted => Key::FileExhausted,
        UnreadFile::Missing => Key::FileMissing,
        UnreadFile::Other => Key::FileOther,
    }
}

fn given(text: &Text) -> Words {
    Words::Given(text.expose().to_owned())
}
