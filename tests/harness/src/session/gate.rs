//! The gate: a page of the extension in place of one whose address asks something, as a person meets it.

use super::Session;
use super::card::Card;
use anyhow::{Result, ensure};
use serde_json::{Value, json};
use thirtyfour::By;

impl Session {
    /// Goes to an address as a link of the page does, in the same tab or a new one.
    pub async fn follow(&self, address: &str, new_tab: bool) -> Result<()> {
        let click = "const link = document.createElement('a');
            link.href = arguments[0];
            if (arguments[1]) link.target = '_blank';
            document.body.append(link);
            setTimeout(() => link.click(), 0);";
        self.script(click, vec![json!(address), json!(new_tab)]).await.map(drop)
    }

    /// Waits for the gate's card and looks into it.
    pub async fn gate_card(&self) -> Result<Card<'_>> {
        self.until("card of the gate", async || {
            let Ok(frame) = self.driver()?.find(By::Css("#card iframe")).await else { return Ok(None) };
            if frame.enter_frame().await.is_ok() {
                let card = Card::at(self);
                if card.settled().await.unwrap_or(false) {
                    return Ok(Some(card));
                }
            }
            self.driver()?.enter_default_frame().await?;
            Ok(None)
        })
        .await
    }

    /// Answers the gate's card, again if nothing happens, until the gate has gone on.
    pub async fn answer_at_gate(&self, choice: &str) -> Result<()> {
        self.until(&format!("answer taken by the gate: {choice}"), async || {
            if !self.is_gate().await? {
                return Ok(Some(()));
            }
            if let Ok(frame) = self.driver()?.find(By::Css("#card iframe")).await
                && frame.enter_frame().await.is_ok()
            {
                let _gone = Card::at(self).press(choice).await;
            }
            self.driver()?.enter_default_frame().await?;
            Ok(None)
        })
        .await
    }

    /// Waits until the gate says that the address may not go; its words.
    pub async fn gate_refused(&self) -> Result<String> {
        self.until("refusal at the gate", async || {
            let words = "return document.querySelector('main.gate[data-tone=stop]')?.innerText ?? null";
            Ok(self.script(words, Vec::new()).await.ok().and_then(|said| said.as_str().map(str::to_owned)))
        })
        .await
    }

    /// Presses the gate's own button: the site's page without what was asked.
    pub async fn open_without(&self) -> Result<()> {
        let pressed = self.driver()?.find(By::Css("main.gate [data-press=open]")).await?.click().await;
        ensure!(pressed.is_ok() || !self.is_gate().await?, "the gate's button cannot be pressed");
        Ok(())
    }

    /// Whether this is the gate, or what stands there before it.
    async fn is_gate(&self) -> Result<bool> {
        let there = "return location.protocol === 'https:' ? null : location.protocol";
        Ok(self.script(there, Vec::new()).await.is_ok_and(|said| said != Value::Null))
    }
}
