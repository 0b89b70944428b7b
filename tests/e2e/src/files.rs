//! Files to attach, made here, and the ways a person attaches them.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde_json::{Value, json};

use crate::Guarded;

/// Gives a page files as a drop or a paste does: `arguments 0` the way, `1` a list of `{name, type, base64}` or
/// `{name, type, words, size}`, the words again and again up to the size.
const GIVE: &str = "const [way, list] = arguments;
const bytes = ({ base64, words, size }) => {
  if (base64 !== undefined) return Uint8Array.from(atob(base64), (c) => c.charCodeAt(0));
  const word = new TextEncoder().encode(words);
  const out = new Uint8Array(size);
  for (let at = 0; at < size; at += word.length) out.set(word.subarray(0, Math.min(word.length, size - at)), at);
  return out;
};
const transfer = new DataTransfer();
for (const file of list) transfer.items.add(new File([bytes(file)], file.name, { type: file.type }));
delete document.documentElement.dataset.upload;
if (way === 'folder') {
  const field = document.querySelector('input[webkitdirectory]');
  field.files = transfer.files;
  field.dispatchEvent(new Event('change', { bubbles: true }));
  return;
}
const composer = document.querySelector('.composer');
const init = { bubbles: true, cancelable: true };
const event = way === 'paste' ? new ClipboardEvent('paste', { ...init, clipboardData: transfer }) : new DragEvent('drop', { ...init, dataTransfer: transfer });
// Firefox makes such an event with an empty clipboard of its own.
if (way === 'paste' && !event.clipboardData?.files.length) Object.defineProperty(event, 'clipboardData', { value: transfer });
composer.dispatchEvent(event);";

/// One file.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl Sample {
    /// A file of text.
    #[must_use]
    pub fn text(name: &str, media_type: &'static str, text: &str) -> Self {
        Self { name: name.to_owned(), media_type, bytes: text.as_bytes().to_vec() }
    }

    fn given(&self) -> Value {
        json!({ "name": self.name, "type": self.media_type, "base64": base64(&self.bytes) })
    }
}

/// How files come into the page.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    /// Dropped on the composer.
    Drop,
    /// Pasted into it.
    Paste,
    /// In the field for folders, as its files are after the choice.
    Folder,
}

impl Guarded {
    /// Gives the page these files and does not wait.
    pub async fn give(&self, way: Way, files: &[Sample]) -> Result<()> {
        self.give_values(way, files.iter().map(Sample::given).collect()).await
    }

    /// Gives the page one file of so many bytes that says `words` again and again.
    pub async fn give_large(&self, name: &str, words: &str, size: usize) -> Result<()> {
        let file = json!({ "name": name, "type": "text/plain", "words": words, "size": size });
        self.give_values(Way::Drop, vec![file]).await
    }

    /// A mark of the page that the last upload left; empty: it is not over.
    pub async fn upload_mark(&self) -> Result<String> {
        let script = "return document.documentElement.dataset.upload ?? ''";
        let mark = self.script(script, Vec::new()).await?;
        Ok(mark.as_str().unwrap_or_default().to_owned())
    }

    /// Waits until the page has an end of what it uploads: `ready` or `error`.
    pub async fn upload_end(&self, within: Duration) -> Result<String> {
        let begin = Instant::now();
        loop {
            let mark = self.upload_mark().await?;
            if mark == "ready" || mark == "error" {
                return Ok(mark);
            }
            ensure!(begin.elapsed() < within, "the upload has no end after {within:?}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn give_values(&self, way: Way, files: Vec<Value>) -> Result<()> {
        let way = match way {
            Way::Drop => "drop",
            Way::Paste => "paste",
            Way::Folder => "folder",
        };
        self.script(GIVE, vec![json!(way), json!(files)]).await.map(drop)
    }
}

/// A file of each format that carries `text`, readable in the bytes themselves: nothing is compressed.
#[must_use]
pub fn formats(text: &str) -> Vec<Sample> {
    let xml = |body: &str| format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{body}");
    let types = |part: &str, kind: &str| {
        xml(&format!(
            "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"><Default Extension=\"rels\" \
             ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" \
             ContentType=\"application/xml\"/><Override PartName=\"/{part}\" ContentType=\"{kind}\"/></Types>"
        ))
    };
    let rels = |items: &[(&str, &str)]| {
        let one = |(at, (kind, target)): (usize, &(&str, &str))| {
            format!(
                "<Relationship Id=\"rId{}\" Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/\
                 {kind}\" Target=\"{target}\"/>",
                at + 1
            )
        };
        let items: String = items.iter().enumerate().map(one).collect();
        xml(&format!(
            "<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\">{items}</Relationships>"
        ))
    };
    let word = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    let docx = zip(&[
        ("[Content_Types].xml", &types("word/document.xml", &format!("{word}.main+xml"))),
        ("_rels/.rels", &rels(&[("officeDocument", "word/document.xml")])),
        (
            "word/document.xml",
            &xml(&format!(
                "<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r>\
                 <w:t>{text}</w:t></w:r></w:p></w:body></w:document>"
            )),
        ),
    ]);
    let sheet = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let related = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let xlsx = zip(&[
        (
            "[Content_Types].xml",
            &types("xl/workbook.xml", &format!("{sheet}.main+xml")).replace(
                "</Types>",
                "<Override PartName=\"/xl/worksheets/sheet1.xml\" ContentType=\"application/\
                 vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/></Types>",
            ),
        ),
        ("_rels/.rels", &rels(&[("officeDocument", "xl/workbook.xml")])),
        ("xl/_rels/workbook.xml.rels", &rels(&[("worksheet", "worksheets/sheet1.xml")])),
        (
            "xl/workbook.xml",
            &xml(&format!(
                "<workbook xmlns=\"{main}\" xmlns:r=\"{related}\"><sheets><sheet name=\"Pay\" sheetId=\"1\" r:id=\"rId1\"/>\
                 </sheets></workbook>"
            )),
        ),
        (
            "xl/worksheets/sheet1.xml",
            &xml(&format!(
                "<worksheet xmlns=\"{main}\"><sheetData><row r=\"12\"><c r=\"B12\" t=\"inlineStr\"><is><t>{text}</t></is>\
                 </c></row></sheetData></worksheet>"
            )),
        ),
    ]);
    let show = "application/vnd.openxmlformats-officedocument.presentationml.presentation";
    let slides = "http://schemas.openxmlformats.org/presentationml/2006/main";
    let drawing = "http://schemas.openxmlformats.org/drawingml/2006/main";
    let pptx = zip(&[
        ("[Content_Types].xml", &types("ppt/presentation.xml", &format!("{show}.main+xml"))),
        ("_rels/.rels", &rels(&[("officeDocument", "ppt/presentation.xml")])),
        ("ppt/_rels/presentation.xml.rels", &rels(&[("slide", "slides/slide1.xml")])),
        (
            "ppt/presentation.xml",
            &xml(&format!(
                "<p:presentation xmlns:p=\"{slides}\" xmlns:r=\"{related}\"><p:sldIdLst><p:sldId id=\"256\" r:id=\"rId1\"/>\
                 </p:sldIdLst></p:presentation>"
            )),
        ),
        (
            "ppt/slides/slide1.xml",
            &xml(&format!(
                "<p:sld xmlns:p=\"{slides}\" xmlns:a=\"{drawing}\"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>{text}\
                 </a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>"
            )),
        ),
    ]);
    let open = "application/vnd.oasis.opendocument.text";
    let odt = zip(&[
        ("mimetype", open),
        (
            "content.xml",
            &xml(&format!(
                "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
                 xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\"><office:body><office:text><text:p>{text}\
                 </text:p></office:text></office:body></office:document-content>"
            )),
        ),
    ]);
    let quoted = serde_json::to_string(text).unwrap_or_default();
    let notebook = format!(
        "{{\"cells\":[{{\"cell_type\":\"code\",\"metadata\":{{}},\"source\":[{quoted}],\"outputs\":[],\
         \"execution_count\":null}}],\"metadata\":{{}},\"nbformat\":4,\"nbformat_minor\":5}}"
    );
    let mail = format!(
        "From: a@b.example\r\nTo: c@d.example\r\nSubject: notes\r\nMIME-Version: 1.0\r\nContent-Type: \
        text/plain; charset=utf-8\r\n\r\n{text}\r\n"
    );
    let bytes = |name: &str, media_type, bytes| Sample { name: name.to_owned(), media_type, bytes };
    vec![
        Sample::text("notes.txt", "text/plain", text),
        Sample::text("notes.md", "text/markdown", &format!("# Notes\n\n{text}\n")),
        Sample::text("table.csv", "text/csv", &format!("n,what\n1,\"{text}\"\n")),
        Sample::text("data.json", "application/json", &format!("{{\"note\":{quoted}}}")),
        Sample::text("data.xml", "text/xml", &xml(&format!("<note>{text}</note>"))),
        Sample::text(
            "page.html",
            "text/html",
            &format!("<!doctype html><html><body><p>{text}</p></body></html>"),
        ),
        Sample::text("main.py", "text/x-python", &format!("# a program\nnote = '{text}'\nprint(note)\n")),
        Sample::text(
            "notes.rtf",
            "application/rtf",
            &format!("{{\\rtf1\\ansi {{\\fonttbl\\f0 Arial;}}\\f0 {text}\\par}}"),
        ),
        Sample::text("mail.eml", "message/rfc822", &mail),
        Sample::text("book.ipynb", "application/x-ipynb+json", &notebook),
        bytes("paper.pdf", "application/pdf", pdf(text)),
        bytes("letter.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", docx),
        bytes("pay.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", xlsx),
        bytes("talk.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", pptx),
        bytes("letter.odt", open, odt),
        bytes("all.zip", "application/zip", zip(&[("notes/one.txt", text)])),
        bytes("all.tar", "application/x-tar", tar("notes/one.txt", text.as_bytes())),
    ]
}

/// An archive (APPNOTE.TXT 6.3.9) whose members are stored as they are.
fn zip(members: &[(&str, &str)]) -> Vec<u8> {
    let mut out = Vec::new();
    let mut list = Vec::new();
    for (name, content) in members {
        let at = len(&out);
        let mut about = vec![0x14, 0, 0, 0, 0, 0, 0, 0, 0x21, 0];
        about.extend(crc32(content.as_bytes()).to_le_bytes());
        let size = len(content.as_bytes()).to_le_bytes();
        about.extend(size);
        about.extend(size);
        about.extend(u16::try_from(name.len()).unwrap_or(0).to_le_bytes());
        about.extend([0, 0]);
        out.extend(b"PK\x03\x04");
        out.extend(&about);
        out.extend(name.as_bytes());
        out.extend(content.as_bytes());
        list.extend(b"PK\x01\x02\x14\x00");
        list.extend(&about);
        list.extend([0; 10]);
        list.extend(at.to_le_bytes());
        list.extend(name.as_bytes());
    }
    let begin = len(&out);
    let count = u16::try_from(members.len()).unwrap_or(0).to_le_bytes();
    out.extend(&list);
    out.extend(b"PK\x05\x06\0\0\0\0");
    out.extend(count);
    out.extend(count);
    out.extend(len(&list).to_le_bytes());
    out.extend(begin.to_le_bytes());
    out.extend([0, 0]);
    out
}

fn len(bytes: &[u8]) -> u32 {
    u32::try_from(bytes.len()).unwrap_or(u32::MAX)
}

fn crc32(bytes: &[u8]) -> u32 {
    let step = |crc: u32, _| if crc & 1 == 1 { (crc >> 1) ^ 0xEDB8_8320 } else { crc >> 1 };
    !bytes.iter().fold(!0_u32, |crc, byte| (0..8).fold(crc ^ u32::from(*byte), step))
}

/// One member of a `ustar` archive (POSIX.1-1988).
fn tar(name: &str, content: &[u8]) -> Vec<u8> {
    let mut head = vec![0_u8; 512];
    let mut put = |at: usize, value: &[u8]| {
        if let Some(place) = head.get_mut(at..at + value.len()) {
            place.copy_from_slice(value);
        }
    };
    put(0, name.as_bytes());
    put(100, b"0000644\0");
    put(108, b"0000000\0");
    put(116, b"0000000\0");
    put(124, format!("{:011o}\0", content.len()).as_bytes());
    put(136, b"00000000000\0");
    put(148, b"        ");
    put(156, b"0");
    put(257, b"ustar\x0000");
    let sum: u32 = head.iter().map(|byte| u32::from(*byte)).sum();
    if let Some(place) = head.get_mut(148..156) {
        place.copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
    }
    head.extend(content);
    head.resize(512 + content.len().div_ceil(512) * 512 + 1024, 0);
    head
}

/// A document of one page (PDF 1.4), not compressed.
fn pdf(text: &str) -> Vec<u8> {
    let escaped = text.replace('\\', "\\\\").replace('(', "\\(").replace(')', "\\)");
    let content = format!("BT /F1 12 Tf 72 720 Td ({escaped}) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".to_owned(),
    ];
    let mut out = "%PDF-1.4\n".to_owned();
    let mut table = "0000000000 65535 f \n".to_owned();
    for (at, object) in objects.iter().enumerate() {
        table += &format!("{:010} 00000 n \n", out.len());
        out += &format!("{} 0 obj\n{object}\nendobj\n", at + 1);
    }
    let begin = out.len();
    let count = objects.len() + 1;
    out += &format!(
        "xref\n0 {count}\n{table}trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{begin}\n%%EOF\n"
    );
    out.into_bytes()
}

/// Bytes in base64 (RFC 4648 section 4).
#[must_use]
pub fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for three in bytes.chunks(3) {
        let whole = three
            .iter()
            .chain([0, 0].iter())
            .take(3)
            .fold(0_usize, |all, byte| all << 8 | usize::from(*byte));
        for at in 0..4 {
            let letter = LETTERS.get(whole >> (18 - 6 * at) & 63).copied().unwrap_or(b'=');
            out.push(if at <= three.len() { char::from(letter) } else { '=' });
        }
    }
    out
}
