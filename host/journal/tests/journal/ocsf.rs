//! The records keep to the rules of the Open Cybersecurity Schema Framework, 1.3.0: what a class and its objects
//! require, which of several must be there, which attributes there are, and which numbers an enumeration has.
//! The tables are written from the schema as it is published, <https://schema.ocsf.io/1.3.0/export/schema>: the classes
//! `data_security_finding` and `api_activity`, and of their objects what this product writes.

use host_journal::sink::{Outgoing, Producer, format};
use host_journal::{NewRow, Sealed};
use proptest::prelude::*;
use serde_json::Value;

use crate::any_row::any_row;
use crate::sample::{Journal, event, found};

/// What one kind of object must have and may hold.
struct Rule {
    /// Dotted path of the object; empty for the event. Passed over when the object is not there.
    at: &'static str,
    required: &'static [&'static str],
    one_of: &'static [&'static str],
    /// Every name that may stand there, of those that are written at all; empty where that is not looked at.
    may: &'static [&'static str],
    enums: &'static [(&'static str, &'static [u64])],
}

const fn rule(at: &'static str, required: &'static [&'static str]) -> Rule {
    Rule { at, required, one_of: &[], may: &[], enums: &[] }
}

const SEVERITIES: &[u64] = &[0, 1, 2, 3, 4, 5, 6, 99];
const DISPOSITIONS: &[u64] = &[
    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 99,
];

const ENDPOINT: &[&str] =
    &["ip", "uid", "name", "hostname", "svc_name", "instance_uid", "interface_uid", "interface_name"];
const ENDPOINT_TYPES: &[u64] = &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 99];

/// Of every event.
const EVERY: &[Rule] = &[
    Rule {
        enums: &[("severity_id", SEVERITIES)],
        ..rule(
            "",
            &["activity_id", "category_uid", "class_uid", "metadata", "severity_id", "time", "type_uid"],
        )
    },
    Rule {
        may: &[
            "version",
            "product",
            "profiles",
            "uid",
            "sequence",
            "event_code",
            "correlation_uid",
            "log_name",
        ],
        ..rule("metadata", &["product", "version"])
    },
    Rule { one_of: &["name", "uid"], ..rule("metadata.product", &["vendor_name"]) },
    Rule { one_of: &["name", "uid"], ..rule("data_security.policy", &[]) },
    Rule {
        one_of: &["app_name", "app_uid", "invoked_by", "process", "session", "user"],
        may: &["app_name", "user"],
        ..rule("actor", &[])
    },
    Rule {
        one_of: &["name", "uid", "account"],
        enums: &[("type_id", &[0, 1, 2, 3, 99])],
        ..rule("actor.user", &[])
    },
    Rule { one_of: ENDPOINT, enums: &[("type_id", ENDPOINT_TYPES)], ..rule("src_endpoint", &[]) },
    Rule { one_of: ENDPOINT, enums: &[("type_id", ENDPOINT_TYPES)], ..rule("dst_endpoint", &[]) },
];

const FINDING: &[Rule] = &[
    Rule {
        may: &[
            "activity_id",
            "category_uid",
            "class_uid",
            "type_uid",
            "time",
            "severity_id",
            "status_id",
            "message",
            "metadata",
            "unmapped",
            "finding_info",
            "data_security",
            "src_endpoint",
            "dst_endpoint",
            // Of the profiles `host` and `security_control`.
            "actor",
            "action_id",
            "disposition_id",
        ],
        enums: &[
            ("activity_id", &[0, 1, 2, 3, 4, 99]),
            ("status_id", &[0, 1, 2, 3, 4, 99]),
            ("action_id", &[0, 1, 2, 99]),
            ("disposition_id", DISPOSITIONS),
        ],
        // `action_id` is required by its profile.
        ..rule("", &["finding_info", "action_id"])
    },
    rule("finding_info", &["title", "uid"]),
    Rule {
        one_of: &["name", "uid"],
        enums: &[("type_id", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 99])],
        ..rule("finding_info.analytic", &["type_id"])
    },
    Rule {
        one_of: &["data_lifecycle_state_id", "detection_pattern", "detection_system_id", "policy"],
        enums: &[
            ("data_lifecycle_state_id", &[0, 1, 2, 3, 99]),
            ("detection_system_id", &[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 99]),
        ],
        ..rule("data_security", &[])
    },
];

const ACTIVITY: &[Rule] = &[
    Rule {
        may: &[
            "activity_id",
            "activity_name",
            "category_uid",
            "class_uid",
            "type_uid",
            "time",
            "severity_id",
            "status_id",
            "message",
            "metadata",
            "unmapped",
            "actor",
            "api",
            "src_endpoint",
            "dst_endpoint",
        ],
        enums: &[("activity_id", &[0, 1, 2, 3, 4, 99]), ("status_id", &[0, 1, 2, 99])],
        ..rule("", &["actor", "api", "src_endpoint"])
    },
    rule("api", &["operation"]),
    Rule { one_of: &["name", "uid"], ..rule("api.service", &[]) },
    rule("api.request", &["uid"]),
];

/// What is wrong with an event.
fn faults(record: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let (class, category) = (record["class_uid"].as_u64(), record["category_uid"].as_u64());
    let own = match (class, category) {
        (Some(2006), Some(2)) => FINDING,
        (Some(6003), Some(6)) => ACTIVITY,
        other => return vec![format!("class and category {other:?}")],
    };
    let type_uid = class.unwrap_or(0) * 100 + record["activity_id"].as_u64().unwrap_or(1000);
    if record["type_uid"].as_u64() != Some(type_uid) {
        faults.push(format!("type_uid {} is not {type_uid}", record["type_uid"]));
    }
    if record["activity_id"] == 99 && record["activity_name"].as_str().is_none_or(str::is_empty) {
        faults.push("another activity without its name".to_owned());
    }
    let profiles = record["metadata"].get("profiles").map_or_else(Vec::new, |profiles| {
        profiles.as_array().unwrap().iter().map(|profile| profile.as_str().unwrap()).collect()
    });
    // API Activity has neither profile; what they bring to a finding is there with them only.
    let expected: &[&str] = if class == Some(2006) { &["host", "security_control"] } else { &[] };
    if profiles != expected {
        faults.push(format!("profiles {profiles:?}"));
    }
    for rule in EVERY.iter().chain(own) {
        let mut path = rule.at.split('.').filter(|name| !name.is_empty());
        let Some(object) = path.try_fold(record, |at, name| at.get(name)) else { continue };
        for name in rule.required.iter().filter(|name| object.get(**name).is_none_or(Value::is_null)) {
            faults.push(format!("{}: {name} is missing", rule.at));
        }
        if !rule.one_of.is_empty() && !rule.one_of.iter().any(|name| object.get(*name).is_some()) {
            faults.push(format!("{}: none of {:?}", rule.at, rule.one_of));
        }
        let names = object.as_object().into_iter().flat_map(|fields| fields.keys());
        for name in names.filter(|name| !rule.may.is_empty() && !rule.may.contains(&name.as_str())) {
            faults.push(format!("{}: {name} is no attribute of it", rule.at));
        }
        for (name, numbers) in rule.enums {
            let Some(number) = object.get(*name) else { continue };
            if !number.as_u64().is_some_and(|number| numbers.contains(&number)) {
                faults.push(format!("{}: {name} is {number}", rule.at));
            }
        }
    }
    faults
}

fn record(row: &Outgoing) -> Value {
    serde_json::from_str(&format("ocsf").unwrap().line(row, &Producer { version: "0.1.0" }).unwrap()).unwrap()
}

fn shipped(rows: &[NewRow]) -> Vec<Outgoing> {
    let journal = Journal::new();
    journal.append(rows).unwrap();
    let most = host_journal::sink::Most { rows: 100, bytes: 1 << 20 };
    journal.store.read(|view| host_journal::sink::outgoing(view, 0, most)).unwrap()
}

#[test]
fn a_find_is_a_data_security_finding() {
    let rows = shipped(&[found(1)]);
    let record = record(&rows[0]);
    assert_eq!(faults(&record), Vec::<String>::new(), "{record:#}");
    assert_eq!(record["class_uid"], 2006);
    assert_eq!(record["finding_info"]["types"][0], "pii.email");
    assert_eq!(record["unmapped"]["sealed"][1]["key"], "8899aabbccddeeff");
}

#[test]
fn the_rules_see_what_is_wrong() {
    let rows = shipped(&[found(1)]);
    let good = record(&rows[0]);
    for (path, value) in [
        ("/severity_id", Value::from(42)),
        ("/metadata/version", Value::Null),
        ("/type_uid", Value::from(200_602)),
        ("/class_uid", Value::from(2004)),
        ("/finding_info/uid", Value::Null),
        ("/activity_id", Value::from(99)),
        ("/metadata/profiles", Value::from(vec!["host"])),
    ] {
        let mut bad = good.clone();
        *bad.pointer_mut(path).unwrap() = value;
        assert_ne!(faults(&bad), Vec::<String>::new(), "{path}");
    }
    let mut more = good.clone();
    more["is_alert"] = Value::Bool(true);
    assert_eq!(faults(&more), [": is_alert is no attribute of it"]);
}

#[test]
fn a_head_is_api_activity() {
    let journal = Journal::new();
    journal.append(&[found(1)]).unwrap();
    let head =
        journal.store.read(|view| host_journal::head(view, crate::sample::DEVICE, 9)).unwrap().unwrap();
    let line = format("ocsf").unwrap().head_line(&head, &Producer { version: "0.1.0" }).unwrap();
    let record: Value = serde_json::from_str(&line).unwrap();
    assert_eq!(faults(&record), Vec::<String>::new(), "{record:#}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn any_row_keeps_to_the_schema(rows in prop::collection::vec(any_row(), 1..8)) {
        let rows: Vec<NewRow> = (0..)
            .zip(rows)
            .map(|(number, (row, has_event))| NewRow { event: has_event.then(|| event(number)), ..row })
            .collect();
        for mut row in shipped(&rows) {
            prop_assert_eq!(faults(&record(&row)), Vec::<String>::new());
            for format in host_journal::sink::FORMATS {
                let line = format.line(&row, &Producer { version: "0" }).unwrap();
                prop_assert!(!line.contains('\n'));
            }
            // Erased, and then damaged.
            (row.row.salt, row.row.body, row.entry) = (None, None, None);
            row.row.index = host_store::Index::default();
            row.sealed = Vec::<Sealed>::new();
            prop_assert_eq!(faults(&record(&row)), Vec::<String>::new());
            row.row.body = Some("no json".to_owned());
            prop_assert_eq!(faults(&record(&row)), Vec::<String>::new());
        }
    }
}
