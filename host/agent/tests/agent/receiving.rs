//! Receivers that others wrote take the rows: rsyslog over TCP and TLS, and an OpenTelemetry collector; and one of the
//! tests that checks what Splunk documents of its collector.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::home::Home;
use crate::receiver::{Certificates, Receiver, Reply, Running, free_port, program, tool, until};
use crate::shipping::{recorded, settings, ship};

/// What rsyslog writes of a message, told apart by a character that stands in none.
const TEMPLATE: &str =
    "%pri%¦%timestamp:::date-rfc3339%¦%hostname%¦%app-name%¦%msgid%¦%structured-data%¦%msg%\\n";

fn rsyslog(folder: &Path, tls: Option<&Certificates>, out: &Path) -> Option<(Running, u16)> {
    let daemon = program("rsyslogd")?;
    let port = free_port();
    let (global, driver) = match tls {
        None => (String::new(), ""),
        Some(tls) => (
            format!(
                "global(DefaultNetstreamDriver=\"ossl\" DefaultNetstreamDriverCAFile={:?} \
                 DefaultNetstreamDriverCertFile={:?} DefaultNetstreamDriverKeyFile={:?})\n",
                tls.ca, tls.certificate, tls.key
            ),
            " StreamDriver.Name=\"ossl\" StreamDriver.Mode=\"1\" StreamDriver.AuthMode=\"anon\"",
        ),
    };
    let text = format!(
        "global(workDirectory={folder:?} maxMessageSize=\"1m\")\n{global}\
         module(load=\"imtcp\"{driver})\ninput(type=\"imtcp\" port=\"{port}\" address=\"127.0.0.1\")\n\
         template(name=\"all\" type=\"string\" string=\"{TEMPLATE}\")\n\
         action(type=\"omfile\" file={out:?} template=\"all\")\n"
    );
    let file = folder.join("rsyslog.conf");
    fs::write(&file, text).unwrap();
    let mut command = Command::new(daemon);
    command.arg("-n").arg("-f").arg(&file).arg("-i").arg(folder.join("rsyslog.pid"));
    Some((Running::start(&mut command, port), port))
}

fn check_rsyslog(secure: bool) {
    let home = Home::new();
    let folder = home.path().join("rsyslog");
    fs::create_dir_all(&folder).unwrap();
    let certificates = Certificates::make(&home.path().join("certificates"), "localhost");
    let out = folder.join("out");
    let Some((_running, port)) = rsyslog(&folder, secure.then_some(&certificates), &out) else { return };
    let scheme = if secure { "tls" } else { "tcp" };
    let ca = if secure { format!("ca = {:?}\n", certificates.ca) } else { String::new() };
    let sink = format!(
        "[[sink]]\nname = \"log\"\nkind = \"syslog\"\naddress = \"{scheme}://localhost:{port}\"\n{ca}"
    );
    recorded(&home, &sink, 4);
    let told = ship(&home);
    assert_eq!((&told[0]["behind"], &told[0]["fault"]), (&0.into(), &Value::Null), "{told:?}");
    let rows = told[0]["delivered"].as_u64().unwrap();
    let received = || fs::read_to_string(&out).unwrap_or_default();
    until("rsyslog wrote every row and the head", || received().lines().count() as u64 > rows);
    let received = received();
    let (head, lines) =
        received.lines().rev().partition::<Vec<_>, _>(|line| line.contains("\"signed_head\""));
    assert!(head[0].contains(&format!("¦head¦[meta sequenceId=\"{rows}\"]")), "{head:?}");
    for (seq, line) in (1..).zip(lines.into_iter().rev()) {
        let parts: Vec<&str> = line.splitn(7, '¦').collect();
        let row: Value = serde_json::from_str(parts[6].trim_start_matches('\u{feff}').trim()).unwrap();
        assert_eq!(row["seq"], seq, "{line}");
        assert_eq!(parts[0].parse::<u32>().unwrap() / 8, 13);
        assert_eq!((parts[2], parts[3]), (row["device"].as_str().unwrap(), "promptgate"));
        assert_eq!(parts[4], row["kind"]);
        assert_eq!(parts[5], format!("[meta sequenceId=\"{seq}\"]"));
        assert_eq!(parts[1].get(..19), row["time"].as_str().unwrap().get(..19));
    }
}

#[test]
fn rsyslog_takes_rows_over_tcp() {
    check_rsyslog(false);
}

#[test]
fn rsyslog_takes_rows_over_tls() {
    check_rsyslog(true);
}

#[test]
fn an_opentelemetry_collector_takes_rows() {
    check_collector("");
}

#[test]
fn an_opentelemetry_collector_takes_compressed_protobuf() {
    check_collector("protocol = \"http/protobuf\"\ncompression = \"gzip\"");
}

fn check_collector(more: &str) {
    let Some(collector) = tool("rotel-0.0.1a15/rotel/rotel-agent") else { return };
    let home = Home::new();
    let (http, grpc) = (free_port(), free_port());
    let out = home.path().join("collector");
    let mut command = Command::new(collector);
    command
        .args([
            "start",
            "--exporter",
            "blackhole",
            "--debug-log",
            "logs",
            "--debug-log-verbosity",
            "detailed",
        ])
        .args(["--otlp-http-endpoint", &format!("127.0.0.1:{http}")])
        .args(["--otlp-grpc-endpoint", &format!("127.0.0.1:{grpc}")])
        .stdout(fs::File::create(&out).unwrap())
        .stderr(Stdio::null());
    let _running = Running::start(&mut command, http);
    let address = format!("http://localhost:{http}/v1/logs");
    let sink = format!(
        "[[sink]]\nname = \"otel\"\nkind = \"otlp\"\nformat = \"ocsf\"\naddress = \"{address}\"\n{more}\n"
    );
    recorded(&home, &sink, 3);
    let told = ship(&home);
    assert_eq!((&told[0]["behind"], &told[0]["fault"]), (&0.into(), &Value::Null), "{told:?}");
    let rows = told[0]["delivered"].as_u64().unwrap();
    let received = || fs::read_to_string(&out).unwrap_or_default();
    until("the collector told every row", || {
        received().matches("-> promptgate.seq: Int(").count() as u64 > rows
    });
    let received = received();
    for seq in 1..=rows {
        assert!(received.contains(&format!("-> promptgate.seq: Int({seq})")), "{seq}");
    }
    for needed in [
        "EventName: promptgate.judged",
        "EventName: promptgate.head",
        "-> service.name: Str(promptgate)",
        "-> user.name: Str(",
        "\"class_uid\":2006",
        "SEVERITY_NUMBER_INFO2(10)",
        "-> promptgate.key_ids: ",
    ] {
        assert!(received.contains(needed), "{needed} in\n{received}");
    }
}

/// What Splunk documents: the path, the token, objects one after the other with `event`, times in seconds.
#[test]
fn splunks_collector_gets_the_form_it_documents() {
    let home = Home::new();
    let token = home.path().join("token");
    fs::write(&token, "11111111-2222-3333-4444-555555555555\n").unwrap();
    let certificates = Certificates::make(&home.path().join("certificates"), "localhost");
    let receiver = Receiver::with(Some(&certificates), |_, request| {
        if request.header("authorization") != Some("Splunk 11111111-2222-3333-4444-555555555555") {
            return Reply::Status(403, "{\"text\":\"Invalid token\",\"code\":4}");
        }
        let mut events = serde_json::Deserializer::from_str(&request.body).into_iter::<Value>();
        let known = ["time", "host", "source", "sourcetype", "index", "event", "fields"];
        let is_event = |event: &Value| {
            let fields = event.as_object().unwrap();
            let time = fields["time"].as_f64().is_some_and(|time| time > 1e9 && time < 1e10);
            time && fields.contains_key("event") && fields.keys().all(|name| known.contains(&name.as_str()))
        };
        if events.all(|event| event.is_ok_and(|event| is_event(&event))) {
            Reply::Status(200, "{\"text\":\"Success\",\"code\":0}")
        } else {
            Reply::Status(400, "{\"text\":\"Invalid data format\",\"code\":6}")
        }
    });
    let sink = |token: &Path| {
        format!(
            "[[sink]]\nname = \"splunk\"\nkind = \"splunk-hec\"\nformat = \"cef\"\nca = {:?}\ntoken_file = {token:?}\n\
             address = \"https://localhost:{}/services/collector/event\"\n",
            certificates.ca, receiver.port
        )
    };
    recorded(&home, &sink(&home.path().join("none")), 2);
    assert!(ship(&home)[0]["fault"].as_str().unwrap().contains("cannot be read"));
    let wrong = home.path().join("wrong");
    fs::write(&wrong, "x").unwrap();
    settings(&home, &sink(&wrong));
    let told = ship(&home);
    assert!(told[0]["fault"].as_str().unwrap().contains("Invalid token"), "{told:?}");
    settings(&home, &sink(&token));
    let told = ship(&home);
    assert_eq!((&told[0]["behind"], &told[0]["dead_letters"]), (&0.into(), &0.into()), "{told:?}");
    let last = receiver.requests().pop().unwrap();
    assert!(last.line.starts_with("POST /services/collector/event "), "{}", last.line);
    assert!(last.body.contains("CEF:0|Promptgate|"), "{}", last.body);
}

#[test]
fn bodies_travel_compressed_where_the_settings_say_so() {
    // It reads with a program of the system.
    let receiver = Receiver::start(|_, _| Reply::Status(200, "{\"code\":0}"));
    let home = Home::new();
    let sink = |name: &str, more: &str| {
        format!(
            "[[sink]]\nname = \"{name}\"\nkind = \"{name}\"\naddress = \"http://localhost:{}/\"\n{more}\n",
            receiver.port
        )
    };
    let gzip = "compression = \"gzip\"";
    recorded(&home, &[sink("http", gzip), sink("splunk-hec", gzip), sink("otlp", gzip)].concat(), 3);
    let told = ship(&home);
    for (place, text) in [(0, "\"kind\":\"judged\""), (1, "\"event\":{"), (2, "\"resourceLogs\"")] {
        assert_eq!((&told[place]["behind"], &told[place]["fault"]), (&0.into(), &Value::Null), "{told:?}");
        let requests = receiver.requests();
        let request = requests.iter().find(|request| request.body.contains(text)).unwrap();
        assert_eq!(request.header("content-encoding"), Some("gzip"));
        let length: usize = request.header("content-length").unwrap().parse().unwrap();
        assert!(length < request.body.len() / 2, "{length} of {}", request.body.len());
    }
    settings(&home, &sink("http", "compression = \"none\""));
    let mut browser = crate::browser::Browser::start(&home);
    browser.judge(&crate::browser::event(9), "hello");
    assert!(browser.close().0.success());
    ship(&home);
    assert_eq!(receiver.requests().pop().unwrap().header("content-encoding"), None);
}

#[test]
fn a_proxy_of_the_settings_or_of_the_environment_is_asked() {
    let proxy = Receiver::start(|_, _| Reply::Status(407, ""));
    let address = format!("http://localhost:{}", proxy.port);
    let sink = |more: &str| {
        format!("[[sink]]\nname = \"web\"\nkind = \"http\"\naddress = \"https://siem.example/\"\n{more}\n")
    };
    let home = Home::new();
    recorded(&home, &sink(&format!("proxy = \"{address}\"")), 1);
    assert!(ship(&home)[0]["fault"].is_string());
    assert!(proxy.requests()[0].line.starts_with("CONNECT siem.example:443 "));
    settings(&home, &sink(""));
    let mut command = home.command();
    command.args(["log", "ship", "--once"]).env("HTTPS_PROXY", &address);
    assert_eq!(command.status().unwrap().code(), Some(1));
    assert_eq!(proxy.requests().len(), 2);
}
