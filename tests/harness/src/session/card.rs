//! The card beside the composer: a frame of the extension inside a closed shadow root, as a person meets it.
//!
//! Found through WebDriver, which sees closed roots; the page's own script must not.

use super::Session;
use super::wire::Wire;
use anyhow::{Context, Result, bail};
use serde_json::Value;
use thirtyfour::error::WebDriverErrorInner::{NoSuchFrame, NoSuchWindow};
use thirtyfour::{By, Key, WebElement};

/// The key of a shadow root in WebDriver's answers.
const SHADOW: &str = "shadow-6066-11e4-a52e-4f735466cecf";

/// What the record calls one choice, and what the card's button for it is called.
const SEND: (&str, &str) = ("send-anyway", "send");

/// Most presses of Tab until a card comes round.
const MOST_STOPS: usize = 20;

/// An open card. While it is held, the session looks into the card's frame; [`Card::leave`] goes back to the page.
pub struct Card<'a> {
    session: &'a Session,
}

impl Session {
    /// Waits for the card and looks into it.
    pub async fn card(&self) -> Result<Card<'_>> {
        self.until("card", async || {
            if !self.enter_card().await? {
                return Ok(None);
            }
            let card = Card { session: self };
            if card.settled().await.unwrap_or(false) {
                return Ok(Some(card));
            }
            self.driver()?.enter_default_frame().await?;
            Ok(None)
        })
        .await
    }

    /// Waits for the card in a window of its own, and looks into that.
    pub async fn card_window(&self) -> Result<Card<'_>> {
        self.newest_of(2).await?;
        self.until("card in the window", async || {
            let card = Card { session: self };
            Ok(card.settled().await.unwrap_or(false).then_some(card))
        })
        .await
    }

    /// Looks into the card's frame; false, and back at the page, when there is none or it is just being replaced.
    async fn enter_card(&self) -> Result<bool> {
        let Some(frame) = self.card_frame().await? else { return Ok(false) };
        if frame.enter_frame().await.is_ok() {
            return Ok(true);
        }
        self.driver()?.enter_default_frame().await?;
        Ok(false)
    }

    /// The card is gone, or busy with an answer that it took.
    async fn card_took_answer(&self) -> Result<bool> {
        if !self.enter_card().await? {
            return Ok(self.card_frame().await?.is_none());
        }
        let busy = self.driver()?.find(By::Css("[aria-busy=true]")).await.is_ok();
        self.driver()?.enter_default_frame().await?;
        Ok(busy)
    }

    /// The words of the hint that is drawn beside the composer before Send; none: it is not there, or says nothing.
    pub async fn hint(&self) -> Result<Option<String>> {
        let Some(frame) = self.frame("hint.html").await? else { return Ok(None) };
        if frame.enter_frame().await.is_err() {
            self.driver()?.enter_default_frame().await?;
            return Ok(None);
        }
        let words =
            "return [...document.querySelectorAll('[data-words]')].map((e) => e.dataset.words).join(' ')";
        let words = self.script(words, Vec::new()).await;
        self.driver()?.enter_default_frame().await?;
        Ok(words?.as_str().filter(|words| !words.is_empty()).map(str::to_owned))
    }

    /// Waits until the hint's frame is there, whatever it says.
    pub async fn until_hint_frame(&self) -> Result<()> {
        self.until("frame of the hint", async || Ok(self.frame("hint.html").await?.map(drop))).await
    }

    /// Waits until the hint is as `wanted`.
    pub async fn wait_for_hint(&self, what: &str, wanted: impl Fn(Option<&str>) -> bool) -> Result<()> {
        self.until(&format!("hint: {what}"), async || Ok(wanted(self.hint().await?.as_deref()).then_some(())))
            .await
    }

    /// Waits until no card is there.
    pub async fn wait_for_no_card(&self) -> Result<()> {
        self.until("end of the card", async || Ok(self.card_frame().await?.is_none().then_some(()))).await
    }

    async fn card_frame(&self) -> Result<Option<WebElement>> {
        self.frame("card.html").await
    }

    /// A frame of the product, if it is there: in a shadow root of an element outside head and body, or at the body's
    /// end.
    async fn frame(&self, page: &str) -> Result<Option<WebElement>> {
        let driver = self.driver()?;
        for element in driver.find_all(By::Css("html > :not(head):not(body), body > *")).await? {
            let request = Wire::ShadowRoot { element: element.element_id().to_string() };
            let Ok(response) = driver.cmd(request).await else { continue };
            let root: Value = response.value()?;
            let Some(shadow) = root[SHADOW].as_str().map(str::to_owned) else { continue };
            let Ok(found) = driver.cmd(Wire::FindInShadow { shadow, selector: "iframe" }).await else {
                continue;
            };
            let frame = WebElement::from_json(found.value()?, driver.handle().clone())?;
            if frame.attr("src").await?.is_some_and(|address| address.contains(page)) {
                return Ok(Some(frame));
            }
        }
        Ok(None)
    }
}

impl<'a> Card<'a> {
    /// The card whose frame this session looks into.
    pub(super) fn at(session: &'a Session) -> Self {
        Self { session }
    }
}

impl Card<'_> {
    /// It offers something, twice the same, and nothing of it moves any more.
    pub(super) async fn settled(&self) -> Result<bool> {
        let choices = self.choices().await?;
        let still = "return document.getAnimations().every((one) => one.playState !== 'running')";
        Ok(!choices.is_empty()
            && self.session.script(still, Vec::new()).await? == Value::Bool(true)
            && choices == self.choices().await?)
    }

    /// All text of the card: what stands in it, and the words that are drawn.
    pub async fn text(&self) -> Result<String> {
        let text = self.session.driver()?.find(By::Tag("body")).await?.text().await?;
        Ok(format!("{text} {}", self.words_of("body").await?))
    }

    /// The answers that the card offers, in its order; not what stands beside them: `edit`, `redact`, `justify`, `send-anyway`, `close`.
    pub async fn choices(&self) -> Result<Vec<String>> {
        let mut out: Vec<String> = Vec::new();
        for button in self.session.driver()?.find_all(By::Css("[data-press]:not(.beside *)")).await? {
            let Some(word) = button.attr("data-press").await? else { continue };
            let choice = if word == SEND.1 { SEND.0.to_owned() } else { word };
            if button.is_displayed().await? && !out.contains(&choice) {
                out.push(choice);
            }
        }
        Ok(out)
    }

    /// What is offered quietly beside the answers, in its order: `open-code`, `code`, `report`.
    pub async fn beside(&self) -> Result<Vec<String>> {
        let words =
            "return [...document.querySelectorAll('.beside [data-press]')].map((e) => e.dataset.press)";
        Ok(serde_json::from_value(self.session.script(words, Vec::new()).await?)?)
    }

    /// Presses one of these, again if nothing happens, until `done` is to be found in the card.
    pub async fn press_until(&self, word: &str, done: &str) -> Result<()> {
        self.session
            .until(&format!("{done} after {word}"), async || {
                if self.session.driver()?.find(By::Css(done)).await.is_ok() {
                    return Ok(Some(()));
                }
                let _gone = self.press(word).await;
                Ok(None)
            })
            .await
    }

    /// Presses one of these until there are this many windows; then looks into the page again.
    pub async fn press_while(self, word: &str, windows: usize) -> Result<()> {
        let session = self.session;
        session
            .until(&format!("{windows} windows after {word}"), async || {
                if session.driver()?.windows().await?.len() == windows {
                    return Ok(Some(()));
                }
                let _gone = Card { session }.press(word).await;
                Ok(None)
            })
            .await?;
        Ok(session.driver()?.enter_default_frame().await?)
    }

    /// Presses Tab until one of its buttons has the focus.
    pub async fn keyboard_to(&self, word: &str) -> Result<()> {
        let here = "return document.activeElement?.dataset?.press ?? ''";
        for _ in 0..MOST_STOPS {
            if self.session.script(here, Vec::new()).await? == *word {
                return Ok(());
            }
            self.session.press_keys(Key::Tab + "").await?;
        }
        bail!("no way by keyboard to {word}")
    }

    /// Presses Enter on what has the focus, again if nothing happens, until `done` is to be found in the card.
    pub async fn press_enter_until(&self, done: &str) -> Result<()> {
        self.session
            .until(&format!("{done} after Enter"), async || {
                if self.session.driver()?.find(By::Css(done)).await.is_ok() {
                    return Ok(Some(()));
                }
                self.session.press_keys(Key::Enter + "").await?;
                Ok(None)
            })
            .await
    }

    /// Writes a code into the card's field for one, in place of what stands there.
    pub async fn give_code(&self, code: &str) -> Result<()> {
        let field = self.session.driver()?.find(By::Id("code-text")).await;
        let field = field.context("the card has no field for a code")?;
        field.clear().await?;
        Ok(field.send_keys(code).await?)
    }

    /// The words that are drawn in what this selector finds.
    pub async fn words_of(&self, selector: &str) -> Result<String> {
        let words = "return [...document.querySelectorAll(`${arguments[0]} [data-words]`)]
            .map((e) => e.dataset.words).join(' ')";
        let words = self.session.script(words, vec![Value::from(selector)]).await?;
        Ok(words.as_str().unwrap_or_default().to_owned())
    }

    /// The id of what has the focus in the card.
    pub async fn focused(&self) -> Result<String> {
        let id = self.session.script("return document.activeElement?.id ?? ''", Vec::new()).await?;
        Ok(id.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the words that are drawn in what this selector finds are as `wanted`.
    pub async fn until_words(&self, selector: &str, wanted: impl Fn(&str) -> bool) -> Result<String> {
        self.session
            .until(&format!("words of {selector}"), async || {
                Ok(Some(self.words_of(selector).await?).filter(|words| wanted(words)))
            })
            .await
    }

    /// The text that a redacted prompt would leave with, as the card shows it, to the letter.
    pub async fn leaving(&self) -> Result<String> {
        let words = "return [...document.querySelectorAll('.leaving p [data-words]')].map((e) => e.dataset.words).join('')";
        Ok(self.session.script(words, Vec::new()).await?.as_str().unwrap_or_default().to_owned())
    }

    /// What stands in the field for the reason.
    pub async fn reason(&self) -> Result<String> {
        let text = "return document.getElementById('reason').value";
        Ok(self.session.script(text, Vec::new()).await?.as_str().unwrap_or_default().to_owned())
    }

    /// Writes a reason into the card's field.
    pub async fn give_reason(&self, reason: &str) -> Result<()> {
        let field = self.session.driver()?.find(By::Css("textarea, input[type=text]")).await;
        Ok(field.context("the card has no field for a reason")?.send_keys(reason).await?)
    }

    /// Presses a button of the card once and stays: a card ignores presses before it was seen for a while.
    pub async fn press(&self, choice: &str) -> Result<()> {
        let word = if choice == SEND.0 { SEND.1 } else { choice };
        let button = self.session.driver()?.find(By::Css(format!("[data-press={word}]"))).await;
        let button = button.with_context(|| format!("the card does not offer {choice}"))?;
        match button.click().await {
            // The click took the frame away before the driver was done with it: that is what it is for.
            Err(error) if matches!(error.as_inner(), NoSuchWindow(_) | NoSuchFrame(_)) => Ok(()),
            clicked => Ok(clicked?),
        }
    }

    /// Presses a button as a person does, again if nothing happens, until the card has taken the answer; then goes
    /// back to the page.
    pub async fn choose(self, choice: &str) -> Result<()> {
        let session = self.session;
        let pressed = self.press(choice).await;
        self.leave().await?;
        if pressed.is_err() {
            // It was just being replaced, as when the background is another one.
            let card = session.card().await?;
            card.press(choice).await?;
            card.leave().await?;
        }
        session
            .until(&format!("answer taken by the card: {choice}"), async || {
                if session.card_took_answer().await? {
                    return Ok(Some(()));
                }
                // Between two looks the card may go: then there is nothing left to press.
                let mut another = false;
                if session.enter_card().await? {
                    let card = Card { session };
                    // One that does not offer it is about something else, which came after.
                    let mut offers = card.choices().await.unwrap_or_default();
                    another = !offers.is_empty();
                    offers.extend(card.beside().await.unwrap_or_default());
                    another &= !offers.iter().any(|offer| offer == choice);
                    if !another {
                        let _gone = card.press(choice).await;
                    }
                }
                session.driver()?.enter_default_frame().await?;
                Ok(another.then_some(()))
            })
            .await
    }

    /// Answers a card that has a window of its own, again if nothing happens; then looks into the page again.
    pub async fn answer_in_window(self, choice: &str) -> Result<()> {
        let session = self.session;
        session
            .until(&format!("answer taken by the window: {choice}"), async || {
                if session.driver()?.windows().await?.len() == 1 {
                    return Ok(Some(()));
                }
                let _gone = Card { session }.press(choice).await;
                Ok(None)
            })
            .await?;
        session.newest_of(1).await
    }

    /// Goes back to the page; the card stays.
    pub async fn leave(self) -> Result<()> {
        Ok(self.session.driver()?.enter_default_frame().await?)
    }
}
