//! The index of jobs and the queue, in one SQLite file. It can be made again from the jobs' folders at any time.

use crate::clock;
use crate::files;
use crate::job::{Filter, State};
use crate::record::Record;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params, params_from_iter, types::Value as Sql};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;
use weldlm_messages::{Problem, catalogue::jobs as says};

/// Each step brings the file from the form of its number to the next; a step that was released is never changed.
const STEPS: &[&str] = &["CREATE TABLE jobs (
        id TEXT PRIMARY KEY,
        state TEXT NOT NULL,
        position INTEGER,
        search TEXT NOT NULL,
        record TEXT NOT NULL,
        detail TEXT NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX jobs_by_state ON jobs (state, id);
    CREATE INDEX jobs_by_position ON jobs (position) WHERE position IS NOT NULL;"];

const LIMIT: usize = 100;
const LIMIT_MAX: usize = 1_000;

/// The open index.
pub(crate) struct Store {
    path: PathBuf,
    connection: Connection,
}

type Outcome<T> = Result<T, Problem>;

impl Store {
    /// Opens the index, making or updating it. A file that is no index is moved aside, and where it went is told.
    pub(crate) fn open(path: &Path) -> Outcome<(Store, Option<Problem>)> {
        match Store::try_open(path) {
            Ok(store) => Ok((store, None)),
            Err(Failure::Problem(problem)) => Err(problem),
            Err(Failure::Sql(e)) if is_damage(&e) => {
                let aside = move_aside(path)?;
                let note = Problem::new(&says::INDEX_MADE_AGAIN).arg("path", aside.display());
                match Store::try_open(path) {
                    Ok(store) => Ok((store, Some(note))),
                    Err(Failure::Problem(problem)) => Err(problem),
                    Err(Failure::Sql(e)) => Err(files::failed(path, &e)),
                }
            }
            Err(Failure::Sql(e)) => Err(files::failed(path, &e)),
        }
    }

    fn try_open(path: &Path) -> Result<Store, Failure> {
        let connection = connect(path)?;
        // Changes are made by one thread; the file is small, and a lost one is made again.
        connection.pragma_update(None, "journal_mode", "WAL")?;
        let found: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let found = usize::try_from(found).unwrap_or(usize::MAX);
        if found > STEPS.len() {
            return Err(Failure::Problem(
                Problem::new(&says::NEWER_DATA)
                    .arg("path", path.display())
                    .arg("found", found)
                    .arg("known", STEPS.len())
                    .at(path.display()),
            ));
        }
        let state: String = connection.pragma_query_value(None, "quick_check", |row| row.get(0))?;
        if state != "ok" {
            return Err(Failure::Sql(rusqlite::Error::SqliteFailure(
                rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT),
                Some(state),
            )));
        }
        for (n, step) in STEPS.iter().enumerate().skip(found) {
            connection.execute_batch(&format!("BEGIN; {step} PRAGMA user_version = {}; COMMIT;", n + 1))?;
        }
        // Says whether the tables are those that the number promises.
        connection.query_row("SELECT count(id), max(position), max(detail) FROM jobs", [], |_| Ok(()))?;
        Ok(Store { path: path.to_path_buf(), connection })
    }

    /// A second connection, for reading while the first one writes.
    pub(crate) fn reader(&self) -> Outcome<Store> {
        let connection = connect(&self.path).map_err(|e| files::failed(&self.path, &e))?;
        Ok(Store { path: self.path.clone(), connection })
    }

    fn failed(&self) -> impl Fn(rusqlite::Error) -> Problem + '_ {
        |e| files::failed(&self.path, &e)
    }

    /// Writes what is known of a job. A queued one without a place gets the last; others lose theirs.
    pub(crate) fn put(&self, record: &Record) -> Outcome<()> {
        let text = serde_json::to_string(record).map_err(|e| files::failed(&self.path, &e))?;
        let sql = "INSERT INTO jobs (id, state, position, search, record, detail)
            VALUES (?1, ?2, CASE ?2 WHEN 'queued' THEN (SELECT coalesce(max(position), 0) + 1 FROM jobs) END, ?3, ?4, ?5)
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, search = excluded.search,
                record = excluded.record, detail = excluded.detail,
                position = CASE excluded.state WHEN 'queued' THEN coalesce(jobs.position, excluded.position) END";
        let row = params![record.id, record.state.name(), record.search(), text, record.detail().to_string()];
        let mut statement = self.connection.prepare(sql).map_err(self.failed())?;
        statement.execute(row).map(drop).map_err(self.failed())
    }

    /// Forgets a job.
    pub(crate) fn remove(&self, id: &str) -> Outcome<()> {
        self.connection.execute("DELETE FROM jobs WHERE id = ?1", [id]).map(drop).map_err(self.failed())
    }

    /// What is known of a job.
    pub(crate) fn get(&self, id: &str) -> Outcome<Option<Record>> {
        let sql = "SELECT record, detail FROM jobs WHERE id = ?1";
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let mut statement = self.connection.prepare(sql).map_err(self.failed())?;
        let found = statement.query_row([id], read).optional().map_err(self.failed())?;
        let Some((record, detail)) = found else { return Ok(None) };
        let mut record: Record = serde_json::from_str(&record).map_err(|e| files::failed(&self.path, &e))?;
        record.set_detail(&serde_json::from_str(&detail).unwrap_or_default());
        Ok(Some(record))
    }

    /// Every id.
    pub(crate) fn ids(&self) -> Outcome<Vec<String>> {
        self.rows("SELECT id FROM jobs", Vec::new(), |row| row.get(0))
    }

    /// The ids in the queue, the next one first.
    pub(crate) fn queue(&self) -> Outcome<Vec<String>> {
        self.rows("SELECT id FROM jobs WHERE position IS NOT NULL ORDER BY position, id", Vec::new(), |row| {
            row.get(0)
        })
    }

    /// Puts the queue in this order.
    pub(crate) fn set_queue(&mut self, ids: &[String]) -> Outcome<()> {
        let path = self.path.clone();
        let failed = |e: rusqlite::Error| files::failed(&path, &e);
        let transaction = self.connection.transaction().map_err(failed)?;
        for (n, id) in ids.iter().enumerate() {
            let sql = "UPDATE jobs SET position = ?2 WHERE id = ?1 AND position IS NOT NULL";
            transaction.execute(sql, params![id, n as i64 + 1]).map_err(failed)?;
        }
        transaction.commit().map_err(failed)
    }

    /// The jobs that a filter lets through, newest first, and how many there are.
    pub(crate) fn list(&self, filter: &Filter) -> Outcome<(Vec<Record>, u64)> {
        let (mut wheres, mut values) = (vec!["1".to_string()], Vec::<Sql>::new());
        if !filter.states.is_empty() {
            let marks = vec!["?"; filter.states.len()].join(", ");
            wheres.push(format!("state IN ({marks})"));
            values.extend(filter.states.iter().map(|s| Sql::from(s.name().to_string())));
        }
        if let Some(text) = filter.text.as_deref().map(str::trim).filter(|t| !t.is_empty()) {
            wheres.push("instr(search, ?) > 0".to_string());
            values.push(Sql::from(text.to_lowercase()));
        }
        let wheres = wheres.join(" AND ");
        let count = format!("SELECT count(*) FROM jobs WHERE {wheres}");
        let total =
            self.rows(&count, values.clone(), |row| row.get::<_, i64>(0))?.first().copied().unwrap_or(0);
        let limit = if filter.limit == 0 { LIMIT } else { filter.limit.min(LIMIT_MAX) };
        values.push(Sql::from(limit as i64));
        values.push(Sql::from(i64::try_from(filter.offset).unwrap_or(i64::MAX)));
        let select = format!("SELECT record FROM jobs WHERE {wheres} ORDER BY id DESC LIMIT ? OFFSET ?");
        let texts: Vec<String> = self.rows(&select, values, |row| row.get(0))?;
        Ok((texts.iter().filter_map(|t| serde_json::from_str(t).ok()).collect(), total.unsigned_abs()))
    }

    /// How many jobs there are in each state.
    pub(crate) fn counts(&self) -> Outcome<BTreeMap<State, u64>> {
        let mut counts: BTreeMap<State, u64> = State::ALL.into_iter().map(|s| (s, 0)).collect();
        let read = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?));
        for (state, n) in self.rows("SELECT state, count(*) FROM jobs GROUP BY state", Vec::new(), read)? {
            if let Some(state) = State::of(&state) {
                counts.insert(state, n.unsigned_abs());
            }
        }
        Ok(counts)
    }

    fn rows<T>(
        &self,
        sql: &str,
        values: Vec<Sql>,
        read: impl FnMut(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Outcome<Vec<T>> {
        let mut statement = self.connection.prepare(sql).map_err(self.failed())?;
        let rows = statement.query_map(params_from_iter(values), read).map_err(self.failed())?;
        rows.collect::<rusqlite::Result<Vec<T>>>().map_err(self.failed())
    }
}

enum Failure {
    Sql(rusqlite::Error),
    Problem(Problem),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Failure {
        Failure::Sql(error)
    }
}

fn connect(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(Duration::from_secs(5))?;
    connection.pragma_update(None, "synchronous", "NORMAL")?;
    Ok(connection)
}

/// Whether the file itself is at fault, and not the disk or the rights on it.
fn is_damage(error: &rusqlite::Error) -> bool {
    match error {
        rusqlite::Error::SqliteFailure(e, _) => {
            matches!(e.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown)
        }
        rusqlite::Error::SqlInputError { .. }
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::FromSqlConversionFailure(..) => true,
        _ => false,
    }
}

fn move_aside(path: &Path) -> Outcome<PathBuf> {
    let stamp = clock::text(clock::now()).replace([':', '.'], "-");
    let aside = path.with_file_name(format!("index.damaged-{stamp}.sqlite"));
    std::fs::rename(path, &aside).map_err(|e| files::failed(path, &e))?;
    for end in ["-wal", "-shm"] {
        let mut name = path.file_name().map(|n| n.to_os_string()).unwrap_or_default();
        name.push(end);
        // Parts of the damaged file; beside a new one they would spoil it.
        let _ = std::fs::remove_file(path.with_file_name(name));
    }
    Ok(aside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn record(id: &str, state: State) -> Record {
        let order = json!({"id": id, "task": "merge", "created": "c", "folder": "/", "attempt": 1});
        let fields =
            json!({"base_model_path": "基座/Qwen", "adapter_path": "a", "output_path": format!("out-{id}")});
        let mut record = Record::new(&serde_json::from_value(order).unwrap(), fields.as_object().unwrap());
        record.state = state;
        record
    }

    #[test]
    fn a_thousand_jobs_are_listed_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let (store, note) = Store::open(&dir.path().join("index.sqlite")).unwrap();
        assert!(note.is_none());
        for n in 0..1_000 {
            let state = if n % 10 == 0 { State::Failed } else { State::Done };
            store.put(&record(&format!("20260101-000000-{n:04}"), state)).unwrap();
        }
        let began = std::time::Instant::now();
        let (jobs, total) = store.list(&Filter::default()).unwrap();
        let failed = Filter { states: vec![State::Failed], limit: 7, offset: 5, ..Filter::default() };
        let (some, of) = store.list(&failed).unwrap();
        let search = Filter { text: Some("OUT-20260101-000000-0123".to_string()), ..Filter::default() };
        assert_eq!(store.list(&search).unwrap().1, 1);
        assert_eq!(store.counts().unwrap()[&State::Failed], 100);
        assert!(began.elapsed().as_millis() < 50, "{:?}", began.elapsed());
        assert_eq!((jobs.len(), total, some.len(), of), (100, 1_000, 7, 100));
        assert!(jobs[0].id > jobs[1].id && some[0].id.ends_with("0940"));
    }

    #[test]
    fn the_queue_keeps_its_order() {
        let dir = tempfile::tempdir().unwrap();
        let (mut store, _) = Store::open(&dir.path().join("index.sqlite")).unwrap();
        for id in ["c", "a", "b"] {
            store.put(&record(id, State::Queued)).unwrap();
        }
        assert_eq!(store.queue().unwrap(), ["c", "a", "b"]);
        store.set_queue(&["b".into(), "c".into(), "a".into()]).unwrap();
        store.put(&record("b", State::Queued)).unwrap();
        assert_eq!(store.queue().unwrap(), ["b", "c", "a"]);
        store.put(&record("b", State::Running)).unwrap();
        store.put(&record("b", State::Queued)).unwrap();
        assert_eq!(store.queue().unwrap(), ["c", "a", "b"]);
        store.remove("c").unwrap();
        assert!(store.get("c").unwrap().is_none());
    }

    #[test]
    fn damage_and_newer_forms() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("index.sqlite");
        for damage in [&b"this is no database, and long enough to be seen as one"[..], &[0; 5000]] {
            std::fs::write(&path, damage).unwrap();
            let (store, note) = Store::open(&path).unwrap();
            assert_eq!(note.map(|n| n.code()), Some("J114"));
            assert!(store.queue().unwrap().is_empty());
            drop(store);
            assert!(Store::open(&path).unwrap().1.is_none());
        }
        connect(&path).unwrap().execute_batch("DROP TABLE jobs").unwrap();
        assert_eq!(Store::open(&path).unwrap().1.map(|n| n.code()), Some("J114"));
        connect(&path).unwrap().pragma_update(None, "user_version", 99).unwrap();
        let problem = Store::open(&path).err().unwrap();
        assert_eq!(problem.code(), "J102");
        assert!(problem.to_string().contains("form 99"), "{problem}");
    }
}
