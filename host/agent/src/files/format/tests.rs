//! Documents in documents, and parts that no reader of a format knows: read, or told as not read.

use std::io::{Cursor, Write};

use shared_protocol::UnreadFile;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use super::super::out::Out;
use super::super::said::Said;

mod beside;

const CARD: &str = "4111 1111 1111 1111";

const WORDS: &str = "<w:document><w:body><w:p><w:r><w:t>first</w:t></w:r></w:p></w:body></w:document>";

const BOOK: &str = "<workbook><sheets><sheet name=\"Pay\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>";

/// Two cells: both of shared strings, the second of the second.
const SHEET: &str = "<worksheet><sheetData><row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c>\
                     <c r=\"C1\" t=\"s\"><v></v></c></row></sheetData></worksheet>";

const ODF: (&str, &[u8]) = ("META-INF/manifest.xml", b"<manifest:manifest/>");

fn zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// Texts, each behind the way to it, and what was not read.
fn read(bytes: &[u8]) -> (Vec<(String, String)>, Vec<UnreadFile>) {
    let (mut texts, mut unread) = (Vec::new(), Vec::new());
    let mut tell = |said: Said| match said {
        Said::Text(piece) => {
            let inside = piece.inside.map(|inside| inside.expose().to_owned()).unwrap_or_default();
            texts.push((inside, piece.text.expose().to_owned()));
        }
        Said::Unread(why) => unread.push(why),
        Said::Picture(_) | Said::Type(_) | Said::End => {}
    };
    super::read(bytes, &[], &mut Out::new(&mut tell));
    (texts, unread)
}

fn holds(texts: &[(String, String)], inside: &str, wanted: &str) -> bool {
    texts.iter().any(|(way, text)| way == inside && text.contains(wanted))
}

fn relationships(all: &[(&str, &str, &str)]) -> String {
    let one = |(id, kind, target): &(&str, &str, &str)| {
        format!(
            "<Relationship Id=\"{id}\" Target=\"{target}\" \
             Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}\"/>"
        )
    };
    format!("<Relationships>{}</Relationships>", all.iter().map(one).collect::<String>())
}

#[test]
fn text_that_stands_in_chunks_is_read() {
    let page = "MIME-Version: 1.0\nContent-Type: multipart/related;\n    type=\"text/html\";\n    boundary=\"cut\"\n\n\n\
                --cut\nContent-Type: text/html;\n    charset=\"utf-8\"\nContent-Transfer-Encoding: quoted-printable\n\
                Content-Location: file:///C:/fake/document.html\n\n\
                <html><body><p class=3D\"x\">4111 1111 1=\n111 1111</p></body></html>\n--cut--\n";
    let to =
        relationships(&[("c1", "aFChunk", "/word/afchunk.mht"), ("c2", "aFChunk", "../parts/second.rtf")]);
    let document = zip(&[
        ("word/document.xml", WORDS.as_bytes()),
        ("word/_rels/document.xml.rels", to.as_bytes()),
        ("word/afchunk.mht", page.as_bytes()),
        ("parts/second.rtf", b"{\\rtf1 second chunk}"),
    ]);
    let (texts, unread) = read(&document);
    assert!(holds(&texts, "", "first"), "{texts:?}");
    assert!(holds(&texts, "afchunk.mht", CARD), "{texts:?}");
    assert!(holds(&texts, "second.rtf", "second chunk"), "{texts:?}");
    assert!(unread.is_empty(), "{unread:?}");
}

#[test]
fn a_chunk_that_is_not_there_is_told() {
    let to = relationships(&[("c1", "aFChunk", "afchunk1.htm")]);
    let document =
        zip(&[("word/document.xml", WORDS.as_bytes()), ("word/_rels/document.xml.rels", to.as_bytes())]);
    assert_eq!(read(&document).1, [UnreadFile::Damaged]);
}

#[test]
fn chunks_in_chunks_have_an_end() {
    let to = relationships(&[("c1", "aFChunk", "inner.docx")]);
    let mut document = zip(&[("word/document.xml", WORDS.as_bytes())]);
    for _ in 0..8 {
        document = zip(&[
            ("word/document.xml", WORDS.as_bytes()),
            ("word/_rels/document.xml.rels", to.as_bytes()),
            ("word/inner.docx", &document),
        ]);
    }
    let (texts, unread) = read(&document);
    assert_eq!(unread, [UnreadFile::TooLarge]);
    assert_eq!(texts.len(), 6, "{texts:?}");
}

#[test]
fn parts_that_nobody_knows_are_read_or_told() {
    let words = ("word/document.xml", WORDS.as_bytes());
    let notes = b"<x:all><x:line>4111 1111</x:line><x:p><x:r>41</x:r><x:r>11</x:r></x:p></x:all>";
    let (texts, unread) = read(&zip(&[words, ("customXml/item1.xml", notes), ("word/orphan.txt", b"left")]));
    assert!(holds(&texts, "", "4111 1111\n4111\n"), "{texts:?}");
    assert!(holds(&texts, "orphan.txt", "left"), "{texts:?}");
    assert!(unread.is_empty(), "{unread:?}");
    let (_, unread) = read(&zip(&[words, ("word/model/item.data", &[0, 1, 2, 0, 3])]));
    assert_eq!(unread, [UnreadFile::Format]);
}

#[test]
fn what_programs_put_beside_a_document_is_not_told() {
    let bytes: &[u8] = &[0, 1, 2, 0, 3];
    let drawing = [vec![1_u8, 0, 0, 0], vec![0; 36], b" EMF".to_vec()].concat();
    let document = zip(&[
        ("word/document.xml", WORDS.as_bytes()),
        ("[Content_Types].xml", b"<Types/>"),
        ("docProps/thumbnail.emf", &drawing),
        ("word/vbaProject.bin", bytes),
        ("word/printerSettings/printerSettings1.bin", bytes),
        ("word/printerSettings2.bin", bytes),
        ("word/fonts/font1.odttf", bytes),
        ("word/media/image1.emf", &drawing),
        ("word/media/image2.svg", b"<svg><path d='M1 2'/></svg>"),
        ("word/media/film.mp4", b"\0\0\0\x18ftypmp42\0\0\0\0"),
        ("word/activeX/activeX1.bin", bytes),
        ("word/theme/theme1.xml", b"<a:theme/>"),
        ("word/metadata", bytes),
        ("word/commentsmeta0", bytes),
        ("customXml/itemProps1.xml", b"<ds:datastoreItem/>"),
        ("customUI/images/one.png", b"\x89PNG\r\n\x1a\n\0"),
    ]);
    let (texts, unread) = read(&document);
    assert_eq!((texts.len(), unread), (1, vec![]), "{texts:?}");
}

#[test]
fn a_name_alone_keeps_nothing_from_being_read() {
    let words = ("word/document.xml", WORDS.as_bytes());
    for name in [
        "word/media/pay.csv",
        "word/fonts/pay.csv",
        "word/theme/pay.csv",
        "word/ink/pay.csv",
        "word/activeX/pay.csv",
        "docs/pictures/pay.csv",
        "[trash]/pay.csv",
        "Thumbnails/pay.csv",
        "META-INF/pay.csv",
        "word/settings.csv",
        "word/styles.csv",
        "word/metadata",
        "word/pay.rels",
    ] {
        let (texts, _) = read(&zip(&[words, (name, CARD.as_bytes())]));
        assert!(texts.iter().any(|(_, text)| text.contains(CARD)), "{name}: {texts:?}");
    }
    let (_, unread) = read(&zip(&[words, ("word/media/image1.png", &[0, 1, 2, 0, 3])]));
    assert_eq!(unread, [UnreadFile::Format]);
}

#[test]
fn documents_inside_of_open_documents_are_read() {
    let table = "<office:document-content><office:body><office:spreadsheet><table:table table:name=\"S\"><table:table-row>\
                 <table:table-cell><text:p>4111 1111 1111 1111</text:p></table:table-cell></table:table-row></table:table>\
                 </office:spreadsheet></office:body></office:document-content>";
    let formula = b"<math><mrow><mi>alpha</mi></mrow></math>";
    let document = zip(&[
        ("mimetype", b"application/vnd.oasis.opendocument.text"),
        ODF,
        ("content.xml", b"<office:document-content><text:p>first</text:p></office:document-content>"),
        ("Object 1/content.xml", table.as_bytes()),
        ("Object 2/content.xml", formula),
        ("Object 2/settings.xml", b"<x>noise</x>"),
        ("ObjectReplacements/Object 1", b"VCLMTF\x01\0"),
        ("layout-cache", &[0, 1, 2, 0, 3]),
    ]);
    let (texts, unread) = read(&document);
    assert!(holds(&texts, "Object 1", CARD), "{texts:?}");
    assert!(holds(&texts, "Object 2", "alpha"), "{texts:?}");
    assert_eq!((texts.len(), unread), (3, vec![]), "{texts:?}");
}

#[test]
fn shared_strings_are_found_by_relationship_and_in_any_case() {
    let strings = b"<sst><si><t>holder</t></si><si><t>4111 1111 1111 1111</t></si></sst>";
    for (target, part) in [("texts.xml", "xl/texts.xml"), ("sharedStrings.xml", "xl/SharedStrings.xml")] {
        let to = relationships(&[
            ("rId1", "worksheet", "worksheets/sheet1.xml"),
            ("rId2", "sharedStrings", target),
        ]);
        let book = zip(&[
            ("xl/workbook.xml", BOOK.as_bytes()),
            ("xl/_rels/workbook.xml.rels", to.as_bytes()),
            ("xl/worksheets/sheet1.xml", SHEET.as_bytes()),
            (part, strings),
        ]);
        let (texts, unread) = read(&book);
        assert!(holds(&texts, "", &format!("holder\t{CARD}")), "{part}: {texts:?}");
        assert_eq!((texts.len(), unread), (1, vec![]), "{part}: {texts:?}");
    }
}

#[test]
fn cells_whose_string_is_not_there_are_told() {
    for strings in ["<sst><si><t>holder</t></si></sst>", "<sst><si><t>holder</t></si><si><t>41", "<sst><si"] {
        let to = relationships(&[("rId1", "worksheet", "worksheets/sheet1.xml")]);
        let book = zip(&[
            ("xl/workbook.xml", BOOK.as_bytes()),
            ("xl/_rels/workbook.xml.rels", to.as_bytes()),
            ("xl/worksheets/sheet1.xml", SHEET.as_bytes()),
            ("xl/sharedStrings.xml", strings.as_bytes()),
        ]);
        assert_eq!(read(&book).1, [UnreadFile::Damaged], "{strings}");
    }
}

/// A document of one empty page; its catalogue has `more`, and `objects` are numbered from 5.
fn pdf(more: &str, objects: &[String]) -> Vec<u8> {
    let mut all = vec![
        format!("<< /Type /Catalog /Pages 2 0 R {more} >>"),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << >> >>".to_owned(),
        stream("", "q Q"),
    ];
    all.extend_from_slice(objects);
    let (mut pdf, mut table) = ("%PDF-1.4\n".to_owned(), String::new());
    for (at, object) in all.iter().enumerate() {
        table.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{} 0 obj\n{object}\nendobj\n", at + 1));
    }
    let (start, size) = (pdf.len(), all.len() + 1);
    pdf.push_str(&format!("xref\n0 {size}\n0000000000 65535 f \n{table}"));
    pdf.push_str(&format!("trailer << /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"));
    pdf.into_bytes()
}

fn stream(dictionary: &str, text: &str) -> String {
    format!("<< {dictionary} /Length {} >>\nstream\n{text}\nendstream", text.len())
}

#[test]
fn files_in_a_pdf_are_read_or_told() {
    let listed = "/Names << /EmbeddedFiles << /Names [(pay.txt) \
                  << /Type /Filespec /F (pay.txt) /EF << /F 5 0 R >> >>] >> >>";
    let (texts, unread) = read(&pdf(listed, &[stream("", CARD)]));
    assert!(holds(&texts, "pay.txt", CARD), "{texts:?}");
    assert!(unread.is_empty(), "{unread:?}");
    // A pin on a page, and a file that nothing leads to.
    let pin =
        "<< /Type /Annot /Subtype /FileAttachment /FS << /F (pin.txt) /EF << /F 6 0 R >> >> >>".to_owned();
    let left = stream("/Type /EmbeddedFile", "left alone");
    let (texts, _) = read(&pdf("", &[pin, stream("", CARD), left]));
    assert!(holds(&texts, "pin.txt", CARD), "{texts:?}");
    assert!(holds(&texts, "file 7", "left alone"), "{texts:?}");
    // What is packed in a way that is not bounded here.
    let (_, unread) = read(&pdf("", &[stream("/Type /EmbeddedFile /Filter /LZWDecode", "packed")]));
    assert_eq!(unread, [UnreadFile::Format]);
}
