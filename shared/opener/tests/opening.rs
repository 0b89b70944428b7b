//! Key files in every form, and texts that open for their own event only.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use shared_opener::{Closed, NoKey, Opener, PlainError, is_protected};
use shared_seal::{Cost, KeyFileError, KeyPair, OpenError, Seed, protect};

const EVENT: &str = "01890a5d-ac96-474b-bcce-000000000001";

fn pair(number: u8) -> (String, String) {
    let pair = KeyPair::derive(Seed::new([number; 32]));
    (pair.private.to_base64().to_string(), pair.public.to_base64())
}

fn sealed(number: u8, json: &str) -> String {
    let to = KeyPair::derive(Seed::new([number; 32])).public;
    shared_seal::seal(&to, json.as_bytes(), Seed::new([9; 32])).unwrap()
}

fn fault(file: &str) -> NoKey {
    Opener::read(file, "").err().unwrap()
}

#[test]
fn key_files_are_read_in_either_form() {
    let (private, public) = pair(1);
    let id = Opener::read(&private, "").unwrap().id();
    assert_eq!(id.len(), 16);
    for file in [
        format!("{private}\n"),
        format!("\u{feff}  {private}  \r\n"),
        format!("{{\"private_key\":\"{private}\",\"public_key\":\"{public}\"}}"),
        format!("{{\n  \"public_key\": \"{public}\",\n  \"private_key\": \"{private}\"\n}}\n"),
        format!("{{\"private_key\":\"{private}\"}}"),
    ] {
        assert_eq!(Opener::read(&file, "").unwrap().id(), id);
    }
}

#[test]
fn what_is_no_key_file_is_refused_and_not_repeated() {
    let (private, _) = pair(1);
    let (_, other) = pair(2);
    for file in
        ["", "{}", "hello", "{\"private_key\":\"x\"}", "{\"private_key\":5}", private.trim_end_matches('=')]
    {
        assert_eq!(fault(file), NoKey::File(KeyFileError::NoKey), "{file}");
    }
    let mixed = format!("{{\"private_key\":\"{private}\",\"public_key\":\"{other}\"}}");
    assert_eq!(fault(&mixed), NoKey::File(KeyFileError::Halves));
    assert!(!format!("{} {:?}", fault(&mixed), fault(&mixed)).contains(private.get(..8).unwrap()));
}

#[test]
fn a_protected_key_wants_its_passphrase() {
    let pair = KeyPair::derive(Seed::new([1; 32]));
    let cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };
    let file = protect(&pair.private, "open sesame", cost, Seed::new([2; 32])).unwrap();
    assert!(is_protected(file.to_string()) && !is_protected(pair.private.to_base64().to_string()));
    assert_eq!(Opener::read(&file, "open sesame").unwrap().id(), pair.public.id().to_string());
    assert_eq!(Opener::read(&file, "").err().unwrap(), NoKey::Passphrase);
}

#[test]
fn texts_open_for_their_key_and_their_event() {
    let opener = Opener::read(&pair(1).0, "").unwrap();
    let json =
        |content: &str| format!("{{\"v\":1,\"event\":\"{EVENT}\",\"at\":5,\"app\":\"claude\",{content}}}");
    for (sealed_content, told) in [
        (
            r#""prompt":{"parts":[{"kind":"text","text":"hé"},{"kind":"file","name":"a.txt","text":"b"}],"attachments":["plan.pdf"]}"#,
            r#"{"prompt":{"parts":["hé","b"],"attachments":["plan.pdf"]}}"#,
        ),
        (r#""conversation":"c","answer":"<b>yes</b>""#, r#"{"answer":"<b>yes</b>"}"#),
        (r#""reason":"because""#, r#"{"reason":"because"}"#),
    ] {
        assert_eq!(opener.open(&sealed(1, &json(sealed_content)), EVENT).unwrap(), told);
    }
    let good = json(r#""answer":"x""#);
    let closed = |blob: &str, event: &str| opener.open(blob, event).unwrap_err();
    assert_eq!(closed(&sealed(2, &good), EVENT), Closed::Seal(OpenError::Refused));
    assert_eq!(closed("truncated", EVENT), Closed::Seal(OpenError::TooLarge));
    assert_eq!(closed(&sealed(1, &good), "another"), Closed::Plain(PlainError::Foreign));
    for bad in [good.replace("\"v\":1", "\"v\":2"), good.replace("answer", "other"), "[]".to_owned()] {
        assert_eq!(closed(&sealed(1, &bad), EVENT), Closed::Plain(PlainError::Unreadable), "{bad}");
    }
}
