//! Program text: between fences, or lines in a row that look like it, with the language they tell most of.
//!
//! INVARIANT: one line alone is no program text outside of fences: questions name calls, commands and settings.

use crate::structure::Region;
use crate::structure::languages::{LONGEST, Languages};
use crate::structure::lines::{Look, lines, look};

/// Lines of one region that the language is told from.
const ENOUGH: usize = 200;
/// Blank and open lines in a row that program text may have inside it.
const GAP: usize = 2;

/// Lines in a row that may be program text.
struct Run {
    start: usize,
    end: usize,
    /// What the lines say of each language.
    points: Vec<u32>,
    /// Lines that look like statements, and lines with anything in them.
    strong: usize,
    filled: usize,
    /// Lines since the last that counted, and how many of them have anything in them.
    gap: usize,
    open: usize,
    /// The language of the fence; inside of fences every line counts.
    fence: Option<Option<usize>>,
}

/// Where program text stands in `text`.
pub(super) fn regions(text: &str, languages: &Languages) -> Vec<Region> {
    let mut regions = Vec::new();
    // Quick, and true of most prompts.
    if text.lines().nth(1).is_none() {
        return regions;
    }
    let mut run = Run::new(languages, 0, None);
    for (place, line) in lines(text) {
        let bare = line.trim();
        if let Some(name) = bare.strip_prefix("```").or_else(|| bare.strip_prefix("~~~")) {
            let inside = run.fence.is_some();
            regions.extend(run.region(languages));
            let name = name.split([' ', '{', ',']).next().unwrap_or_default();
            let fence = (!inside).then(|| languages.fenced(name));
            run = Run::new(languages, place.end + 1, fence);
            continue;
        }
        let look = look(line);
        // Long lines are cut: what a line is, its beginning says.
        let mut cut = bare.len().min(LONGEST);
        while !bare.is_char_boundary(cut) {
            cut -= 1;
        }
        let told = match look {
            Look::Blank | Look::Field => 0,
            Look::Prose if run.fence.is_none() && !tells_by_sign(bare) => 0,
            Look::Statement | Look::Between | Look::Prose | Look::Open if run.filled < ENOUGH => {
                languages.tell(bare.get(..cut).unwrap_or_default(), &mut run.points)
            }
            Look::Statement | Look::Between | Look::Prose | Look::Open => 0,
        };
        let strong = told > 0 || look == Look::Statement;
        if run.fence.is_none() && look == Look::Prose && !strong {
            regions.extend(run.region(languages));
            run = Run::new(languages, place.end + 1, None);
            continue;
        }
        let left = line.len() - line.trim_start().len();
        if !run.take(place.start + left, place.end - (line.len() - line.trim_end().len()), look, strong) {
            regions.extend(run.region(languages));
            run = Run::new(languages, place.end + 1, None);
        }
    }
    regions.extend(run.region(languages));
    regions
}

/// Whether a line of words has a sign of programs all the same.
fn tells_by_sign(bare: &str) -> bool {
    bare.ends_with([';', '{', ':', ')', '>', ','])
        || bare.ends_with(" do")
        || bare.ends_with(" then")
        || bare.starts_with(['@', '#', '<', '$'])
        || bare.bytes().next().is_some_and(|byte| byte.is_ascii_uppercase())
            && bare.bytes().take(3).all(|byte| byte.is_ascii_uppercase())
        || bare.starts_with("select ")
}

impl Run {
    fn new(languages: &Languages, start: usize, fence: Option<Option<usize>>) -> Self {
        let points = vec![0; languages.count()];
        Self { start, end: start, points, strong: 0, filled: 0, gap: 0, open: 0, fence }
    }

    /// Takes a line along; false where it ends what came before.
    fn take(&mut self, start: usize, end: usize, look: Look, strong: bool) -> bool {
        let counts = strong
            || self.fence.is_some()
            || (matches!(look, Look::Between | Look::Field) && self.strong > 0);
        if look == Look::Blank || !counts {
            self.gap += 1;
            self.open += usize::from(look != Look::Blank);
            return self.fence.is_some() || (self.open <= GAP && self.gap <= 2 * GAP);
        }
        if self.filled == 0 {
            self.start = start;
        }
        // What stood between two that count belongs to them.
        self.filled += 1 + self.open;
        (self.end, self.gap, self.open) = (end, 0, 0);
        self.strong += usize::from(strong);
        true
    }

    /// What it is, if it is anything.
    fn region(&self, languages: &Languages) -> Option<Region> {
        let named = self.fence.flatten();
        let (told, points) = languages.most(&self.points);
        let share = self.strong * 10 >= self.filled * 4;
        let confidence = match (self.fence, self.strong) {
            (_, 0) => return None,
            (Some(Some(_)), 1) => 0.75,
            (Some(Some(_)), _) => 0.95,
            (_, 1) => return None,
            (_, 2) if points >= 4 && share => 0.6,
            (_, 2) => return None,
            (_, 3) if points >= 5 && share => 0.8,
            (_, 3) => return None,
            (_, _) if points >= 6 && share => 0.95,
            (_, _) => return None,
        };
        let label = languages.label(named.unwrap_or(told))?.clone();
        (self.start < self.end).then_some(Region { place: self.start..self.end, label, confidence })
    }
}
