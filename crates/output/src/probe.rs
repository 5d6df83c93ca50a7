use crate::aligned::{AlignedBuf, BLOCK};
use crate::direct::open_direct;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

/// What the file system of a folder can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Probe {
    /// Whether files can be written around the page cache.
    pub direct: bool,
    /// Whether files can share blocks.
    pub reflink: bool,
}

/// A file that goes away with its owner.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Tries out with two small files of its own, which it removes again.
///
/// # Errors
/// When nothing can be written in the folder.
pub fn probe(folder: &Path) -> io::Result<Probe> {
    let path = |n: u8| folder.join(format!(".weldlm-probe-{}-{n}", std::process::id()));
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    let mut block = AlignedBuf::new(BLOCK);
    block.as_mut_slice().fill(7);
    let (file, direct) = open_direct(&options, &path(1))?;
    let first = Temporary(path(1));
    // Some file systems accept the flag and refuse the write.
    let direct = direct && file.write_all_at(block.as_slice(), 0).is_ok() && file.sync_data().is_ok();
    if !direct {
        OpenOptions::new().write(true).open(&first.0)?.write_all_at(block.as_slice(), 0)?;
    }
    let target = options.open(path(2))?;
    let _second = Temporary(path(2));
    let reflink = rustix::fs::ioctl_ficlone(&target, File::open(&first.0)?).is_ok();
    Ok(Probe { direct, reflink })
}

#[cfg(test)]
mod tests {
    use super::probe;

    #[test]
    fn leaves_nothing_behind() {
        let dir = tempfile::tempdir().unwrap();
        probe(dir.path()).unwrap();
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);
        assert!(probe(&dir.path().join("nowhere")).is_err());
    }
}
