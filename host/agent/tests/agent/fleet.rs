//! `promptgate fleet`: every file is what its reader takes, with the same switches on every system.

use std::fs;
use std::path::Path;

use quick_xml::events::Event;
use serde_json::Value;

use crate::home::Home;

const CHROMIUM: &str = "abcdefghijklmnopabcdefghijklmnop";
const FIREFOX: &str = "promptgate@promptgate.io";
const BROWSERS: [&str; 5] = ["chrome", "chromium", "edge", "brave", "firefox"];

fn written(options: &[&str]) -> (Home, Vec<Value>) {
    let home = Home::new();
    let folder = home.path().join("fleet");
    let given = ["fleet", folder.to_str().unwrap(), "--json", "--source", "https://ext.acme.example/"];
    let told = home.lines(&[&given[..], &["--chromium-id", CHROMIUM], options].concat());
    (home, told)
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// A registry file's text.
fn registry(path: &Path) -> String {
    let bytes = fs::read(path).unwrap();
    let units: Vec<u16> = bytes.as_chunks::<2>().0.iter().map(|two| u16::from_le_bytes(*two)).collect();
    let text = String::from_utf16(&units).unwrap();
    text.strip_prefix('\u{FEFF}').unwrap().to_owned()
}

/// The keys and texts of a property list, in order.
fn plist(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let mut reader = quick_xml::Reader::from_str(&text);
    let (mut said, mut depth) = (Vec::new(), 0_usize);
    loop {
        match reader.read_event().unwrap() {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            Event::Empty(tag) => said.push(tag.name().as_ref().to_owned()),
            Event::Text(text) if !text.xml10_content().trim().is_empty() => {
                said.push(text.xml10_content().into_owned());
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert_eq!(depth, 0, "{}", path.display());
    said
}

#[test]
fn each_file_is_read_and_has_the_switches() {
    let (home, told) = written(&[]);
    let folder = home.path().join("fleet");
    for told in &told {
        assert!(folder.join(told["file"].as_str().unwrap()).is_file(), "{told}");
        assert!(!told["goes"].as_str().unwrap().is_empty());
    }
    assert_eq!(told.len(), 3 * BROWSERS.len() + 2);
    let chromium = json(&folder.join("linux/etc/chromium/policies/managed/promptgate.json"));
    let forced = &chromium["ExtensionSettings"][CHROMIUM];
    assert_eq!(forced["installation_mode"], "force_installed");
    assert_eq!(forced["update_url"], "https://ext.acme.example/update.xml");
    assert_eq!(chromium["IncognitoModeAvailability"], 1);
    assert_eq!(chromium["BrowserGuestModeEnabled"], false);
    assert_eq!(chromium["3rdparty"]["extensions"][CHROMIUM]["managed"], true);
    let edge = json(&folder.join("linux/etc/opt/edge/policies/managed/promptgate.json"));
    assert_eq!(edge["InPrivateModeAvailability"], 1);
    let firefox = json(&folder.join("linux/etc/firefox/policies/policies.json"));
    let own = &firefox["policies"]["ExtensionSettings"][FIREFOX];
    let xpi = format!("https://ext.acme.example/promptgate-{}.xpi", env!("CARGO_PKG_VERSION"));
    assert_eq!(own["install_url"], xpi.as_str());
    assert_eq!(own["private_browsing"], true);
    assert_eq!(firefox["policies"]["3rdparty"]["Extensions"][FIREFOX]["managed"], true);

    let catalogue = json(&folder.join("windows/intune.json"));
    for browser in BROWSERS {
        let text = registry(&folder.join(format!("windows/{browser}.reg")));
        let mut lines = text.split("\r\n");
        assert_eq!(lines.next(), Some("Windows Registry Editor Version 5.00"));
        assert!(
            lines.all(|line| line.is_empty() || line.starts_with('[') || line.starts_with('"')),
            "{text}"
        );
        assert!(text.contains("[HKEY_LOCAL_MACHINE\\Software\\Policies\\"), "{text}");
        // What is pasted into a field is JSON itself.
        let pasted = catalogue[browser]["ExtensionSettings"].as_str().unwrap();
        assert!(serde_json::from_str::<Value>(pasted).unwrap().is_object());
        let said = plist(&folder.join(format!("macos/{browser}.mobileconfig")));
        let has = |wanted: &str| said.iter().any(|said| said == wanted);
        assert!(has("Configuration") && has("force_installed") && has("managed"), "{browser}: {said:?}");
        match browser {
            "firefox" => assert!(has("EnterprisePoliciesEnabled") && text.contains("=hex(7):")),
            _ => {
                assert!(text.contains(&format!(
                    "\\3rdparty\\extensions\\{CHROMIUM}\\policy]\r\n\"managed\"=dword:00000001"
                )));
                assert!(text.contains("ModeAvailability\"=dword:00000001"), "{text}");
                assert!(text.contains("\"BrowserGuestModeEnabled\"=dword:00000000"), "{text}");
                assert!(said.iter().any(|said| said.ends_with(&format!(".extensions.{CHROMIUM}"))));
            }
        }
    }
}

#[test]
fn written_again_it_is_the_same_and_private_windows_can_stay() {
    let ((one, _), (other, _)) = (written(&[]), written(&["--private-windows"]));
    let (again, told) = written(&[]);
    for told in told {
        let read =
            |home: &Home| fs::read(home.path().join("fleet").join(told["file"].as_str().unwrap())).unwrap();
        assert_eq!(read(&one), read(&again), "{told}");
    }
    let place = "fleet/linux/etc/opt/chrome/policies/managed/promptgate.json";
    let open = json(&other.path().join(place));
    assert_eq!(open.get("IncognitoModeAvailability"), None);
    assert_eq!(open["BrowserGuestModeEnabled"], false);
    // There people have to let the extension in.
    assert_eq!(open["MandatoryExtensionsForIncognitoNavigation"], serde_json::json!([CHROMIUM]));
    let text = registry(&other.path().join("fleet/windows/chrome.reg"));
    assert!(
        text.contains(&format!("\\MandatoryExtensionsForIncognitoNavigation]\r\n\"1\"=\"{CHROMIUM}\"")),
        "{text}"
    );
}

#[test]
fn what_no_browser_would_take_is_refused() {
    let home = Home::new();
    let folder = home.path().join("fleet");
    for (option, value, said) in [
        ("--chromium-id", "short", "no extension id"),
        ("--source", "http://ext.acme.example", "begins with https://"),
        ("--source", "https://a\"b", "no address"),
    ] {
        let output =
            home.command().args(["fleet", folder.to_str().unwrap(), option, value]).output().unwrap();
        assert!(!output.status.success());
        let text = String::from_utf8(output.stderr).unwrap();
        assert!(text.contains(said), "{text}");
        assert!(!folder.exists());
    }
}
