"""One step of the same transformers with diffusers in float32; the last line is {"rows": [{"eagerMs", "compiledMs"}]}.

Reads from standard input: {"threads", "steps", "compile", "rows": [{"folder", "references", "side", "textTokens"}]}.
"""

import json
import statistics
import sys
import time

import torch
from diffusers import FluxTransformer2DModel


def inputs_of(model: FluxTransformer2DModel, row: dict) -> dict[str, torch.Tensor]:
    """References are shifted right by the widths of those before them, as in the engine."""
    side, pictures = row["side"], row["references"] + 1
    y, x = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    shifts = [max(0, index - 1) * side for index in range(pictures)]
    ids = [torch.stack([torch.full_like(y, index), y, x + shift], -1) for index, shift in enumerate(shifts)]
    config = model.config
    return {
        "hidden_states": torch.randn(1, pictures * side * side, config.in_channels),
        "encoder_hidden_states": torch.randn(1, row["textTokens"], config.joint_attention_dim),
        "pooled_projections": torch.randn(1, config.pooled_projection_dim),
        "timestep": torch.tensor([0.5]),
        "img_ids": torch.cat([one.reshape(-1, 3) for one in ids]).float(),
        "txt_ids": torch.zeros(row["textTokens"], 3),
    }


@torch.no_grad()
def step_milliseconds(model: torch.nn.Module, inputs: dict[str, torch.Tensor], steps: int) -> float:
    times = []
    for _ in range(steps + 1):
        start = time.perf_counter()
        model(**inputs, return_dict=False)
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[1:])


def main() -> None:
    request = json.load(sys.stdin)
    torch.set_num_threads(request["threads"])
    rows = []
    for row in request["rows"]:
        model = FluxTransformer2DModel.from_pretrained(row["folder"], torch_dtype=torch.float32).eval()
        inputs = inputs_of(model, row)
        eager = step_milliseconds(model, inputs, request["steps"])
        compiled = step_milliseconds(torch.compile(model), inputs, request["steps"]) if request["compile"] else None
        rows.append({"eagerMs": eager, "compiledMs": compiled})
    print(json.dumps({"rows": rows}))


main()
