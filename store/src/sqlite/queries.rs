//! The statements, one function each. Positions are `u64` outside and SQLite's signed 64 bits inside.

use std::sync::LazyLock;

use chrono::{DateTime, Utc};
use events::codec::Columns;
use events::log::Receipt;
use events::tree::Hash;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Error, OptionalExtension, Params, Result, Row, Statement, params};
use uuid::Uuid;

pub(super) const SCAN: &str = "SELECT seq, entry FROM record WHERE seq <= ?1 ORDER BY seq";

pub(super) const SCAN_FROM: &str = "SELECT seq, entry FROM record WHERE ?2 <= seq AND seq <= ?1 ORDER BY seq";

/// A stream in the order of `version`, which is that of `seq`; so that SQLite need not sort it.
pub(super) const SCAN_STREAM: &str = "SELECT seq, entry FROM record WHERE agreement = ?2 AND seq <= ?1 ORDER BY version";

/// A position for SQLite; beyond what it can hold there is nothing, so the last it can hold will do.
pub(super) fn signed(position: u64) -> i64 {
    i64::try_from(position).unwrap_or(i64::MAX)
}

/// A position from SQLite.
pub(super) fn position(row: &Row<'_>, column: usize) -> Result<u64> {
    let value: i64 = row.get(column)?;
    u64::try_from(value).map_err(|_| Error::IntegralValueOutOfRange(column, value))
}

pub(super) fn origin(connection: &Connection) -> Result<Option<String>> {
    connection.query_row("SELECT origin FROM log", [], |row| row.get(0)).optional()
}

pub(super) fn size(connection: &Connection) -> Result<u64> {
    one(connection, "SELECT coalesce((SELECT max(seq) FROM record), 0)", [])
}

pub(super) fn version(connection: &Connection, agreement: &str) -> Result<u64> {
    one(connection, "SELECT coalesce((SELECT max(version) FROM record WHERE agreement = ?1), 0)", [agreement])
}

pub(super) fn is_taken(connection: &Connection, id: &str) -> Result<bool> {
    Ok(one(connection, "SELECT count(*) FROM record WHERE id = ?1", [id])? > 0)
}

/// The id that sorts last; `None` if there is no record.
pub(super) fn newest_id(connection: &Connection) -> Result<Option<String>> {
    connection.prepare_cached("SELECT max(id) FROM record")?.query_row([], |row| row.get(0))
}

pub(super) fn receipt(connection: &Connection, command: Uuid) -> Result<Option<Receipt>> {
    let sql = "SELECT min(seq), max(seq) FROM record WHERE command = ?1 HAVING count(*) > 0";
    let read = |row: &Row<'_>| Ok(Receipt { first: position(row, 0)?, last: position(row, 1)?, repeated: true });
    connection.prepare_cached(sql)?.query_row([command.to_string()], read).optional()
}

/// The last record of each id that occurs twice, as many as asked for.
pub(super) fn doubled_ids(connection: &Connection, most: u32) -> Result<Vec<u64>> {
    let sql = "SELECT max(seq) FROM record GROUP BY id HAVING count(*) > 1 LIMIT ?1";
    connection.prepare(sql)?.query_map([most], |row| position(row, 0))?.collect()
}

/// The last record of each command whose records do not stand in one run, as many as asked for.
pub(super) fn torn_commands(connection: &Connection, most: u32) -> Result<Vec<u64>> {
    let sql = "SELECT max(seq) FROM record GROUP BY command HAVING max(seq) - min(seq) + 1 <> count(*) LIMIT ?1";
    connection.prepare(sql)?.query_map([most], |row| position(row, 0))?.collect()
}

/// The streams that records after the first `after` are of. All of them are found by a step of the index each, not by a walk over every
/// record.
pub(super) fn agreements(connection: &Connection, after: u64) -> Result<Vec<String>> {
    const ALL: &str = "WITH RECURSIVE stream (id) AS (
        SELECT min(agreement) FROM record WHERE ?1 = 0
        UNION ALL
        SELECT (SELECT min(agreement) FROM record WHERE agreement > stream.id) FROM stream WHERE stream.id IS NOT NULL)
        SELECT id FROM stream WHERE id IS NOT NULL";
    const SINCE: &str = "SELECT DISTINCT agreement FROM record WHERE seq > ?1 ORDER BY agreement";
    let sql = if after == 0 { ALL } else { SINCE };
    connection.prepare_cached(sql)?.query_map([signed(after)], |row| row.get(0))?.collect()
}

/// When a record was recorded; `None` if there is no such record.
pub(super) fn recorded_at(connection: &Connection, seq: u64) -> Result<Option<DateTime<Utc>>> {
    let sql = "SELECT recorded_at FROM record WHERE seq = ?1";
    let text: Option<String> = connection.prepare_cached(sql)?.query_row([signed(seq)], |row| row.get(0)).optional()?;
    let instant = text.map(|text| DateTime::parse_from_rfc3339(&text)).transpose();
    let instant = instant.map_err(|error| Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, Box::new(error)))?;
    Ok(instant.map(|instant| instant.with_timezone(&Utc)))
}

/// The bytes of an entry; `None` if there is no such record.
pub(super) fn entry(connection: &Connection, seq: u64) -> Result<Option<Vec<u8>>> {
    let sql = "SELECT entry FROM record WHERE seq = ?1";
    let read = |row: &Row<'_>| Ok(row.get_ref(0)?.as_bytes()?.to_vec());
    connection.prepare_cached(sql)?.query_row([signed(seq)], read).optional()
}

/// A node of the tree; `None` if it is not there.
pub(super) fn node(connection: &Connection, level: u32, index: u64) -> Result<Option<Hash>> {
    let sql = "SELECT hash FROM tree WHERE level = ?1 AND idx = ?2";
    connection.prepare_cached(sql)?.query_row(params![level, signed(index)], |row| row.get(0).map(Hash)).optional()
}

/// The nodes of a level from one place up to, not including, another, in their order, each with its place.
pub(super) fn nodes<C: FromIterator<(u64, Hash)>>(connection: &Connection, level: u32, from: u64, to: u64) -> Result<C> {
    let sql = "SELECT idx, hash FROM tree WHERE level = ?1 AND ?2 <= idx AND idx < ?3 ORDER BY idx";
    let read = |row: &Row<'_>| Ok((position(row, 0)?, Hash(row.get(1)?)));
    connection.prepare_cached(sql)?.query_map(params![level, signed(from), signed(to)], read)?.collect()
}

/// A record on its way into the table: what its columns hold, the bytes of its entry, and the leaf that it is in the tree.
pub(super) struct Ready<B> {
    pub(super) columns: Columns,
    pub(super) entry: B,
    pub(super) leaf: Hash,
}

/// How many rows one statement puts in, where there are as many. A statement keeps each page that it changes as it was, for the case that
/// a guard refuses: that is done once for all its rows.
const TOGETHER: usize = 32;

/// How rows are put into a table, one by one and many together.
struct Insert {
    one: String,
    many: String,
    columns: usize,
}

impl Insert {
    fn into(table: &str, columns: &[&str]) -> Self {
        let values = format!("({})", vec!["?"; columns.len()].join(", "));
        let of = |rows: usize| {
            format!("INSERT INTO {table} ({}) VALUES {}", columns.join(", "), vec![values.as_str(); rows].join(", "))
        };
        Insert { one: of(1), many: of(TOGETHER), columns: columns.len() }
    }

    /// `bind` is handed the place of a row's first value.
    fn rows<T>(
        &self,
        connection: &Connection,
        rows: &[T],
        bind: impl Fn(&mut Statement<'_>, usize, &T) -> Result<()>,
    ) -> Result<()> {
        let mut lots = rows.chunks_exact(TOGETHER);
        for lot in &mut lots {
            let mut statement = connection.prepare_cached(&self.many)?;
            for (place, row) in lot.iter().enumerate() {
                bind(&mut statement, place * self.columns + 1, row)?;
            }
            statement.raw_execute()?;
        }
        for row in lots.remainder() {
            let mut statement = connection.prepare_cached(&self.one)?;
            bind(&mut statement, 1, row)?;
            statement.raw_execute()?;
        }
        Ok(())
    }
}

pub(super) fn insert_records(connection: &Connection, rows: &[Ready<impl AsRef<[u8]>>]) -> Result<()> {
    static RECORD: LazyLock<Insert> = LazyLock::new(|| {
        Insert::into("record", &["seq", "id", "command", "agreement", "version", "type", "recorded_at", "entry"])
    });
    RECORD.rows(connection, rows, |statement, first, Ready { columns, entry, .. }| {
        let (mut id, mut command) = (Uuid::encode_buffer(), Uuid::encode_buffer());
        statement.raw_bind_parameter(first, signed(columns.seq))?;
        statement.raw_bind_parameter(first + 1, &*columns.id.as_hyphenated().encode_lower(&mut id))?;
        statement.raw_bind_parameter(first + 2, &*columns.command.as_hyphenated().encode_lower(&mut command))?;
        statement.raw_bind_parameter(first + 3, &columns.agreement)?;
        statement.raw_bind_parameter(first + 4, signed(columns.version))?;
        statement.raw_bind_parameter(first + 5, &columns.kind)?;
        statement.raw_bind_parameter(first + 6, &columns.recorded_at)?;
        statement.raw_bind_parameter(first + 7, ToSqlOutput::Borrowed(ValueRef::Text(entry.as_ref())))
    })
}

/// Puts nodes of one level into the tree, from this place on.
pub(super) fn insert_nodes(connection: &Connection, level: u32, from: u64, nodes: &[Hash]) -> Result<()> {
    static NODE: LazyLock<Insert> = LazyLock::new(|| Insert::into("tree", &["level", "idx", "hash"]));
    let placed: Vec<(u64, &Hash)> = (from..).zip(nodes).collect();
    NODE.rows(connection, &placed, |statement, first, (place, hash)| {
        statement.raw_bind_parameter(first, level)?;
        statement.raw_bind_parameter(first + 1, signed(*place))?;
        statement.raw_bind_parameter(first + 2, &hash.0[..])
    })
}

fn one(connection: &Connection, sql: &str, values: impl Params) -> Result<u64> {
    connection.prepare_cached(sql)?.query_row(values, |row| position(row, 0))
}
