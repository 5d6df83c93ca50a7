//! What the attempts of a job have left on the disk, told apart from what others made.

use crate::files;
use crate::folder::{JobFolder, Worker};
use rustix::fs::{AtFlags, Mode, OFlags};
use rustix::io::Errno;
use serde_json::Value;
use std::fs;
use std::path::{Component, Path};
use weldlm_output::{RECEIPT, Staging, unfinished};

/// What lies where the job writes.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Left {
    /// The result of this job.
    pub own_result: bool,
    /// Something else, at the place of the result.
    pub foreign_result: bool,
    /// An unfinished run of this job.
    pub own_partial: bool,
}

/// Looks at it.
pub(crate) fn left(folder: &JobFolder, worker: &Worker) -> Left {
    if worker.output.as_os_str().is_empty() {
        return Left::default();
    }
    let own_result = is_own(folder, &worker.output);
    let there = fs::read_dir(&worker.output).is_ok_and(|mut entries| entries.next().is_some())
        || worker.output.is_file();
    let own_partial = staging(worker).is_some();
    Left { own_result, foreign_result: there && !own_result, own_partial }
}

/// Whether a result's receipt is the one that this job got.
fn is_own(folder: &JobFolder, output: &Path) -> bool {
    let hash = |path: &Path| -> Option<String> {
        let text = files::read(path).ok()??;
        let receipt: Value = serde_json::from_str(&text).ok()?;
        receipt["receipt_blake3"].as_str().map(str::to_string)
    };
    let kept = hash(&folder.report());
    kept.is_some() && kept == hash(&output.join(RECEIPT))
}

/// The unfinished run of this job, taken; nothing when there is none, it is of another job, or someone is at it.
fn staging(worker: &Worker) -> Option<Staging> {
    unfinished(&worker.output)?;
    let staging = Staging::begin(&worker.output, true).ok()?;
    // Without a first line its maker died before it had anything to lose.
    let Some(first) = staging.journal().first() else { return (!worker.runs.is_empty()).then_some(staging) };
    let first: Value = serde_json::from_str(first).ok()?;
    let run = first["run"].as_str()?;
    worker.runs.iter().any(|own| own == run).then_some(staging)
}

/// Removes what this job made: the files of its result that its receipt names, and its unfinished run.
/// Whatever else lies there stays.
pub(crate) fn remove(folder: &JobFolder) -> std::io::Result<()> {
    let worker = folder.worker();
    if worker.output.as_os_str().is_empty() {
        return Ok(());
    }
    if let Some(staging) = staging(&worker) {
        staging.discard();
    }
    if is_own(folder, &worker.output) {
        remove_result(&worker.output)?;
    }
    Ok(())
}

/// Goes by open folders and not by paths, so that no link can lead the removal elsewhere.
fn remove_result(output: &Path) -> std::io::Result<()> {
    let text = fs::read_to_string(output.join(RECEIPT))?;
    let receipt: Value = serde_json::from_str(&text)?;
    let top = fs::File::open(output)?;
    weldlm_source::check_open(&top)?;
    let files = receipt["files"].as_array().into_iter().flatten().filter_map(|f| f["name"].as_str());
    let names: Vec<&Path> = files.map(Path::new).filter(|n| is_below(n)).collect();
    for name in names.iter().copied().chain([Path::new(RECEIPT)]) {
        remove_below(&top, name, AtFlags::empty())?;
    }
    let mut folders: Vec<&Path> =
        names.iter().flat_map(|n| n.ancestors().skip(1)).filter(|a| *a != Path::new("")).collect();
    folders.sort_by_key(|f| (std::cmp::Reverse(f.components().count()), *f));
    folders.dedup();
    // Folders that hold something else are not empty and stay.
    folders.iter().for_each(|folder| drop(remove_below(&top, folder, AtFlags::REMOVEDIR)));
    let _ = fs::remove_dir(output);
    Ok(())
}

fn remove_below(top: &fs::File, name: &Path, flags: AtFlags) -> std::io::Result<()> {
    let mut folder = top.try_clone()?;
    for part in name.parent().into_iter().flat_map(Path::components) {
        let open = OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        match rustix::fs::openat(&folder, part.as_os_str(), open, Mode::empty()) {
            Ok(below) => folder = below.into(),
            Err(Errno::NOENT) => return Ok(()),
            Err(e) => return Err(e.into()),
        }
    }
    match rustix::fs::unlinkat(&folder, name.file_name().unwrap_or_default(), flags) {
        Ok(()) | Err(Errno::NOENT) => Ok(()),
        Err(e) => Err(e.into()),
    }
}

fn is_below(name: &Path) -> bool {
    name.file_name().is_some() && name.components().all(|c| matches!(c, Component::Normal(_)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn job(dir: &Path) -> (JobFolder, Worker) {
        let folder = JobFolder::at(&dir.join("job"));
        fs::create_dir(folder.dir()).unwrap();
        let worker = Worker { output: dir.join("out"), runs: vec!["run-1".to_string()], ..Worker::default() };
        folder.set_worker(&worker).unwrap();
        (folder, worker)
    }

    fn receipt(hash: &str) -> String {
        json!({"receipt_blake3": hash, "files": [{"name": "model"}, {"name": "sub/a"}, {"name": "../precious"}]})
            .to_string()
    }

    #[test]
    fn only_what_is_its_own() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, worker) = job(dir.path());
        let out = &worker.output;
        assert_eq!(left(&folder, &worker), Left::default());
        remove(&folder).unwrap();
        fs::create_dir_all(out.join("sub")).unwrap();
        for name in ["model", "sub/a", "mine.txt", "../precious"] {
            fs::write(out.join(name), "x").unwrap();
        }
        fs::write(out.join(RECEIPT), receipt("other")).unwrap();
        fs::write(folder.report(), receipt("own")).unwrap();
        assert!(left(&folder, &worker).foreign_result);
        remove(&folder).unwrap();
        assert!(out.join("model").exists());
        fs::write(out.join(RECEIPT), receipt("own")).unwrap();
        assert!(left(&folder, &worker).own_result);
        remove(&folder).unwrap();
        let names: Vec<_> = fs::read_dir(out).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(names, ["mine.txt"]);
        assert!(dir.path().join("precious").exists());
    }

    #[test]
    fn unfinished_runs_are_known_by_their_journal() {
        let dir = tempfile::tempdir().unwrap();
        let (folder, worker) = job(dir.path());
        for (run, own) in [("run-2", false), ("run-1", true)] {
            let mut staging = Staging::begin(&worker.output, false).unwrap();
            staging.record(&[json!({"run": run}).to_string()]).unwrap();
            assert!(!left(&folder, &worker).own_partial, "someone is at it");
            remove(&folder).unwrap();
            drop(staging);
            assert_eq!(left(&folder, &worker).own_partial, own);
            remove(&folder).unwrap();
            assert_eq!(unfinished(&worker.output).is_some(), !own);
        }
    }
}
