//! WebDriver commands that the client library does not offer: shadow roots, closed ones too.

use hyper::Method;
use serde_json::{Value, json};
use thirtyfour::common::command::FormatRequestData;
use thirtyfour::{RequestData, SessionId};

/// A command by its W3C path.
#[derive(Debug)]
pub(super) enum Wire {
    /// The shadow root of an element.
    ShadowRoot { element: String },
    /// The first element in a shadow root that a selector finds.
    FindInShadow { shadow: String, selector: &'static str },
    /// The role (`computedrole`) or the name (`computedlabel`) that the browser tells assistive technology.
    Computed { element: String, what: &'static str },
    /// A command of Chromium's own protocol.
    Cdp { body: Value },
}

impl FormatRequestData for Wire {
    fn format_request(&self, session: &SessionId) -> RequestData {
        match self {
            Wire::ShadowRoot { element } => {
                RequestData::new(Method::GET, format!("session/{session}/element/{element}/shadow"))
            }
            Wire::Computed { element, what } => {
                RequestData::new(Method::GET, format!("session/{session}/element/{element}/{what}"))
            }
            Wire::Cdp { body } => {
                RequestData::new(Method::POST, format!("session/{session}/goog/cdp/execute"))
                    .add_body(body.clone())
            }
            Wire::FindInShadow { shadow, selector } => {
                let path = format!("session/{session}/shadow/{shadow}/element");
                let body: Value = json!({"using": "css selector", "value": selector});
                RequestData::new(Method::POST, path).add_body(body)
            }
        }
    }
}
