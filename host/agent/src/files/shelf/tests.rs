//! Bytes come in order and within bounds, or the file is gone.

use std::sync::Arc;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use shared_protocol::{
    App, Attachment, FILE_BYTES, FILES, FileFault, FileId, Operation, PIECE_BYTES, Prompt, Text, UnreadFile,
};

use super::super::parent::Readers;
use super::Shelf;

fn shelf() -> Arc<Shelf> {
    Arc::new(Shelf::new(Readers::new()))
}

fn id(number: usize) -> FileId {
    FileId::try_from(format!("00000000-0000-0000-0000-{number:012}")).unwrap()
}

fn app() -> App {
    App::new("claude")
}

fn bytes(length: usize) -> Text {
    Text::new(STANDARD.encode(vec![b'a'; length]))
}

fn naming(file: FileId) -> Prompt {
    let mut prompt = Prompt::new(Operation::UploadFile);
    prompt.attachments.push(Attachment { file: Some(file), ..Attachment::default() });
    prompt
}

#[test]
fn pieces_are_confirmed_in_order() {
    let shelf = shelf();
    assert_eq!(shelf.begin(id(1), app(), None, None), Ok(0));
    assert_eq!(shelf.piece(&id(1), 0, &bytes(100)), Ok(100));
    assert_eq!(shelf.piece(&id(1), 100, &bytes(PIECE_BYTES)), Ok(100 + PIECE_BYTES as u64));
    assert_eq!(shelf.piece(&id(1), 5, &bytes(1)), Err(FileFault::OutOfOrder));
    assert_eq!(shelf.piece(&id(1), 100, &bytes(1)), Err(FileFault::Unknown));
}

#[test]
fn what_is_too_much_is_not_taken() {
    let shelf = shelf();
    assert_eq!(shelf.begin(id(1), app(), None, Some(FILE_BYTES + 1)), Err(FileFault::TooLarge));
    for number in 0..FILES {
        assert_eq!(shelf.begin(id(number), app(), None, None), Ok(0));
    }
    assert_eq!(shelf.begin(id(FILES), app(), None, None), Err(FileFault::TooMany));
    assert_eq!(shelf.piece(&id(0), 0, &bytes(PIECE_BYTES + 3)), Err(FileFault::TooLarge));
    assert_eq!(shelf.piece(&id(1), 0, &Text::new("no base64!")), Err(FileFault::Malformed));
    // Both are gone, so that two more fit.
    assert_eq!(shelf.begin(id(FILES), app(), None, None), Ok(0));
    assert_eq!(shelf.begin(id(FILES + 1), app(), None, None), Ok(0));
}

#[test]
fn all_files_together_are_bounded() {
    let shelf = shelf();
    let sizes = [FILE_BYTES, FILE_BYTES, FILE_BYTES];
    let piece = bytes(PIECE_BYTES);
    let mut told = Vec::new();
    for (number, size) in sizes.into_iter().enumerate() {
        told.push(shelf.begin(id(number), app(), None, Some(size)));
        for at in 0..FILE_BYTES / PIECE_BYTES as u64 {
            if let Err(fault) = shelf.piece(&id(number), at * PIECE_BYTES as u64, &piece) {
                told.push(Err(fault));
                break;
            }
        }
    }
    assert_eq!(told.last(), Some(&Err(FileFault::Unknown)), "{told:?}");
    assert!(told.contains(&Err(FileFault::TooMany)), "{told:?}");
}

#[test]
fn who_waits_for_bytes_that_do_not_come_hears_of_it() {
    let shelf = shelf();
    let why = |shelf: &Shelf, wait| {
        let until = Instant::now() + wait;
        shelf.wait(&app(), &naming(id(1)), until).files[0].unread.clone()
    };
    assert_eq!(why(&shelf, Duration::from_secs(600)), [UnreadFile::Missing], "never begun");
    shelf.begin(id(1), app(), None, None).unwrap();
    assert_eq!(why(&shelf, Duration::from_millis(10)), [UnreadFile::Missing], "never ended");
    let other = Arc::clone(&shelf);
    let waiting = std::thread::spawn(move || why(&other, Duration::from_secs(600)));
    shelf.gone(&id(1));
    assert_eq!(waiting.join().unwrap(), [UnreadFile::Missing], "taken back");
    shelf.begin(id(1), app(), None, Some(FILE_BYTES + 1)).unwrap_err();
    assert_eq!(why(&shelf, Duration::from_secs(600)), [UnreadFile::TooLarge], "never taken");
    assert!(!shelf.concerns(&app(), &Prompt::new(Operation::SendPrompt)));
}

#[test]
fn an_end_elsewhere_than_at_the_last_byte_is_none() {
    let shelf = shelf();
    let until = Instant::now();
    shelf.begin(id(1), app(), None, None).unwrap();
    shelf.piece(&id(1), 0, &bytes(10)).unwrap();
    assert_eq!(shelf.end(id(1), 11, None, until), Err(FileFault::OutOfOrder));
    assert_eq!(shelf.end(id(1), 10, None, until), Err(FileFault::Unknown));
}

#[test]
fn a_piece_of_a_file_is_not_all_of_it() {
    let shelf = shelf();
    let piece = |file| {
        let mut prompt = Prompt::new(Operation::UploadFile);
        let size = Some(10);
        prompt.attachments.push(Attachment { file, size, cut: true, ..Attachment::default() });
        prompt
    };
    let now = Instant::now();
    assert!(shelf.concerns(&app(), &piece(None)));
    let files = shelf.wait(&app(), &piece(None), now).files;
    assert_eq!((files[0].size, files[0].unread.as_slice()), (10, [UnreadFile::Missing].as_slice()));
    shelf.begin(id(1), app(), None, None).unwrap();
    shelf.piece(&id(1), 0, &bytes(10)).unwrap();
    shelf.end(id(1), 10, None, now + Duration::from_secs(60)).unwrap();
    let files = shelf.wait(&app(), &piece(Some(id(1))), now + Duration::from_secs(60)).files;
    assert_eq!(files[0].unread.last(), Some(&UnreadFile::Missing));
    assert_eq!(files[0].hash.len(), 64, "it was looked at all the same");
}
