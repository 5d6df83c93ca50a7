/// Direct I/O wants buffers, offsets and lengths to be multiples of this.
pub(crate) const BLOCK: usize = 4096;

/// A byte buffer whose start is aligned to [`BLOCK`].
pub(crate) struct AlignedBuf {
    room: Vec<u8>,
    start: usize,
    capacity: usize,
}

impl AlignedBuf {
    /// `capacity` is rounded up to whole blocks.
    pub(crate) fn new(capacity: usize) -> AlignedBuf {
        let capacity = capacity.next_multiple_of(BLOCK);
        let room = vec![0u8; capacity + BLOCK];
        let start = room.as_ptr().align_offset(BLOCK).min(BLOCK);
        AlignedBuf { room, start, capacity }
    }

    pub(crate) fn as_slice(&self) -> &[u8] {
        &self.room[self.start..self.start + self.capacity]
    }

    pub(crate) fn as_mut_slice(&mut self) -> &mut [u8] {
        &mut self.room[self.start..self.start + self.capacity]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_aligned() {
        for n in [1, BLOCK, 3 * BLOCK + 1] {
            let mut buf = AlignedBuf::new(n);
            assert_eq!(buf.as_slice().as_ptr() as usize % BLOCK, 0);
            assert_eq!(buf.as_mut_slice().len(), n.next_multiple_of(BLOCK));
        }
    }
}
