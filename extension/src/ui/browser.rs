//! The few browser calls the pages need. `chrome` exists as well in Firefox, with the same meaning for these.

use js_sys::{Array, Function, Promise};
use serde::Serialize;
use serde::de::DeserializeOwned;
use shared_protocol::Text;
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// A connection to the background.
    pub(crate) type Port;
    type Listeners;

    #[wasm_bindgen(js_namespace = ["chrome", "runtime"], js_name = connect, catch)]
    fn connect_with(info: &JsValue) -> Result<Port, JsValue>;
    #[wasm_bindgen(method, getter, js_name = onMessage)]
    fn on_message(this: &Port) -> Listeners;
    #[wasm_bindgen(method, getter, js_name = onDisconnect)]
    fn on_disconnect(this: &Port) -> Listeners;
    #[wasm_bindgen(method, js_name = postMessage, catch)]
    fn post_message(this: &Port, message: &JsValue) -> Result<(), JsValue>;
    #[wasm_bindgen(method, js_name = addListener)]
    fn add_listener(this: &Listeners, listener: &Function);

    #[wasm_bindgen(js_namespace = ["chrome", "runtime"], js_name = getManifest)]
    fn get_manifest() -> JsValue;
    #[wasm_bindgen(js_namespace = ["chrome", "i18n"], js_name = getMessage)]
    fn get_message(name: &str, fills: &Array) -> String;
    #[wasm_bindgen(js_namespace = ["chrome", "permissions"], js_name = contains, catch)]
    fn permissions_contain(wanted: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["chrome", "tabs"], js_name = query, catch)]
    fn tabs_query(wanted: &JsValue) -> Result<Promise, JsValue>;
    #[wasm_bindgen(js_namespace = ["chrome", "permissions"], js_name = request, catch)]
    fn permissions_request(wanted: &JsValue) -> Result<Promise, JsValue>;
}

/// Opens a port to the background; calls `heard` with each message that has the expected shape and `lost` once
/// when the port is gone.
pub(crate) fn connect<M: DeserializeOwned>(
    name: &str,
    heard: impl Fn(M) + 'static,
    lost: impl Fn() + 'static,
) -> Option<Port> {
    let info = js_sys::Object::new();
    js_sys::Reflect::set(&info, &"name".into(), &name.into()).ok()?;
    let port = connect_with(&info).ok()?;
    let heard = Closure::<dyn Fn(JsValue)>::new(move |message| {
        // Another shape comes from another version: it is dropped like an unknown kind.
        if let Ok(message) = serde_wasm_bindgen::from_value(message) {
            heard(message);
        }
    });
    port.on_message().add_listener(heard.into_js_value().unchecked_ref());
    port.on_disconnect().add_listener(Closure::<dyn Fn()>::new(lost).into_js_value().unchecked_ref());
    Some(port)
}

/// Says `message` on `port`; false when the port is gone.
pub(crate) fn say(port: &Port, message: &impl Serialize) -> bool {
    let plain = serde_wasm_bindgen::Serializer::json_compatible();
    message.serialize(&plain).is_ok_and(|message| port.post_message(&message).is_ok())
}

/// The text of a key in the reader's language.
pub(crate) fn text(name: &str, fills: impl IntoIterator<Item = String>) -> String {
    get_message(name, &fills.into_iter().map(JsValue::from).collect())
}

/// Puts `text` on the clipboard; only from a press. By the event of copying: the newer way is closed to frames of a
/// page that does not lend it to them.
pub(crate) fn copy(text: &Text) -> bool {
    let Some(document) = web_sys::window().and_then(|window| window.document()) else { return false };
    let text = text.clone();
    let copies = Closure::once(move |event: web_sys::ClipboardEvent| {
        event.prevent_default();
        event.stop_immediate_propagation();
        if let Some(data) = event.clipboard_data() {
            let _ = data.set_data("text/plain", text.expose());
        }
    });
    let heard = copies.as_ref().unchecked_ref();
    let _ = document.add_event_listener_with_callback_and_bool("copy", heard, true);
    let done = document.unchecked_ref::<web_sys::HtmlDocument>().exec_command("copy").unwrap_or(false);
    let _ = document.remove_event_listener_with_callback_and_bool("copy", heard, true);
    done
}

/// The word of the press that has the keyboard.
pub(crate) fn focused_press(document: &web_sys::Document) -> Option<String> {
    document.active_element()?.get_attribute("data-press")
}

/// Gives the keyboard to the press of this word, if it is drawn.
pub(crate) fn focus_press(document: &web_sys::Document, word: &str) {
    let press = document.query_selector(&format!("[data-press='{word}']")).ok().flatten();
    if let Some(press) = press.and_then(|press| press.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = press.focus();
    }
}

/// The extension's version.
pub(crate) fn version() -> String {
    property(&get_manifest(), "version").as_string().unwrap_or_default()
}

/// Whether the browser lets the extension see every site it is for.
pub(crate) async fn sites_permitted() -> bool {
    ask(permissions_contain(&wanted())).await
}

/// Asks the person for that. Only from a press.
pub(crate) async fn permit_sites() -> bool {
    ask(permissions_request(&wanted())).await
}

/// The address of the tab that is looked at in this window. Browsers tell it of the sites that the extension is for,
/// and of no other.
pub(crate) async fn address_beside() -> Option<String> {
    let wanted = js_sys::Object::new();
    for name in ["active", "currentWindow"] {
        // A plain object takes any property.
        let _ = js_sys::Reflect::set(&wanted, &name.into(), &true.into());
    }
    let tabs = wasm_bindgen_futures::JsFuture::from(tabs_query(&wanted).ok()?).await.ok()?;
    property(&js_sys::Array::from(&tabs).get(0), "url").as_string()
}

async fn ask(asked: Result<Promise, JsValue>) -> bool {
    match asked {
        Ok(answer) => {
            wasm_bindgen_futures::JsFuture::from(answer).await.is_ok_and(|answer| answer.is_truthy())
        }
        Err(_) => false,
    }
}

fn wanted() -> JsValue {
    let wanted = js_sys::Object::new();
    let origins = property(&get_manifest(), "host_permissions");
    // A plain object takes any property.
    let _ = js_sys::Reflect::set(&wanted, &"origins".into(), &origins);
    wanted.into()
}

fn property(of: &JsValue, name: &str) -> JsValue {
    js_sys::Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
