use crate::aligned::{AlignedBuf, BLOCK};
use crate::direct::{CHUNK, open_direct};
use crate::write_failed;
use rustix::fs::FallocateFlags;
use std::fs::{File, OpenOptions};
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread::JoinHandle;
use weldlm_messages::Problem;
use weldlm_source::check_open;

enum Order {
    Write { buf: AlignedBuf, len: usize, offset: u64 },
    Sync(mpsc::SyncSender<io::Result<()>>),
}

/// A big file written once from front to back, around the page cache where possible, by a thread of its own.
pub struct FileSink {
    path: PathBuf,
    len: u64,
    /// Bytes accepted so far.
    position: u64,
    fill: AlignedBuf,
    filled: usize,
    orders: Option<mpsc::SyncSender<Order>>,
    returned: mpsc::Receiver<io::Result<AlignedBuf>>,
    spare: usize,
    writer: Option<JoinHandle<()>>,
}

/// Buffers in flight besides the one being filled.
const IN_FLIGHT: usize = 2;

impl FileSink {
    /// Creates (or continues) the file at `path`, which will have `len` bytes; `from` of them are there.
    ///
    /// # Errors
    /// When it cannot be created, or the disk has no room for `len` bytes.
    pub fn open(path: &Path, len: u64, from: u64) -> Result<FileSink, Problem> {
        let failed = |e: &io::Error| write_failed(path, from, e);
        let mut options = OpenOptions::new();
        // Cut only once it is known to lie where it may.
        options.read(true).write(true).create(true).truncate(false);
        let (file, direct) = open_direct(&options, path).map_err(|e| failed(&e))?;
        if from == 0 {
            file.set_len(0).map_err(|e| failed(&e))?;
        }
        reserve(&file, len).map_err(|e| failed(&e))?;
        let mut fill = AlignedBuf::new(CHUNK);
        let block_start = from - from % BLOCK as u64;
        let filled = (from - block_start) as usize;
        if filled > 0 {
            // The block in which writing continues is taken over as it is.
            let whole = File::open(path).map_err(|e| failed(&e))?;
            whole.read_exact_at(&mut fill.as_mut_slice()[..filled], block_start).map_err(|e| failed(&e))?;
        }
        let (orders, inbox) = mpsc::sync_channel(IN_FLIGHT);
        let (outbox, returned) = mpsc::channel();
        let its_path = path.to_path_buf();
        let writer = std::thread::spawn(move || serve(file, direct, &its_path, &inbox, &outbox));
        Ok(FileSink {
            path: path.to_path_buf(),
            len,
            position: from,
            fill,
            filled,
            orders: Some(orders),
            returned,
            spare: IN_FLIGHT,
            writer: Some(writer),
        })
    }

    /// Bytes accepted so far.
    pub fn position(&self) -> u64 {
        self.position
    }

    /// Appends bytes.
    ///
    /// # Errors
    /// When an earlier or this write failed.
    pub fn append(&mut self, mut bytes: &[u8]) -> Result<(), Problem> {
        debug_assert!(self.position + bytes.len() as u64 <= self.len, "more bytes than planned");
        while !bytes.is_empty() {
            let n = bytes.len().min(CHUNK - self.filled);
            self.fill.as_mut_slice()[self.filled..self.filled + n].copy_from_slice(&bytes[..n]);
            self.filled += n;
            self.position += n as u64;
            bytes = &bytes[n..];
            if self.filled == CHUNK {
                self.flush(CHUNK)?;
                self.filled = 0;
            }
        }
        Ok(())
    }

    /// Makes what is here durable and returns how many bytes from the front are.
    ///
    /// # Errors
    /// When a write or the sync failed.
    pub fn sync(&mut self) -> Result<u64, Problem> {
        let whole = self.filled - self.filled % BLOCK;
        if whole > 0 {
            let rest = self.filled - whole;
            let mut tail = [0u8; BLOCK];
            tail[..rest].copy_from_slice(&self.fill.as_slice()[whole..self.filled]);
            self.flush(whole)?;
            self.fill.as_mut_slice()[..rest].copy_from_slice(&tail[..rest]);
            self.filled = rest;
        }
        self.sync_written()?;
        Ok(self.position - self.filled as u64)
    }

    /// Writes the last bytes, cuts the file to its length and makes it durable.
    ///
    /// # Errors
    /// When a write failed.
    pub fn finish(mut self) -> Result<(), Problem> {
        if self.filled > 0 {
            let padded = self.filled.next_multiple_of(BLOCK);
            let filled = self.filled;
            self.fill.as_mut_slice()[filled..padded].fill(0);
            self.flush(padded)?;
            self.filled = 0;
        }
        self.sync_written()?;
        self.stop();
        let end = || {
            let file = OpenOptions::new().write(true).open(&self.path)?;
            check_open(&file)?;
            file.set_len(self.len)?;
            file.sync_all()
        };
        end().map_err(|e| write_failed(&self.path, self.position, &e))
    }

    /// Hands the first `len` bytes of the fill buffer to the writing thread.
    fn flush(&mut self, len: usize) -> Result<(), Problem> {
        let offset = self.position - self.filled as u64;
        let fresh = if self.spare > 0 {
            self.spare -= 1;
            AlignedBuf::new(CHUNK)
        } else {
            self.take_returned()?
        };
        let buf = std::mem::replace(&mut self.fill, fresh);
        if self.filled > len {
            let rest = self.filled - len;
            self.fill.as_mut_slice()[..rest].copy_from_slice(&buf.as_slice()[len..self.filled]);
        }
        self.send(Order::Write { buf, len, offset })
    }

    fn take_returned(&self) -> Result<AlignedBuf, Problem> {
        let gone = || io::Error::other("the writing thread stopped");
        let outcome = self.returned.recv().map_err(|_| gone()).and_then(|buf| buf);
        outcome.map_err(|e| write_failed(&self.path, self.position, &e))
    }

    fn send(&self, order: Order) -> Result<(), Problem> {
        let sent = self.orders.as_ref().map(|o| o.send(order).is_ok()) == Some(true);
        // A thread that stopped has left the reason behind.
        if sent { Ok(()) } else { self.take_returned().map(|_| ()) }
    }

    fn sync_written(&mut self) -> Result<(), Problem> {
        let (answer, wait) = mpsc::sync_channel(1);
        self.send(Order::Sync(answer))?;
        match wait.recv() {
            Ok(outcome) => outcome.map_err(|e| write_failed(&self.path, self.position, &e)),
            Err(_) => self.take_returned().map(|_| ()),
        }
    }

    fn stop(&mut self) {
        self.orders = None;
        if let Some(writer) = self.writer.take() {
            let _ = writer.join();
        }
    }
}

impl Drop for FileSink {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Takes the room at once, so that a full disk shows now and not hours later.
fn reserve(file: &File, len: u64) -> io::Result<()> {
    if len == 0 {
        return Ok(());
    }
    match rustix::fs::fallocate(file, FallocateFlags::empty(), 0, len) {
        Err(e @ (rustix::io::Errno::NOSPC | rustix::io::Errno::DQUOT | rustix::io::Errno::FBIG)) => {
            Err(e.into())
        }
        // A file system without it takes the room as it goes.
        _ => Ok(()),
    }
}

fn serve(
    file: File,
    direct: bool,
    path: &Path,
    inbox: &mpsc::Receiver<Order>,
    outbox: &mpsc::Sender<io::Result<AlignedBuf>>,
) {
    let mut file = file;
    let mut direct = direct;
    for order in inbox {
        match order {
            Order::Write { buf, len, offset } => {
                let mut outcome = file.write_all_at(&buf.as_slice()[..len], offset);
                if direct && matches!(&outcome, Err(e) if e.kind() == io::ErrorKind::InvalidInput) {
                    // Some file systems accept the flag and refuse the write.
                    if let Ok(buffered) = OpenOptions::new().read(true).write(true).open(path) {
                        (file, direct) = (buffered, false);
                        outcome = file.write_all_at(&buf.as_slice()[..len], offset);
                    }
                }
                let failed = outcome.is_err();
                let _ = outbox.send(outcome.map(|()| buf));
                if failed {
                    return;
                }
            }
            Order::Sync(answer) => {
                let _ = answer.send(file.sync_data());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(n: usize) -> Vec<u8> {
        (0..n).map(|i| (i * 31 + i / 251) as u8).collect()
    }

    #[test]
    fn any_length_comes_out_as_it_went_in() {
        let dir = tempfile::tempdir().unwrap();
        for len in [0, 1, BLOCK - 1, BLOCK, CHUNK, CHUNK + 1, 3 * CHUNK + 777] {
            let path = dir.path().join(format!("f{len}"));
            let bytes = pattern(len);
            let mut sink = FileSink::open(&path, len as u64, 0).unwrap();
            for piece in bytes.chunks(100_003) {
                sink.append(piece).unwrap();
            }
            sink.finish().unwrap();
            assert!(std::fs::read(&path).unwrap() == bytes, "{len}");
            let mut back = Vec::new();
            crate::stream::<io::Error>(&path, |chunk| {
                back.extend_from_slice(chunk);
                Ok(())
            })
            .unwrap();
            assert!(back == bytes, "{len} read back");
        }
    }

    #[test]
    fn continues_after_a_stop_at_any_byte() {
        let dir = tempfile::tempdir().unwrap();
        let bytes = pattern(CHUNK + 10_000);
        for stop in [1, 5_000, BLOCK, CHUNK + 3] {
            let path = dir.path().join(format!("r{stop}"));
            let mut sink = FileSink::open(&path, bytes.len() as u64, 0).unwrap();
            sink.append(&bytes[..stop + BLOCK]).unwrap();
            let durable = sink.sync().unwrap();
            assert!(durable >= stop as u64);
            drop(sink);
            let mut sink = FileSink::open(&path, bytes.len() as u64, stop as u64).unwrap();
            sink.append(&bytes[stop..]).unwrap();
            sink.finish().unwrap();
            assert!(std::fs::read(&path).unwrap() == bytes, "{stop}");
        }
    }
}
