use std::fmt;

/// Why a matrix could not be read; the reader's owner knows the details and reports them.
#[derive(Debug)]
pub struct ReadFailed(pub String);

impl fmt::Display for ReadFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReadFailed {}

/// Rows of a stored matrix as f32, for updates that must see the whole matrix before they can change a row
/// (column norms, singular vectors).
pub trait MatrixRead {
    /// Rows and columns.
    fn shape(&self) -> (usize, usize);
    /// Reads `out.len() / columns` rows from `row` on.
    ///
    /// # Errors
    /// When the source cannot be read.
    fn rows(&self, row: usize, out: &mut [f32]) -> Result<(), ReadFailed>;
}
