//! Archives as different tools write them give the same requests.

use super::Har;
use crate::{Api, Body};

fn har(entry: &str) -> Har {
    let pages = r#"[{"id":"p1","title":"https://chatgpt.com/c/1#x"},{"id":"p2","title":"A title"}]"#;
    Har::parse(&format!("\u{feff}{{\"log\":{{\"pages\":{pages},\"entries\":[{entry}]}}}}")).unwrap()
}

fn body(post_data: &str) -> Body {
    let entry = format!(
        "{{\"request\":{{\"method\":\"post\",\"url\":\"https://a.test/x#y\",\"postData\":{post_data}}}}}"
    );
    let har = har(&entry);
    let request = har.request(&har.entries()[0]);
    assert_eq!((request.method.as_str(), request.url.as_str()), ("POST", "https://a.test/x"));
    request.body
}

fn text(text: &str) -> Body {
    Body::Text { text: text.into() }
}

#[test]
fn bodies_are_decoded() {
    assert_eq!(body(r#"{"mimeType":"application/json","text":"{\"a\":1}"}"#), text("{\"a\":1}"));
    assert_eq!(
        body(r#"{"mimeType":"application/json","text":"eyJhIjoxfQ==","encoding":"base64"}"#),
        text("{\"a\":1}")
    );
    assert_eq!(
        body(r#"{"mimeType":"","text":"//4=","encoding":"base64"}"#),
        Body::Bytes { base64: "//4=".into() }
    );
    assert_eq!(body(r#"{"mimeType":""}"#), Body::None);
    let params = r#"{"mimeType":"application/x-www-form-urlencoded;charset=UTF-8","params":[{"name":"a","value":"1%20"},{"name":"b"}]}"#;
    assert_eq!(body(params), text("a=1%20&b="));
}

#[test]
fn forms_are_taken_apart() {
    let form = r#"{"mimeType":"multipart/form-data; boundary=\"--x\"","text":"----x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a %22b.txt\"\r\nContent-Type: text/plain\r\n\r\none\r\ntwo\r\n----x\r\nContent-Disposition: form-data; name=\"n\"\r\n\r\n\r\n----x--\r\n"}"#;
    let Body::Form { parts } = body(form) else { panic!("no form") };
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0].file_name.as_ref().unwrap().expose(), "a \"b.txt");
    assert_eq!(parts[0].text.as_ref().unwrap().expose(), "one\r\ntwo");
    assert_eq!(parts[0].media_type.as_deref(), Some("text/plain"));
    assert_eq!((parts[1].name.as_str(), parts[1].size), ("n", 0));
    let listed = r#"{"mimeType":"multipart/form-data","params":[{"name":"f","value":"v","fileName":"n.txt","contentType":"text/csv"}]}"#;
    let Body::Form { parts } = body(listed) else { panic!("no form") };
    assert_eq!(parts[0].file_name.as_ref().unwrap().expose(), "n.txt");
}

#[test]
fn the_page_that_asked_is_found() {
    let page = |fields: &str| {
        let entry = format!(
            "{{{fields}\"request\":{{\"method\":\"GET\",\"url\":\"https://files.test/u\",\"headers\":[{{\"name\":\"Origin\",\"value\":\"https://claude.ai\"}},{{\"name\":\":authority\",\"value\":\"x\"}}]}}}}"
        );
        let har = har(&entry);
        let request = har.request(&har.entries()[0]);
        assert_eq!(request.headers, [("origin".to_owned(), "https://claude.ai".to_owned())]);
        request.page_url
    };
    assert_eq!(page("\"pageref\":\"p1\","), "https://chatgpt.com/c/1");
    assert_eq!(page("\"pageref\":\"p2\","), "https://claude.ai");
    assert_eq!(page(""), "https://claude.ai");
}

#[test]
fn web_sockets_have_messages() {
    let har = har(
        r#"{"_resourceType":"websocket","_webSocketMessages":[{"type":"send","time":1.5,"opcode":1,"data":"a"},{"type":"receive","time":2,"opcode":2,"data":"Yg=="}],"request":{"method":"GET","url":"wss://ws.test/"}}"#,
    );
    let entry = &har.entries()[0];
    assert_eq!(har.request(entry).api, Api::WebSocket);
    let [sent, received] = entry.frames() else { panic!("two messages") };
    assert!(sent.is_sent() && !received.is_sent());
    assert_eq!(received.bytes(), b"b");
    assert_eq!(har.frame_request(entry, sent).body, text("a"));
}
