//! PVeRA: VeRA whose update is drawn from a distribution while training; what counts afterwards is its mean.
//! <https://arxiv.org/abs/2512.07703>; layouts as in PEFT 0.20.

use crate::kind::{Kind, PLAIN};
use crate::vera;
use weldlm_about::About;
use weldlm_messages::{Problem, catalogue::adapter as says};

/// The type.
pub(crate) static KIND: Kind = Kind {
    about: About {
        name: "pvera",
        summary: "PVeRA on linear and Conv1D layers: the mean of its distribution, with the projections in the file",
        summary_zh: "PVeRA：线性层与 Conv1D，取分布的均值，投影须在文件中",
        link: "https://arxiv.org/abs/2512.07703",
        limits: &["adapters saved with save_projection=False", "sample_at_inference"],
    },
    peft_types: &["PVERA"],
    parts: &["pvera_lambda_b", "pvera_lambda_d", "pvera_A", "pvera_B"],
    shared: &["pvera_A", "pvera_B"],
    edits: |parts, config| {
        if config.flag("sample_at_inference", false) {
            return Err(Problem::new(&says::VARIANT_REFUSED)
                .arg("what", "sample_at_inference")
                .words("reason", (&says::WHY_SAMPLED).into())
                .words("remedy", (&says::DO_SERVE_BOTH).into())
                .at(parts.module()));
        }
        vera::edits(parts, KIND.parts, 2)
    },
    ..PLAIN
};
