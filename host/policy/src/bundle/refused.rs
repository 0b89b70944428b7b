//! Why a bundle is not taken: a word that stays the same for ever, and a sentence with what to do.
//!
//! INVARIANT: what a bundle says of itself is in a sentence only where its signature was verified, but for paths and
//! key ids, which are shortened and cleaned.

use std::fmt;

/// What is wrong with the archive itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ArchiveFault {
    /// More bytes than [`super::MAX_ARCHIVE`].
    ArchiveTooLarge,
    /// Not one gzip stream (RFC 1952).
    NotGzip,
    /// The compressed stream or a file in it ends early, or its checksum is wrong.
    Truncated,
    /// Something behind the end of the archive, or in what fills a file's last block.
    TrailingData,
    /// A header that is none.
    NotTar,
    /// Inflates to more than [`super::MAX_INFLATED`].
    TooLarge,
    /// A file larger than [`super::MAX_FILE`].
    FileTooLarge,
    /// More members than [`super::MAX_MEMBERS`].
    TooManyMembers,
    /// A path longer than [`super::MAX_PATH`].
    LongPath,
    /// A path with `..`, `.` or nothing between its slashes.
    Traversal,
    /// A path that begins at the root, or with a drive.
    Absolute,
    /// A path with a backslash, or a character besides letters, digits, `.`, `_` and `-`.
    Characters,
    /// A symbolic or hard link.
    Link,
    /// A device, a pipe, a sparse file, or another kind.
    Kind,
    /// A header that says more of the next one: long names and PAX records.
    Extension,
    /// A name that was there before, also when it differs by case only, or a file where a folder is.
    Duplicate,
}

/// A bundle was refused. The last good one stays.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The archive plays a trick, is broken or is too large.
    Archive {
        /// What is wrong.
        why: ArchiveFault,
        /// Where, when a member is to blame.
        path: Option<String>,
    },
    /// No `.signatures.json`, or none in it.
    NoSignature,
    /// `.signatures.json` or a token in it is not what it should be.
    Signatures {
        /// What is wrong.
        reason: String,
    },
    /// Signed by keys that are not trusted here.
    UnknownKey {
        /// The ids of the keys that it names.
        keys: Vec<String>,
    },
    /// The signature is not the key's.
    BadSignature {
        /// The key's id.
        key: String,
    },
    /// A file is not the one that was signed.
    FileChanged {
        /// Which.
        path: String,
    },
    /// A file was not signed.
    FileAdded {
        /// Which.
        path: String,
    },
    /// A file that was signed is not there.
    FileMissing {
        /// Which.
        path: String,
    },
    /// The manifest is not what it should be.
    Manifest {
        /// What is wrong.
        reason: String,
    },
    /// It needs a newer program.
    NewerAgent {
        /// The least version.
        needs: String,
        /// The version that runs.
        have: String,
    },
    /// It is for somebody else.
    Audience {
        /// For whom; nobody in particular when absent.
        bundle: Option<String>,
        /// Who this machine is.
        machine: String,
    },
    /// A newer one was active before.
    Older {
        /// Its version.
        version: u64,
        /// The newest version that was ever active.
        newest: u64,
    },
    /// Another content under a version that was active before.
    SameVersion {
        /// The version.
        version: u64,
    },
    /// It had expired when it came.
    Expired {
        /// When, in seconds since 1970.
        expires: i64,
        /// The time of the machine.
        now: i64,
    },
    /// What is in it does not validate. Said by whoever reads the content, after [`super::open`].
    Content {
        /// The problems, with file, line, column and remedy.
        reason: String,
    },
}

impl ArchiveFault {
    /// The stable word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::ArchiveTooLarge => "archive-too-large",
            Self::NotGzip => "archive-not-gzip",
            Self::Truncated => "archive-truncated",
            Self::TrailingData => "archive-trailing-data",
            Self::NotTar => "archive-not-tar",
            Self::TooLarge => "archive-inflates-too-large",
            Self::FileTooLarge => "archive-file-too-large",
            Self::TooManyMembers => "archive-too-many-members",
            Self::LongPath => "archive-long-path",
            Self::Traversal => "archive-traversal",
            Self::Absolute => "archive-absolute-path",
            Self::Characters => "archive-path-characters",
            Self::Link => "archive-link",
            Self::Kind => "archive-member-kind",
            Self::Extension => "archive-extension-header",
            Self::Duplicate => "archive-duplicate-name",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::ArchiveTooLarge => "the file is too large",
            Self::NotGzip => "the file is no gzip stream",
            Self::Truncated => "the archive ends early or is damaged",
            Self::TrailingData => "something stands behind the end of a file or of the archive",
            Self::NotTar => "a header of the archive is none",
            Self::TooLarge => "the archive inflates to too much",
            Self::FileTooLarge => "a file is too large",
            Self::TooManyMembers => "the archive has too many members",
            Self::LongPath => "a path is too long",
            Self::Traversal => "a path leads out of the bundle",
            Self::Absolute => "a path begins at the root",
            Self::Characters => "a path has characters that are not allowed",
            Self::Link => "a member is a link",
            Self::Kind => "a member is neither file nor folder",
            Self::Extension => "a member has an extended header",
            Self::Duplicate => "two members have one name",
        }
    }
}

impl Refused {
    /// The stable word for log, status and popup.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Archive { why, .. } => why.code(),
            Self::NoSignature => "no-signature",
            Self::Signatures { .. } => "malformed-signatures",
            Self::UnknownKey { .. } => "unknown-key",
            Self::BadSignature { .. } => "bad-signature",
            Self::FileChanged { .. } => "file-changed",
            Self::FileAdded { .. } => "file-added",
            Self::FileMissing { .. } => "file-missing",
            Self::Manifest { .. } => "malformed-manifest",
            Self::NewerAgent { .. } => "needs-newer-agent",
            Self::Audience { .. } => "wrong-audience",
            Self::Older { .. } => "older-version",
            Self::SameVersion { .. } => "same-version-other-content",
            Self::Expired { .. } => "expired",
            Self::Content { .. } => "content",
        }
    }
}

const REBUILD: &str = "build it with `promptgate policy build`";
const DAMAGED: &str = "it was changed after it was signed: fetch or build it anew, and look who changed it";

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Archive { why, path: None } => write!(out, "{}; {REBUILD}", why.words()),
            Self::Archive { why, path: Some(path) } => write!(out, "{}: `{path}`; {REBUILD}", why.words()),
            Self::NoSignature => {
                write!(out, "the bundle is not signed; {REBUILD} and the organisation's key")
            }
            Self::Signatures { reason } => {
                write!(out, "`.signatures.json` is malformed: {reason}; {REBUILD}")
            }
            Self::UnknownKey { keys } if keys.is_empty() => {
                write!(out, "the bundle names no key that signed it; {REBUILD}")
            }
            Self::UnknownKey { keys } => write!(
                out,
                "the bundle is signed by {}, which is not trusted here; sign it with a trusted key, or send first a \
                 bundle signed with the old key that names the new one",
                keys.join(", ")
            ),
            Self::BadSignature { key } => write!(out, "the signature of {key} does not hold; {DAMAGED}"),
            Self::FileChanged { path } => write!(out, "`{path}` is not the file that was signed; {DAMAGED}"),
            Self::FileAdded { path } => write!(out, "`{path}` was not signed; {DAMAGED}"),
            Self::FileMissing { path } => write!(out, "`{path}` was signed and is not there; {DAMAGED}"),
            Self::Manifest { reason } => write!(out, "`.manifest` is malformed: {reason}; {REBUILD}"),
            Self::NewerAgent { needs, have } => {
                write!(out, "the bundle needs promptgate {needs} and this is {have}; update promptgate")
            }
            Self::Audience { bundle: Some(bundle), machine } => write!(
                out,
                "the bundle is for `{bundle}` and this machine is `{machine}`; fetch the one for this machine"
            ),
            Self::Audience { bundle: None, machine } => write!(
                out,
                "the bundle names no audience and this machine is `{machine}`; set `audience` in its `bundle.toml`"
            ),
            Self::Older { version, newest } => write!(
                out,
                "version {version} is older than {newest}, which was active here; to go back build the old content \
                 as version {}",
                newest.saturating_add(1)
            ),
            Self::SameVersion { version } => write!(
                out,
                "version {version} was active here with another content; build this one as version {}",
                version.saturating_add(1)
            ),
            Self::Expired { expires, now } => {
                let ago = match now.saturating_sub(*expires) / 86_400 {
                    0 => "less than a day".to_owned(),
                    1 => "a day".to_owned(),
                    days => format!("{days} days"),
                };
                write!(out, "the bundle expired {ago} ago; build it anew, and look at this machine's clock")
            }
            Self::Content { reason } => write!(out, "what is in the bundle does not validate: {reason}"),
        }
    }
}
