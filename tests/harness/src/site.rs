//! The four sites: their names here, their pages, and which host belongs to what.

/// One of the four sites.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Site {
    /// ChatGPT.
    ChatGpt,
    /// Gemini.
    Gemini,
    /// Claude.
    Claude,
    /// Perplexity.
    Perplexity,
}

impl Site {
    /// All of them.
    pub const ALL: [Site; 4] = [Site::ChatGpt, Site::Gemini, Site::Claude, Site::Perplexity];

    /// A short name, also the one the product uses for the app.
    pub fn id(self) -> &'static str {
        match self {
            Site::ChatGpt => "chatgpt",
            Site::Gemini => "gemini",
            Site::Claude => "claude",
            Site::Perplexity => "perplexity",
        }
    }

    /// The host of its page.
    pub fn host(self) -> &'static str {
        match self {
            Site::ChatGpt => "chatgpt.com",
            Site::Gemini => "gemini.google.com",
            Site::Claude => "claude.ai",
            Site::Perplexity => "www.perplexity.ai",
        }
    }

    /// The page where a new conversation begins.
    pub fn new_chat(self) -> &'static str {
        match self {
            Site::ChatGpt | Site::Perplexity => "/",
            Site::Gemini => "/app",
            Site::Claude => "/new",
        }
    }

    /// The page where a new temporary conversation begins.
    pub fn temporary_chat(self) -> &'static str {
        match self {
            Site::ChatGpt => "/?temporary-chat=true",
            Site::Gemini => "/app?temporary",
            Site::Claude => "/new?incognito",
            Site::Perplexity => "/?incognito",
        }
    }
}

/// What answers under a host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// A site's page and its calls.
    Front(Site),
    /// ChatGPT's sockets.
    Sockets,
    /// Perplexity's socket of suggestions.
    Suggestions,
    /// A store for uploaded bytes, of this site.
    Store(Site),
}

/// Every name that leads to the stand-ins; no other name resolves in the browsers.
pub(crate) const ORIGINS: [(&str, Origin); 10] = [
    ("chatgpt.com", Origin::Front(Site::ChatGpt)),
    ("ws.chatgpt.com", Origin::Sockets),
    (CHATGPT_STORE, Origin::Store(Site::ChatGpt)),
    ("gemini.google.com", Origin::Front(Site::Gemini)),
    (GEMINI_STORE, Origin::Store(Site::Gemini)),
    ("claude.ai", Origin::Front(Site::Claude)),
    ("www.perplexity.ai", Origin::Front(Site::Perplexity)),
    ("perplexity.ai", Origin::Front(Site::Perplexity)),
    (PERPLEXITY_SUGGESTIONS, Origin::Suggestions),
    (PERPLEXITY_STORE, Origin::Store(Site::Perplexity)),
];

pub(crate) const CHATGPT_STORE: &str = "sdmntprwestus.oaiusercontent.com";
pub(crate) const GEMINI_STORE: &str = "content-push.googleapis.com";
pub(crate) const PERPLEXITY_STORE: &str = "ppl-ai-file-upload.s3.amazonaws.com";
pub(crate) const PERPLEXITY_SUGGESTIONS: &str = "suggest.perplexity.ai";

/// The names alone.
pub(crate) fn hosts() -> Vec<&'static str> {
    ORIGINS.iter().map(|(host, _)| *host).collect()
}

/// What answers under `host`.
pub(crate) fn origin(host: &str) -> Option<Origin> {
    ORIGINS.iter().find(|(name, _)| *name == host).map(|(_, origin)| *origin)
}
