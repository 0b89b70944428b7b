//! What a person answered about a file is not asked again when another request names it, and nothing more than that.

use std::fs;

use shared_protocol::{
    Action, Attachment, Choice, Code, FileId, Operation, Outcome, Reading, ToHost, Verdict,
};

use crate::browser::{Browser, event, judge};
use crate::files::{carrying, file, folder, upload};
use crate::home::Home;

const CALLS: &str = "please call 415 555 0132 about the delivery";

/// A connection with numbered requests.
struct Asking {
    browser: Browser,
    next: u32,
}

impl Asking {
    fn start(home: &Home) -> Self {
        Self { browser: Browser::start(home), next: 1 }
    }

    /// What is said of a request of this page.
    fn judged(&mut self, page: u32, reading: Reading) -> Verdict {
        let mut ask = judge(&event(self.next), reading);
        ask.page = Some(page);
        self.next += 1;
        self.browser.send(&ToHost::Judge(Box::new(ask.clone())));
        self.browser.verdict(&ask.event)
    }

    /// A file comes, somebody is asked about it on page 7 and answers; the site calls it `file-NUMBER`.
    fn uploaded(&mut self, number: u32, bytes: &[u8], choice: Choice) -> Verdict {
        upload(&mut self.browser, &file(number), "calls.txt", bytes);
        let verdict = self.judged(7, carrying(Operation::UploadFile, "", here(file(number))));
        assert_eq!(verdict.outcome, Outcome::Ask, "{verdict:?}");
        let _said = self.browser.answer(&verdict.event, choice);
        self.browser.send(&ToHost::FileNamed { file: file(number), id: format!("file-{number}") });
        verdict
    }
}

fn here(file: FileId) -> Attachment {
    Attachment { file: Some(file), name: Some("calls.txt".into()), ..Attachment::default() }
}

/// As a later request names it.
fn named(number: u32) -> Attachment {
    Attachment { id: Some(format!("file-{number}")), name: Some("calls.txt".into()), ..Attachment::default() }
}

fn within(conversation: &str, reading: Reading) -> Reading {
    let Reading::Prompt(mut prompt) = reading else { panic!("no prompt") };
    prompt.conversation_id = Some(conversation.to_owned());
    Reading::Prompt(prompt)
}

fn process(number: u32) -> Reading {
    carrying(Operation::UploadFile, "", named(number))
}

fn prompt(text: &str, number: u32) -> Reading {
    carrying(Operation::SendPrompt, text, named(number))
}

#[test]
fn a_file_that_was_answered_for_is_not_asked_about_again() {
    let home = Home::enforcing();
    let mut asking = Asking::start(&home);
    let first = asking.uploaded(1, CALLS.as_bytes(), Choice::SendAnyway);
    assert_eq!(first.action, Action::Warn);
    let processed = asking.judged(7, process(1));
    assert_eq!((processed.outcome, processed.action), (Outcome::Release, Action::Allow), "{processed:?}");
    let prompted = asking.judged(7, within("lakes", prompt("sum this up", 1)));
    assert_eq!((prompted.outcome, prompted.action), (Outcome::Release, Action::Allow), "{prompted:?}");
    assert!(asking.browser.close().0.success());
    // The record has the file and what is in it, and why nobody was asked.
    let row = home.rows(prompted.event.as_str())[0].clone();
    assert_eq!(row["files"][0]["labels"]["pii.phone"], 1, "{row}");
    let output = home.run(&["policy", "explain", "--event", prompted.event.as_str()]);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("the person answered it before"), "{said}");
}

#[test]
fn what_the_answer_was_not_about_is_asked() {
    let home = Home::enforcing();
    let mut asking = Asking::start(&home);
    asking.uploaded(1, CALLS.as_bytes(), Choice::SendAnyway);
    let asks = |verdict: Verdict| assert_eq!(verdict.outcome, Outcome::Ask, "{verdict:?}");
    // The prompt's own words, other than those of the file or like them; and a name that nobody saw.
    asks(asking.judged(7, prompt(CALLS, 1)));
    asks(asking.judged(7, prompt("pay to DE89 3704 0044 0532 0130 00", 1)));
    let other = Attachment { name: Some("call 415 555 0132.txt".into()), ..named(1) };
    asks(asking.judged(7, carrying(Operation::SendPrompt, "sum this up", other)));
    // Another file beside it, about which nothing was said.
    upload(&mut asking.browser, &file(2), "more.txt", CALLS.as_bytes());
    let Reading::Prompt(mut both) = prompt("compare these", 1) else { panic!("no prompt") };
    both.attachments.push(here(file(2)));
    asks(asking.judged(7, Reading::Prompt(both)));
    // Another page; and, once it is known, another conversation.
    asks(asking.judged(8, process(1)));
    let prompted = asking.judged(7, within("lakes", prompt("sum this up", 1)));
    assert_eq!(prompted.outcome, Outcome::Release, "{prompted:?}");
    asks(asking.judged(7, within("rivers", prompt("sum this up", 1))));
    // An answer that took it back.
    asking.uploaded(3, CALLS.as_bytes(), Choice::Edit);
    asks(asking.judged(7, process(3)));
    assert!(asking.browser.close().0.success());
}

#[test]
fn a_file_that_was_not_read_is_asked_about_once() {
    let home = Home::with("builtin-enforce", "unread_file = \"warn\"");
    let mut asking = Asking::start(&home);
    let locked = fs::read(folder().join("locked.docx")).unwrap();
    let first = asking.uploaded(1, &locked, Choice::SendAnyway);
    assert_eq!(first.fault, Some(Code::UnreadFile));
    for reading in [process(1), prompt("sum this up", 1)] {
        let verdict = asking.judged(7, reading);
        assert_eq!((verdict.outcome, verdict.fault), (Outcome::Release, None), "{verdict:?}");
    }
    let verdict = asking.judged(8, process(1));
    assert_eq!((verdict.outcome, verdict.fault), (Outcome::Ask, Some(Code::UnreadFile)), "{verdict:?}");
    assert!(asking.browser.close().0.success());
}
