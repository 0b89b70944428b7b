//! What a file says, and where it is wrong.

use host_identity::Demand;

use super::KeyStore;
use crate::settings::file;

const PLAIN: &str = "[identity]\nissuer = \"https://idp.example\"\nclient_id = \"app\"\n";

fn parse(more: &str) -> Result<super::IdentitySettings, String> {
    let parsed = file::parse(&format!("{PLAIN}{more}"), false);
    parsed.map(|file| file.identity.unwrap()).map_err(|fault| fault.to_string())
}

#[test]
fn a_provider_needs_two_lines() {
    let plain = parse("").unwrap();
    assert_eq!(plain.provider.scopes, ["profile", "email", "offline_access"]);
    assert_eq!((plain.enrol, plain.again_days, plain.key_store), (None, None, KeyStore::Platform));
    // A step-up without a word about it is a fresh proof.
    assert_eq!(plain.verify, Demand { max_age_s: Some(0), ..Demand::default() });
    assert!(file::parse("", false).unwrap().identity.is_none());
}

#[test]
fn a_step_up_asks_what_enrolment_asks_but_now_unless_it_says_otherwise() {
    let enrol = "[identity.enrol]\nacr = [\"high\"]\n";
    let one = parse(enrol).unwrap();
    let asked = one.enrol.unwrap();
    assert_eq!((&asked.acr, asked.max_age_s), (&vec!["high".to_owned()], Some(300)));
    assert_eq!(one.verify, Demand { max_age_s: Some(0), ..asked });
    let two = parse(&format!("{enrol}[identity.verify]\namr = [\"face\"]\nagain_days = 30")).unwrap();
    assert_eq!((two.verify.max_age_s, two.again_days), (Some(0), Some(30)));
    assert_eq!(two.verify.amr, ["face"]);
    let three = parse(&format!("{enrol}max_age_s = 60\n[identity.verify]\nmax_age_s = 90\n")).unwrap();
    assert_eq!((three.enrol.unwrap().max_age_s, three.verify.max_age_s), (Some(60), Some(90)));
}

#[test]
fn what_cannot_be_followed_is_told_with_its_place() {
    for (more, told) in [
        ("issuer = 1", "line 4"),
        ("scopes = [\"profile email\"]", "line 4, column 10: a scope is one word"),
        ("groups_claim = \"\"", "line 4, column 16: a claim has a name"),
        ("redirect_ports = [0]", "line 4, column 19: 0 is no port"),
        ("[identity.enrol]", "line 4, column 1: this asks for nothing"),
        ("[identity.verify]\nmax_age_s = 0\nagain_days = 0", "line 6, column 14: somebody is verified"),
        ("[identity.enrol]\nacr = [\"\"]", "an empty word"),
        ("client_secret = \"x\"", "client_secret"),
    ] {
        let fault = parse(more).unwrap_err();
        assert!(fault.contains(told), "{more}: {fault}");
    }
    for issuer in ["http://idp.example", "idp.example", "https://idp.example/?a=b"] {
        let text = format!("[identity]\nissuer = \"{issuer}\"\nclient_id = \"app\"");
        let fault = file::parse(&text, true).unwrap_err().to_string();
        assert!(fault.contains("line 2, column 10: an issuer is"), "{fault}");
    }
}
