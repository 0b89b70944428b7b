//! Two observers of the browser: whether an element is in view, and that its size changed.

use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::*;
use web_sys::{
    Element, IntersectionObserver, IntersectionObserverEntry, IntersectionObserverInit, ResizeObserver,
};

/// How much of an element must be inside the window to count as in view. A card higher than a small window is
/// scrolled and never in view as a whole.
const SHARE: f64 = 0.5;

/// Calls `changed` with whether `element` is in view: inside the window of the page around the frame too.
pub(crate) fn in_view(element: &Element, changed: impl Fn(bool) + 'static) {
    let told = Closure::<dyn Fn(js_sys::Array)>::new(move |entries: js_sys::Array| {
        // The last entry is the newest.
        if let Ok(entry) = entries.pop().dyn_into::<IntersectionObserverEntry>() {
            changed(entry.intersection_ratio() >= SHARE);
        }
    });
    let options = IntersectionObserverInit::new();
    options.set_threshold(&js_sys::Array::of3(&0.into(), &SHARE.into(), &1.into()));
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
