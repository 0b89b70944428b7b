//! The data itself: what is refused, with position and remedy; what the page is told; what the hook gets.

#![expect(clippy::unwrap_used, reason = "helpers of tests")]

use shared_sites::{Api, Body, Refusal, Request, SiteError, Sites};

const SITE: &str = r#"
app = "x"
hosts = ["x.test"]

[[rule]]
name = "send"
method = ["POST"]
path = ["/send/{id}"]
does = "send-prompt"
text = [{ at = "prompt" }]
"#;

fn error(change: impl Fn(&str) -> String) -> SiteError {
    Sites::parse(&[SITE]).unwrap();
    Sites::parse(&[&change(SITE)]).unwrap_err()
}

#[test]
fn a_typing_error_is_told_with_its_place() {
    let error = error(|site| site.replace("text = [{ at", "text = [{ att"));
    let SiteError::Syntax { file, line, column, message } = &error else { panic!("{error}") };
    assert_eq!((*file, *line, *column), (1, 10, 11), "{error}");
    assert!(message.contains("att"), "{message}");
    for (from, to) in [
        ("send-prompt", "send-promt"),
        ("\"POST\"]", "\"POST\"]\nunknown = 1"),
        ("/send/{id}", "send"),
        ("\"prompt\"", "\"prompt..x\""),
        ("x.test", "https://x.test"),
    ] {
        let error = self::error(|site| site.replace(from, to));
        assert!(matches!(error, SiteError::Syntax { file: 1, line: 2.., .. }), "{to}: {error}");
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    let says = |change: &dyn Fn(&str) -> String| error(change).to_string();
    let rule = SITE.split_once("[[rule]]").unwrap().1;
    let twice = says(&|site| format!("{site}[[rule]]{rule}"));
    assert_eq!(twice, "site `x`: rule `send` is there twice; remove one of them");
    let address = says(&|site| format!("{site}[[rule]]{}", rule.replace("\"send\"", "\"other\"")));
    assert_eq!(address, "site `x`: address ` POST /send/{id}` is there twice; remove one of them");
    let two = Sites::parse(&[SITE, &SITE.replace("\"x\"", "\"y\"")]).unwrap_err();
    assert_eq!(two.to_string(), "site `y`: host `x.test` is there twice; remove one of them");
    let harmless = says(&|site| site.replace("\n[[rule]]", "harmless = [\"/send/*\"]\n[[rule]]"));
    assert!(harmless.contains("`/send/*` calls its address harmless"), "{harmless}");
    let capture = says(&|site| site.replace("\"prompt\"", "\"{name}\""));
    assert!(capture.contains("`{name}` is in none of its paths"), "{capture}");
    let nothing = says(&|site| site.replace("does = \"send-prompt\"", ""));
    assert!(nothing.contains("write `does`, or a `case`"), "{nothing}");
    let field = says(&|site| site.replace("does =", "body = \"form\"\ndoes ="));
    assert!(field.contains("write both or neither"), "{field}");
}

fn request(api: Api, method: &str, url: &str) -> Request {
    let page_url = String::new();
    Request {
        api,
        method: method.to_owned(),
        url: url.to_owned(),
        page_url,
        headers: Vec::new(),
        body: Body::None,
    }
}

/// Status and media type of the refusal.
fn refusal(api: Api, url: &str) -> Option<(u16, String)> {
    match Sites::builtin().unwrap().refusal(&request(api, "POST", url)) {
        Refusal::Response { status, content_type, body } => {
            if content_type == "application/json" {
                serde_json::from_str::<serde_json::Value>(&body).unwrap();
            }
            Some((status, content_type))
        }
        Refusal::NetworkError => None,
    }
}

#[test]
fn refusals_have_the_form_that_each_front_end_survives() {
    let json = Some((403, "application/json".to_owned()));
    let stream = Some((200, "text/event-stream".to_owned()));
    assert_eq!(refusal(Api::Fetch, "https://chatgpt.com/backend-api/f/conversation"), json);
    assert_eq!(refusal(Api::Fetch, "https://chatgpt.com/backend-api/unknown"), json);
    assert_eq!(
        refusal(Api::Fetch, "https://claude.ai/api/organizations/o/chat_conversations/c/completion"),
        json
    );
    assert_eq!(refusal(Api::Fetch, "https://www.perplexity.ai/rest/sse/perplexity_ask"), stream);
    assert_eq!(refusal(Api::Fetch, "https://www.perplexity.ai/rest/autosuggest/list-autosuggest"), json);
    assert_eq!(refusal(Api::Xhr, "https://gemini.google.com/_/BardChatUi/data/batchexecute"), None);
    assert_eq!(refusal(Api::WebSocket, "wss://ws.chatgpt.com/p1/ws/user/u"), None);
    assert_eq!(refusal(Api::Beacon, "https://chatgpt.com/backend-api/unknown"), None);
    assert_eq!(refusal(Api::Fetch, "https://other.test/"), None);
}

#[test]
fn the_hook_gets_hosts_and_patterns_only() {
    let sites = Sites::builtin().unwrap();
    let hook = sites.hook();
    let apps: Vec<&str> = hook.sites.iter().map(|site| site.app.as_str()).collect();
    assert_eq!(apps, ["chatgpt", "claude", "gemini", "perplexity"]);
    assert_eq!(
        sites.hosts(),
        [
            "chatgpt.com",
            "chat.openai.com",
            "claude.ai",
            "gemini.google.com",
            "www.perplexity.ai",
            "perplexity.ai"
        ]
    );
    let perplexity = hook.sites.last().unwrap();
    assert_eq!(
        perplexity.watched,
        [
            "GET /search/new",
            "GET /search",
            "GET /rest/sse/perplexity_ask/reconnect/{}",
            "GET /rest/thread/{}/share_slug"
        ]
    );
    let json = serde_json::to_string(&hook).unwrap();
    assert!(!json.contains("query_str") && !json.contains("perplexity_ask\""), "{json}");
    assert_eq!(serde_json::from_str::<shared_sites::HookData>(&json).unwrap(), hook);
}
