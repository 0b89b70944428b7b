//! Every rule alone: a request that is right but for one thing gets nothing.

use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use hyper::{Method, Uri};

use super::{Door, ENTER, Pass, Refusal, Secret};

const HOST: &str = "127.0.0.1:4000";
const ORIGIN: &str = "http://127.0.0.1:4000";

fn door() -> Door {
    Door::new(4000, Secret("first".to_owned()), Secret("second".to_owned()))
}

fn judge(door: &Door, method: &str, uri: &str, headers: &[(&'static str, &str)]) -> Result<Pass, Refusal> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.append(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
    }
    door.judge(&method.parse::<Method>().unwrap(), &uri.parse::<Uri>().unwrap(), &map)
}

#[test]
fn the_page_is_for_who_names_us() {
    let door = door();
    assert_eq!(judge(&door, "GET", "/", &[("host", HOST)]), Ok(Pass::Asset));
    // A page of our own that leads here, or a person's own typing.
    for site in ["none", "cross-site"] {
        assert_eq!(judge(&door, "GET", "/", &[("host", HOST), ("sec-fetch-site", site)]), Ok(Pass::Asset));
    }
    for host in
        ["localhost:4000", "127.0.0.1", "127.0.0.1:4001", "evil.example:4000", "127.0.0.1:4000.evil.example"]
    {
        assert_eq!(judge(&door, "GET", "/", &[("host", host)]), Err(Refusal::Name), "{host}");
    }
    assert_eq!(judge(&door, "GET", "/", &[]), Err(Refusal::Name));
    assert_eq!(judge(&door, "GET", "/", &[("host", HOST), ("host", HOST)]), Err(Refusal::Name));
    assert_eq!(judge(&door, "GET", "http://evil.example/", &[("host", HOST)]), Err(Refusal::Name));
}

#[test]
fn the_record_is_for_who_shows_the_second_secret() {
    let door = door();
    let ask = |shown: &str, more: &[(&'static str, &str)]| {
        judge(&door, "GET", "/api/list", &[&[("host", HOST), ("authorization", shown)], more].concat())
    };
    assert_eq!(ask("Bearer second", &[]), Ok(Pass::Record));
    assert_eq!(
        ask("Bearer second", &[("sec-fetch-site", "same-origin"), ("origin", ORIGIN)]),
        Ok(Pass::Record)
    );
    for shown in ["Bearer first", "Bearer ", "second", "Basic second", "Bearer second "] {
        assert_eq!(ask(shown, &[]), Err(Refusal::Secret), "{shown}");
    }
    assert_eq!(judge(&door, "GET", "/api/list", &[("host", HOST)]), Err(Refusal::Secret));
    for site in ["cross-site", "same-site", "none"] {
        assert_eq!(ask("Bearer second", &[("sec-fetch-site", site)]), Err(Refusal::Origin), "{site}");
    }
    for origin in [
        "http://127.0.0.1:4001",
        "https://127.0.0.1:4000",
        "null",
        "http://localhost:4000",
        "http://evil.example",
    ] {
        assert_eq!(ask("Bearer second", &[("origin", origin)]), Err(Refusal::Origin), "{origin}");
    }
}

#[test]
fn the_first_secret_counts_once_and_from_our_page() {
    let door = door();
    let head = [("host", HOST), ("authorization", "Bearer first")];
    assert_eq!(judge(&door, "POST", ENTER, &head), Err(Refusal::Origin));
    let head = [&head[..], &[("origin", ORIGIN)]].concat();
    assert_eq!(judge(&door, "GET", ENTER, &head), Err(Refusal::Method));
    let wrong = [("host", HOST), ("authorization", "Bearer second"), ("origin", ORIGIN)];
    assert_eq!(judge(&door, "POST", ENTER, &wrong), Err(Refusal::Secret));
    assert_eq!(judge(&door, "POST", ENTER, &head), Ok(Pass::Entered));
    assert_eq!(judge(&door, "POST", ENTER, &head), Err(Refusal::Secret));
}

#[test]
fn nothing_is_written_and_nothing_is_taken_in() {
    let door = door();
    let head = [("host", HOST), ("authorization", "Bearer second"), ("origin", ORIGIN)];
    for method in ["POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE"] {
        assert_eq!(judge(&door, method, "/api/list", &head), Err(Refusal::Method), "{method}");
        assert_eq!(judge(&door, method, "/", &head), Err(Refusal::Method), "{method}");
    }
    for body in [("content-length", "5"), ("transfer-encoding", "chunked")] {
        let head = [&head[..], &[body]].concat();
        assert_eq!(judge(&door, "GET", "/api/list", &head), Err(Refusal::Body), "{body:?}");
    }
}
