//! Whom rows name: whoever is at the keyboard where that is known, else the account.

use super::Recorder;

/// Who is at the keyboard now.
pub(crate) type AtKeyboard = Box<dyn Fn() -> String + Send + Sync>;

impl Recorder {
    /// Rows name whoever is at the keyboard, and not the account.
    pub(crate) fn naming(self, at_keyboard: AtKeyboard) -> Self {
        Self { at_keyboard: Some(at_keyboard), ..self }
    }

    /// Whom they name now.
    pub(crate) fn person(&self) -> String {
        self.at_keyboard.as_ref().map_or_else(|| self.account.clone(), |name| name())
    }
}
