//! The drawings, as strokes on a grid of 24 by 24. The renderer gives them the colour of the text around them.

/// A drawing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Icon {
    /// A lamp: advice.
    Lamp,
    /// An eye: look again.
    Eye,
    /// A pen: write why.
    Pen,
    /// Lines with one struck out: leave parts out.
    Lines,
    /// A circle with a bar: it stops here.
    Stop,
    /// A shield with a tick: protected.
    Shield,
    /// A shield with a gap: not protected.
    Gap,
    /// A cross: close.
    Cross,
    /// An arrow out of a box: leads elsewhere.
    Out,
}

impl Icon {
    /// Its name, as a class.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Lamp => "lamp",
            Self::Eye => "eye",
            Self::Pen => "pen",
            Self::Lines => "lines",
            Self::Stop => "stop",
            Self::Shield => "shield",
            Self::Gap => "gap",
            Self::Cross => "cross",
            Self::Out => "out",
        }
    }

    /// Its strokes, as SVG path data.
    pub(crate) fn strokes(self) -> &'static [&'static str] {
        match self {
            Self::Lamp => &[
                "M9.5 18h5",
                "M10.5 21h3",
                "M12 3a6 6 0 0 0-3.6 10.8c.7.6 1.1 1.3 1.1 2.2h5c0-.9.4-1.6 1.1-2.2A6 6 0 0 0 12 3Z",
            ],
            Self::Eye => &[
                "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12Z",
                "M12 9a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z",
            ],
            Self::Pen => {
                &["M4 20h16", "M6 16l.8-3.4L15.4 4a1.7 1.7 0 0 1 2.4 0l.2.2a1.7 1.7 0 0 1 0 2.4L9.4 15.2Z"]
            }
            Self::Lines => &["M4 6h16", "M4 18h9", "M5 10.5h14v3H5Z", "M8 12h8"],
            Self::Stop => &["M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Z", "M8 12h8"],
            Self::Shield => &[
                "M12 3l7.5 2.8v5.4c0 4.6-3 8.1-7.5 9.8-4.5-1.7-7.5-5.2-7.5-9.8V5.8Z",
                "M8.5 12l2.5 2.5 4.5-5",
            ],
            Self::Gap => &[
                "M12 3l7.5 2.8v5.4c0 4.6-3 8.1-7.5 9.8-4.5-1.7-7.5-5.2-7.5-9.8V5.8Z",
                "M12 8v4.5",
                "M12 16h.01",
            ],
            Self::Cross => &["M6.5 6.5l11 11", "M17.5 6.5l-11 11"],
            Self::Out => {
                &["M14 5h5v5", "M19 5l-8 8", "M17 14v4a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1h4"]
            }
        }
    }
}
