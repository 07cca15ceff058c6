//! The statements, one function each. Positions are `u64` outside and SQLite's signed 64 bits inside.

use chrono::{DateTime, Utc};
use events::codec::Columns;
use events::log::Receipt;
use events::tree::Hash;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, Error, OptionalExtension, Params, Result, Row, params};
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

pub(super) fn insert_record(connection: &Connection, columns: &Columns, entry: &[u8]) -> Result<()> {
    let sql = "INSERT INTO record (seq, id, command, agreement, version, type, recorded_at, entry)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let values = params![
        signed(columns.seq),
        columns.id.to_string(),
        columns.command.to_string(),
        columns.agreement,
        signed(columns.version),
        columns.kind,
        columns.recorded_at,
        ToSqlOutput::Borrowed(ValueRef::Text(entry)),
    ];
    connection.prepare_cached(sql)?.execute(values).map(drop)
}

pub(super) fn insert_node(connection: &Connection, level: u32, index: u64, hash: Hash) -> Result<()> {
    let sql = "INSERT INTO tree (level, idx, hash) VALUES (?1, ?2, ?3)";
    connection.prepare_cached(sql)?.execute(params![level, signed(index), hash.0]).map(drop)
}

fn one(connection: &Connection, sql: &str, values: impl Params) -> Result<u64> {
    connection.prepare_cached(sql)?.query_row(values, |row| position(row, 0))
}
