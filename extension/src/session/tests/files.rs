//! Files on their way to the host: piece by piece, in turn, joined to their names, and every fault on the way.

use shared_protocol::{
    FILE_BYTES, FailAction, FailSettings, FileFault, FileId, PIECE_BYTES, Reading, RefusedReason,
};
use shared_sites::FormPart;

use super::*;

const PIECE: u64 = PIECE_BYTES as u64;

pub(super) fn file(n: u64) -> FileId {
    FileId::try_from(format!("0f000000-0000-4000-8000-{n:012x}")).unwrap()
}

/// The bytes of a file on their way to the store that the site named.
fn put(n: u64, size: u64) -> Request {
    Request {
        method: "PUT".to_owned(),
        url: format!("https://files01.blob.core.windows.net/f/{n}/raw?sig=abc"),
        body: Body::File { file: file(n), size, text: None, piece: false, name: None },
        ..request("PUT", "/", Body::None)
    }
}

fn taken(n: u64, up_to: u64) -> ToExtension {
    ToExtension::FileTaken { file: file(n), up_to }
}

/// What the page is asked to read.
fn reads(effects: &[Effect]) -> Vec<(FileId, u64)> {
    let reads = effects.iter().filter_map(|effect| match effect {
        Effect::ToPort { port: PAGE, message: ToPort::Relay(ToRelay::FileRead { file, offset }) } => {
            Some((file.clone(), *offset))
        }
        _ => None,
    });
    reads.collect()
}

pub(super) fn begun(messages: &[ToHost]) -> Vec<FileId> {
    let begun = messages.iter().filter_map(|message| match message {
        ToHost::FileBegin { file, .. } => Some(file.clone()),
        _ => None,
    });
    begun.collect()
}

pub(super) fn judged(messages: &[ToHost]) -> Vec<EventId> {
    let judged = messages.iter().filter_map(|message| match message {
        ToHost::Judge(judge) => Some(judge.event.clone()),
        _ => None,
    });
    judged.collect()
}

impl Script {
    fn told(&mut self, effects: &[Effect]) -> Vec<ToHost> {
        self.host_hears(effects)
    }

    /// Plays page and host until the file is there; what the host heard last.
    pub(super) fn give(&mut self, n: u64, size: u64) -> Vec<ToHost> {
        let mut effects = self.host(&taken(n, 0));
        let mut heard = self.told(&effects);
        let mut up_to = 0;
        while up_to < size {
            let pieces = reads(&effects);
            effects.clear();
            for (file, offset) in pieces {
                let said = self.relay(FromRelay::FilePiece { file, offset, bytes: "AAAA".into() });
                assert_eq!(self.told(&said).len(), 1);
                up_to = size.min(offset + PIECE);
                let more = self.host(&taken(n, up_to));
                heard.extend(self.told(&more));
                effects.extend(more);
            }
        }
        heard
    }
}

#[test]
fn a_file_goes_in_pieces_and_is_then_judged() {
    let mut script = Script::with_host(enforcing());
    let size = 10 * PIECE + 1;
    let effects = script.hold(&event(1), put(1, size));
    let told = script.told(&effects);
    assert_eq!(begun(&told), [file(1)]);
    assert!(judged(&told).is_empty(), "it is judged before it is there");
    // No more than four pieces are ahead of the host.
    let effects = script.host(&taken(1, 0));
    let asked: Vec<u64> = reads(&effects).into_iter().map(|(_, offset)| offset).collect();
    assert_eq!(asked, [0, PIECE, 2 * PIECE, 3 * PIECE]);
    let effects = script.host(&taken(1, 2 * PIECE));
    assert_eq!(reads(&effects).len(), 2);
}

#[test]
fn its_end_is_told_and_the_question_names_it() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), put(1, 3 * PIECE));
    let heard = script.give(1, 3 * PIECE);
    assert!(heard.contains(&ToHost::FileEnd { file: file(1), size: 3 * PIECE }));
    let judge = heard.iter().find_map(|message| match message {
        ToHost::Judge(judge) => Some(judge),
        _ => None,
    });
    let Reading::Prompt(prompt) = &judge.unwrap().reading else { panic!() };
    assert_eq!(prompt.attachments[0].file, Some(file(1)));
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { copy: false, .. }]));
    let told = script.told(&effects);
    assert!(!told.contains(&ToHost::FileGone { file: file(1) }), "the host is to keep what it found");
}

#[test]
fn twenty_at_once_go_one_after_the_other() {
    let mut script = Script::with_host(enforcing());
    let mut told = Vec::new();
    for n in 1..=20 {
        let effects = script.hold(&event(n), put(n, PIECE));
        told.extend(script.told(&effects));
    }
    assert_eq!(begun(&told), [file(1)]);
    for n in 1..=20 {
        let heard = script.give(n, PIECE);
        assert_eq!(judged(&heard), [event(n)]);
        assert_eq!(begun(&heard).len(), usize::from(n < 20));
    }
    for n in 1..=20 {
        let effects = script.host(&says(verdict(&event(n), Outcome::Release, Action::Allow)));
        assert_eq!(words(&effects).len(), 1);
    }
}

#[test]
fn what_a_host_has_no_room_for_waits() {
    let mut script = Script::with_host(enforcing());
    for n in 1..=3 {
        script.hold(&event(n), put(n, FILE_BYTES));
    }
    script.give(1, FILE_BYTES);
    let heard = script.give(2, FILE_BYTES);
    assert_eq!(judged(&heard), [event(2)]);
    assert!(begun(&heard).is_empty(), "more than the host takes at once");
    let effects = script.host(&says(verdict(&event(1), Outcome::Refuse, Action::Block)));
    let told = script.told(&effects);
    assert!(told.contains(&ToHost::FileGone { file: file(1) }));
    assert_eq!(begun(&told), [file(3)]);
}

#[test]
fn a_lost_host_is_replaced_and_gets_it_all_again() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), put(1, 6 * PIECE));
    script.host(&taken(1, 0));
    script.happen(Event::HostLost { missing: false });
    let effects = script.happen(Event::HostOpened);
    script.effects.extend(effects);
    let welcome = Welcome { protocol: 1, host: "0.1.0".to_owned(), settings: enforcing() };
    let effects = script.host(&ToExtension::Welcome(welcome));
    let told = script.told(&effects);
    assert_eq!(begun(&told), [file(1)]);
    let heard = script.give(1, 6 * PIECE);
    assert_eq!(judged(&heard), [event(1)]);
}

#[test]
fn without_a_host_the_setting_for_that_holds() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), put(1, 6 * PIECE));
    script.happen(Event::HostLost { missing: true });
    let effects = script.happen(Event::HostLost { missing: true });
    let ended = words(&script.effects);
    assert!(ended.iter().any(|word| matches!(word, ToRelay::Refuse { .. })), "{ended:?} {effects:?}");
}

#[test]
fn a_page_that_takes_it_back_ends_it() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), put(1, 6 * PIECE));
    script.hold(&event(2), put(2, PIECE));
    script.host(&taken(1, 0));
    let effects = script.relay(FromRelay::Abort { event: event(1) });
    let told = script.told(&effects);
    assert!(told.contains(&ToHost::FileGone { file: file(1) }));
    assert_eq!(begun(&told), [file(2)], "the next one has its turn");
    let late = script.relay(FromRelay::FilePiece { file: file(1), offset: 0, bytes: "AAAA".into() });
    assert!(script.told(&late).is_empty());
}

#[test]
fn what_the_host_does_not_take_is_judged_without_it() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), put(1, FILE_BYTES + 1));
    let effects = script.host(&ToExtension::FileFault { file: file(1), code: FileFault::TooLarge });
    let told = script.told(&effects);
    assert_eq!(judged(&told), [event(1)]);
}

#[test]
fn what_the_page_cannot_read_any_more_is_gone() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), put(1, 6 * PIECE));
    script.host(&taken(1, 0));
    let effects = script.relay(FromRelay::FileLost { file: file(1) });
    let told = script.told(&effects);
    assert!(told.contains(&ToHost::FileGone { file: file(1) }));
    assert_eq!(judged(&told), [event(1)]);
}

#[test]
fn another_page_says_nothing_of_it() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), put(1, 6 * PIECE));
    script.host(&taken(1, 0));
    let opened = Event::Opened { port: 2, name: PortName::Relay, tab: Some(8), private: false, top: true };
    script.happen(opened);
    let said = FromRelay::FilePiece { file: file(1), offset: 0, bytes: "AAAA".into() };
    let effects = script.happen(Event::Relay { port: 2, said });
    assert!(script.told(&effects).is_empty());
}

#[test]
fn a_host_that_takes_nothing_is_asked_without_it_in_time() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), put(1, 6 * PIECE));
    let deadline = Millis::from(FailSettings::CLOSED.file_deadline_ms);
    let effects = script.wait(deadline + 10);
    let told = script.told(&effects);
    assert!(told.contains(&ToHost::FileGone { file: file(1) }));
    assert_eq!(judged(&told), [event(1)]);
    // And a host that is silent even then is given up.
    let effects = script.wait(60_000);
    assert!(effects.contains(&Effect::CloseHost));
    assert!(words(&script.effects).iter().any(|word| matches!(word, ToRelay::Refuse { .. })));
}

#[test]
fn a_slow_file_says_how_far_it_is_and_can_be_called_off() {
    let mut script = Script::with_host(enforcing());
    let effects = script.hold(&event(1), put(1, 8 * PIECE));
    assert!(!card_shown(&effects));
    script.host(&taken(1, 0));
    let effects = script.wait(390);
    assert!(!card_shown(&effects), "quiet until 400 ms");
    let effects = script.wait(20);
    assert!(card_shown(&effects));
    let model = script.card_opens(&event(1));
    assert_eq!(model.stage, Stage::Checking);
    assert_eq!(model.progress.unwrap().part, 0);
    script.host(&taken(1, 4 * PIECE));
    let effects = script.wait(600);
    let told = effects.iter().find_map(|effect| match effect {
        Effect::ToPort { port: CARD, message: ToPort::Card(ToCard::Model { model }) } => {
            Some(model.progress.clone().unwrap().part)
        }
        _ => None,
    });
    assert_eq!(told, Some(50));
    let effects = script.card(FromCard::Choice { choice: Choice::Edit });
    assert!(matches!(&words(&effects)[..], [ToRelay::Refuse { refusal: Some(_), .. }]), "{effects:?}");
    assert!(script.told(&effects).contains(&ToHost::FileGone { file: file(1) }));
}

#[test]
fn its_card_goes_with_a_verdict_that_says_nothing() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), put(1, PIECE));
    script.give(1, PIECE);
    let effects = script.wait(500);
    assert!(card_shown(&effects));
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    let closed = effects.iter().any(|effect| {
        matches!(effect, Effect::ToPort { port: PAGE, message: ToPort::Relay(ToRelay::CardClose { .. }) })
    });
    assert!(closed);
}

#[test]
fn a_registered_file_gives_its_bytes_name_and_id() {
    let mut script = Script::with_host(enforcing());
    let body = json(&serde_json::json!({"file_name": "pay.xlsx", "file_size": 12, "use_case": "my_files"}));
    script.hold(&event(1), request("POST", "/backend-api/files", body));
    let effects = script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    assert!(matches!(&words(&effects)[..], [ToRelay::Send { copy: true, .. }]));
    script.head(&event(1), 200);
    let answer =
        "{\"upload_url\":\"https://files01.blob.core.windows.net/f/1/raw?sig=abc\",\"file_id\":\"file_1\"}";
    script.chunk(&event(1), answer);
    script.end(&event(1), CopyEnd::End);
    let effects = script.hold(&event(2), put(1, 12));
    let told = script.told(&effects);
    let begin = told.iter().any(|message| {
        matches!(message, ToHost::FileBegin { name: Some(name), .. } if name.expose() == "pay.xlsx")
    });
    assert!(begin, "{told:?}");
    script.give(1, 12);
    let effects = script.host(&says(verdict(&event(2), Outcome::Release, Action::Allow)));
    let told = script.told(&effects);
    assert!(told.contains(&ToHost::FileNamed { file: file(1), id: "file_1".to_owned() }), "{told:?}");
}

#[test]
fn an_upload_is_named_by_its_answer() {
    let mut script = Script::with_host(enforcing());
    let part = FormPart {
        name: "file".to_owned(),
        file_name: Some("a.pdf".into()),
        media_type: None,
        size: 12,
        text: None,
        file: Some(file(1)),
        piece: false,
    };
    let upload = Request {
        url: "https://claude.ai/api/organizations/o/conversations/c/wiggle/upload-file".to_owned(),
        page_url: "https://claude.ai/new".to_owned(),
        ..request("POST", "/", Body::Form { parts: vec![part] })
    };
    script.hold(&event(1), upload);
    script.give(1, 12);
    script.host(&says(verdict(&event(1), Outcome::Release, Action::Allow)));
    script.head(&event(1), 200);
    script.chunk(&event(1), "{\"success\":true,\"file_uuid\":\"f-1\"}");
    let effects = script.end(&event(1), CopyEnd::End);
    let told = script.told(&effects);
    assert_eq!(told, [ToHost::FileNamed { file: file(1), id: "f-1".to_owned() }]);
}

#[test]
fn taken_back_is_on_record_where_the_host_knows_of_it() {
    let mut script = Script::with_host(enforcing());
    script.hold(&event(1), put(1, PIECE));
    script.give(1, PIECE);
    let effects = script.relay(FromRelay::Abort { event: event(1) });
    let told = script.told(&effects);
    let refused = ToHost::Refused { event: event(1), reason: RefusedReason::Aborted, at: script.now };
    assert!(told.contains(&refused), "{told:?}");
}

#[test]
fn a_setting_that_lets_go_does_so_without_a_host() {
    let fail = FailSettings { unread_file: FailAction::Allow, ..FailSettings::OPEN };
    let mut script = Script::with_host(Settings { fail, ..enforcing() });
    script.hold(&event(1), put(1, PIECE));
    script.happen(Event::HostLost { missing: true });
    script.happen(Event::HostLost { missing: true });
    assert!(words(&script.effects).iter().any(|word| matches!(word, ToRelay::Send { .. })));
}
