"""Makes the files beside this script and expected.json, which says what is in them.

Written with torch 2.15: python make.py
Hostile files only hold a pickle that would call something; this script never loads them.
"""

import io
import json
import os
import pickle
import struct
import sys
import warnings
import zipfile
from collections import Counter, OrderedDict

import torch

HERE = os.path.dirname(os.path.abspath(__file__))
GOOD = {}
BAD = {}
warnings.simplefilter("ignore")
torch.manual_seed(7)


def path(name):
    return os.path.join(HERE, name)


def describe(tensor):
    tensor = tensor.detach().contiguous()
    data = bytes(tensor.flatten().view(torch.uint8).tolist()) if tensor.numel() else b""
    return {"dtype": str(tensor.dtype).removeprefix("torch."), "shape": list(tensor.shape), "data": data.hex()}


def good(name, obj, state=None, **options):
    torch.save(obj, path(name), **options)
    state = obj if state is None else state
    GOOD[name] = {k: describe(v) for k, v in state.items() if isinstance(v, torch.Tensor)}


def bad(name, code, word):
    """The refusal must have this code, and this word in its text."""
    BAD[name] = {"code": code, "word": word}


def bad_save(name, obj, code, word, **options):
    torch.save(obj, path(name), **options)
    bad(name, code, word)


def with_pickle(name, data, code, word, compress=zipfile.ZIP_STORED, **others):
    entries = {"data.pkl": data, "byteorder": b"little", "data/0": bytes(16), "version": b"3\n"} | others
    with zipfile.ZipFile(path(name), "w", compress) as archive:
        for entry, content in entries.items():
            archive.writestr(zipfile.ZipInfo("m/" + entry), content, compress)
    bad(name, code, word)


class Calls:
    def __init__(self, function, *args):
        self.call = (function, args)

    def __reduce__(self):
        return self.call


def tensor_pickle(key=b"0", numel=4, size=(4,), stride=(1,), offset=0, storage=b"FloatStorage"):
    """The pickle of {"w": tensor} with whatever numbers."""

    def number(n):
        return b"\x8a\x08" + struct.pack("<q", n)

    def numbers(ns):
        return b"(" + b"".join(map(number, ns)) + b"t"

    out = b"\x80\x02}X\x01\x00\x00\x00wctorch._utils\n_rebuild_tensor_v2\n((X\x07\x00\x00\x00storage"
    out += b"ctorch\n" + storage + b"\nX" + struct.pack("<I", len(key)) + key + b"X\x03\x00\x00\x00cpu"
    out += number(numel) + b"tQ" + number(offset) + numbers(size) + numbers(stride)
    return out + b"\x89ccollections\nOrderedDict\n)RtRs."


DTYPES = (
    "bool uint8 int8 int16 uint16 int32 uint32 int64 uint64 float8_e5m2 float8_e4m3fn float8_e8m0fnu "
    "float16 bfloat16 float32 float64 complex64"
).split()


def all_dtypes():
    made = {}
    for name in DTYPES:
        dtype = getattr(torch, name)
        if name == "bool":
            made[name] = torch.tensor([[True, False], [False, True], [True, True]])
        elif dtype.is_floating_point or dtype.is_complex:
            made[name] = torch.tensor([[0.5, 2.0], [-4.0, 0.25], [8.0, 1.0]]).abs().to(dtype)
        else:
            made[name] = torch.tensor([[1, 2], [3, 100], [5, 6]]).to(dtype)
    return made


def make_good():
    good("dtypes.bin", all_dtypes())
    base = torch.arange(24, dtype=torch.float32).reshape(4, 6)
    shared = {
        "base": base,
        "transposed": base.t(),
        "columns": base[:, 1:4],
        "rows": base[1:3],
        "steps": base[::2, ::3],
        "element": base[2, 3],
        "expanded": torch.tensor([1.0, 2.0, 3.0]).expand(2, 3),
        "permuted": torch.arange(24, dtype=torch.int16).reshape(2, 3, 4).permute(2, 0, 1),
        "thin": torch.arange(4.0).reshape(1, 4).t(),
    }
    good("views.bin", shared)
    embed = torch.randn(5, 4, dtype=torch.bfloat16)
    good("tied.bin", {"embed.weight": embed, "lm_head.weight": embed, "norm.weight": torch.ones(4)})
    layer = torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.BatchNorm1d(2))
    good("module.bin", layer.state_dict())
    assert layer.state_dict()._metadata
    parameter = torch.nn.Parameter(torch.randn(2, 3))
    marked = torch.nn.Parameter(torch.randn(3))
    marked.note = {"axis": 1}
    tensor_with_note = torch.randn(2)
    tensor_with_note.note = "x"
    parameters = {"p": parameter, "marked": marked, "tensor": tensor_with_note}
    good("parameters.bin", parameters)
    odd_shapes = {"scalar": torch.tensor(2.5), "empty": torch.zeros(0, 4), "none": torch.zeros(3, 0, 2, dtype=torch.int64), "one": torch.ones(1, 1)}
    good("shapes.bin", odd_shapes)
    rest = {
        "epoch": 3, "loss": 0.25, "name": "run", "done": True, "nothing": None, "big": 1 << 90, "negative": -(1 << 40),
        "betas": (0.9, 0.999), "kinds": {"a", "b"}, "raw": b"\x00\xff", "array": bytearray(b"xy"), "z": 1j, "frozen": [1, [2]],
        "dtype": torch.float16, "device": torch.device("cpu"), "layout": torch.strided, "size": torch.Size([2, 3]),
        "counter": Counter("aab"), "optimizer": {"state": {0: {"step": torch.tensor(1.0), "exp_avg": torch.zeros(2)}}},
    }
    state = OrderedDict(a=torch.randn(2, 2), b=torch.arange(3))
    for key in ("state_dict", "model", "module", "model_state_dict"):
        good(f"nested_{key}.bin", rest | {key: state}, state)
    good("beside.bin", state | rest, state)
    # Sets with a protocol above 3 have opcodes of their own.
    for protocol in (3, 4, 5):
        good(f"protocol{protocol}.bin", rest | {"model": state}, state, pickle_protocol=protocol)
    good("many.bin", {f"layers.{i}.weight": torch.full((2,), float(i)) for i in range(60)})
    good("empty.bin", {})


def make_hostile():
    weights = torch.zeros(2)
    evil = Calls(os.system, "exit 7")
    unsafe = "S112"
    bad_save("os_system.bin", {"w": weights, "x": evil}, unsafe, "posix.system")
    bad_save("os_system_4.bin", {"w": weights, "x": evil}, unsafe, "posix.system", pickle_protocol=4)
    bad_save("eval.bin", {"w": Calls(eval, "1+1")}, unsafe, "__builtin__.eval")
    bad_save("eval_4.bin", [Calls(eval, "1+1")], unsafe, "builtins.eval", pickle_protocol=4)
    bad_save("deep.bin", {"w": weights, "o": {"a": [({"b": evil},)]}}, unsafe, "posix.system")
    text = b"X\x02\x00\x00\x00id"
    with_pickle("memo.bin", b"\x80\x02cos\nsystem\nq\x00X\x01\x00\x00\x00wq\x010}h\x01h\x00" + text + b"\x85Rs.", unsafe, "os.system")
    with_pickle("pop.bin", b"\x80\x02cos\nsystem\n" + text + b"\x85R0}.", unsafe, "os.system")
    with_pickle("stack_global.bin", b"\x80\x04\x8c\x05posix\x8c\x06system\x93" + text + b"\x85R.", unsafe, "posix.system")
    with_pickle("dotted.bin", b"\x80\x04\x8c\x05torch\x8c\x15serialization.os.fork\x93)R.", unsafe, "torch.serialization.os.fork")
    with_pickle("build.bin", b"\x80\x02cos\nenviron\n}X\x01\x00\x00\x00aX\x01\x00\x00\x00bsb.", unsafe, "os.environ")
    with_pickle("inst.bin", b"\x80\x02(" + text + b"ios\nsystem\n.", unsafe, "os.system")
    with_pickle("obj.bin", b"\x80\x02(cos\nsystem\n" + text + b"o.", unsafe, "os.system")
    with_pickle("newobj.bin", b"\x80\x02csubprocess\nPopen\n" + text + b"\x85\x81.", unsafe, "subprocess.Popen")
    with_pickle("newobj_ex.bin", b"\x80\x04csubprocess\nPopen\n" + text + b"\x85}\x92.", unsafe, "subprocess.Popen")
    with_pickle("extension.bin", b"\x80\x02\x82\x01)R.", unsafe, "copyreg")
    with_pickle("protocol0.bin", pickle.dumps(evil, 0), unsafe, "posix.system")
    wrapped = b"\x80\x02}X\x01\x00\x00\x00wctorch._tensor\n_rebuild_from_type_v2\n(cos\nsystem\ncx\nY\n" + text + b"\x85}tRs."
    with_pickle("wrapped.bin", wrapped, unsafe, "os.system")
    hooks = tensor_pickle().replace(b"ccollections\nOrderedDict\n)R", b"cos\nsystem\n" + text + b"\x85R")
    with_pickle("hooks.bin", hooks, unsafe, "os.system")
    bad_save("namespace.bin", {"w": weights, "args": type("Args", (), {"__reduce__": lambda self: (Counter.fromkeys, ("a",))})()}, unsafe, "getattr")


def make_damaged():
    header, tensor, large = "S108", "S109", "S111"
    state = {"w": torch.ones(3)}
    torch.save(state, path("legacy.bin"), _use_new_zipfile_serialization=False)
    bad("legacy.bin", "S113", "1.6")
    torch.save(state, path("legacy_4.bin"), _use_new_zipfile_serialization=False, pickle_protocol=4)
    bad("legacy_4.bin", "S113", "1.6")
    buffer = io.BytesIO()
    torch.save(state, buffer)
    whole = buffer.getvalue()
    for name, data, word in [
        ("cut.bin", whole[:-30], "cut short"),
        ("half.bin", whole[: len(whole) // 2], "cut short"),
        ("trailing.bin", whole + b"x", "cut short"),
        ("nothing.bin", b"", "empty"),
        ("text.bin", b"hello, this is no model", "zip"),
        ("lfs.bin", b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n", "git-lfs"),
        ("shifted.bin", b"PK\x03\x04" + whole, "zip64 record"),
    ]:
        with open(path(name), "wb") as file:
            file.write(data)
        bad(name, header, word)
    with_pickle("big_endian.bin", tensor_pickle(), header, "byte order is big", byteorder=b"big")
    with_pickle("deflated.bin", tensor_pickle(), header, "compressed", compress=zipfile.ZIP_DEFLATED)
    with_pickle("misplaced.bin", tensor_pickle(), header, "no header of that name")
    with open(path("misplaced.bin"), "r+b") as file:
        data = file.read()
        # In the directory the name follows after the place of the header.
        file.seek(data.rindex(b"m/data/0") - 4)
        file.write(struct.pack("<I", 1))
    with_pickle("script.bin", tensor_pickle(), header, "TorchScript", **{"constants.pkl": b"\x80\x02)."})
    with_pickle("missing.bin", tensor_pickle(key=b"9"), header, "data/9")
    with_pickle("escaping.bin", tensor_pickle(key=b"../version"), header, "no such entry")
    with_pickle("beyond.bin", tensor_pickle(size=(5,)), tensor, "beyond its storage")
    with_pickle("stride.bin", tensor_pickle(size=(2, 2), stride=(3, 1)), tensor, "beyond its storage")
    with_pickle("offset.bin", tensor_pickle(size=(2,), offset=3), tensor, "beyond its storage")
    with_pickle("storage.bin", tensor_pickle(numel=5), tensor, "zip entry has 16")
    with_pickle("huge.bin", tensor_pickle(size=(1 << 40, 1 << 40), stride=(0, 0)), tensor, "too large")
    with_pickle("repeated.bin", tensor_pickle(size=(1 << 40,), stride=(0,)), tensor, "repeats")
    with_pickle("overflow.bin", tensor_pickle(size=(2, 3), stride=(1 << 62, 1 << 62)), tensor, "beyond its storage")
    with_pickle("negative.bin", tensor_pickle(size=(-1,)), header, "wrong arguments")
    with_pickle("double.bin", tensor_pickle(storage=b"ComplexDoubleStorage"), tensor, "ComplexDoubleStorage")
    with_pickle("unknown_opcode.bin", b"\x80\x02\xff.", header, "unknown opcode 0xff")
    with_pickle("no_stop.bin", b"\x80\x02}", header, "cut short")
    with_pickle("protocol9.bin", b"\x80\x09}.", header, "protocol 9")
    with_pickle("memo_index.bin", b"\x80\x02}r\xff\xff\xff\xff.", large, "pickle memo")
    with_pickle("marks.bin", b"\x80\x02" + b"(" * 2000 + b".", large, "pickle depth")
    with_pickle("list.bin", b"\x80\x02].", header, "a list")
    with_pickle("optimizer.bin", b"\x80\x02}X\x01\x00\x00\x00a]s.", header, "no tensors by name")
    with zipfile.ZipFile(path("zip.bin"), "w") as archive:
        archive.writestr(zipfile.ZipInfo("m/readme.txt"), "hello")
    bad("zip.bin", header, "without data.pkl")


def make_odd():
    odd = "S109"
    bad_save("sparse.bin", {"w": torch.eye(3).to_sparse()}, odd, "_rebuild_sparse_tensor")
    bad_save("quantized.bin", {"w": torch.quantize_per_tensor(torch.ones(3), 0.1, 0, torch.qint8)}, odd, "_rebuild_qtensor")
    bad_save("meta.bin", {"w": torch.ones(3, device="meta")}, odd, "_rebuild_meta_tensor_no_storage")
    bad_save("conjugated.bin", {"w": torch.ones(3, dtype=torch.complex64).conj()}, odd, "conjugated")
    bad_save("complex128.bin", {"w": torch.ones(3, dtype=torch.complex128)}, odd, "ComplexDoubleStorage")
    bad_save("fnuz.bin", {"w": torch.ones(3).to(torch.float8_e4m3fnuz)}, odd, "float8_e4m3fnuz")
    kept = {"w": torch.ones(2)}
    good("odd_outside.bin", {"model": kept, "optimizer": {"s": torch.eye(3).to_sparse()}}, kept)
    os.environ.update(MASTER_ADDR="127.0.0.1", MASTER_PORT="29517", RANK="0", WORLD_SIZE="1")
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    mesh = init_device_mesh("cpu", (1,))
    bad_save("dtensor.bin", {"w": distribute_tensor(torch.zeros(4, 2), mesh, [Shard(0)])}, odd, "DTensor")
    torch.distributed.destroy_process_group()


if __name__ == "__main__":
    for old in os.listdir(HERE):
        if old.endswith(".bin"):
            os.remove(path(old))
    make_good()
    make_hostile()
    make_damaged()
    make_odd()
    with open(path("expected.json"), "w") as out:
        json.dump({"torch": torch.__version__, "good": GOOD, "bad": BAD}, out, indent=1)
        out.write("\n")
    largest = max(os.path.getsize(path(n)) for n in os.listdir(HERE) if n.endswith(".bin"))
    print(f"{len(GOOD)} good, {len(BAD)} bad, largest {largest} bytes", file=sys.stderr)
