"""Writes golden.json: pairs (checkpoint key, in-memory name) as transformers itself makes them.

    python make_golden.py            # the committed families, a sample of names each
    python make_golden.py --all OUT  # every class that builds, for a one-time check of the whole table

Models are built on the meta device. `revert_weight_conversion`, which save_pretrained calls, gives the
checkpoint keys; a key is paired with the parameter whose tensor object it carries, so fused tensors drop
out. Each pair is then sent through `rename_source_key` as from_pretrained does.
"""

import copy
import json
import pathlib
import re
import sys

import make_tables as tables
import torch
from transformers import AutoConfig, conversion_mapping, core_model_loading
import transformers

HERE = pathlib.Path(__file__).parent
SAMPLE = 40

# class -> nested configs that differ from the class default
FAMILIES = {
    "LlamaForCausalLM": {},
    "Qwen2ForCausalLM": {},
    "Qwen3ForCausalLM": {},
    "Gemma3ForCausalLM": {},
    "Gemma3ForConditionalGeneration": {},
    "LlavaForConditionalGeneration": {},
    "LlavaForConditionalGeneration+mixtral+siglip": {
        "text_config": {"model_type": "mixtral"},
        "vision_config": {"model_type": "siglip_vision_model"},
    },
    "LlavaNextForConditionalGeneration": {"text_config": {"model_type": "mistral"}},
    "LlavaOnevisionForConditionalGeneration": {},
    "Qwen2VLForConditionalGeneration": {},
    "Qwen2_5_VLForConditionalGeneration": {},
    "PaliGemmaForConditionalGeneration": {},
    "Mistral3ForConditionalGeneration": {},
    "InternVLForConditionalGeneration": {},
    "MllamaForConditionalGeneration": {},
    "Qwen2AudioForConditionalGeneration": {},
    "VoxtralForConditionalGeneration": {},
    "GPTNeoXForCausalLM": {},
    "MixtralForCausalLM": {},
    "Qwen3MoeForCausalLM": {},
    "GraniteMoeForCausalLM": {},
    "NemotronHForCausalLM": {},
    "VideoLlavaForConditionalGeneration": {},
    "Idefics3ForConditionalGeneration": {"pad_token_id": 0, "text_config": {"model_type": "llama"}},
    "SmolVLMForConditionalGeneration": {"pad_token_id": 0, "text_config": {"model_type": "llama"}},
    "Qwen3VLForConditionalGeneration": {},
    "DeepseekV3ForCausalLM": {},
    "GPT2LMHeadModel": {},
    "T5ForConditionalGeneration": {},
    "BertForMaskedLM": {},
    "CLIPModel": {},
    "SiglipModel": {},
    "ViTForImageClassification": {},
    "ColQwen2ForRetrieval": {},
    "Emu3ForCausalLM": {},
    "PaddleOCRVLForConditionalGeneration": {},
    "Qwen3_5ForCausalLM": {},
}


def models(wanted):
    for cls in tables.model_classes():
        for name, nested in wanted.items():
            if name.split("+")[0] == cls.__name__:
                yield name, build(cls, nested)


def build(cls, nested):
    if not nested:
        return tables.build(cls)
    config = cls.config_class(**nested)
    tables.mark(config)
    with torch.device("meta"):
        return cls(config)


def reduced(model):
    """What the crate looks at: classes and model types."""
    config = {"architectures": [type(model).__name__], "model_type": model.config.model_type}
    for key, value in vars(model.config).items():
        if isinstance(value, transformers.PretrainedConfig) and value.model_type:
            config[key] = {"model_type": value.model_type}
            deeper = vars(value).items()
            config[key] |= {
                k: {"model_type": v.model_type}
                for k, v in deeper
                if isinstance(v, transformers.PretrainedConfig) and v.model_type
            }
    return config


def saved(model, transforms):
    """(checkpoint key, in-memory name) for every tensor that is only renamed."""
    state = model.state_dict()
    owners = {}
    for name, tensor in state.items():
        owners.setdefault(id(tensor), []).append(name)
    model._weight_conversions = copy.deepcopy(transforms)
    for key, tensor in core_model_loading.revert_weight_conversion(model, state).items():
        names = owners.get(id(tensor), [])
        if len(names) == 1:
            yield key, names[0]


def pairs(model):
    """Saved keys as written from scratch and as written after loading a file with the older prefixes."""
    every = conversion_mapping.get_model_conversion_mapping(model, add_legacy=False)
    plain = [t for t in every if not isinstance(t, core_model_loading.PrefixChange)]
    loading = conversion_mapping.get_model_conversion_mapping(model)
    renamings = [t for t in loading if isinstance(t, core_model_loading.WeightRenaming)]
    converters = [t for t in loading if not isinstance(t, core_model_loading.WeightRenaming)]
    meta = model.state_dict()
    for group in renamings:
        if isinstance(group, core_model_loading.GroupWeightRename):
            group._active = True
    found = {}
    for transforms in (plain, every):
        try:
            keys = list(saved(model, transforms))
        except Exception as error:
            print(f"no reverse for {type(model).__name__}: {error!r}"[:150], file=sys.stderr)
            continue
        for key, name in keys:
            renamed, fused = core_model_loading.rename_source_key(key, renamings, converters)
            whole, _ = core_model_loading.rename_source_key(
                key, renamings, converters, model.base_model_prefix, meta
            )
            if fused is None and renamed == name and whole == name:
                found[key] = name
            elif fused is None and renamed != name:
                print(f"not a round trip in {type(model).__name__}: {key} -> {renamed} != {name}", file=sys.stderr)
    return found


def sample(found):
    """One name of each shape (numbers aside), the first layer's, evenly thinned to SAMPLE."""
    kept = {}
    for key, name in found.items():
        kept.setdefault((re.sub(r"\d+", "#", key), re.sub(r"\d+", "#", name)), (key, name))
    kept = list(kept.values())
    step = max(1, -(-len(kept) // SAMPLE))
    return kept[::step]


def main():
    everything = len(sys.argv) > 2 and sys.argv[1] == "--all"
    if everything:
        wanted = {cls.__name__: {} for cls in tables.model_classes()}
    else:
        wanted = FAMILIES
    lines = []
    for name, model in models(wanted):
        if model is None:
            continue
        found = sample(pairs(model))
        if found:
            entry = {"name": name, "config": reduced(model), "pairs": found}
            lines.append(json.dumps(entry))
    target = pathlib.Path(sys.argv[2]) if everything else HERE / "golden.json"
    target.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    print(len(lines), "models")


if __name__ == "__main__":
    main()
