"""The base checkpoints: tiny random models in the layout in which the hub stores their families.

Each entry of BASES names a transformers class and the config it is built from. `hub` lists the
(from, to) prefix changes that lead from what transformers 5 saves to what the hub holds.
"""

from dataclasses import dataclass

import torch
import transformers as tf
from safetensors.torch import load_file
from torch import nn

from kit import HERE, noise, save_checkpoint, write_json, write_tensors

BASES_DIR = HERE / "bases"

# The shape all text models share; non-square k, v and MLP matrices, a square q.
TEXT = dict(
    hidden_size=64,
    intermediate_size=96,
    num_hidden_layers=1,
    num_attention_heads=4,
    num_key_value_heads=2,
    vocab_size=96,
    max_position_embeddings=128,
)
MOE = TEXT | dict(head_dim=16, intermediate_size=48)
DEEP = TEXT | dict(hidden_size=16, intermediate_size=24, num_hidden_layers=12, num_key_value_heads=1)
VISION = dict(
    hidden_size=64,
    intermediate_size=96,
    num_hidden_layers=1,
    num_attention_heads=4,
    image_size=8,
    patch_size=4,
)
IMAGE_TOKEN = 95
VISION_PREFIX = [("vision_tower.", "vision_tower.vision_model.")]


@dataclass(frozen=True)
class Base:
    model_class: type
    config: object = None
    hub: tuple = ()
    store_head: bool = False  # a tied checkpoint that stores the head as well


class ConvNet(nn.Module):
    """Conv1d, Conv2d 1x1, 3x3 and grouped, Conv3d and a Linear. Not a transformers model."""

    def __init__(self):
        super().__init__()
        self.conv1d = nn.Conv1d(12, 20, 5, padding=2)
        self.point = nn.Conv2d(20, 24, 1)
        self.square = nn.Conv2d(24, 16, 3, padding=1)
        self.grouped = nn.Conv2d(16, 16, 3, padding=1, groups=4)
        self.conv3d = nn.Conv3d(4, 6, (2, 3, 3), padding=(0, 1, 1))
        self.head = nn.Linear(6, 10)

    def forward(self, x):
        y = self.conv1d(x).unflatten(2, (8, 8))
        y = self.grouped(self.square(self.point(y)).tanh())
        y = self.conv3d(y.unflatten(1, (4, 4)))
        return self.head(y.flatten(2).mean(2))


BASES = {
    "llama": Base(tf.LlamaForCausalLM, tf.LlamaConfig(**TEXT)),
    "llama_tied": Base(tf.LlamaForCausalLM, tf.LlamaConfig(**TEXT, tie_word_embeddings=True)),
    "llama_tied_stored": Base(
        tf.LlamaForCausalLM, tf.LlamaConfig(**TEXT, tie_word_embeddings=True), store_head=True
    ),
    "llama_deep": Base(tf.LlamaForCausalLM, tf.LlamaConfig(**DEEP)),
    "qwen2": Base(tf.Qwen2ForCausalLM, tf.Qwen2Config(**TEXT)),
    "qwen2_tied": Base(tf.Qwen2ForCausalLM, tf.Qwen2Config(**TEXT, tie_word_embeddings=True)),
    "qwen3": Base(tf.Qwen3ForCausalLM, tf.Qwen3Config(**TEXT, head_dim=16)),
    "gemma3": Base(tf.Gemma3ForCausalLM, tf.Gemma3TextConfig(**TEXT, head_dim=16)),
    "gpt2": Base(
        tf.GPT2LMHeadModel,
        tf.GPT2Config(n_embd=64, n_inner=96, n_layer=1, n_head=4, n_positions=96, vocab_size=96),
    ),
    # The way openai-community/gpt2 is stored: without the `transformer.` in front.
    "gpt2_bare": Base(
        tf.GPT2LMHeadModel,
        tf.GPT2Config(n_embd=64, n_inner=96, n_layer=1, n_head=4, n_positions=96, vocab_size=96),
        hub=(("transformer.", ""),),
    ),
    "gpt_neox": Base(
        tf.GPTNeoXForCausalLM,
        tf.GPTNeoXConfig(**{k: v for k, v in TEXT.items() if k != "num_key_value_heads"}),
    ),
    "phi3": Base(tf.Phi3ForCausalLM, tf.Phi3Config(**TEXT, pad_token_id=0)),
    "mixtral": Base(
        tf.MixtralForCausalLM, tf.MixtralConfig(**MOE, num_local_experts=4, num_experts_per_tok=2)
    ),
    "qwen3_moe": Base(
        tf.Qwen3MoeForCausalLM,
        tf.Qwen3MoeConfig(**MOE, moe_intermediate_size=48, num_experts=4, num_experts_per_tok=2),
    ),
    "llava": Base(
        tf.LlavaForConditionalGeneration,
        tf.LlavaConfig(
            text_config=tf.LlamaConfig(**TEXT),
            vision_config=tf.CLIPVisionConfig(**VISION),
            image_token_index=IMAGE_TOKEN,
            image_seq_length=4,
            vision_feature_layer=-1,
        ),
        hub=tuple(VISION_PREFIX),
    ),
    "gemma3_vlm_tied": Base(
        tf.Gemma3ForConditionalGeneration,
        tf.Gemma3Config(
            text_config=tf.Gemma3TextConfig(**TEXT, head_dim=16),
            vision_config=tf.SiglipVisionConfig(
                **VISION | dict(hidden_size=32, intermediate_size=48), vision_use_head=False
            ),
            mm_tokens_per_image=4,
            image_token_index=IMAGE_TOKEN,
        ),
        hub=tuple(VISION_PREFIX),
    ),
    "conv": Base(ConvNet),
}


def write_base(name):
    """Build base `name` with random weights and save it below bases/."""
    base = BASES[name]
    torch.manual_seed(0)
    model = base.model_class(*([base.config] if base.config else [])).eval()
    rand = noise(f"base {name}")
    std = 0.06 if base.config else 0.2  # convolutions without norms would fade
    with torch.no_grad():
        for _, weight in sorted(model.named_parameters()):
            # Norm weights keep their mean (1, or 0 in Gemma) but are no longer constant.
            mean = weight.mean() if weight.dim() == 1 else 0.0
            weight.copy_(mean + rand(weight.shape, 0.1 if weight.dim() == 1 else std))
    folder = BASES_DIR / name
    folder.mkdir(parents=True, exist_ok=True)
    tensors = save_checkpoint(model, base.hub, folder)
    if base.store_head:
        tensors["lm_head.weight"] = tensors["model.embed_tokens.weight"].clone()
    write_tensors(folder / "model.safetensors", tensors)
    if not base.config:
        config = {"architectures": ["ConvNet"], "model_type": "weldlm_conv_test"}
        write_json(folder / "config.json", config)


def read_base(name, dtype):
    """The tensors of a base, rounded to `dtype` (to nearest even) and widened to f32 again."""
    tensors = load_file(BASES_DIR / name / "model.safetensors")
    return {key: value.to(dtype).float() for key, value in tensors.items()}
