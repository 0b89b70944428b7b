//! For any order of events: every hold ends once, and what goes was permitted.

mod steps;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use shared_protocol::{Action, Choice, FailAction, FailSettings, Outcome, ToExtension, UnreachableAction};

use super::*;
use crate::ui::model::SEEN_MS;
use steps::{Step, fail_settings, step};

const WINDOW: PortId = 200;

/// What a watcher of the wires knows, without looking into the session.
#[derive(Default)]
struct Watcher {
    held: BTreeSet<EventId>,
    /// Answers that some question about a request has offered.
    offered: BTreeMap<EventId, BTreeSet<Action>>,
    chosen: BTreeMap<EventId, Vec<Choice>>,
    permitted: BTreeSet<EventId>,
    redacted: BTreeSet<EventId>,
    open_card: Option<EventId>,
    open_window: Option<EventId>,
    /// Answered in a frame, and nobody has said yet whether it could be seen.
    unseen: Option<(EventId, Choice)>,
}

impl Watcher {
    fn chose(&mut self, choice: &Choice) {
        self.unseen = self.open_card.clone().map(|event| (event, choice.clone()));
    }

    /// What was answered in a frame counts if it could be seen.
    fn saw(&mut self, event: &EventId, ms: Millis) {
        if let Some((of, choice)) = self.unseen.take_if(|(of, _)| of == event)
            && ms >= SEEN_MS
        {
            self.count(of, choice);
        }
    }

    fn count(&mut self, event: EventId, choice: Choice) {
        if self.held.contains(&event) {
            self.chosen.entry(event).or_default().push(choice);
        }
    }

    fn go(&mut self, event: &EventId) {
        let offered = self.offered.get(event).cloned().unwrap_or_default();
        for choice in self.chosen.get(event).into_iter().flatten() {
            match choice {
                Choice::SendAnyway if offered.contains(&Action::Warn) => {
                    self.permitted.insert(event.clone());
                }
                Choice::Justify { reason } if offered.contains(&Action::Justify) && !reason.is_empty() => {
                    self.permitted.insert(event.clone());
                }
                Choice::Code { code } if offered.contains(&Action::Block) && !code.is_empty() => {
                    self.permitted.insert(event.clone());
                }
                Choice::Redact { .. } if offered.contains(&Action::Redact) => {
                    self.redacted.insert(event.clone());
                }
                _ => {}
            }
        }
    }

    /// Looks at what was said; a request that goes must have been permitted.
    fn look(&mut self, effects: &[Effect], fail: &FailSettings) -> Result<(), TestCaseError> {
        let late: BTreeSet<EventId> = effects
            .iter()
            .filter_map(|effect| match effect {
                Effect::SaveLate { entries } => Some(entries),
                _ => None,
            })
            .flatten()
            .filter(|entry| entry.released)
            .map(|entry| entry.event.clone())
            .collect();
        let may_late = fail.unreachable != UnreachableAction::Block
            || [fail.deadline, fail.oversize].iter().any(|fail| *fail < FailAction::Justify);
        for word in words(effects) {
            match word {
                ToRelay::Send { event, .. } => {
                    prop_assert!(self.held.remove(&event), "sent twice or never held");
                    let by_setting = may_late && late.contains(&event);
                    prop_assert!(self.permitted.contains(&event) || by_setting, "sent without permission");
                }
                ToRelay::SendThis { event, .. } => {
                    prop_assert!(self.held.remove(&event), "sent twice or never held");
                    prop_assert!(self.redacted.contains(&event), "sent edited without permission");
                }
                ToRelay::Refuse { event, .. } => {
                    prop_assert!(self.held.remove(&event), "refused twice or never held")
                }
                _ => {}
            }
        }
        Ok(())
    }
}

fn play(steps: Vec<Step>, fail: FailSettings) -> Result<(), TestCaseError> {
    let settings = Settings { fail, ..enforcing() };
    let mut script = Script::new(Some(settings.clone()), Vec::new());
    let mut watcher = Watcher::default();
    let mut next = 0;
    let mut ids: BTreeMap<u64, EventId> = BTreeMap::new();
    script.host_comes(settings.clone());
    let steps = steps.into_iter().flat_map(|step| match step {
        Step::Ask(n, Action::Redact) => vec![Step::Hold(n), Step::Redact(n), Step::OpenCard(n)],
        Step::Ask(n, action) => {
            vec![Step::Hold(n), Step::Verdict(n, Outcome::Ask, action), Step::OpenCard(n)]
        }
        Step::Answer(choice, ms) => vec![Step::Choose(choice), Step::SeenNow(ms)],
        plain => vec![plain],
    });
    for step in steps {
        let id =
            |n: u64, ids: &BTreeMap<u64, EventId>| ids.get(&n).cloned().unwrap_or_else(|| event(9_000 + n));
        let effects = match step {
            Step::Ask(..) => continue,
            Step::Hold(n) => {
                next += 1;
                ids.insert(n, event(next));
                watcher.held.insert(event(next));
                script.hold(&event(next), send("pay 4111 1111 1111 1111 now"))
            }
            Step::Verdict(n, outcome, action) => {
                let event = id(n, &ids);
                if watcher.held.contains(&event) {
                    match outcome {
                        Outcome::Release => {
                            watcher.permitted.insert(event.clone());
                        }
                        Outcome::Ask => {
                            watcher.offered.entry(event.clone()).or_default().insert(action);
                        }
                        Outcome::Refuse => {}
                    }
                }
                script.host(&says(verdict(&event, outcome, action)))
            }
            Step::Redact(n) => {
                let event = id(n, &ids);
                watcher.offered.entry(event.clone()).or_default().insert(Action::Redact);
                script.host(&redact(&event, 4, 23))
            }
            Step::OpenCard(n) => {
                let event = id(n, &ids);
                script.happen(Event::Opened {
                    port: CARD,
                    name: PortName::Card,
                    tab: Some(7),
                    private: false,
                    top: false,
                });
                watcher.open_card = Some(event.clone());
                script.card(FromCard::Open { token: event.as_str().to_owned() })
            }
            Step::Choose(choice) => {
                watcher.chose(&choice);
                script.card(FromCard::Choice { choice })
            }
            Step::Answer(..) => continue,
            Step::Seen(n, ms) => {
                let token = id(n, &ids);
                watcher.saw(&token, ms);
                script.relay(FromRelay::CardSeen { token, ms })
            }
            Step::SeenNow(ms) => {
                let Some(token) = watcher.open_card.clone() else { continue };
                watcher.saw(&token, ms);
                script.relay(FromRelay::CardSeen { token, ms })
            }
            Step::Lose(n) => script.relay(FromRelay::CardLost { token: id(n, &ids) }),
            Step::Covered => script.card(FromCard::Covered),
            Step::OpenWindow(n) => {
                let event = id(n, &ids);
                let mut effects = script.happen(Event::Closed { port: WINDOW });
                watcher.open_window = Some(event.clone());
                script.happen(Event::Opened {
                    port: WINDOW,
                    name: PortName::Card,
                    tab: Some(9),
                    private: false,
                    top: true,
                });
                let said = FromCard::Open { token: event.as_str().to_owned() };
                effects.extend(script.happen(Event::Card { port: WINDOW, said }));
                effects
            }
            Step::AnswerInWindow(choice) => {
                if let Some(event) = watcher.open_window.clone() {
                    watcher.count(event, choice.clone());
                }
                script.happen(Event::Card { port: WINDOW, said: FromCard::Choice { choice } })
            }
            Step::CloseWindow => script.happen(Event::Closed { port: WINDOW }),
            Step::NoWindow(n) => script.happen(Event::NoWindow { token: id(n, &ids) }),
            Step::CloseCard => script.card(FromCard::Close),
            Step::Go(n, outcome) => {
                let event = id(n, &ids);
                if outcome == Outcome::Release {
                    watcher.go(&event);
                }
                script.host(&ToExtension::Go { event, outcome })
            }
            Step::CodeRefused(n) => {
                let why = shared_protocol::CodeFault::Used;
                script.host(&ToExtension::CodeRefused { event: id(n, &ids), why })
            }
            Step::Report => script.card(FromCard::Report),
            Step::Reported(n) => script.host(&ToExtension::Reported { event: id(n, &ids) }),
            Step::Sites(any) => {
                let text = include_str!("../../../../shared/sites/sites/claude/site.toml");
                let sites = any.then(|| ("claude".to_owned(), text.to_owned()));
                script.host(&ToExtension::Sites { sites: sites.into_iter().collect() })
            }
            Step::Fault(n, code) => script.host(&ToExtension::Error { code, event: Some(id(n, &ids)) }),
            Step::Abort(n) => {
                let event = id(n, &ids);
                watcher.held.remove(&event);
                script.relay(FromRelay::Abort { event })
            }
            Step::Fell(n) => {
                let event = id(n, &ids);
                watcher.held.remove(&event);
                script.relay(FromRelay::Fell { event, sent: false, request: None })
            }
            Step::Chunk(n) => script.chunk(&id(n, &ids), super::answers::STREAM),
            Step::End(n, reason) => script.end(&id(n, &ids), reason),
            Step::HostLost(missing) => script.happen(Event::HostLost { missing }),
            Step::HostComes => {
                script.effects.clear();
                script.host_comes(settings.clone());
                std::mem::take(&mut script.effects)
            }
            Step::HostOpens => script.happen(Event::HostOpened),
            Step::Wait(ms) => script.wait(ms),
            // Whatever is read ahead, and whatever is said of it, permits nothing.
            Step::Preview(any) => {
                let texts = if any { vec!["pay 4111 1111 1111 1111 now".into()] } else { Vec::new() };
                let url = "https://chatgpt.com/".to_owned();
                script.relay(FromRelay::Preview { token: event(1), url, texts })
            }
            Step::Previewed(round, action) => {
                script.host(&ToExtension::Previewed { round, card: action.map(card) })
            }
            Step::PageGone => {
                watcher.held.clear();
                script.happen(Event::Closed { port: PAGE });
                script.happen(Event::Opened {
                    port: PAGE,
                    name: PortName::Relay,
                    tab: Some(7),
                    private: false,
                    top: true,
                })
            }
        };
        watcher.look(&effects, &fail)?;
    }
    // Nobody speaks any more: time ends what is left.
    for _ in 0..4 {
        let effects = script.wait(400_000);
        watcher.look(&effects, &fail)?;
    }
    prop_assert!(watcher.held.is_empty(), "held for ever: {:?}", watcher.held);
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn every_hold_ends_and_only_what_is_permitted_goes(
        steps in prop::collection::vec(step(), 0..60),
        fail in fail_settings(),
    ) {
        play(steps, fail)?;
    }
}
