use weldlm_messages::Problem;
use weldlm_tensor::{Dtype, MatrixRead, ReadFailed};

/// What is known of an adapter tensor before its data is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorHead {
    /// The name in the file, as it stands there.
    pub name: String,
    /// Its stored type.
    pub dtype: Dtype,
    /// Its shape.
    pub shape: Vec<u64>,
}

/// Gives the data of adapter tensors.
pub trait AdapterData {
    /// All values of a tensor as f32 (exact for f16 and bf16).
    ///
    /// # Errors
    /// When it cannot be read.
    fn values(&self, tensor: &str) -> Result<Vec<f32>, Problem>;

    /// All values of a tensor of indices; floats that stand for indices count, too.
    ///
    /// # Errors
    /// When it cannot be read.
    fn indices(&self, tensor: &str) -> Result<Vec<i64>, Problem>;
}

/// Whether a base tensor of some shape can be the target of an edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fit {
    /// It cannot.
    No,
    /// It can, as it is stored.
    Yes,
    /// It can, stored transposed (in, out), as GPT-2's Conv1D does.
    Transposed,
    /// It is square, so the shape does not say which of the two it is.
    Either,
}

/// In which order changes of one tensor are made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// The whole tensor is replaced, before anything is added to it.
    Replace,
    /// Something is added or the tensor is transformed.
    Update,
    /// Single rows are replaced in the end.
    Rows,
}

/// The base tensor that an edit was resolved to.
#[derive(Debug, Clone, PartialEq)]
pub struct Target {
    /// Its shape (of the replacement, where it is replaced first).
    pub shape: Vec<u64>,
    /// Its stored type.
    pub dtype: Dtype,
    /// Stored (in, out) instead of (out, in).
    pub transposed: bool,
    /// The user's weight for this adapter; 1 when not given.
    pub scale: f64,
}

/// An exact value and how far an f32 computation of it may be off.
pub type Bounded = (f64, f64);

/// Adds to a tensor: W + Δ. Several can be added up exactly.
pub trait Delta: Send + Sync {
    /// Fills `out` (whole rows) with Δ from row `row` on, in f32.
    fn delta(&self, row: usize, out: &mut [f32]);

    /// The same row computed plainly in f64, for the verifier, with a bound on the f32 error of each element.
    fn exact(&self, row: usize) -> Vec<Bounded>;
}

/// The end of something that reads the base.
pub type Done = Result<(), ReadFailed>;

/// Changes a tensor in a way that is not a sum.
pub trait Rewrite: Send + Sync {
    /// Another parameter of the same module that [`Rewrite::prepare`] looks at in place of its own: a bias can depend
    /// on the weight.
    fn looks_at(&self) -> Option<&'static str> {
        None
    }

    /// Looks at the whole base matrix once, when rows alone do not suffice (column norms, singular vectors).
    ///
    /// # Errors
    /// When the base cannot be read, or does not allow for the change.
    fn prepare(&mut self, _base: &dyn MatrixRead) -> Done {
        Ok(())
    }

    /// Computes whole new rows from the old ones, from row `row` on. `base` is for changes that mix rows.
    ///
    /// # Errors
    /// When other rows of the base cannot be read.
    fn rewrite(&self, row: usize, old: &[f32], new: &mut [f32], base: &dyn MatrixRead) -> Done;

    /// The same row computed plainly in f64, for the verifier, with a bound on the f32 error of each element.
    ///
    /// # Errors
    /// When other rows of the base cannot be read.
    fn exact(&self, row: usize, old: &[f64], base: &dyn MatrixRead) -> Result<Vec<Bounded>, ReadFailed>;
}

/// A change with its numbers in memory.
pub enum Change {
    /// W + Δ.
    Add(Box<dyn Delta>),
    /// W' = f(W).
    Rewrite(Box<dyn Rewrite>),
    /// W' = an adapter tensor, rounded to the stored type.
    Replace(String),
    /// Rows `ids[i]` of W' = row i of an adapter tensor, rounded to the stored type.
    Rows(Vec<u64>, String),
}

/// How an edit is made: what it needs of the base, and its numbers.
pub trait Recipe: Send + Sync {
    /// When it is made relative to others on the same tensor.
    fn stage(&self) -> Stage;

    /// Whether it can be added to others (and so be one of several adapters).
    fn is_sum(&self) -> bool {
        false
    }

    /// Whether the base matrix must be in memory as a whole, for the estimate of memory.
    fn needs_whole_matrix(&self) -> bool {
        false
    }

    /// The shape that it expects, for messages: `(4096, 11008)`.
    fn expects(&self) -> String;

    /// Whether a base tensor of that shape can be its target.
    fn fits(&self, shape: &[u64]) -> Fit;

    /// The shape of the replacement, if the whole tensor is replaced.
    fn replaces_with(&self) -> Option<&[u64]> {
        None
    }

    /// The rows of the matrix that it was trained on, when a base matrix of that shape differs in its rows only.
    fn rows_if_resized(&self, _shape: &[u64]) -> Option<u64> {
        None
    }

    /// What else must hold of a base tensor that fits by its shape; most recipes ask for nothing more.
    ///
    /// # Errors
    /// When it does not hold.
    fn check(&self, _shape: &[u64]) -> Result<(), Problem> {
        Ok(())
    }

    /// Reads the adapter's numbers.
    ///
    /// # Errors
    /// When they cannot be read or do not fit the target.
    fn load(&self, target: &Target, data: &dyn AdapterData) -> Result<Change, Problem>;
}

/// One parameter of the base and how an adapter changes it.
pub struct Edit {
    /// Module path inside the base model, as the adapter spells it.
    pub module: String,
    /// The parameter of the module: `weight`, `bias`.
    pub param: String,
    /// Name of the adapter type.
    pub kind: &'static str,
    /// The adapter tensors that it uses, as they are named in the file.
    pub tensors: Vec<String>,
    /// Rank, for low-rank types.
    pub rank: Option<u64>,
    /// `lora_alpha`, for types that have it.
    pub alpha: Option<f64>,
    /// The adapter's own scale: `alpha/r` or `alpha/√r`; 1 for types without.
    pub scaling: f64,
    /// Whether the base may lack the parameter, which is then added (a new head).
    pub may_be_new: bool,
    /// Whether the base may lack the parameter, and then there is nothing to change (the bias of a layer without).
    pub may_be_absent: bool,
    /// Tensors whose being all zero means that the edit changes nothing; empty when that cannot be said.
    pub zero_if: Vec<String>,
    /// How.
    pub recipe: Box<dyn Recipe>,
}

impl Edit {
    /// An edit of a parameter of a module by a recipe that uses these tensors. It has no rank, alpha or scale, needs its
    /// parameter to be there, and is never known to change nothing.
    pub(crate) fn new(
        (module, param): (&str, &str),
        kind: &'static str,
        tensors: Vec<String>,
        recipe: Box<dyn Recipe>,
    ) -> Edit {
        Edit {
            module: module.to_string(),
            param: param.to_string(),
            kind,
            tensors,
            rank: None,
            alpha: None,
            scaling: 1.0,
            may_be_new: false,
            may_be_absent: false,
            zero_if: Vec::new(),
            recipe,
        }
    }

    /// `module.param`, the in-memory name of the parameter.
    pub fn name(&self) -> String {
        if self.module.is_empty() { self.param.clone() } else { format!("{}.{}", self.module, self.param) }
    }
}
