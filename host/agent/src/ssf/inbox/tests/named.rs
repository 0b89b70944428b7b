//! By what a transmitter names the person at the keyboard.

use host_risk::signal::Subject;

use super::ending::identity;
use super::{Machine, Whose};
use crate::settings::{IdentitySettings, Named};

/// A transmitter's own id is one person's, whoever is signed in.
#[test]
fn an_id_of_their_own_counts_for_whom_it_means_alone() {
    let machine = Machine::new();
    let named = Named::Opaque { id: "u7".to_owned(), person: "Jane.Doe@example.com".to_owned() };
    let subject = |email: Option<&str>, identity: Option<IdentitySettings>| {
        let email = email.map(str::to_owned);
        Whose { email, identity, ..machine.whose() }.subject(&named)
    };
    let hers = Some(Subject::Opaque("u7".to_owned()));
    assert_eq!(subject(Some("jane.doe@example.com"), Some(identity())), hers);
    assert_eq!(subject(Some("joe@example.com"), Some(identity())), None);
    assert_eq!(subject(None, Some(identity())), None);
    assert_eq!(subject(None, None), hers);
}
