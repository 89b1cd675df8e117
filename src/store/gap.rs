//! Calls that the egress log does not hold, because the disk was too slow to take them: a log with holes says so.

use rusqlite::{Connection, params};

use super::{as_sql, from_sql};

/// Notes that so many calls are missing, about the time of the latest that is not.
pub fn insert(connection: &Connection, missed: u64) -> rusqlite::Result<()> {
    let sql =
        "INSERT INTO egress_gap (at_ms, missed) VALUES ((SELECT coalesce(max(at_ms), 0) FROM egress), ?1)";
    connection.execute(sql, params![as_sql(missed)]).map(|_| ())
}

/// Calls that are missing since a moment.
pub fn sum(connection: &Connection, since_ms: i64) -> rusqlite::Result<u64> {
    let sql = "SELECT coalesce(sum(missed), 0) FROM egress_gap WHERE at_ms >= ?1";
    connection.query_row(sql, [since_ms], |row| row.get(0)).map(from_sql)
}
