"""Writes renames.json and tie_defaults.json: facts about transformers, read by running it on the meta device.

    python make_tables.py --dump new.json            # with a newer transformers on PYTHONPATH (optional)
    python make_tables.py --newer new.json           # with the pinned one: writes both tables beside this file

Rules and classes that only the newer release knows are added; where both know a name, the pinned one counts.
"""

import argparse
import importlib
import inspect
import json
import os
import pathlib
import signal
import sys
import warnings

os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["CUDA_VISIBLE_DEVICES"] = ""
warnings.simplefilter("ignore")

import torch  # noqa: E402
import transformers  # noqa: E402
from transformers import CONFIG_MAPPING, PretrainedConfig, conversion_mapping  # noqa: E402
from transformers.modeling_utils import PreTrainedModel  # noqa: E402
from transformers.models.auto import modeling_auto  # noqa: E402
from transformers.pytorch_utils import Conv1D  # noqa: E402

transformers.utils.logging.set_verbosity_error()
HEAD_ENDS = ("ForConditionalGeneration", "ForCausalLM")
HERE = pathlib.Path(__file__).parent
LAYER_KEYS = (
    "num_hidden_layers n_layer n_layers num_layers depth encoder_layers decoder_layers "
    "num_encoder_layers num_decoder_layers"
).split()


def mark(config, path=""):
    """Writes on every nested config where it hangs, and keeps two layers. deepcopy keeps the mark."""
    object.__setattr__(config, "_weldlm_path", path)
    for key in LAYER_KEYS:
        if isinstance(getattr(config, key, None), int) and getattr(config, key) > 2:
            try:
                setattr(config, key, 2)
            except Exception:
                pass
    for key, value in list(vars(config).items()):
        if isinstance(value, PretrainedConfig):
            mark(value, f"{path}.{key}".strip("."))


def rule(transform):
    """One rule: [from, to] for a plain rename, an object for the others. Patterns as transformers compiles them."""
    kind = {"WeightConverter": "fuse", "GroupWeightRename": "group"}.get(type(transform).__name__, "rename")
    source, target = list(transform.source_patterns), list(transform.target_patterns)
    if kind == "rename" and len(source) == len(target) == 1:
        return source + target
    entry = {"kind": kind, "from": source, "to": target}
    if kind == "fuse":
        entry["ops"] = [
            {"op": type(op).__name__} | {k: v for k, v in vars(op).items() if isinstance(v, (int, str, bool, list))}
            for op in transform.operations
        ]
    return entry


def read_rules():
    """Rule lists by class name or model type, equal lists stored once."""
    mapping = conversion_mapping._build_checkpoint_conversion_mapping()
    lists = {name: [rule(t) for t in transforms] for name, transforms in mapping.items()}
    first, rules, aliases = {}, {}, {}
    for name, entries in lists.items():
        known = first.setdefault(json.dumps(entries), name)
        if known == name:
            rules[name] = entries
        else:
            aliases[name] = known
    return rules, aliases


def model_classes():
    """Every model class of every model type, with the module it lives in."""
    seen = set()
    for model_type in CONFIG_MAPPING.keys():
        try:
            config_module = CONFIG_MAPPING[model_type].__module__
            module = importlib.import_module(config_module.replace("configuration_", "modeling_"))
        except Exception:
            continue
        for name, item in vars(module).items():
            is_model = inspect.isclass(item) and issubclass(item, PreTrainedModel)
            if is_model and item.__module__ == module.__name__ and name not in seen:
                seen.add(name)
                if not name.endswith("PreTrainedModel"):
                    yield item


def build(cls, config=None):
    """The model of a config (the class's default one) on the meta device, or None where it cannot be built."""

    def too_long(*_):
        raise TimeoutError

    signal.signal(signal.SIGALRM, too_long)
    signal.alarm(40)
    try:
        config = config or cls.config_class()
        mark(config)
        with torch.device("meta"):
            return cls(config)
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        print(f"skipped {cls.__name__}: {repr(error)[:90]}", file=sys.stderr)
        return None
    finally:
        signal.alarm(0)


def auto_class(model_type):
    name = modeling_auto.MODEL_MAPPING_NAMES.get(model_type)
    return name[0] if isinstance(name, (list, tuple)) else name


def nested_rows(model, known):
    """[module path, class, config path, model type] of each sub-model whose rules may matter."""
    rows = []
    for path, module in model.named_modules():
        if path == "" or not isinstance(module, PreTrainedModel):
            continue
        name, model_type = type(module).__name__, module.config.model_type
        where = getattr(module.config, "_weldlm_path", "")
        by_config = where != "" and auto_class(model_type) == name
        if by_config or name in known or model_type in known:
            rows.append([path, name, where if by_config else "", model_type])
    return rows


def guess(cls, known):
    """The usual tree for a class that its default config cannot build: `model`, and the text model below it.
    Only where the library has rules for it."""
    config_class = cls.config_class
    stem = next((cls.__name__[: -len(end)] for end in HEAD_ENDS if cls.__name__.endswith(end)), None)
    if stem is None or f"{stem}Model" not in known or cls.base_model_prefix != "model":
        return {}
    rows = [["model", f"{stem}Model", "", config_class.model_type]]
    if "text_config" in (config_class.sub_configs or {}):
        rows.append(["model.language_model", "", "text_config", ""])
    return {cls.__name__: {"type": config_class.model_type, "base": "model", "subs": rows}}


def is_covered(row, name, entry, known):
    """True where the root has claimed the sub-model's type, so that its rules are not looked up again."""
    root_by_type = name not in known and entry["type"] in known
    return root_by_type and row[1] not in known and row[3] == entry["type"]


def sweep(known):
    """Builds every class once and notes what the tables need."""
    facts = {"nested": {}, "bases": {}, "conv1d": set(), "embeddings": {}, "heads": {}}
    for cls in model_classes():
        model = build(cls)
        if model is None:
            facts["nested"] |= guess(cls, known)
            continue
        model_type = model.config.model_type
        rows = nested_rows(model, known)
        entry = {"type": model_type, "base": model.base_model_prefix, "subs": rows}
        facts["nested"][cls.__name__] = entry
        if hasattr(model, model.base_model_prefix or "?"):
            facts["bases"].setdefault(model_type, model.base_model_prefix)
        for path, module in model.named_modules():
            if isinstance(module, Conv1D):
                facts["conv1d"].add(model_type)
        note_ends(model, model_type, facts)
    facts["conv1d"] = sorted(facts["conv1d"])
    return facts


def note_ends(model, model_type, facts):
    names = {id(m): n for n, m in model.named_modules()}
    for key, getter in (("embeddings", model.get_input_embeddings), ("heads", model.get_output_embeddings)):
        try:
            name = names.get(id(getter()))
        except Exception:
            continue
        if name:
            facts[key].setdefault(name.rsplit(".", 1)[-1], []).append(f"{model_type}:{name}")


def default_classes():
    """The class that a model type loads as when config.json names none: the one with a head, if any."""
    tables = (
        "MODEL_MAPPING_NAMES MODEL_FOR_CAUSAL_LM_MAPPING_NAMES MODEL_FOR_SEQ_TO_SEQ_CAUSAL_LM_MAPPING_NAMES "
        "MODEL_FOR_MULTIMODAL_LM_MAPPING_NAMES MODEL_FOR_IMAGE_TEXT_TO_TEXT_MAPPING_NAMES"
    ).split()
    found = {}
    for table in tables:
        for model_type, name in getattr(modeling_auto, table, {}).items():
            found[model_type] = name[0] if isinstance(name, (list, tuple)) else name
    return found


def is_tied(config, model_class):
    """Whether the output head shares its tensor: asked of the model if it builds, else of the config."""
    value = getattr(config, "tie_word_embeddings", None)
    model = model_class and build(model_class, config)
    try:
        names = {id(m): n for n, m in model.named_modules()}
        head = names[id(model.get_output_embeddings())] + ".weight"
        return head in model.all_tied_weights_keys or head in model.all_tied_weights_keys.values()
    except Exception:
        return value


def tie_row(cls, model_class):
    """How tying resolves: one letter (t, f or - for no such setting) for each pair of a top-level value
    (absent, false, true) and a nested text value (absent, false, true), top-level first."""
    parts = ("text_config", "thinker_config", "llm_config", "decoder")
    text_key = next((k for k in parts if k in (cls.sub_configs or {})), None)
    try:
        text_type = {"model_type": getattr(cls(), text_key or "").model_type}
    except Exception:
        text_type = {}
    letters = ""
    for top in (None, False, True):
        for nested in (None, False, True):
            given = {} if top is None else {"tie_word_embeddings": top}
            if nested is not None:
                if not text_key:
                    letters += letters[-1]
                    continue
                given[text_key] = {"tie_word_embeddings": nested} | text_type
            try:
                value = is_tied(cls.from_dict(given), model_class)
            except Exception:
                value = None
            letters += {True: "t", False: "f"}.get(value, "-")
    return letters


def tie_defaults():
    """Model types by row; a row that is the same whatever the nested value is has three letters."""
    groups = {}
    classes = {cls.__name__: cls for cls in model_classes()}
    heads = default_classes()
    for model_type in sorted(CONFIG_MAPPING.keys()):
        model_class = classes.get(heads.get(model_type))
        row = tie_row(CONFIG_MAPPING[model_type], model_class)
        if row[0:9:3] == row[1:9:3] == row[2:9:3]:
            row = row[0:9:3]
        if set(row) != {"-"}:
            groups.setdefault(row, []).append(model_type)
    return groups


def collect():
    rules, aliases = read_rules()
    facts = sweep(set(rules) | set(aliases))
    facts |= {"version": transformers.__version__, "rules": rules, "aliases": aliases}
    facts["default"] = default_classes()
    names = {cls.__name__ for cls in model_classes()} | set(CONFIG_MAPPING.keys()) | set(rules) | set(aliases)
    facts["names"] = sorted(names)
    facts["auto"] = {t: auto_class(t) for t in modeling_auto.MODEL_MAPPING_NAMES}
    return facts


def merge(old, new):
    """Adds what only the newer release knows. A class that the pinned release has without rules keeps none:
    its modules may be laid out differently there (Mimi, Qwen2.5-Omni)."""
    if new is None:
        return old
    for name in list(new["rules"]) + list(new["aliases"]):
        if name in old["names"]:
            continue
        entries = new["rules"].get(name) or new["rules"][new["aliases"][name]]
        twin = next((n for n, e in old["rules"].items() if e == entries), None)
        if twin:
            old["aliases"][name] = twin
        else:
            old["rules"][name] = entries
    for table in ("nested", "bases", "default", "auto"):
        old[table] = new[table] | old[table]
    return old


def renames(facts):
    """The table the crate reads: only what can change a name."""
    known = set(facts["rules"]) | set(facts["aliases"])
    for name, entry in facts["nested"].items():
        entry["subs"] = [row for row in entry["subs"] if not is_covered(row, name, entry, known)]
    with_subs = {n: e for n, e in facts["nested"].items() if e["subs"]}
    default = {t: n for t, n in facts["default"].items() if n in with_subs or n in known}
    nested = {}
    for name, entry in facts["nested"].items():
        if entry["subs"] or entry["type"] in default:
            nested[name] = {"base": entry["base"], "subs": entry["subs"]}
    used = {sub[3] for e in nested.values() for sub in e["subs"] if sub[2]}
    auto = {t: n for t, n in facts["auto"].items() if n in nested or n in known or t in used}
    return {
        "source": f"transformers {facts['version']} (Apache-2.0): conversion_mapping, module trees; see make_tables.py",
        "rules": facts["rules"],
        "aliases": facts["aliases"],
        "default": default,
        "auto": auto,
        "bases": {t: b for t, b in facts["bases"].items() if b != "model"},
        "nested": nested,
    }


def write(path, table):
    """JSON with one line for each entry of each part."""
    parts = []
    for key, value in table.items():
        if isinstance(value, dict):
            lines = [f"  {json.dumps(k)}: {json.dumps(v)}" for k, v in sorted(value.items())]
            parts.append(f"{json.dumps(key)}: {{\n" + ",\n".join(lines) + "\n}")
        else:
            parts.append(f"{json.dumps(key)}: {json.dumps(value)}")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--dump")
    parser.add_argument("--newer")
    args = parser.parse_args()
    facts = collect()
    if args.dump:
        pathlib.Path(args.dump).write_text(json.dumps(facts))
        return
    newer = json.loads(pathlib.Path(args.newer).read_text()) if args.newer else None
    if newer:
        facts["version"] += f", with what {newer['version']} adds"
    facts = merge(facts, newer)
    write(HERE / "renames.json", renames(facts))
    facts["tie"] = tie_defaults()
    note = f"transformers {facts['version'].split(',')[0]}, every class built; rows explained in make_tables.py"
    write(HERE / "tie_defaults.json", {"source": note, "rows": facts["tie"]})
    for key in ("conv1d", "embeddings", "heads"):
        print(key, json.dumps(facts[key]))


if __name__ == "__main__":
    main()
