//! SQLite's way to the files of this process, with a watched disk in between.
//!
//! INVARIANT: a file outside of watched folders is SQLite's own affair. For a watched one the original functions still
//! do the work; writing, cutting, flushing and deleting ask the disk first.

#![expect(unsafe_code, reason = "SQLite's interface to the operating system is in C")]

use std::collections::HashMap;
use std::ffi::{CStr, c_char, c_int, c_void};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, MutexGuard, Once, PoisonError};

use rusqlite::ffi;

use crate::disk::Disk;

/// An open, watched file: its path, the original functions, and the table that SQLite was given.
struct Open {
    path: PathBuf,
    original: ffi::sqlite3_io_methods,
    table: *mut ffi::sqlite3_io_methods,
}

// SAFETY: the pointer is only taken back to the box that it came from, by the one close of its file.
unsafe impl Send for Open {}

#[derive(Default)]
struct State {
    disks: Vec<Disk>,
    open: HashMap<usize, Open>,
}

static STATE: LazyLock<Mutex<State>> = LazyLock::new(Mutex::default);
static ORIGINAL: LazyLock<usize> = LazyLock::new(|| {
    // SAFETY: a null name asks for the default; it lives as long as the process.
    unsafe { ffi::sqlite3_vfs_find(std::ptr::null()) as usize }
});

fn state() -> MutexGuard<'static, State> {
    STATE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn original() -> *mut ffi::sqlite3_vfs {
    *ORIGINAL as *mut ffi::sqlite3_vfs
}

/// Watches a disk from now on.
pub(crate) fn watch(disk: Disk) {
    static REGISTERED: Once = Once::new();
    REGISTERED.call_once(|| {
        // SAFETY: the copy is leaked, as SQLite keeps the pointer; the functions have the types it asks for.
        unsafe {
            ffi::sqlite3_initialize();
            let mut ours = std::ptr::read(original());
            ours.pNext = std::ptr::null_mut();
            ours.zName = c"power".as_ptr();
            ours.xOpen = Some(open);
            ours.xDelete = Some(delete);
            ffi::sqlite3_vfs_register(Box::into_raw(Box::new(ours)), 1);
        }
    });
    state().disks.push(disk);
}

/// The disk of a folder, for a look or a last act.
pub(crate) fn with<T>(folder: &Path, look: impl FnOnce(&mut Disk) -> T) -> T {
    look(state().disks.iter_mut().find(|disk| disk.folder == folder).unwrap())
}

pub(crate) fn unwatch(folder: &Path) {
    state().disks.retain(|disk| disk.folder != folder);
}

impl State {
    fn disk(&mut self, path: &Path) -> Option<&mut Disk> {
        // SQLite's index of the log is memory that happens to have a name.
        let is_index = path.to_string_lossy().ends_with("-shm");
        self.disks.iter_mut().find(|disk| !is_index && path.starts_with(&disk.folder))
    }
}

fn path(name: *const c_char) -> Option<PathBuf> {
    if name.is_null() {
        return None;
    }
    // SAFETY: SQLite's names end in a zero.
    let name = unsafe { CStr::from_ptr(name) };
    Some(PathBuf::from(name.to_str().ok()?))
}

unsafe extern "C" fn open(
    _: *mut ffi::sqlite3_vfs,
    name: ffi::sqlite3_filename,
    file: *mut ffi::sqlite3_file,
    flags: c_int,
    out: *mut c_int,
) -> c_int {
    // SAFETY: the arguments go on as they came, to the function they were meant for.
    let opened = unsafe { (*original()).xOpen.unwrap()(original(), name, file, flags, out) };
    let Some(path) = path(name).filter(|_| opened == ffi::SQLITE_OK) else { return opened };
    let mut state = state();
    let Some(disk) = state.disk(&path) else { return opened };
    disk.open(&path);
    // SAFETY: an open file has a table; ours is a copy of it and lives until the file is closed.
    unsafe {
        let original = std::ptr::read((*file).pMethods);
        let mut ours = std::ptr::read((*file).pMethods);
        ours.xWrite = Some(write);
        ours.xTruncate = Some(truncate);
        ours.xSync = Some(sync);
        ours.xClose = Some(close);
        let table = Box::into_raw(Box::new(ours));
        (*file).pMethods = table;
        state.open.insert(file as usize, Open { path, original, table });
    }
    opened
}

unsafe extern "C" fn delete(_: *mut ffi::sqlite3_vfs, name: *const c_char, flush: c_int) -> c_int {
    let gone = path(name)
        .is_some_and(|path| state().disk(&path).is_some_and(|disk| !disk.delete(&path, flush != 0)));
    if gone {
        return ffi::SQLITE_IOERR_DELETE;
    }
    // SAFETY: the arguments go on as they came.
    unsafe { (*original()).xDelete.unwrap()(original(), name, flush) }
}

/// The path and the original functions of an open file.
fn known(file: *mut ffi::sqlite3_file) -> (PathBuf, ffi::sqlite3_io_methods) {
    let state = state();
    let open = state.open.get(&(file as usize)).unwrap();
    (open.path.clone(), open.original)
}

fn asks(path: &Path, what: impl FnOnce(&mut Disk) -> bool) -> bool {
    // A disk that is watched no longer has lost its power.
    state().disk(path).is_some_and(what)
}

unsafe extern "C" fn write(
    file: *mut ffi::sqlite3_file,
    bytes: *const c_void,
    length: c_int,
    at: ffi::sqlite3_int64,
) -> c_int {
    let (path, original) = known(file);
    // SAFETY: SQLite gives `length` readable bytes.
    let written = unsafe { std::slice::from_raw_parts(bytes.cast::<u8>(), usize::try_from(length).unwrap()) };
    if !asks(&path, |disk| disk.write(&path, usize::try_from(at).unwrap(), written)) {
        return ffi::SQLITE_IOERR_WRITE;
    }
    // SAFETY: the arguments go on as they came.
    unsafe { original.xWrite.unwrap()(file, bytes, length, at) }
}

unsafe extern "C" fn truncate(file: *mut ffi::sqlite3_file, length: ffi::sqlite3_int64) -> c_int {
    let (path, original) = known(file);
    if !asks(&path, |disk| disk.cut(&path, usize::try_from(length).unwrap())) {
        return ffi::SQLITE_IOERR_TRUNCATE;
    }
    // SAFETY: the arguments go on as they came.
    unsafe { original.xTruncate.unwrap()(file, length) }
}

/// The real disk is not flushed: what is durable is the watched disk's word.
unsafe extern "C" fn sync(file: *mut ffi::sqlite3_file, _: c_int) -> c_int {
    let (path, _) = known(file);
    if asks(&path, |disk| disk.flush(&path)) { ffi::SQLITE_OK } else { ffi::SQLITE_IOERR_FSYNC }
}

unsafe extern "C" fn close(file: *mut ffi::sqlite3_file) -> c_int {
    let Some(open) = state().open.remove(&(file as usize)) else { return ffi::SQLITE_IOERR_CLOSE };
    // SAFETY: the original function closes the file; after that nobody has the table any more.
    unsafe {
        let closed = open.original.xClose.unwrap()(file);
        drop(Box::from_raw(open.table));
        closed
    }
}
