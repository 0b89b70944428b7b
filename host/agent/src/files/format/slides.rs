//! Presentations (ECMA-376, PresentationML): slides in their order, then notes and comments.

use shared_protocol::UnreadFile;

use super::super::out::{Counted, Out};
use super::super::said::Places;
use super::aside;
use super::office::{TAKEN, about, beside, paragraphs};
use super::rest;
use super::sheet::listed;
use super::zip::{Package, embedded, pictures};

pub(super) fn read(package: &mut Package<'_>, inside: &[String], out: &mut Out<'_>) {
    let before = out.texts();
    let mut slides: Vec<String> = Vec::new();
    for (_, part) in listed(package, "ppt/presentation.xml", "sldId", out) {
        slides.push(part);
    }
    // Slides that are not shown are in the file all the same.
    for part in package.like("ppt/slides/slide", ".xml") {
        if !slides.contains(&part) {
            slides.push(part);
        }
    }
    let (mut text, mut starts, mut more) = (Counted::default(), Vec::new(), Vec::new());
    for part in slides {
        starts.push(text.length);
        if let Some(xml) = package.part(&part, out) {
            let (shown, _, whole) = paragraphs(&xml);
            if !whole {
                out.unread(UnreadFile::Damaged);
            }
            text.push(&shown);
            more.push(xml);
        }
    }
    out.text(inside, text.text, Places::Slides(starts));
    for kind in ["notesSlides/", "comments", "charts/", "diagrams/data"] {
        beside(package, &format!("ppt/{kind}"), inside, out);
    }
    let has_text = out.texts() > before;
    for xml in more {
        aside::read(&xml, TAKEN, inside, out);
    }
    about(package, "ppt/", inside, out);
    embedded(package, "ppt/embeddings/", inside, out);
    pictures(package, "ppt/media/", has_text, inside, out);
    rest::read(package, inside, out);
}
