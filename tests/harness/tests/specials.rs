//! What each site does beside a plain conversation, in the real browsers, without the product.

use anyhow::{Result, ensure};
use std::fs;
use std::path::PathBuf;
use tempfile::TempDir;
use tests_harness::{Browser, Entry, Launch, PATIENCE, Session, Site, StandIns, State, answer_to};

/// Text that stands in no page, script or header.
const TEXT: &str = "the heron's ledger, page \u{2116} 7";

async fn begin(browser: Browser, site: Site) -> Result<(StandIns, Session)> {
    let stand_ins = StandIns::start()?;
    let session = Session::start(&stand_ins, &Launch::plain(browser)).await?;
    session.open(site).await?;
    Ok((stand_ins, session))
}

fn file() -> Result<(TempDir, PathBuf)> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("heron.txt");
    fs::write(&path, TEXT)?;
    Ok((folder, path))
}

/// The bytes of an uploaded file are at `host`, and the next send names the file.
async fn uploads(stand_ins: &StandIns, session: &Session, host: &str) -> Result<()> {
    let (_folder, path) = file()?;
    ensure!(session.attach(&path).await?, "the upload failed");
    let found = stand_ins.ledger().wait_for(PATIENCE, |e: &Entry| e.host == host && e.contains(TEXT)).await?;
    ensure!(["PUT", "POST"].contains(&found.method.as_str()));
    assert_eq!(session.ask("read it").await?, answer_to("read it"));
    ensure!(
        stand_ins.ledger().holding("read it").iter().any(|e| e.contains("heron.txt") || e.contains("files"))
    );
    Ok(())
}

async fn edits_and_repeats(session: &Session) -> Result<()> {
    session.edit_last("changed").await?;
    session.wait_for(State::Done).await?;
    assert_eq!(session.answer().await?, answer_to("changed"));
    session.regenerate().await?;
    session.wait_for(State::Done).await?;
    assert_eq!(session.answer().await?, answer_to("changed"));
    Ok(())
}

async fn chatgpt(browser: Browser) -> Result<()> {
    let (stand_ins, session) = begin(browser, Site::ChatGpt).await?;
    let ledger = stand_ins.ledger();
    session.type_prompt("draft [handoff]").await?;
    let draft = |path: &'static str| move |e: &Entry| e.path() == path && e.contains("draft [handoff]");
    ledger.wait_for(PATIENCE, draft("/backend-api/f/conversation/prepare")).await?;
    ledger
        .wait_for(PATIENCE, draft("/backend-api/conversation/experimental/generate_autocompletions"))
        .await?;

    session.press_enter().await?;
    session.wait_for(State::Done).await?;
    assert_eq!(session.answer().await?, answer_to("draft [handoff]"));
    ledger.wait_for(PATIENCE, |e| e.host == "ws.chatgpt.com" && e.contains("conversation-turn-")).await?;
    ledger.wait_for(PATIENCE, |e| e.path().starts_with("/backend-api/conversation/gen_title/")).await?;
    ensure!(session.driver()?.current_url().await?.path().starts_with("/c/"));

    edits_and_repeats(&session).await?;
    uploads(&stand_ins, &session, "sdmntprwestus.oaiusercontent.com").await?;

    ensure!(session.share().await?);
    let first = session.conversation().await?;
    session.new_chat().await?;
    session.ask("anew").await?;
    ensure!(
        first.is_some() && session.conversation().await? != first,
        "the new chat goes on with the old one"
    );

    session.open_at(Site::ChatGpt, Site::ChatGpt.temporary_chat()).await?;
    session.ask("not kept").await?;
    ensure!(ledger.holding("not kept").iter().any(|e| e.contains("\"history_and_training_disabled\":true")));

    session.open_at(Site::ChatGpt, "/c/00000000-0000-4000-8000-00000000dead").await?;
    session.send("to nowhere").await?;
    session.wait_for(State::Failed).await?;
    assert_eq!(session.fault().await?.as_deref(), Some("Not found."));
    assert_eq!(session.composer_text().await?, "to nowhere");
    session.close().await
}

async fn gemini(browser: Browser) -> Result<()> {
    let (stand_ins, session) = begin(browser, Site::Gemini).await?;
    session.ask("first").await?;
    edits_and_repeats(&session).await?;
    session.new_chat().await?;
    uploads(&stand_ins, &session, "content-push.googleapis.com").await?;
    let rpcs = stand_ins.ledger().requests("POST", "/_/BardChatUi/data/batchexecute");
    ensure!(rpcs.iter().any(|e| e.contains("[[[\"otAQ7b\"") && e.contains("[\"MaZiqc\"")));
    session.close().await
}

async fn claude(browser: Browser) -> Result<()> {
    let (stand_ins, session) = begin(browser, Site::Claude).await?;
    let long = format!("{} {TEXT}", "pasted ".repeat(700));
    session.paste_prompt(&long).await?;
    ensure!(session.composer_text().await?.is_empty(), "a long paste is an attachment");
    session.press_send().await?;
    session.wait_for(State::Done).await?;
    assert_eq!(session.answer().await?, answer_to(&long));
    let sent = stand_ins.ledger().holding(TEXT);
    ensure!(
        sent.iter()
            .any(|e| e.path().ends_with("/completion") && e.contains("\"extracted_content\":\"pasted"))
    );
    stand_ins.ledger().wait_for(PATIENCE, |e| e.path().ends_with("/title")).await?;
    ensure!(session.driver()?.current_url().await?.path().starts_with("/chat/"));

    session.ask("second").await?;
    edits_and_repeats(&session).await?;
    ensure!(session.share().await?);
    session.new_chat().await?;
    uploads(&stand_ins, &session, "claude.ai").await?;

    session.open_at(Site::Claude, "/chat/00000000-0000-4000-8000-00000000dead").await?;
    session.send("to nowhere").await?;
    session.wait_for(State::Failed).await?;
    assert_eq!(session.fault().await?.as_deref(), Some("Conversation not found."));
    assert_eq!(session.composer_text().await?, "to nowhere");
    session.close().await
}

async fn perplexity(browser: Browser) -> Result<()> {
    let (stand_ins, session) = begin(browser, Site::Perplexity).await?;
    session.type_prompt("half a thought").await?;
    let path = "/rest/autosuggest/list-autosuggest";
    stand_ins.ledger().wait_for(PATIENCE, |e| e.path() == path && e.contains("half a thought")).await?;
    session.wait_for_drafts(1).await?;
    session.clear_prompt().await?;
    session.ask("a whole thought").await?;
    ensure!(session.share().await?);
    session.new_chat().await?;
    uploads(&stand_ins, &session, "ppl-ai-file-upload.s3.amazonaws.com").await?;
    ensure!(session.driver()?.current_url().await?.path().starts_with("/search/"));
    session.driver()?.goto("https://www.perplexity.ai/search/new?q=from+the+address").await?;
    session.wait_for(State::Done).await?;
    assert_eq!(session.answer().await?, answer_to("from the address"));
    session.close().await
}

macro_rules! specials {
    ($($site:ident: $chromium:ident, $firefox:ident;)*) => {$(
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $chromium() -> Result<()> {
            $site(Browser::Chromium).await
        }

        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        async fn $firefox() -> Result<()> {
            $site(Browser::Firefox).await
        }
    )*};
}

specials! {
    chatgpt: chatgpt_in_chromium, chatgpt_in_firefox;
    gemini: gemini_in_chromium, gemini_in_firefox;
    claude: claude_in_chromium, claude_in_firefox;
    perplexity: perplexity_in_chromium, perplexity_in_firefox;
}
