//! What an administrator writes: policies in Cedar and the files beside them, as a whole folder.

use host_policy::{Facts, Files, Guardrails, Weight, packs};
use shared_protocol::{Action, App, Level, Operation, Topic};

/// What stands beside the file that is read: names for it to be about.
const BESIDE: (&str, &str) = (
    "policy/beside.cedar",
    "@id(\"cards-stay\") @action(\"block\") @message(\"Cards stay here.\")\n\
     forbid (principal, action in [Action::\"send\"], resource)\n\
     when { context.labels.contains(\"pii.payment-card\") };\n",
);

/// A path, a line break, and the file's text: it is refused with places that are in it, or decides without a fault; and
/// what stood beside it still does.
pub(crate) fn folder(bytes: &[u8]) {
    let at = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let path = String::from_utf8_lossy(bytes.get(..at).unwrap_or_default()).into_owned();
    let content = bytes.get(at + 1..).unwrap_or_default();
    let beside = (BESIDE.0.to_owned(), BESIDE.1.as_bytes().to_vec());
    let files = Files::from([beside, (path.clone(), content.to_vec())]);
    match Guardrails::read(&files, false) {
        Err(refused) => {
            assert!(refused.problems.iter().any(|one| one.weight == Weight::Error), "refused for nothing");
            for problem in refused.problems {
                let text =
                    files.get(&problem.file).map(|text| String::from_utf8_lossy(text)).unwrap_or_default();
                assert!(problem.line >= 1 && problem.column >= 1, "{problem:?}");
                assert!(problem.line <= text.matches('\n').count() + 1, "a line behind the end: {problem:?}");
            }
        }
        Ok(read) => decides(&read, path == BESIDE.0),
    }
}

fn decides(read: &Guardrails, replaced: bool) {
    let mut cards = Facts::new(Operation::SendPrompt, App::new("chatgpt"));
    let Ok(card) = "pii.payment-card".to_owned().try_into() else { return };
    cards.found(&card, [Topic::ContentPii], host_policy::Place::Text);
    cards.topics.insert(Topic::ContentPii, Level::High);
    for facts in [Facts::new(Operation::ReceiveResponse, App::new("claude")), cards] {
        let decision = read.policy.decide(&facts);
        let (explained, again) = (read.policy.explain(&facts, &[]), read.policy.decide(&facts));
        assert_eq!(decision, again, "another decision the second time");
        assert!(explained.iter().any(|one| one.id == "cards-stay") || replaced, "a policy is gone");
        // An exception may be for whoever is at the keyboard; a policy of the folder takes nothing away.
        let excepted = decision.excepted.iter().any(|one| one.policy == "cards-stay");
        let stays = facts.operation != Operation::SendPrompt || replaced || excepted;
        assert!(stays || decision.action == Action::Block, "another file took a block away");
    }
}

/// Every file of the packs, and one of each kind that no pack has.
pub(crate) fn seeds() -> Vec<Vec<u8>> {
    let of_packs = packs().iter().flat_map(|pack| pack.files());
    let more = [
        ("risk.toml", "[score]\nmode = \"max\"\n"),
        ("exceptions.toml", EXCEPTION),
        ("topics.toml", "[custom.merger]\ndescription = \"Talks\"\nexamples = [\"a\", \"b\", \"c\"]\n"),
        ("messages/fr.toml", "cards-stay = \"Les cartes restent ici.\"\n"),
        ("detectors/a.toml", "[[detector]]\n"),
        ("exact/a.table", "\u{0}\u{1}"),
    ];
    let more = more.map(|(path, text)| (path.to_owned(), text.as_bytes().to_vec()));
    of_packs.chain(more).map(|(path, text)| [path.as_bytes(), b"\n", &text].concat()).collect()
}

const EXCEPTION: &str = "[[exception]]\nid = \"a\"\npolicies = [\"cards-stay\"]\ngroups = [\"hr\"]\n\
                         until = 2026-12-31T18:00:00Z\nreason = \"b\"\n";
