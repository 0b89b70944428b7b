//! What a popup that is open hears of changes.

use shared_protocol::{ToExtension, ToHost};

use super::{Script, enforcing};
use crate::session::{Event, PortName};

#[test]
fn a_popup_that_is_open_hears_who_is_signed_in_after_a_change() {
    let mut script = Script::with_host(enforcing());
    let asks = |script: &mut Script| {
        let effects = script.host(&ToExtension::Settings(Box::new(enforcing())));
        script.host_hears(&effects).into_iter().filter(|said| *said == ToHost::Status).count()
    };
    assert_eq!(asks(&mut script), 0, "nobody looks");
    let opened = Event::Opened { port: 9, name: PortName::Popup, tab: None, private: false, top: false };
    script.happen(opened);
    assert_eq!(asks(&mut script), 1);
}
