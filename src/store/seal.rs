//! Digests over the rows of a run, by which it is noticed when any is missing or changed.
//!
//! Documents and blobs are named by their digests; the rows that lead to them are not. So each run
//! has a seal: the SHA-256 of its own row, and the sum modulo 2²⁵⁶ of the SHA-256 of each of its rows
//! in `answer` and `use`. The order of rows doesn't matter to a sum and a further row is only added to
//! it, so that a scan reads nothing again: the sum is written in the transaction of the rows. A sum of
//! the same kind stands for the list of runs. Seals tell of damage; against somebody who can write to
//! the file, and so reckon a new one, signatures of exported runs help.

use std::collections::HashMap;

use aws_lc_rs::digest::{Context, SHA256};
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::model::Digest;

/// A sum of digests.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Sum([u64; 4]);

impl Sum {
    pub(super) fn add(&mut self, digest: Digest) {
        let mut carry = false;
        for (word, added) in self.0.iter_mut().zip(words(&digest.0)) {
            let (sum, over) = word.overflowing_add(added);
            let (sum, over_again) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, over || over_again);
        }
    }

    pub(super) fn subtract(&mut self, digest: Digest) {
        let mut borrow = false;
        for (word, taken) in self.0.iter_mut().zip(words(&digest.0)) {
            let (rest, under) = word.overflowing_sub(taken);
            let (rest, under_again) = rest.overflowing_sub(u64::from(borrow));
            (*word, borrow) = (rest, under || under_again);
        }
    }

    pub(super) fn octets(self) -> [u8; 32] {
        let mut octets = [0; 32];
        for (place, word) in octets.chunks_exact_mut(8).zip(self.0) {
            place.copy_from_slice(&word.to_le_bytes());
        }
        octets
    }

    pub(super) fn of_octets(octets: &[u8; 32]) -> Self {
        let mut sum = Self::default();
        for (word, read) in sum.0.iter_mut().zip(words(octets)) {
            *word = read;
        }
        sum
    }
}

fn words(octets: &[u8; 32]) -> impl Iterator<Item = u64> {
    octets.chunks_exact(8).map(|word| word.iter().rev().fold(0, |sum, o| sum << 8 | u64::from(*o)))
}

/// The digest of a row of `answer`, with the observation that it names.
pub(super) fn of_answer(number: i64, request: &str, observation: Digest) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(b"a");
    context.update(&number.to_le_bytes());
    context.update(&observation.0);
    context.update(request.as_bytes());
    finish(context)
}

/// The digest of a row of `use`.
pub(super) fn of_use(asker: &str, answer: i64) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(b"u");
    context.update(&answer.to_le_bytes());
    context.update(asker.as_bytes());
    finish(context)
}

/// The digest of a run in the list of runs.
fn of_run(number: i64, id: &str) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(b"r");
    context.update(&number.to_le_bytes());
    context.update(id.as_bytes());
    finish(context)
}

fn finish(context: Context) -> Digest {
    let mut array = [0; 32];
    array.copy_from_slice(context.finish().as_ref());
    Digest(array)
}

/// How many observations each asker of a run rests on, by its column.
pub(super) type Uses = HashMap<String, usize>;

/// Counts a run's rows in `use`; what is wrong with its rows, unless they are those that were written. Call
/// it in a transaction, so that a scan that goes on meanwhile changes nothing under it.
pub(super) fn checked_run(
    of: &Connection,
    run: i64,
) -> rusqlite::Result<Result<Uses, &'static str>> {
    let seal: Option<([u8; 32], [u8; 32])> = of
        .prepare_cached("SELECT row, answers FROM seal WHERE run = ?1")?
        .query_row([run], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((row, answers)) = seal else {
        return Ok(Err("its digests are missing"));
    };
    if row_digest(of, run)?.0 != row {
        return Ok(Err("what it was made from was changed"));
    }
    let mut uses = Uses::new();
    let sum = answers_sum(of, run, |asker| match uses.get_mut(asker) {
        Some(count) => *count += 1,
        None => {
            uses.insert(asker.to_owned(), 1);
        }
    })?;
    let is_whole = sum == Some(Sum::of_octets(&answers));
    Ok(if is_whole { Ok(uses) } else { Err("rows of its answers are missing or changed") })
}

/// Whether the list of runs is the one that was written. Call it in a transaction.
pub(super) fn list_is_whole(of: &Connection) -> rusqlite::Result<bool> {
    let kept: Option<[u8; 32]> =
        of.query_row("SELECT runs FROM state", [], |row| row.get(0)).optional()?;
    let mut sum = Sum::default();
    // By the table, and not by an index that has the same columns.
    let mut query = of.prepare("SELECT number, id FROM run NOT INDEXED")?;
    let mut rows = query.query([])?;
    while let Some(row) = rows.next()? {
        sum.add(of_run(row.get(0)?, text(row.get_ref(1)?)));
    }
    Ok(kept.is_some_and(|kept| Sum::of_octets(&kept) == sum))
}

/// The sum over a run's rows in `answer` and `use`; `None` when an answer's observation is missing.
fn answers_sum(
    of: &Connection,
    run: i64,
    mut on_use: impl FnMut(&str),
) -> rusqlite::Result<Option<Sum>> {
    let mut sum = Sum::default();
    let mut query = of.prepare_cached(
        "SELECT a.number, a.request, o.digest FROM answer a
         LEFT JOIN observation o ON o.number = a.observation WHERE a.run = ?1",
    )?;
    let mut rows = query.query([run])?;
    while let Some(row) = rows.next()? {
        let Some(digest) = row.get::<_, Option<[u8; 32]>>(2)? else { return Ok(None) };
        sum.add(of_answer(row.get(0)?, text(row.get_ref(1)?), Digest(digest)));
    }
    let mut query = of.prepare_cached("SELECT asker, answer FROM use WHERE run = ?1")?;
    let mut rows = query.query([run])?;
    while let Some(row) = rows.next()? {
        let asker = text(row.get_ref(0)?);
        sum.add(of_use(asker, row.get(1)?));
        on_use(asker);
    }
    Ok(Some(sum))
}

/// A column that is a text, or nothing where damage has made it something else.
fn text(value: ValueRef<'_>) -> &str {
    value.as_str().unwrap_or_default()
}

/// The digest of a run's own row.
fn row_digest(of: &Connection, run: i64) -> rusqlite::Result<Digest> {
    let mut query = of.prepare_cached(
        "SELECT id, started_at, run, inputs, scope, inventory_file, inventory_id, policy, counts,
         imported FROM run WHERE number = ?1",
    )?;
    query.query_row([run], digest_of_row)
}

/// The digest of all columns of a row.
pub(super) fn digest_of_row(row: &Row<'_>) -> rusqlite::Result<Digest> {
    let mut context = Context::new(&SHA256);
    for column in 0..row.as_ref().column_count() {
        let number;
        let (kind, octets): (u8, &[u8]) = match row.get_ref(column)? {
            ValueRef::Null => (b'n', &[]),
            ValueRef::Integer(value) => {
                number = value.to_le_bytes();
                (b'i', &number)
            }
            ValueRef::Text(octets) => (b't', octets),
            ValueRef::Blob(octets) => (b'b', octets),
            ValueRef::Real(_) => (b'r', &[]),
        };
        context.update(&[kind]);
        context.update(&(octets.len() as u64).to_le_bytes());
        context.update(octets);
    }
    Ok(finish(context))
}

/// Seals a run's own row as it is now.
pub(super) fn seal_row(of: &Connection, run: i64) -> rusqlite::Result<()> {
    of.execute(
        "INSERT INTO seal (run, row, answers) VALUES (?1, ?2, zeroblob(32))
         ON CONFLICT (run) DO UPDATE SET row = excluded.row",
        params![run, row_digest(of, run)?.0],
    )
    .map(drop)
}

/// The sum that stands for a run's answers.
pub(super) fn sealed_answers(of: &Connection, run: i64) -> rusqlite::Result<Sum> {
    of.query_row("SELECT answers FROM seal WHERE run = ?1", [run], |row| row.get(0))
        .map(|octets: [u8; 32]| Sum::of_octets(&octets))
}

/// Seals a run's answers, and counts the transaction in which they are written.
pub(super) fn seal_answers(of: &Connection, run: i64, sum: Sum) -> rusqlite::Result<()> {
    of.prepare_cached("UPDATE seal SET answers = ?2, commits = commits + 1 WHERE run = ?1")?
        .execute(params![run, sum.octets()])
        .map(drop)
}

/// Puts a run on the list.
pub(super) fn list_run(of: &Connection, run: i64, id: &str) -> rusqlite::Result<()> {
    change_list(of, |sum| sum.add(of_run(run, id)))
}

/// Takes a run off the list, and its seal with it.
pub(super) fn unlist_run(of: &Connection, run: i64, id: &str) -> rusqlite::Result<()> {
    of.execute("DELETE FROM seal WHERE run = ?1", [run])?;
    change_list(of, |sum| sum.subtract(of_run(run, id)))
}

fn change_list(of: &Connection, change: impl FnOnce(&mut Sum)) -> rusqlite::Result<()> {
    let octets: [u8; 32] = of.query_row("SELECT runs FROM state", [], |row| row.get(0))?;
    let mut sum = Sum::of_octets(&octets);
    change(&mut sum);
    of.execute("UPDATE state SET runs = ?1", [sum.octets()]).map(drop)
}

/// Seals every run as it is: those that were written before there were seals.
pub(super) fn seal_all(of: &Connection) -> rusqlite::Result<()> {
    let runs: Vec<(i64, String)> = of
        .prepare("SELECT number, id FROM run")?
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<_, _>>()?;
    for (run, id) in runs {
        seal_row(of, run)?;
        // One whose observations are missing stays without a fitting sum, and so is known as damaged.
        if let Some(sum) = answers_sum(of, run, |_| {})? {
            seal_answers(of, run, sum)?;
        }
        list_run(of, run, &id)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_is_of_all_and_in_any_order() {
        let digests = [1, 2, 3].map(|n: u8| Digest::of(&[n]));
        let sum = |digests: &[Digest]| {
            let mut sum = Sum::default();
            digests.iter().for_each(|digest| sum.add(*digest));
            sum
        };
        let [one, two, three] = digests;
        assert_eq!(sum(&[one, two, three]), sum(&[three, one, two]));
        assert_ne!(sum(&[one, two]), sum(&[one, two, three]));
        assert_ne!(sum(&[one]), sum(&[one, one, one]));
        let mut less = sum(&[one, two, three]);
        less.subtract(two);
        assert_eq!(less, sum(&[one, three]));
        assert_eq!(Sum::of_octets(&less.octets()), less);
        // Carries go through all words.
        let mut full = Sum::of_octets(&[0xff; 32]);
        let mut unit = [0; 32];
        unit[0] = 1;
        full.add(Digest(unit));
        assert_eq!(full, Sum::default());
        full.subtract(Digest(unit));
        assert_eq!(full.octets(), [0xff; 32]);
    }
}
