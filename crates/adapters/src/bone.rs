//! Bone, under which name PEFT up to 0.18 saved what is now MiSS. <https://arxiv.org/abs/2409.15371>

use crate::kind::{Kind, PLAIN};
use crate::miss;
use weldlm_about::About;

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "bone",
        summary: "Bone (the older name of MiSS) on linear layers: plain and bat",
        summary_zh: "Bone（MiSS 的旧名）：线性层，支持普通与 bat 形式",
        link: "https://arxiv.org/abs/2409.15371",
        limits: &[],
    },
    peft_types: &["BONE"],
    parts: &["bone_block"],
    edits: |parts, config| miss::edits(parts, config, "bone_block"),
    ..PLAIN
};
