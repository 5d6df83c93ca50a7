use crate::{FileSink, free_bytes, write_failed};
use rustix::fs::{Access, AtFlags, CWD, FlockOperation, RenameFlags};
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use weldlm_messages::{Problem, catalogue::output as says};
use weldlm_source::check_open;

/// What to do when the output, or an unfinished run of it, is already there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum IfExists {
    /// Refuse.
    #[default]
    Fail,
    /// Continue an unfinished run; re-check a finished one.
    Resume,
    /// Start over; the old result goes away only once the new one is complete.
    Replace,
}

/// What lies at the output path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Situation {
    /// Nothing, or an empty folder.
    Free,
    /// An unfinished run that is to be continued.
    Partial,
    /// A finished result of weldlm that is to be re-checked.
    Finished,
    /// A finished result that is to be replaced.
    ToReplace,
}

const LOCK: &str = ".weldlm-lock";
const JOURNAL: &str = ".weldlm-journal.jsonl";
/// The receipt's file name: its presence marks a folder as a result of weldlm.
pub const RECEIPT: &str = "weldlm.json";

fn partial_path(output: &Path) -> PathBuf {
    let mut name = output.file_name().map(|n| n.to_os_string()).unwrap_or_default();
    name.push(".partial");
    output.with_file_name(name)
}

/// The folder of an unfinished run for this output, if there is one. A folder that only has its name is none.
pub fn unfinished(output: &Path) -> Option<PathBuf> {
    let partial = partial_path(&resolve(output));
    partial.join(LOCK).is_file().then_some(partial)
}

/// The absolute path with links of the existing part resolved.
fn resolve(path: &Path) -> PathBuf {
    let absolute = without_parents(&std::path::absolute(path).unwrap_or_else(|_| path.to_path_buf()));
    for ancestor in absolute.ancestors() {
        if let Ok(real) = ancestor.canonicalize() {
            let rest = absolute.strip_prefix(ancestor).unwrap_or(Path::new(""));
            return if rest == Path::new("") { real } else { real.join(rest) };
        }
    }
    absolute
}

/// `a/x/../b` is `a/b` where `a/x` does not exist; where it does, the file system decides (it may be a link).
fn without_parents(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => {
                out = out.canonicalize().unwrap_or(out);
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

fn is_empty_folder(path: &Path) -> bool {
    fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_none())
}

/// Looks at the output path without changing anything and decides what may happen there.
///
/// # Errors
/// When the output exists and the policy does not allow for it, when it overlaps an input, or when its
/// parent cannot be written.
pub fn examine(output: &Path, policy: IfExists, inputs: &[PathBuf]) -> Result<Situation, Problem> {
    let path = resolve(output);
    if path.file_name().is_none() {
        return Err(Problem::new(&says::BAD_NAME).arg("path", output.display()));
    }
    for input in inputs {
        let real = resolve(input);
        if path == real || path.starts_with(&real) || real.starts_with(&path) {
            return Err(Problem::new(&says::SAME_AS_INPUT)
                .arg("path", output.display())
                .arg("input", input.display())
                .at("output_path"));
        }
    }
    weldlm_source::allowed(&path).map_err(|p| p.at("output_path"))?;
    let parent = path.ancestors().skip(1).find(|p| p.exists()).unwrap_or(Path::new("/"));
    writable(parent, output)?;
    let partial = partial_path(&path);
    let partial_there = partial.exists();
    let free = fs::symlink_metadata(&path).is_err() || is_empty_folder(&path);
    let ours = path.join(RECEIPT).is_file();
    match policy {
        IfExists::Fail if !free => Err(Problem::new(&says::EXISTS).arg("path", output.display())),
        IfExists::Fail if partial_there => {
            Err(Problem::new(&says::PARTIAL_EXISTS).arg("path", partial.display()))
        }
        _ if !free && !ours => Err(Problem::new(&says::NOT_OURS).arg("path", output.display())),
        IfExists::Resume if !free => Ok(Situation::Finished),
        IfExists::Resume if partial_there => Ok(Situation::Partial),
        IfExists::Replace if !free => Ok(Situation::ToReplace),
        _ => Ok(Situation::Free),
    }
    .map_err(|p| p.at("output_path"))
}

fn writable(parent: &Path, output: &Path) -> Result<(), Problem> {
    let refused = |reason: &dyn std::fmt::Display| {
        Problem::new(&says::NOT_WRITABLE)
            .arg("path", output.display())
            .arg("reason", reason)
            .at("output_path")
    };
    if !parent.is_dir() {
        return Err(refused(&format!("{} is not a folder", parent.display())));
    }
    rustix::fs::accessat(CWD, parent, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)
        .map_err(|e| refused(&format!("{}: {}", parent.display(), std::io::Error::from(e))))
}

/// `<output>.partial`, held by this process alone.
pub struct Staging {
    output: PathBuf,
    partial: PathBuf,
    _lock: File,
    journal: File,
    lines: Vec<String>,
    made_parents: Vec<PathBuf>,
}

impl Staging {
    /// Takes the folder. With `resume`, what is there stays; otherwise it starts empty.
    ///
    /// # Errors
    /// When another process holds it, or it cannot be written.
    pub fn begin(output: &Path, resume: bool) -> Result<Staging, Problem> {
        let output = resolve(output);
        weldlm_source::allowed(&output)?;
        let partial = partial_path(&output);
        let failed = |e: std::io::Error| {
            Problem::new(&says::NO_PARENT).arg("path", partial.display()).arg("reason", e).at("output_path")
        };
        let made_parents: Vec<PathBuf> =
            partial.ancestors().skip(1).take_while(|p| !p.exists()).map(Path::to_path_buf).collect();
        fs::create_dir_all(&partial).map_err(failed)?;
        File::open(&partial).and_then(|folder| check_open(&folder)).map_err(failed)?;
        let lock = take_lock(&partial)?;
        if !resume {
            clear(&partial).map_err(failed)?;
        }
        let path = partial.join(JOURNAL);
        let text = fs::read_to_string(&path).unwrap_or_default();
        // A line without its end was being written when the process died.
        let whole = text.rfind('\n').map_or(0, |end| end + 1);
        let lines = text[..whole].lines().map(str::to_string).collect();
        let journal = OpenOptions::new().create(true).append(true).open(&path).map_err(failed)?;
        journal.set_len(whole as u64).map_err(failed)?;
        Ok(Staging { output, partial, _lock: lock, journal, lines, made_parents })
    }

    /// The path of a file in it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.partial.join(name)
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        &self.partial
    }

    /// The journal as it was when the folder was taken.
    pub fn journal(&self) -> &[String] {
        &self.lines
    }

    /// Forgets everything in the folder but the lock.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn restart(&mut self) -> Result<(), Problem> {
        let failed = |e: std::io::Error| write_failed(&self.partial, 0, &e);
        clear(&self.partial).map_err(failed)?;
        let path = self.partial.join(JOURNAL);
        self.journal = OpenOptions::new().create(true).append(true).open(path).map_err(failed)?;
        self.lines.clear();
        Ok(())
    }

    /// Adds lines to the journal, durably. What they claim must be durable before.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn record(&mut self, lines: &[String]) -> Result<(), Problem> {
        let mut text = lines.join("\n");
        text.push('\n');
        let path = self.partial.join(JOURNAL);
        self.journal
            .write_all(text.as_bytes())
            .and_then(|()| self.journal.sync_data())
            .map_err(|e| write_failed(&path, 0, &e))
    }

    /// Makes sure that a file of that name is there.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn touch(&self, name: &str) -> Result<(), Problem> {
        let path = self.path(name);
        let made = OpenOptions::new().create(true).append(true).open(&path);
        made.map(drop).map_err(|e| write_failed(&path, 0, &e))
    }

    /// Opens a big file of known length for writing from `from` on.
    ///
    /// # Errors
    /// As [`FileSink::open`].
    pub fn sink(&self, name: &str, len: u64, from: u64) -> Result<FileSink, Problem> {
        FileSink::open(&self.path(name), len, from)
    }

    /// Writes a small file as a whole, durably. `name` may have folders.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Problem> {
        let path = self.path(name);
        let write = || {
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent)?;
            }
            let mut file = create(&path)?;
            file.write_all(bytes)?;
            file.sync_all()
        };
        write().map_err(|e| write_failed(&path, 0, &e))
    }

    /// Overwrites bytes inside a file that is complete otherwise, durably.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn patch(&self, name: &str, patches: &[(u64, Vec<u8>)]) -> Result<(), Problem> {
        use std::os::unix::fs::FileExt;
        let path = self.path(name);
        let patch = || {
            let file = OpenOptions::new().write(true).open(&path)?;
            check_open(&file)?;
            for (offset, bytes) in patches {
                file.write_all_at(bytes, *offset)?;
            }
            file.sync_all()
        };
        patch().map_err(|e| write_failed(&path, 0, &e))
    }

    /// Makes a file share the blocks of another one, where the file system can; says whether it did.
    pub fn reflink(&self, from: &Path, name: &str) -> bool {
        let clone = || -> std::io::Result<()> {
            let source = File::open(from)?;
            check_open(&source)?;
            let target = create(&self.path(name))?;
            rustix::fs::ioctl_ficlone(&target, &source)?;
            target.sync_all()
        };
        let done = clone().is_ok();
        if !done {
            let _ = fs::remove_file(self.path(name));
        }
        done
    }

    /// Whether a file is there with that length.
    pub fn has(&self, name: &str, len: u64) -> bool {
        fs::metadata(self.path(name)).is_ok_and(|m| m.is_file() && m.len() == len)
    }

    /// Removes files that do not belong to the result.
    pub fn keep_only(&self, names: &dyn Fn(&str) -> bool) {
        for entry in fs::read_dir(&self.partial).into_iter().flatten().flatten() {
            let name = entry.file_name().to_string_lossy().into_owned();
            if name != LOCK && name != JOURNAL && entry.path().is_file() && !names(&name) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }

    /// Puts the folder in its final place in one step. An old result there is exchanged and then removed.
    ///
    /// # Errors
    /// When it cannot be renamed; the folder then stays as it is and can be resumed.
    pub fn publish(self) -> Result<(), Problem> {
        let failed = |e: std::io::Error| write_failed(&self.output, 0, &e);
        sync_folder(&self.partial).map_err(failed)?;
        if self.output.join(RECEIPT).is_file() {
            exchange(&self.partial, &self.output).map_err(failed)?;
            fs::remove_dir_all(&self.partial).map_err(failed)?;
        } else {
            fs::rename(&self.partial, &self.output).map_err(failed)?;
        }
        let _ = fs::remove_file(self.output.join(LOCK));
        let _ = fs::remove_file(self.output.join(JOURNAL));
        let _ = sync_folder(&self.output);
        if let Some(parent) = self.output.parent() {
            sync_folder(parent).map_err(failed)?;
        }
        Ok(())
    }

    /// Removes the folder and whatever was made on the way to it.
    pub fn discard(self) {
        let _ = fs::remove_dir_all(&self.partial);
        for parent in &self.made_parents {
            let _ = fs::remove_dir(parent);
        }
    }

    /// Bytes that can still be written here.
    pub fn free_bytes(&self) -> Option<u64> {
        free_bytes(&self.partial)
    }
}

/// An empty file, which is emptied only once it is known to lie where it may.
fn create(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    check_open(&file)?;
    file.set_len(0)?;
    Ok(file)
}

fn sync_folder(path: &Path) -> std::io::Result<()> {
    File::open(path)?.sync_all()
}

fn exchange(partial: &Path, output: &Path) -> std::io::Result<()> {
    match rustix::fs::renameat_with(CWD, partial, CWD, output, RenameFlags::EXCHANGE) {
        Ok(()) => Ok(()),
        Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {
            let mut name = output.file_name().map(|n| n.to_os_string()).unwrap_or_default();
            name.push(format!(".old-{}", std::process::id()));
            let aside = output.with_file_name(name);
            fs::rename(output, &aside)?;
            if let Err(e) = fs::rename(partial, output) {
                fs::rename(&aside, output)?;
                return Err(e);
            }
            fs::rename(&aside, partial)
        }
        Err(e) => Err(e.into()),
    }
}

/// Empties the folder but for the lock.
fn clear(partial: &Path) -> std::io::Result<()> {
    for entry in fs::read_dir(partial)? {
        let entry = entry?;
        if entry.file_name() == LOCK {
            continue;
        }
        if entry.file_type()?.is_dir() {
            fs::remove_dir_all(entry.path())?
        } else {
            fs::remove_file(entry.path())?
        }
    }
    Ok(())
}

/// The kernel frees the lock when its owner dies, so a dead owner never blocks anyone.
fn take_lock(partial: &Path) -> Result<File, Problem> {
    let path = partial.join(LOCK);
    let failed = |e: std::io::Error| {
        Problem::new(&says::NOT_WRITABLE).arg("path", path.display()).arg("reason", e).at("output_path")
    };
    let mut file =
        OpenOptions::new().create(true).read(true).write(true).truncate(false).open(&path).map_err(failed)?;
    let busy = |owner: &str| {
        Problem::new(&says::LOCKED)
            .arg("owner", owner.trim())
            .arg("path", partial.display())
            .at("output_path")
    };
    match rustix::fs::flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => {}
        Err(rustix::io::Errno::WOULDBLOCK) => {
            return Err(busy(&fs::read_to_string(&path).unwrap_or_default()));
        }
        // A file system without locks: the journal's owner line is all there is.
        Err(_) => {}
    }
    // The owner before us may have published the folder between our open and our lock.
    let same = fs::metadata(&path)
        .is_ok_and(|m| file.metadata().is_ok_and(|f| (m.dev(), m.ino()) == (f.dev(), f.ino())));
    if !same {
        return Err(busy("it has just finished"));
    }
    let owner = format!("process {}\n", std::process::id());
    file.set_len(0).and_then(|()| file.write_all(owner.as_bytes())).map_err(failed)?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn code<T>(outcome: Result<T, Problem>) -> &'static str {
        outcome.err().map_or("ok", |p| p.code())
    }

    #[test]
    fn a_result_appears_whole_or_not_at_all() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("a/b/out");
        assert_eq!(examine(&out, IfExists::Fail, &[]).unwrap(), Situation::Free);
        let staging = Staging::begin(&out, false).unwrap();
        staging.write(RECEIPT, b"{}").unwrap();
        assert!(!out.exists());
        staging.publish().unwrap();
        let names: Vec<_> = fs::read_dir(&out).unwrap().flatten().map(|e| e.file_name()).collect();
        assert_eq!(names, [RECEIPT]);
        assert!(!partial_path(&out).exists());
    }

    #[test]
    fn discard_leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        let staging = Staging::begin(&dir.path().join("x/y/out"), false).unwrap();
        staging.write("f", b"1").unwrap();
        staging.discard();
        assert!(is_empty_folder(dir.path()));
    }

    #[test]
    fn one_writer_at_a_time() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let first = Staging::begin(&out, false).unwrap();
        assert_eq!(code(Staging::begin(&out, true)), "O107");
        drop(first);
        assert_eq!(code(Staging::begin(&out, true)), "ok");
    }

    #[test]
    fn policies() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let check = |policy| examine(&out, policy, &[]);
        fs::create_dir(&out).unwrap();
        assert_eq!(check(IfExists::Fail).unwrap(), Situation::Free, "an empty folder is no obstacle");
        fs::write(out.join("precious"), "x").unwrap();
        assert_eq!(code(check(IfExists::Fail)), "O101");
        assert_eq!(code(check(IfExists::Replace)), "O111");
        assert_eq!(code(check(IfExists::Resume)), "O111");
        fs::write(out.join(RECEIPT), "{}").unwrap();
        assert_eq!(check(IfExists::Replace).unwrap(), Situation::ToReplace);
        assert_eq!(check(IfExists::Resume).unwrap(), Situation::Finished);
        fs::remove_dir_all(&out).unwrap();
        fs::create_dir(partial_path(&out)).unwrap();
        assert_eq!(code(check(IfExists::Fail)), "O102");
        assert_eq!(check(IfExists::Resume).unwrap(), Situation::Partial);
        assert_eq!(check(IfExists::Replace).unwrap(), Situation::Free);
    }

    #[test]
    fn inputs_are_out_of_bounds() {
        let dir = tempfile::tempdir().unwrap();
        let base = dir.path().join("base");
        fs::create_dir(&base).unwrap();
        std::os::unix::fs::symlink(&base, dir.path().join("link")).unwrap();
        for output in [base.clone(), base.join("below"), dir.path().join("link"), dir.path().to_path_buf()] {
            assert_eq!(code(examine(&output, IfExists::Replace, std::slice::from_ref(&base))), "O103");
        }
        assert_eq!(code(examine(&dir.path().join("base2"), IfExists::Fail, &[base])), "ok");
    }

    #[test]
    fn replace_exchanges_and_removes_the_old() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::write(out.join(RECEIPT), "old").unwrap();
        fs::write(out.join("old-file"), "").unwrap();
        let staging = Staging::begin(&out, false).unwrap();
        staging.write(RECEIPT, b"new").unwrap();
        staging.publish().unwrap();
        assert_eq!(fs::read_to_string(out.join(RECEIPT)).unwrap(), "new");
        assert!(!out.join("old-file").exists());
        assert!(!partial_path(&out).exists());
    }

    #[test]
    fn the_journal_drops_a_torn_line() {
        let dir = tempfile::tempdir().unwrap();
        let out = dir.path().join("out");
        let mut staging = Staging::begin(&out, false).unwrap();
        staging.record(&["one".into(), "two".into()]).unwrap();
        fs::write(staging.path(JOURNAL), "one\ntwo\nthr").unwrap();
        drop(staging);
        let mut staging = Staging::begin(&out, true).unwrap();
        assert_eq!(staging.journal(), ["one", "two"]);
        staging.record(&["three".into()]).unwrap();
        drop(staging);
        assert_eq!(Staging::begin(&out, true).unwrap().journal(), ["one", "two", "three"]);
    }
}
