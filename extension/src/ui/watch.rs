//! Two observers of the browser: whether an element is in view, and that its size changed.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit, ResizeObserver,
};

use super::desk::View;

/// How much of an element must be inside the window to count as in view. A card higher than a small window is
/// scrolled and never in view as a whole.
const SHARE: f64 = 0.5;

/// The least a browser takes between two looks at what lies over an element.
const LOOK_MS: u32 = 100;

/// Calls `changed` with what can be seen of `element`: inside the window of the page around the frame too, and,
/// where the browser vouches for that (Chromium), with nothing over it and no effect on it. Elsewhere the relay
/// looks for what is over the card.
pub(crate) fn in_view(element: &Element, framed: bool, changed: impl Fn(View) + 'static) {
    let told = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
        // The last entry is the newest.
        if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
            let vouched =
                js_sys::Reflect::get(&entry, &"isVisible".into()).ok().and_then(|seen| seen.as_bool());
            changed(match (entry.intersection_ratio() >= SHARE, vouched) {
                (false, _) => View::Away,
                (true, Some(false)) if framed => View::Covered,
                (true, _) => View::Clear,
            });
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_threshold(&js_sys::Array::of3(&0.into(), &SHARE.into(), &1.into()));
    if framed {
        // A plain object takes any property.
        let _ = js_sys::Reflect::set(&options, &"trackVisibility".into(), &true.into());
        let _ = js_sys::Reflect::set(&options, &"delay".into(), &LOOK_MS.into());
    }
    if let Ok(observer) =
        IntersectionObserver::new_with_options(told.into_js_value().unchecked_ref(), &options)
    {
        observer.observe(element);
    }
}

/// Calls `changed` whenever `element` has another size, the first time soon.
pub(crate) fn size(element: &Element, changed: impl Fn() + 'static) {
    let told = Closure::<dyn Fn()>::new(changed);
    if let Ok(observer) = ResizeObserver::new(told.into_js_value().unchecked_ref()) {
        observer.observe(element);
    }
}
