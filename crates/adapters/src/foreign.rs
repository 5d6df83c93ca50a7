//! Adapter files of other families, recognised by their names so that they can be refused by name.

use weldlm_messages::{Message, catalogue::adapter as says};

/// A family of adapter files that is not PEFT's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Foreign {
    /// Its name.
    pub family: &'static str,
    /// What to do instead.
    pub remedy: &'static Message,
}

type Test = fn(&str) -> bool;

const FAMILIES: &[(&str, Test, &Message)] = &[
    (
        "kohya (LyCORIS, sd-scripts)",
        |n| n.starts_with("lora_unet_") || n.starts_with("lora_te") || n.ends_with(".alpha"),
        &says::DO_PEFT_FORMAT,
    ),
    (
        "kohya/diffusers",
        |n| n.contains(".lora_down.") || n.contains(".lora_up.") || n.contains(".lora.down."),
        &says::DO_PEFT_FORMAT,
    ),
    (
        "diffusers",
        |n| n.starts_with("unet.") || n.starts_with("transformer.transformer_blocks."),
        &says::DO_PEFT_FORMAT,
    ),
    ("MLX-LM", |n| n.ends_with(".lora_a") || n.ends_with(".lora_b"), &says::DO_PEFT_FORMAT),
];

/// Which family the tensor names belong to, if it is not PEFT's.
pub fn recognise<'a>(names: impl Iterator<Item = &'a str> + Clone) -> Option<Foreign> {
    FAMILIES
        .iter()
        .find(|(_, test, _)| names.clone().any(test))
        .map(|(family, _, remedy)| Foreign { family, remedy })
}
