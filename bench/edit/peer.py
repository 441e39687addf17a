"""The same edits with diffusers, transformers and peft in float32; the last line is {"milliseconds": [...]}.

Reads from standard input: {"model", "threads", "steps", "guidance", "maxTextTokens", "size", "edits": [{"prompt", "images"}]}.
The pipeline is the one that the engine is compared with number by number.
"""

import json
import sys
import time
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "test" / "parity" / "goldens"))
from reference import Case, load_pipeline, render, space_to_depth  # noqa: E402


def main() -> None:
    request = json.load(sys.stdin)
    torch.set_num_threads(request["threads"])
    pipeline = load_pipeline(Path(request["model"]))
    downscale = pipeline.vae_scale_factor * space_to_depth(pipeline)
    width, height = request["size"]
    tokens = (height // (2 * downscale)) * (width // (2 * downscale))
    noise = torch.randn(1, tokens, pipeline.transformer.config.in_channels, generator=torch.Generator().manual_seed(0))
    milliseconds = []
    for number, edit in enumerate(request["edits"]):
        case = Case(
            name=str(number),
            model=request["model"],
            adapter="edit",
            prompt=edit["prompt"],
            width=width,
            height=height,
            steps=request["steps"],
            guidance=request["guidance"],
            images=edit["images"],
        )
        start = time.perf_counter()
        render(pipeline, case, Path("/"), noise, request["maxTextTokens"])
        milliseconds.append((time.perf_counter() - start) * 1000)
    print(json.dumps({"milliseconds": milliseconds}))


main()
