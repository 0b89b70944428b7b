//! Proof by mutation: every case is changed as a site might change overnight, and nothing may slip through.
//!
//! A mutant is *read* when every text of its case is in the prompt that is judged and the operation is the same;
//! *unread* when it is held as such; a *row* when it leaves a drift row before it is released. Anything else is a
//! *slip*. Counted are all mutants of the cases that read as a prompt, and the mutants with one more text of those
//! that read as nothing: what is unread already has nothing left to lose.
//! The texts of cases are short, so that a person can read them; a real prompt is not. Each case is therefore mutated as
//! it is written, and once more with a sentence after each text.
//! INVARIANT: as people write, at least [`FLOOR`] of a hundred are no slip in each site and for each kind of change; as
//! written, of all together.
//! `MUTATION=1 cargo test -p shared-sites --test cases overnight -- --nocapture` shows the figures and every slip.

use std::collections::BTreeMap;
use std::path::Path;

use shared_protocol::{Operation, Prompt};
use shared_sites::{Body, Reading, Request, Sites, Thread};

use crate::{
    case::{self, Case},
    mutant::{Kind, Mutant, lengthened, mutants},
    tree,
};

/// Of a hundred mutants, how many must not slip through.
const FLOOR: usize = 95;

#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    read: usize,
    unread: usize,
    row: usize,
    slip: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Read,
    Unread,
    Row,
    Slip,
}

impl Tally {
    fn count(&mut self, fate: Fate) {
        match fate {
            Fate::Read => self.read += 1,
            Fate::Unread => self.unread += 1,
            Fate::Row => self.row += 1,
            Fate::Slip => self.slip += 1,
        }
    }

    fn all(self) -> usize {
        self.read + self.unread + self.row + self.slip
    }

    fn is_enough(self) -> bool {
        (self.all() - self.slip) * 100 >= self.all() * FLOOR
    }

    fn line(self, name: &str) -> String {
        let Self { read, unread, row, slip } = self;
        let share = (self.all() - slip) as f64 * 100.0 / self.all().max(1) as f64;
        format!("{name:<28} {:>6} {read:>6} {unread:>6} {row:>6} {slip:>5} {share:>6.2} %", self.all())
    }
}

/// What a case carries: the texts and names that are read out of it.
fn texts(prompt: &Prompt) -> Vec<String> {
    let parts = prompt.parts.iter().map(|part| &part.text);
    let names = prompt.attachments.iter().filter_map(|file| file.name.as_ref());
    parts.chain(names).map(|text| text.expose().to_owned()).filter(|text| !text.trim().is_empty()).collect()
}

fn same(one: Operation, other: Operation) -> bool {
    let plain = |operation| match operation {
        Operation::EditPrompt => Operation::SendPrompt,
        other => other,
    };
    plain(one) == plain(other)
}

/// What becomes of a mutant.
fn fate(sites: &Sites, mutant: &Mutant, operation: Option<Operation>) -> Fate {
    if case::held(sites, &mutant.request) != "yes" {
        return Fate::Slip;
    }
    let read = sites.read(&mutant.request, &Thread::default());
    let or_row = if read.drift.is_some() { Fate::Row } else { Fate::Slip };
    match read.reading {
        Reading::Unread(_) => Fate::Unread,
        Reading::Nothing => or_row,
        Reading::Prompt(prompt) => {
            let found = texts(&prompt);
            let whole = found.concat();
            let is_there = |text: &String| {
                let escaped = serde_json::to_string(text).unwrap();
                found.iter().any(|found| {
                    found.contains(text.as_str()) || found.contains(&escaped[1..escaped.len() - 1])
                }) || whole.contains(text.as_str())
            };
            let is_same = operation.is_none_or(|operation| same(operation, prompt.operation));
            if is_same && mutant.texts.iter().all(is_there) { Fate::Read } else { or_row }
        }
    }
}

fn cases() -> Vec<(String, String, Request)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("sites");
    let mut out = Vec::new();
    for site in std::fs::read_dir(root).unwrap() {
        let site = site.unwrap();
        for file in std::fs::read_dir(site.path().join("cases")).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|ext| ext == "json") {
                let case: Case = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                out.push((site.file_name().to_string_lossy().into_owned(), name, case.request()));
            }
        }
    }
    out.sort_by(|(site, name, _), (other, other_name, _)| (site, name).cmp(&(other, other_name)));
    out
}

/// The figures of one run.
#[derive(Default)]
struct Run {
    by_site: BTreeMap<String, Tally>,
    by_kind: BTreeMap<Kind, Tally>,
    total: Tally,
    slips: Vec<String>,
    cases: usize,
}

impl Run {
    fn case(&mut self, sites: &Sites, (site, name): (&str, &str), request: &Request) {
        let (operation, mut texts, only) = match sites.read(request, &Thread::default()).reading {
            Reading::Prompt(prompt) => (Some(prompt.operation), texts(&prompt), None),
            Reading::Nothing if request.body != Body::None => (None, Vec::new(), Some(Kind::Added)),
            Reading::Nothing | Reading::Unread(_) => return,
        };
        if case::held(sites, request) != "yes" {
            return;
        }
        // A key written twice is one in the tree that is mutated.
        if let Some((carrier, tree)) = tree::open(&request.body) {
            let body = tree::close(&carrier, &tree);
            let read = sites.read(&Request { body, ..request.clone() }, &Thread::default()).reading;
            if let Reading::Prompt(prompt) = read {
                texts = self::texts(&prompt);
            }
        }
        self.cases += 1;
        for mutant in mutants(request, &texts) {
            if only.is_some_and(|only| only != mutant.kind) || mutant.request == *request {
                continue;
            }
            let fate = fate(sites, &mutant, operation);
            self.total.count(fate);
            self.by_site.entry(site.to_owned()).or_default().count(fate);
            self.by_kind.entry(mutant.kind).or_default().count(fate);
            if fate == Fate::Slip {
                self.slips.push(format!("{site}/{name}: {:?}: {}", mutant.kind, mutant.how));
            }
        }
    }

    fn tell(&self, title: &str) {
        println!("{title:<28} {:>6} {:>6} {:>6} {:>6} {:>5}", "all", "read", "unread", "row", "slip");
        self.by_site.iter().for_each(|(site, tally)| println!("{}", tally.line(site)));
        self.by_kind.iter().for_each(|(kind, tally)| println!("{}", tally.line(&format!("{kind:?}"))));
        println!("{}", self.total.line(&format!("{} cases", self.cases)));
        if std::env::var_os("MUTATION").is_some() {
            self.slips.iter().for_each(|slip| println!("slip {slip}"));
        }
    }
}

#[test]
fn changes_overnight_do_not_slip_through() {
    let sites = Sites::builtin().unwrap();
    let mut written = Run::default();
    let mut longer = Run::default();
    for (site, name, request) in cases() {
        written.case(&sites, (&site, &name), &request);
        if let Reading::Prompt(prompt) = sites.read(&request, &Thread::default()).reading {
            let request = lengthened(&request, &texts(&prompt));
            longer.case(&sites, (&site, &name), &request);
        } else {
            longer.case(&sites, (&site, &name), &request);
        }
    }
    written.tell("as written");
    longer.tell("as people write");
    assert!(written.total.is_enough(), "{}", written.total.line("as written"));
    let kinds = longer.by_kind.iter().map(|(kind, tally)| (format!("{kind:?}"), *tally));
    for (name, tally) in longer.by_site.clone().into_iter().chain(kinds) {
        assert!(tally.is_enough(), "{}", tally.line(&name));
    }
}
