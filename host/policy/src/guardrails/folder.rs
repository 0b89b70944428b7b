//! The folder of guardrails: which file is what.
//!
//! INVARIANT: a file that has no place is refused. A newer version may know it; this one would leave out what somebody
//! meant.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use shared_protocol::Mode;

use crate::bundle::Files;
use crate::nearest::nearest;
use crate::problem::{Problem, Weight};
use crate::source::statements;
use crate::{Policy, schema_text};

/// Single files.
const FILES: [&str; 6] =
    ["bundle.toml", "exceptions.toml", "promptgate.cedarschema", "risk.toml", "settings.toml", "topics.toml"];
/// Folders with the ending of the files in them.
const FOLDERS: [(&str, &str); 7] = [
    ("detectors", "toml"),
    ("exact", "table"),
    ("fingerprints", "table"),
    ("messages", "toml"),
    ("policy", "cedar"),
    ("sites", "toml"),
    ("stories", "toml"),
];

/// A file's path and text.
type File<'a> = (&'a str, &'a str);

/// The files by what they are.
#[derive(Default)]
pub(super) struct Folder<'a> {
    policies: Vec<File<'a>>,
    schema: Option<File<'a>>,
    pub(super) settings: Option<File<'a>>,
    pub(super) topics: Option<File<'a>>,
    pub(super) exceptions: Option<File<'a>>,
    pub(super) risk: Option<String>,
    /// With the language in front.
    pub(super) messages: Vec<(&'a str, &'a str, &'a str)>,
    pub(super) stories: Vec<File<'a>>,
    pub(super) sites: BTreeMap<String, String>,
    pub(super) detectors: BTreeMap<String, String>,
    pub(super) tables: BTreeMap<String, Arc<[u8]>>,
}

impl<'a> Folder<'a> {
    /// Sorts `files`.
    pub(super) fn sort(files: &'a Files, problems: &mut Vec<Problem>) -> Self {
        let mut folder = Self::default();
        for (path, bytes) in files {
            // Tables are no text, and read by their own crate.
            if is_table(path) {
                folder.tables.insert(path.clone(), bytes.as_slice().into());
                continue;
            }
            match std::str::from_utf8(bytes) {
                Ok(text) => folder.place(path, text, problems),
                Err(fault) => {
                    let good = bytes.get(..fault.valid_up_to()).unwrap_or_default();
                    let good = String::from_utf8_lossy(good);
                    let problem =
                        Problem::at(&good, good.len()..good.len(), Weight::Error, "this is no UTF-8 text");
                    problems.push(problem.help("save the file as UTF-8").in_file(path));
                }
            }
        }
        folder
    }

    fn place(&mut self, path: &'a str, text: &'a str, problems: &mut Vec<Problem>) {
        let file = (path, text);
        let (parent, name) = path.split_once('/').unwrap_or(("", path));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
        match (parent, name, ending) {
            // How an archive is made is not a part of it.
            ("", "bundle.toml", _) => {}
            ("", "settings.toml", _) => self.settings = Some(file),
            ("", "topics.toml", _) => self.topics = Some(file),
            ("", "exceptions.toml", _) => self.exceptions = Some(file),
            ("", "risk.toml", _) => self.risk = Some(text.to_owned()),
            ("", "promptgate.cedarschema", _) => self.schema = Some(file),
            _ if name.contains('/') || stem.is_empty() => refuse(path, problems),
            ("policy", _, "cedar") => self.policies.push(file),
            ("messages", _, "toml") => self.messages.push((stem, path, text)),
            ("stories", _, "toml") => self.stories.push(file),
            ("sites", _, "toml") => drop(self.sites.insert(stem.to_owned(), text.to_owned())),
            ("detectors", _, "toml") => drop(self.detectors.insert(path.to_owned(), text.to_owned())),
            _ => refuse(path, problems),
        }
    }

    /// The policies, unless something is wrong with them.
    pub(super) fn policy(
        &self,
        mode: Mode,
        own: &BTreeSet<String>,
        problems: &mut Vec<Problem>,
    ) -> Option<Policy> {
        match Policy::read(&self.policies, mode, own) {
            Ok(policy) => {
                problems.extend(policy.warnings().iter().cloned());
                if policy.ids().next().is_none() {
                    let file = self.policies.first().map_or("policy", |(file, _)| *file);
                    let problem = Problem::at("", 0..0, Weight::Error, "there is no policy");
                    problems
                        .push(problem.help("write one in a file such as `policy/start.cedar`").in_file(file));
                }
                Some(policy)
            }
            Err(error) => {
                problems.extend(error.problems);
                None
            }
        }
    }

    /// The ids that its policies have as they are written, whether right or wrong.
    pub(super) fn ids(&self) -> Vec<&'a str> {
        let written = |(_, text): &File<'a>| {
            let text: &'a str = text;
            let annotations = statements(text).into_iter().flat_map(|statement| statement.annotations);
            let ids = annotations.filter(|annotation| annotation.name == "id");
            ids.filter_map(|id| Some(text.get(id.value_at)?.trim_matches('"'))).collect::<Vec<_>>()
        };
        self.policies.iter().flat_map(written).collect()
    }

    /// The schema beside the policies is only for editors, and misleads when it is an old one.
    pub(super) fn schema_is_current(&self, own: &BTreeSet<String>, problems: &mut Vec<Problem>) {
        let Some((file, text)) = self.schema else { return };
        let wanted = schema_text(own.iter().map(String::as_str));
        if !text.lines().eq(wanted.lines()) {
            let problem = Problem::at(
                text,
                0..0,
                Weight::Warning,
                "this is not the schema of this version and these topics",
            );
            problems
                .push(problem.help("`promptgate policy init DIR --schema` writes it again").in_file(file));
        }
    }
}

fn is_table(path: &str) -> bool {
    let inside = ["exact/", "fingerprints/"].iter().find_map(|folder| path.strip_prefix(folder));
    inside.is_some_and(|name| !name.contains('/') && name.ends_with(".table") && !name.starts_with('.'))
}

fn refuse(path: &str, problems: &mut Vec<Problem>) {
    let (parent, name) = path.split_once('/').unwrap_or(("", path));
    let folders = FOLDERS.map(|(folder, _)| folder);
    let help = match FOLDERS.iter().find(|(folder, _)| *folder == parent) {
        Some((folder, ending)) => {
            format!("files in `{folder}` end in `.{ending}` and lie in no folder further down")
        }
        None => match (nearest(parent, &folders), nearest(name, &FILES)) {
            (Some(folder), _) => format!("call it `{folder}/{name}`"),
            (None, Some(file)) if parent.is_empty() => format!("call it `{file}`"),
            _ => format!(
                "remove it; there can be {}, and files in {}",
                FILES.join(", "),
                folders.map(|folder| format!("`{folder}`")).join(", ")
            ),
        },
    };
    let problem = Problem::at("", 0..0, Weight::Error, "a file that has no place here");
    problems.push(problem.help(help).in_file(path));
}
