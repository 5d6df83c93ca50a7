//! What most adapter types share: types made of facts, and recipes made of a wanted shape and a function.

use crate::low_rank::show;
use crate::{AdapterData, AdapterKind, Change, Config, Edit, Fit, Recipe, Site, Stage, Target, TensorHead};
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};
use weldlm_tensor::as_matrix;

/// A type that is said by a few facts and a function.
pub(crate) struct Kind {
    pub(crate) about: About,
    pub(crate) peft_types: &'static [&'static str],
    pub(crate) parts: &'static [&'static str],
    /// Those of `parts` that belong to the whole adapter and not to one module.
    pub(crate) shared: &'static [&'static str],
    /// What stands behind the part in a key, where that is not `weight` or `bias`.
    pub(crate) leaves: &'static [&'static str],
    /// Which sites are its own, where other types have parts of the same names.
    pub(crate) claims: fn(&Site, &Config) -> bool,
    pub(crate) edits: fn(&Parts<'_>, &Config) -> Result<Vec<Edit>, Problem>,
}

impl AdapterKind for Kind {
    fn about(&self) -> &About {
        &self.about
    }

    fn peft_types(&self) -> &'static [&'static str] {
        self.peft_types
    }

    fn parts(&self) -> &'static [&'static str] {
        self.parts
    }

    fn shared(&self) -> &'static [&'static str] {
        self.shared
    }

    fn leaves(&self) -> &'static [&'static str] {
        self.leaves
    }

    fn claims(&self, site: &Site, config: &Config) -> bool {
        (self.claims)(site, config)
    }

    fn edits(&self, site: &Site, config: &Config) -> Result<Vec<Edit>, Problem> {
        (self.edits)(&Parts { site, names: self.parts, kind: self.about.name }, config)
    }
}

/// A type without anything unusual, to be filled in.
pub(crate) const PLAIN: Kind = Kind {
    about: About { name: "", summary: "", summary_zh: "", link: "", limits: &[] },
    peft_types: &[],
    parts: &[],
    shared: &[],
    leaves: &[],
    claims: |_, _| true,
    edits: |_, _| Ok(Vec::new()),
};

/// The parts of a site that belong to one type.
pub(crate) struct Parts<'a> {
    pub(crate) site: &'a Site,
    pub(crate) names: &'static [&'static str],
    pub(crate) kind: &'static str,
}

impl<'a> Parts<'a> {
    pub(crate) fn module(&self) -> &'a str {
        &self.site.module
    }

    pub(crate) fn get(&self, part: &str) -> Option<&'a TensorHead> {
        self.site.any(part)
    }

    /// The tensor of that part.
    ///
    /// # Errors
    /// When the file lacks it.
    pub(crate) fn need(&self, part: &str) -> Result<&'a TensorHead, Problem> {
        let found = self.site.any(part);
        found.ok_or_else(|| {
            let present = self.site.parts.iter().find(|p| self.names.contains(&p.part));
            Problem::new(&says::HALF_MISSING)
                .arg("module", self.module())
                .arg("present", present.map_or("-", |p| p.part))
                .arg("missing", part)
                .at(self.module())
        })
    }

    /// The tensor of that part, when its type is a float and its shape is the given one; zero stands for any size.
    ///
    /// # Errors
    /// When the file lacks it, or it is another.
    pub(crate) fn shaped(&self, part: &str, dims: &[u64]) -> Result<&'a TensorHead, Problem> {
        let head = self.need(part)?;
        let fits = head.shape.len() == dims.len()
            && head.shape.iter().zip(dims).all(|(found, wanted)| *wanted == 0 || found == wanted);
        if fits && head.dtype.is_float() { Ok(head) } else { Err(self.misshapen(head, &Wanted::words(dims))) }
    }

    pub(crate) fn misshapen(&self, head: &TensorHead, expected: &str) -> Problem {
        Problem::new(&says::PART_SHAPE)
            .arg("module", self.module())
            .arg("tensor", &head.name)
            .arg("found", format!("{} {}", head.dtype, show(&head.shape)))
            .arg("expected", expected)
            .at(&head.name)
    }

    /// An edit of a parameter of the site's module, which uses all its parts of this type.
    pub(crate) fn edit(&self, param: &str, recipe: Made) -> Edit {
        let own = self.site.parts.iter().filter(|p| self.names.contains(&p.part));
        let tensors = own.map(|p| p.head.name.clone()).collect();
        Edit::new((self.module(), param), self.kind, tensors, Box::new(recipe))
    }
}

/// The matrix that a recipe can change: rows (outputs) and columns, `None` where the adapter does not say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    pub(crate) rows: Option<u64>,
    pub(crate) columns: Option<u64>,
    /// Whether it may be stored transposed, as GPT-2 does.
    pub(crate) across: bool,
}

impl Wanted {
    /// A linear layer or, with all dimensions behind the first as columns, a convolution.
    pub(crate) fn matrix(rows: u64, columns: u64) -> Wanted {
        Wanted { rows: Some(rows), columns: Some(columns), across: true }
    }

    /// A bias.
    pub(crate) fn vector(elements: u64) -> Wanted {
        Wanted { rows: Some(1), columns: Some(elements), across: false }
    }

    /// Only the outputs are known.
    pub(crate) fn rows(rows: u64) -> Wanted {
        Wanted { rows: Some(rows), columns: None, across: true }
    }

    /// Only the inputs are known, or not even these.
    pub(crate) fn columns(columns: Option<u64>) -> Wanted {
        Wanted { rows: None, columns, across: true }
    }

    pub(crate) fn upright(self) -> Wanted {
        Wanted { across: false, ..self }
    }

    /// A shape for messages; zero stands for any size.
    fn words(dims: &[u64]) -> String {
        show(dims).replace("(0", "(*").replace(", 0", ", *")
    }

    fn fits(self, shape: &[u64]) -> Fit {
        let is = |wanted: Option<u64>, found: u64| wanted.is_none_or(|w| w == found);
        let (rows, columns) = as_matrix(shape);
        let plain = is(self.rows, rows) && is(self.columns, columns);
        let turned = self.across && shape.len() == 2 && is(self.rows, columns) && is(self.columns, rows);
        match (plain, turned) {
            (true, true) => Fit::Either,
            (true, false) => Fit::Yes,
            (false, true) => Fit::Transposed,
            (false, false) => Fit::No,
        }
    }
}

type Load = dyn Fn(&Target, &dyn AdapterData) -> Result<Change, Problem> + Send + Sync;
type Check = dyn Fn(&[u64]) -> Result<(), Problem> + Send + Sync;

/// A recipe that is a wanted shape and a function which reads the numbers.
pub(crate) struct Made {
    wanted: Wanted,
    is_sum: bool,
    whole: bool,
    check: Box<Check>,
    load: Box<Load>,
}

impl Made {
    /// W + Δ.
    pub(crate) fn sum<F>(wanted: Wanted, load: F) -> Made
    where
        F: Fn(&Target, &dyn AdapterData) -> Result<Change, Problem> + Send + Sync + 'static,
    {
        Made { wanted, is_sum: true, whole: false, check: Box::new(|_| Ok(())), load: Box::new(load) }
    }

    /// Anything else.
    pub(crate) fn rewrite<F>(wanted: Wanted, load: F) -> Made
    where
        F: Fn(&Target, &dyn AdapterData) -> Result<Change, Problem> + Send + Sync + 'static,
    {
        Made { is_sum: false, ..Made::sum(wanted, load) }
    }

    /// What must hold of the shape besides; it may be that of a matrix stored across.
    pub(crate) fn check<F>(self, check: F) -> Made
    where
        F: Fn(&[u64]) -> Result<(), Problem> + Send + Sync + 'static,
    {
        Made { check: Box::new(check), ..self }
    }

    /// It holds the base matrix in memory while it works.
    pub(crate) fn of_whole_matrix(self) -> Made {
        Made { whole: true, ..self }
    }
}

impl Recipe for Made {
    fn stage(&self) -> Stage {
        Stage::Update
    }

    fn is_sum(&self) -> bool {
        self.is_sum
    }

    fn needs_whole_matrix(&self) -> bool {
        self.whole
    }

    fn expects(&self) -> String {
        Wanted::words(&[self.wanted.rows.unwrap_or(0), self.wanted.columns.unwrap_or(0)])
    }

    fn fits(&self, shape: &[u64]) -> Fit {
        self.wanted.fits(shape)
    }

    fn rows_if_resized(&self, shape: &[u64]) -> Option<u64> {
        let [rows, columns] = shape else { return None };
        let same_columns = self.wanted.columns.is_none_or(|c| c == *columns);
        self.wanted.rows.filter(|r| r != rows && same_columns)
    }

    fn check(&self, shape: &[u64]) -> Result<(), Problem> {
        (self.check)(shape)
    }

    fn load(&self, target: &Target, data: &dyn AdapterData) -> Result<Change, Problem> {
        (self.load)(target, data)
    }
}
