use crate::aligned::{AlignedBuf, BLOCK};
use crate::gate::Gate;
use rustix::fs::{Advice, OFlags};
use std::fs::{File, OpenOptions};
use std::io;
use std::num::NonZeroU64;
use std::os::unix::fs::{FileExt, OpenOptionsExt};
use std::path::Path;
use std::sync::mpsc;
use weldlm_source::check_open;

/// Bytes of one read or write request.
pub(crate) const CHUNK: usize = 4 << 20;
/// Threads that read ahead while the chunks before are hashed. One would keep the device busy, but must share the
/// processors with those that compute; with three, a request is always waiting.
const READERS: usize = 3;

/// Opens with O_DIRECT where the file system has it; says whether it does.
pub(crate) fn open_direct(options: &OpenOptions, path: &Path) -> io::Result<(File, bool)> {
    let mut direct = options.clone();
    direct.custom_flags(OFlags::DIRECT.bits() as i32);
    let (file, is_direct) = match direct.open(path) {
        Ok(file) => (file, true),
        // EINVAL is how file systems without it answer.
        Err(e) if e.kind() == io::ErrorKind::InvalidInput => (options.open(path)?, false),
        Err(e) => return Err(e),
    };
    check_open(&file)?;
    Ok((file, is_direct))
}

fn reopen_buffered(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    check_open(&file)?;
    // Without direct I/O the cache is asked to forget the file, so that the device is read where possible.
    let _ = rustix::fs::fadvise(&file, 0, None::<NonZeroU64>, Advice::DontNeed);
    Ok(file)
}

fn read_chunk(file: &File, buf: &mut [u8], offset: u64, want: usize) -> io::Result<()> {
    let mut got = 0;
    while got < want {
        match file.read_at(&mut buf[got..], offset + got as u64) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(n) => got += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
        // A direct read that stopped inside a block can only be the end of the file.
        if got % BLOCK != 0 && got < want {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

fn read_share(
    (path, len): (&Path, u64),
    first: u64,
    gate: &Gate,
    out: &mpsc::SyncSender<io::Result<AlignedBuf>>,
    back: &mpsc::Receiver<AlignedBuf>,
) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.read(true);
    let (mut file, mut direct) = open_direct(&options, path)?;
    if !direct {
        file = reopen_buffered(path)?;
    }
    let mut offset = first * CHUNK as u64;
    while offset < len {
        let mut buf = back.try_recv().unwrap_or_else(|_| AlignedBuf::new(CHUNK));
        let want = (len - offset).min(CHUNK as u64) as usize;
        if !gate.wait(offset + want as u64) {
            return Err(io::Error::other("the file was given up by its writer"));
        }
        let mut outcome = read_chunk(&file, buf.as_mut_slice(), offset, want);
        if direct && matches!(&outcome, Err(e) if e.kind() == io::ErrorKind::InvalidInput) {
            (file, direct) = (reopen_buffered(path)?, false);
            outcome = read_chunk(&file, buf.as_mut_slice(), offset, want);
        }
        outcome?;
        if out.send(Ok(buf)).is_err() {
            return Ok(());
        }
        offset += (READERS * CHUNK) as u64;
    }
    Ok(())
}

/// Reads a file from the device, in order, several requests ahead, and hands over chunk after chunk.
///
/// # Errors
/// When the file is shorter than it was or cannot be read, or what `each` returns.
pub fn stream<E: From<io::Error>>(path: &Path, each: impl FnMut(&[u8]) -> Result<(), E>) -> Result<(), E> {
    let len = std::fs::metadata(path)?.len();
    stream_behind(path, len, &Gate::open(), each)
}

/// The same behind the writer of a file that will have `len` bytes, as far as the gate allows.
///
/// # Errors
/// As [`stream`]; also when the writer gives up.
pub fn stream_behind<E: From<io::Error>>(
    path: &Path,
    len: u64,
    gate: &Gate,
    mut each: impl FnMut(&[u8]) -> Result<(), E>,
) -> Result<(), E> {
    std::thread::scope(|scope| {
        let mut lanes = Vec::with_capacity(READERS);
        for first in 0..READERS as u64 {
            let (filled, take) = mpsc::sync_channel::<io::Result<AlignedBuf>>(1);
            let (give_back, back) = mpsc::channel();
            scope.spawn(move || {
                if let Err(e) = read_share((path, len), first, gate, &filled, &back) {
                    let _ = filled.send(Err(e));
                }
            });
            lanes.push((take, give_back));
        }
        let mut offset = 0u64;
        for lane in (0..READERS).cycle() {
            if offset >= len {
                break;
            }
            let gone = || io::Error::other("a reading thread stopped");
            let buf = lanes[lane].0.recv().map_err(|_| gone())??;
            let want = (len - offset).min(CHUNK as u64) as usize;
            each(&buf.as_slice()[..want])?;
            offset += want as u64;
            let _ = lanes[lane].1.send(buf);
        }
        Ok(())
    })
}
