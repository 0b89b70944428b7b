//! Who is at the keyboard, and what they are to do about it.

use shared_protocol::{Identity, SignIn};

use super::{heading, press};
use crate::ui::element::{Element, el};
use crate::ui::words::{Fill, Key, Words};

/// The part of the popup about the person.
pub(super) fn person(identity: &Identity) -> Element {
    let who = match &identity.person {
        Some(name) => Words::with(Key::PersonIs, Fill::Name(name.clone())),
        None => Key::PersonUnknown.into(),
    };
    let why = match identity.next {
        // That nobody is signed in says it all.
        Some(SignIn::Login) | None => None,
        Some(SignIn::Enrol) => Some(Key::PersonNotEnrolled),
        Some(SignIn::StepUp) => Some(Key::PersonProveAgain),
    };
    let act = identity.next.map(|next| match next {
        SignIn::Login => press("login", Key::SignIn),
        SignIn::Enrol => press("enrol", Key::Enrol),
        SignIn::StepUp => press("step-up", Key::ProveAgain),
    });
    let waiting = identity.waiting.then(|| el("p", "hint").with(Key::PersonWaiting));
    el("section", "person")
        .attr("aria-labelledby", "person")
        .with(heading("person", Key::Person))
        .with(el("p", "").with(who))
        .maybe(why.map(|why| el("p", "").with(why)))
        .maybe(waiting)
        .maybe(act)
}
