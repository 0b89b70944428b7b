//! Draws a tree of elements into a document. Thin: no decision, no text of its own.
//!
//! INVARIANT: no markup is parsed; words become an attribute that the style sheet draws as generated content
//! (`Drawing::Hidden`: no search and no selection finds them) or a text node (`Drawing::Plain`).
//!
//! Numbers are written with the digits of the codes, versions and addresses beside them, in every language.

use wasm_bindgen::JsCast;
use web_sys::{Document, Element as DomElement};

use super::browser;
use super::element::{Element, Node, Value};
use super::icon::Icon;
use super::words::{Fill, Key, Words};

const SVG: &str = "http://www.w3.org/2000/svg";

/// How words are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drawing {
    /// As generated content, for a frame inside somebody else's page.
    Hidden,
    /// As text, for a page of our own.
    Plain,
}

/// Draws into one document.
#[derive(Clone, Debug)]
pub(crate) struct Renderer {
    document: Document,
    drawing: Drawing,
    language: String,
    /// From right to left.
    leftwards: bool,
}

impl Renderer {
    /// For this document; tells it its language and direction.
    pub(crate) fn new(document: Document, drawing: Drawing) -> Self {
        // What the texts are in, not what the browser is in: it may speak a language that we do not.
        let language = browser::text(Key::Language.name(), []);
        let direction = browser::text(Key::Direction.name(), []);
        if let Some(root) = document.document_element() {
            put(&root, "lang", &language);
            put(&root, "dir", &direction);
        }
        Self { document, drawing, language, leftwards: direction == "rtl" }
    }

    /// The document.
    pub(crate) fn document(&self) -> &Document {
        &self.document
    }

    /// Puts `nodes` in place of everything in `parent`.
    pub(crate) fn fill(&self, parent: &DomElement, nodes: impl IntoIterator<Item = Node>) {
        parent.replace_children_with_node_0();
        for node in nodes {
            self.append(parent, &node);
        }
    }

    /// The same in the element with this id, if it is there.
    pub(crate) fn fill_id(&self, id: &str, nodes: impl IntoIterator<Item = Node>) {
        if let Some(parent) = self.document.get_element_by_id(id) {
            self.fill(&parent, nodes);
        }
    }

    fn append(&self, parent: &DomElement, node: &Node) {
        match node {
            Node::Element(element) => self.element(parent, element),
            Node::Icon(icon) => self.icon(parent, *icon),
            Node::Words(words) => {
                let words = self.words(words);
                match self.drawing {
                    Drawing::Plain => {
                        let _ = parent.append_child(&self.document.create_text_node(&words));
                    }
                    Drawing::Hidden => {
                        let Ok(span) = self.document.create_element("span") else { return };
                        span.set_class_name("words");
                        put(&span, "data-words", &words);
                        let _ = parent.append_child(&span);
                    }
                }
            }
        }
    }

    fn element(&self, parent: &DomElement, element: &Element) {
        let Ok(drawn) = self.document.create_element(element.tag) else { return };
        if !element.class.is_empty() {
            drawn.set_class_name(element.class);
        }
        for (name, value) in &element.attributes {
            match value {
                Value::Fixed(value) => put(&drawn, name, value),
                Value::Given(value) => put(&drawn, name, value),
                Value::Words(words) => put(&drawn, name, &self.words(words)),
            }
        }
        for child in &element.children {
            self.append(&drawn, child);
        }
        let _ = parent.append_child(&drawn);
    }

    fn icon(&self, parent: &DomElement, icon: Icon) {
        let Ok(svg) = self.document.create_element_ns(Some(SVG), "svg") else { return };
        put(&svg, "class", icon.name());
        put(&svg, "viewBox", "0 0 24 24");
        put(&svg, "aria-hidden", "true");
        put(&svg, "focusable", "false");
        for stroke in icon.strokes() {
            let Ok(path) = self.document.create_element_ns(Some(SVG), "path") else { continue };
            put(&path, "d", stroke);
            let _ = svg.append_child(&path);
        }
        let _ = parent.append_child(&svg);
    }

    fn words(&self, words: &Words) -> String {
        match words {
            Words::Given(words) => words.clone(),
            Words::Number(number) => self.number(*number),
            Words::Moment(at) => self.moment(*at),
            Words::Ours(key, fills) => browser::text(
                key.name(),
                fills.iter().map(|fill| match fill {
                    Fill::Name(name) => self.apart(name),
                    Fill::Number(number) => self.number(*number),
                    Fill::Seconds(seconds) => self.duration(*seconds),
                }),
            ),
        }
    }

    /// A name or version keeps its own order among words that run the other way. Generated content knows no `bdi`, so
    /// the characters do it that `bdi` stands for (Unicode Standard Annex #9, section 2.4: U+2068 to U+2069).
    fn apart(&self, name: &str) -> String {
        if self.leftwards { format!("\u{2068}{name}\u{2069}") } else { name.to_owned() }
    }

    fn number(&self, number: u64) -> String {
        self.format(number, None)
    }

    /// Day and time on this computer's clock.
    fn moment(&self, at: u64) -> String {
        let options = js_sys::Object::new();
        for (name, value) in [("dateStyle", "medium"), ("timeStyle", "short"), ("numberingSystem", "latn")] {
            let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
        }
        #[expect(clippy::cast_precision_loss, reason = "milliseconds stay far below 2^53")]
        let date = js_sys::Date::new(&(at as f64).into());
        date.to_locale_string(&self.language, &options).into()
    }

    // Whole minutes while there are many, seconds at the end. No line ends between number and unit.
    fn duration(&self, seconds: u64) -> String {
        let duration = if seconds > 90 {
            self.format(seconds.div_ceil(60), Some("minute"))
        } else {
            self.format(seconds, Some("second"))
        };
        duration.replace(' ', "\u{a0}")
    }

    fn format(&self, number: u64, unit: Option<&str>) -> String {
        let options = js_sys::Object::new();
        let units = unit.map(|unit| [("style", "unit"), ("unit", unit), ("unitDisplay", "long")]);
        for (name, value) in [("numberingSystem", "latn")].into_iter().chain(units.into_iter().flatten()) {
            let _ = js_sys::Reflect::set(&options, &name.into(), &value.into());
        }
        let languages = js_sys::Array::of1(&self.language.as_str().into());
        let format = js_sys::Intl::NumberFormat::new(&languages, &options).format();
        #[expect(clippy::cast_precision_loss, reason = "counts and seconds stay far below 2^53")]
        let number = number as f64;
        format
            .call1(&wasm_bindgen::JsValue::UNDEFINED, &number.into())
            .ok()
            .and_then(|text| text.as_string())
            .unwrap_or_default()
    }
}

/// Sets an attribute; the names are fixed and valid.
fn put(element: &DomElement, name: &str, value: &str) {
    let _ = element.set_attribute(name, value);
}

/// The word of the press that an event's target, or what it is in, stands for.
pub(crate) fn press_word(event: &web_sys::Event) -> Option<String> {
    let target = event.target()?.dyn_into::<DomElement>().ok()?;
    target.closest("[data-press]").ok()??.get_attribute("data-press")
}
