//! Pages made by SQLite itself, and bytes that are none.

use rusqlite::Connection;

use super::{Layout, Role, be16, cleaned};

fn number(connection: &Connection, sql: &str) -> u32 {
    connection.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn page(connection: &Connection, number: u32) -> Vec<u8> {
    connection.query_row("SELECT data FROM sqlite_dbpage WHERE pgno = ?", [number], |row| row.get(0)).unwrap()
}

/// A file with a table, an index, values that do not fit a page, and pages that are free.
fn filled(page_size: u32) -> Connection {
    let connection = Connection::open_in_memory().unwrap();
    connection
        .execute_batch(&format!(
            "PRAGMA page_size = {page_size}; PRAGMA auto_vacuum = INCREMENTAL;
             CREATE TABLE one (id INTEGER PRIMARY KEY, name TEXT, value BLOB);
             CREATE INDEX by_name ON one (name);
             WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4000)
             INSERT INTO one SELECT i, hex(randomblob(8 + i % 30)), randomblob(i % 7 * 3 + (i % 50 = 0) * 20000) FROM n;
             DELETE FROM one WHERE id % 3 = 0 OR id BETWEEN 500 AND 1500;
             UPDATE one SET name = 'n' || id WHERE id % 2 = 0;"
        ))
        .unwrap();
    connection
}

#[test]
fn pages_are_told_apart_as_sqlite_does() {
    for size in [512, 1024, 4096, 65_536] {
        let connection = filled(size);
        let layout = Layout::of(&page(&connection, 1)).unwrap();
        let mut trees = 1;
        for at in 3..=number(&connection, "PRAGMA page_count") {
            let map = layout.map_of(at);
            if map != at && layout.role(&page(&connection, map), at) == Role::Tree {
                trees += 1;
                assert!(layout.unused(&page(&connection, at), at).is_some(), "{size} {at}");
            }
        }
        let told = "SELECT count(*) FROM dbstat WHERE pagetype <> 'overflow'";
        assert_eq!(trees, number(&connection, told), "{size}");
    }
}

#[test]
fn what_is_unused_is_what_sqlite_counts_as_unused() {
    let connection = filled(1024);
    let layout = Layout::of(&page(&connection, 1)).unwrap();
    let mut select = connection
        .prepare("SELECT pageno, unused FROM dbstat WHERE pagetype <> 'overflow' ORDER BY pageno")
        .unwrap();
    let mut rows = select.query([]).unwrap();
    let mut pages = 0;
    while let Some(row) = rows.next().unwrap() {
        let (at, unused): (u32, u32) = (row.get(0).unwrap(), row.get(1).unwrap());
        let bytes = page(&connection, at);
        let ranges = layout.unused(&bytes, at).unwrap();
        let head = if at == 1 { 100 } else { 0 };
        // Of a given-up cell its four bytes of list are counted there, and single bytes between cells.
        let lists = 4 * (ranges.len() - 1) + usize::from(bytes[head + 7]);
        let found = ranges.iter().map(ExactSizeIterator::len).sum::<usize>() + lists;
        assert_eq!(u32::try_from(found).unwrap(), unused, "{at}");
        pages += 1;
    }
    assert!(pages > 100, "{pages}");
}

#[test]
fn a_page_that_was_filled_with_dirt_comes_out_as_it_was() {
    let connection = filled(4096);
    let layout = Layout::of(&page(&connection, 1)).unwrap();
    let mut dirtied = 0;
    for at in 3..=number(&connection, "PRAGMA page_count") {
        let map = layout.map_of(at);
        if map == at || layout.role(&page(&connection, map), at) != Role::Tree {
            continue;
        }
        let bytes = page(&connection, at);
        let clean = cleaned(layout, &bytes, at).unwrap_or(bytes);
        let mut dirt = clean.clone();
        for range in layout.unused(&clean, at).unwrap() {
            dirt[range].fill(0x5a);
        }
        if dirt != clean {
            dirtied += 1;
            assert_eq!(cleaned(layout, &dirt, at).as_ref(), Some(&clean));
            connection.execute("UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?", (dirt, at)).unwrap();
        }
    }
    assert!(dirtied > 20, "{dirtied}");
    // SQLite reads nothing of what was written there.
    let said: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(said, "ok");
}

#[test]
fn what_is_no_page_of_a_tree_is_left_alone() {
    let layout = Layout { size: 1024, usable: 1024 };
    let whole = |change: &dyn Fn(&mut Vec<u8>)| {
        // An empty leaf of a table: its content begins at the page's end.
        let mut page = vec![0x5a; 1024];
        page[..8].copy_from_slice(&[13, 0, 0, 0, 0, 4, 0, 0]);
        change(&mut page);
        cleaned(layout, &page, 9)
    };
    let clean = whole(&|_| {}).unwrap();
    assert!(clean[8..].iter().all(|byte| *byte == 0));
    assert_eq!(be16(&clean, 5), Some(1024));
    let refused: [&dyn Fn(&mut Vec<u8>); 7] = [
        &|page| page[0] = 1,
        // Content that begins among the pointers, or after the end.
        &|page| page[4] = 255,
        &|page| page[3..7].copy_from_slice(&[1, 0, 2, 0]),
        &|page| page[5] = 5,
        // A list of given-up cells that goes back, or over the end.
        &|page| page[1..3].copy_from_slice(&[0, 9]),
        &|page| page[1..7].copy_from_slice(&[3, 0xfc, 0, 0, 3, 0]),
        &|page| page.truncate(512),
    ];
    for (place, change) in refused.into_iter().enumerate() {
        let found = whole(change);
        // The second is a page with 255 cells whose pointers fit: what is cleaned lies after them.
        if place == 1 {
            assert!(found.unwrap()[..8 + 2 * 255].ends_with(&[0x5a]));
        } else {
            assert_eq!(found, None, "{place}");
        }
    }
    assert_eq!(cleaned(layout, &[], 1), None);
    assert_eq!(Layout::of(&[0; 100]), None);
}

#[test]
fn the_map_steps_aside_for_the_page_of_the_lock() {
    let layout = Layout { size: 4096, usable: 4096 };
    assert_eq!((layout.map_of(2), layout.map_of(3), layout.map_of(821)), (2, 2, 2));
    assert_eq!((layout.map_of(822), layout.map_of(823)), (822, 822));
    // A size at which the lock's page would be one of the map.
    let small = Layout { size: 512, usable: 512 };
    let lock = small.lock();
    assert_eq!(lock, 2_097_153);
    let (map, entry) = (vec![5; 512], lock);
    assert_eq!(small.role(&map, entry), Role::Other);
}
