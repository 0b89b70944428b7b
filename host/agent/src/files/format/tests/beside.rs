//! What a document says beside its text, and documents that say nothing but in pictures.

use shared_protocol::UnreadFile;

use super::{BOOK, CARD, ODF, WORDS, holds, read, relationships, zip};

const PICTURE: &[u8] = b"\x89PNG\r\n\x1a\n\0";

/// A book of one sheet, with more parts beside.
fn book(workbook: &str, sheet: &str, more: &[(&str, &[u8])]) -> Vec<u8> {
    let to = relationships(&[("rId1", "worksheet", "worksheets/sheet1.xml")]);
    let mut parts = vec![
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", to.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet.as_bytes()),
    ];
    parts.extend_from_slice(more);
    zip(&parts)
}

fn all(texts: &[(String, String)]) -> String {
    texts.iter().map(|(_, text)| text.as_str()).collect::<Vec<_>>().join("\n")
}

#[test]
fn sheets_are_read_beyond_their_cells() {
    let workbook = BOOK.replace(
        "</workbook>",
        "<definedNames><definedName name=\"k\">\"named\"</definedName></definedNames></workbook>",
    );
    let sheet = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\"><f>LEN(\"in a formula\")</f><v>12</v></c></row></sheetData>\
                 <dataValidations><dataValidation prompt=\"a hint\"><formula1>\"one,two\"</formula1></dataValidation>\
                 </dataValidations><headerFooter><oddHeader>&amp;Lat the top</oddHeader></headerFooter></worksheet>";
    let document = book(
        &workbook,
        sheet,
        &[
            ("xl/sharedStrings.xml", b"<sst><si><t>that no cell shows</t><rPh><t>sound</t></rPh></si></sst>"),
            (
                "xl/pivotCache/pivotCacheRecords1.xml",
                b"<r><s v=\"4111 1111 1111 1111\"/><n v=\"77\"/><x v=\"5\"/></r>",
            ),
            ("xl/threadedComments/threadedComment1.xml", b"<c><text>in a thread</text></c>"),
            ("xl/drawings/drawing1.xml", b"<d><col>3</col><cNvPr descr=\"a described chart\"/></d>"),
        ],
    );
    let (texts, unread) = read(&document);
    let text = all(&texts);
    for wanted in [
        "\"named\"",
        "in a formula",
        "a hint",
        "one,two",
        "at the top",
        "that no cell shows",
        "sound",
        CARD,
        "77",
        "in a thread",
        "a described chart",
    ] {
        assert!(text.contains(wanted), "{wanted}: {texts:?}");
    }
    // The cell is told once, and a place on the page is none.
    assert!(holds(&texts, "", "12") && !text.lines().any(|line| line == "3" || line == "5"), "{texts:?}");
    assert!(unread.is_empty(), "{unread:?}");
}

#[test]
fn descriptions_and_comments_are_read() {
    let words = WORDS.replace(
        "</w:body>",
        "<w:sdt><w:tag w:val=\"a tag\"/></w:sdt><wp:docPr descr=\"4111 1111 1111 1111\" title=\"a title\"/></w:body>",
    );
    let (texts, _) = read(&zip(&[("word/document.xml", words.as_bytes())]));
    assert!(all(&texts).contains(&format!("a tag\n{CARD}\na title")), "{texts:?}");
    let (texts, _) = read(&zip(&[
        ("ppt/presentation.xml", b"<p:presentation/>"),
        (
            "ppt/slides/slide1.xml",
            b"<p:sld><a:p><a:t>shown</a:t></a:p><p:cNvPr descr=\"described\"/></p:sld>",
        ),
        (
            "ppt/comments/comment1.xml",
            b"<p:cmLst><p:cm><p:text>4111 1111 1111 1111</p:text></p:cm></p:cmLst>",
        ),
        ("ppt/tags/tag1.xml", b"<p:tagLst><p:tag name=\"N\" val=\"tagged\"/></p:tagLst>"),
    ]));
    let text = all(&texts);
    assert!([CARD, "described", "tagged"].iter().all(|wanted| text.contains(wanted)), "{texts:?}");
    // Values of a chart are parted.
    let chart = b"<c:chart><c:pt><c:v>41</c:v></c:pt><c:pt><c:v>11</c:v></c:pt></c:chart>";
    let (texts, _) =
        read(&zip(&[("word/document.xml", WORDS.as_bytes()), ("word/charts/chart1.xml", chart)]));
    assert!(holds(&texts, "", "41\n11"), "{texts:?}");
}

#[test]
fn boxes_and_descriptions_of_open_documents_are_read() {
    let sheet = b"<office:document-content><office:body><office:spreadsheet><table:table><table:shapes><draw:frame>\
                  <text:p>4111 1111 1111 1111</text:p><svg:desc>described</svg:desc></draw:frame></table:shapes>\
                  </table:table></office:spreadsheet></office:body></office:document-content>";
    let (texts, _) = read(&zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        ODF,
        ("content.xml", sheet),
    ]));
    assert!(holds(&texts, "", &format!("{CARD}\ndescribed")), "{texts:?}");
    let slides = b"<office:body><draw:page><draw:frame><svg:desc>described</svg:desc></draw:frame></draw:page></office:body>";
    let (texts, _) = read(&zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.presentation"),
        ODF,
        ("content.xml", slides),
    ]));
    assert!(holds(&texts, "", "described"), "{texts:?}");
}

#[test]
fn a_document_of_pictures_alone_is_told() {
    let empty = "<worksheet><sheetData/></worksheet>";
    let shown = "<worksheet><sheetData><row><c><v>1</v></c></row></sheetData></worksheet>";
    let picture = ("xl/media/image1.png", PICTURE);
    assert_eq!(read(&book(BOOK, empty, &[picture])).1, [UnreadFile::Picture]);
    assert!(read(&book(BOOK, shown, &[picture])).1.is_empty());
    assert!(read(&book(BOOK, empty, &[])).1.is_empty());

    let open = |content: &[u8]| {
        zip(&[
            ("mimetype", b"application/vnd.oasis.opendocument.text"),
            ODF,
            ("content.xml", content),
            ("meta.xml", b"<meta><generator>Office</generator></meta>"),
            ("Pictures/1.png", PICTURE),
        ])
    };
    assert_eq!(read(&open(b"<office:body><text:p/></office:body>")).1, [UnreadFile::Picture]);
    assert!(read(&open(b"<office:body><text:p>words</text:p></office:body>")).1.is_empty());

    let rich = |words: &str| format!("{{\\rtf1{{\\info{{\\title Scan}}}}{{\\pict\\pngblip 8950}}{words}}}");
    assert_eq!(read(rich("\\par ").as_bytes()).1, [UnreadFile::Picture]);
    assert!(read(rich("words\\par ").as_bytes()).1.is_empty());

    let notes = |source: &str| {
        format!(
            "{{\"cells\":[{{\"cell_type\":\"code\",\"source\":[\"{source}\"],\"outputs\":[{{\"data\":\
             {{\"image/png\":\"iVBORw0KGgo=\"}},\"output_type\":\"display_data\"}}]}}],\"metadata\":{{}},\
             \"nbformat\":4,\"nbformat_minor\":5}}"
        )
    };
    assert_eq!(read(notes("").as_bytes()).1, [UnreadFile::Picture]);
    assert!(read(notes("plot()").as_bytes()).1.is_empty());
}
