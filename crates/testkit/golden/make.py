"""Makes the golden data.

python make.py          everything below bases/, cases/ and refusals/, from nothing
python make.py ID ...   these cases and refusals only, on the bases that are there
"""

import os
import shutil
import sys

sys.dont_write_bytecode = True
os.environ["HF_HUB_OFFLINE"] = "1"  # nothing here may reach for a hub

import torch
import transformers

torch.set_num_threads(1)
torch.use_deterministic_algorithms(True)
transformers.logging.set_verbosity_error()
transformers.logging.disable_progress_bar()

from bases import BASES, BASES_DIR, write_base
from cases import CASES
from engine import CASES_DIR, make_case
from refusals import REFUSALS, REFUSALS_DIR, make_refusal


def main(wanted):
    names = [item.id for item in (*CASES, *REFUSALS)]
    assert len(set(names)) == len(names), "an id occurs twice"
    assert set(wanted) <= set(names), f"unknown: {set(wanted) - set(names)}"
    if not wanted:
        for folder in (BASES_DIR, CASES_DIR, REFUSALS_DIR):
            shutil.rmtree(folder, ignore_errors=True)
        for name in BASES:
            write_base(name)
    for case in CASES:
        if not wanted or case.id in wanted:
            print(f"{case.id:28} proven to {make_case(case):.1e}", flush=True)
    for refusal in REFUSALS:
        if not wanted or refusal.id in wanted:
            make_refusal(refusal)
            print(f"{refusal.id:28} to be refused: {refusal.reason}", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
