"""Writes peft_types.json: every adapter type that PEFT knows, so that a test can ask for each of them."""

import peft
from peft.utils.peft_types import PeftType

from kit import HERE, write_json

if __name__ == "__main__":
    write_json(HERE / "peft_types.json", {"peft": peft.__version__, "types": sorted(t.value for t in PeftType)})
