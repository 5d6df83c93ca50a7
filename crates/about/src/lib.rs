//! What a variant says of itself. Command-line help, web forms, the docs and refusal texts are drawn from it,
//! so that a new adapter type or format describes itself once, in its own file.
//!
//! This crate knows no variant and depends on nothing.

/// The self-description of an adapter type, a checkpoint format, and later of a quantiser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    /// The name on the command line and in receipts, lower case: `lora`, `dora`, `safetensors`.
    pub name: &'static str,
    /// One sentence in English.
    pub summary: &'static str,
    /// One sentence in Chinese.
    pub summary_zh: &'static str,
    /// The paper or specification that it follows.
    pub link: &'static str,
    /// What it cannot do, one sentence each; empty when there is nothing to say.
    pub limits: &'static [&'static str],
}
