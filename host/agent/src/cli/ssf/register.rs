//! What registers this issuer at Okta: its API (`POST /api/v1/security-events-providers`, API description 2026.06.3), its
//! Terraform provider (`okta_security_events_provider`), its console.

use anyhow::Result;
use serde_json::json;

use crate::exit::Exit;
use crate::out;
use crate::settings::SsfSettings;

/// Most characters that Okta takes of an issuer and of an address.
const MOST_ISSUER: usize = 700;
const MOST_ADDRESS: usize = 1_000;

pub(super) fn run(ssf: &SsfSettings, json: bool) -> Result<Exit> {
    if ssf.issuer.len() > MOST_ISSUER || ssf.jwks_uri.len() > MOST_ADDRESS {
        out::note("Okta takes an issuer of 700 characters and an address of 1000: make them shorter");
        return Ok(Exit::Fault);
    }
    let body = json!({
        "name": "Promptgate",
        "type": "promptgate",
        "settings": {"issuer": ssf.issuer, "jwks_url": ssf.jwks_uri},
    });
    // JSON's strings are HCL's too, but for its templates.
    let quoted = |text: &str| json!(text).to_string().replace("${", "$${").replace("%{", "%%{");
    let block = format!(
        "resource \"okta_security_events_provider\" \"promptgate\" {{\n  name       = \"Promptgate\"\n  type       = \
         \"promptgate\"\n  is_enabled = \"ACTIVE\"\n  settings {{\n    issuer   = {}\n    jwks_url = {}\n  }}\n}}",
        quoted(&ssf.issuer),
        quoted(&ssf.jwks_uri)
    );
    if json {
        out::line(&json!({"method": "POST", "path": "/api/v1/security-events-providers", "body": body, "terraform": block}).to_string());
        return Ok(Exit::Done);
    }
    let lines = [
        "One of these three registers the issuer in an Okta org. The public keys must be hosted before",
        "(`promptgate ssf status` says whether they are): Okta fetches them at once.",
        "",
        "API: POST /api/v1/security-events-providers, scope okta.securityEventsProviders.manage",
    ];
    for line in lines {
        out::line(line);
    }
    out::line(&serde_json::to_string_pretty(&body)?);
    out::line("");
    out::line("Terraform:");
    out::line(&block);
    out::line("");
    out::line("Console:");
    for line in [
        "  1. Security > Device Integrations > Receive shared signals > Create stream".to_owned(),
        "  2. Name: Promptgate; set up by: Issuer and JWKS URL".to_owned(),
        format!("  3. Issuer: {}", ssf.issuer),
        format!("  4. JWKS URL: {}", ssf.jwks_uri),
        "  5. Create, and see that the stream is active".to_owned(),
        "  6. Security > Entity risk policy: a rule for the detection Security Events Provider Reported Risk".to_owned(),
        String::new(),
        "Then add to the settings:".to_owned(),
        "  [[ssf.receiver]]".to_owned(),
        "  name = \"okta\"".to_owned(),
        "  profile = \"okta\"".to_owned(),
        "  address = \"https://YOUR-ORG.okta.com/security/api/v1/security-events\"".to_owned(),
        "  audience = \"https://YOUR-ORG.okta.com\"".to_owned(),
        String::new(),
        "Okta answers 202 also for people it does not know: look for security.events.provider.receive_event in".to_owned(),
        "its System Log after `promptgate ssf send-test`.".to_owned(),
    ] {
        out::line(&line);
    }
    Ok(Exit::Done)
}
