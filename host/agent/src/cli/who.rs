//! `--as`, `--group` and `--app`: as whom, and for which site, something is tried.

use host_policy::UserFacts;
use shared_protocol::App;

/// The site a text is judged for when none is named.
pub(in crate::cli) const APP: &str = "chatgpt";

/// Whom and where.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Who {
    /// Judge as this user.
    #[arg(long = "as", value_name = "USER")]
    user: Option<String>,
    /// Judge as a member of this group; may be given several times.
    #[arg(long = "group", value_name = "GROUP")]
    groups: Vec<String>,
    /// Judge for this site.
    #[arg(long, value_name = "APP")]
    app: Option<String>,
}

impl Who {
    /// The user, over who is at the keyboard.
    pub(in crate::cli) fn user(&self, known: &UserFacts) -> UserFacts {
        user(known, self.user.as_ref(), &self.groups)
    }

    /// The site.
    pub(in crate::cli) fn app(&self) -> App {
        App::new(self.app.as_deref().unwrap_or(APP))
    }
}

/// A named user, or who is `known`; of these groups, where some are named.
pub(in crate::cli) fn user(known: &UserFacts, id: Option<&String>, groups: &[String]) -> UserFacts {
    let mut user = match id {
        Some(id) => UserFacts { id: id.clone(), ..UserFacts::default() },
        None => known.clone(),
    };
    if !groups.is_empty() {
        user.groups = groups.iter().cloned().collect();
    }
    user
}
