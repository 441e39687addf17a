"""The command line: `python -m easel_training STAGE OPTIONS`."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from .measures.ablation import VARIANTS
from .tasks import CURRICULA

#: Stages that train, with what they train.
TRAINING = {
    "vae": "AutoencoderKL",
    "vae-decoder": "the VAE's decoder alone: latents stay as they are",
    "text": "the text encoders",
    "base": "the transformer, and the text encoders with it",
    "edit": "the LoRA for edits with references",
    "generate": "the LoRA for new pictures from references",
    "judge": "the benchmark's judge",
    "vlm": "the language model that reads requests",
}
#: Stages that only write.
WRITING = {
    "cases": "the benchmark's cases",
    "requests": "the requests of bench:interpret",
    "card": "easel.json, NOTICE, samples",
    "world": "a sheet of a world's scenes, to look at",
}


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """The options of a command line; of the process's own where none is given."""
    parser = argparse.ArgumentParser(
        prog="python -m easel_training", description="Every stage that trains goes on where it stopped."
    )
    stages = parser.add_subparsers(dest="stage", required=True, metavar="STAGE")
    common = _common()
    for name, purpose in (TRAINING | WRITING).items():
        stages.add_parser(name, help=purpose, parents=[common])
    report = stages.add_parser("report", help="curves, samples and numbers of a stage's run, as one page", parents=[common])
    report.add_argument("of", metavar="RUN", help="the stage, or the folder below the runs")
    _add_measures(stages, common)
    _add_kontext(stages)
    return parser.parse_args(arguments)


def _add_measures(stages: argparse._SubParsersAction, common: argparse.ArgumentParser) -> None:
    ablation = stages.add_parser(
        "ablation", help="train and measure a variant of how references reach the model", parents=[common]
    )
    ablation.add_argument("--variant", required=True, choices=list(VARIANTS))
    ablation.add_argument("--tasks", type=int, default=96, help="held-out edits to measure on")
    ablation.add_argument(
        "--judge", type=Path, default=Path("../bench/quality/judge/judge.onnx"), help="reads the pictures, where it exists"
    )
    stages.add_parser("ablation-table", help="the variants that were run, as one table", parents=[common])
    single = stages.add_parser("single", help="a base's held-out loss on single-image edits, by kind", parents=[common])
    single.add_argument("--against", type=Path, help="another model folder, measured on the same edits")
    single.add_argument("--tasks", type=int, default=24, help="held-out edits of every kind")


def _add_kontext(stages: argparse._SubParsersAction) -> None:
    kontext = stages.add_parser("kontext", help="train a LoRA on FLUX.1 Kontext, on a GPU")
    kontext.add_argument("--base", required=True, help="folder or name of a Kontext pipeline as diffusers writes it")
    kontext.add_argument("--data", default="stickers", help="`stickers`, or a folder with cases.jsonl")
    kontext.add_argument("--adapter", required=True, choices=["edit", "generate"])
    kontext.add_argument("--steps", type=int, required=True, help="steps of the optimizer in this session")
    kontext.add_argument("--batch", type=int, default=16, help="examples a step, computed one by one")
    kontext.add_argument("--rank", type=int, default=128, help="of the LoRA")
    kontext.add_argument("--rate", type=float, default=5e-6, help="learning rate")
    kontext.add_argument("--side", type=int, default=1024, help="of the square among the sizes of pictures, in pixels")
    kontext.add_argument("--text-tokens", type=int, default=512, help="length of T5's input")
    kontext.add_argument("--tasks", type=int, default=2000, help="sticker tasks to draw")
    kontext.add_argument("--seed", type=int, default=1)
    kontext.add_argument("--runs", type=Path, default=Path("runs"), help="folder of encoded examples, logs and LoRAs")


def _common() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--minutes", type=float, default=30, help="how long this session of training lasts")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of checkpoints and logs")
    parser.add_argument("--model", type=Path, default=Path("../models/easel-stickers"), help="model folder to publish into")
    parser.add_argument("--cases", type=Path, default=Path("../bench/quality/cases"), help="folder of the benchmark's cases")
    parser.add_argument("--requests", type=Path, default=Path("../bench/interpret/cases"), help="folder of the requests")
    parser.add_argument("--size", type=int, default=128, help="side of the pictures in pixels")
    parser.add_argument("--world", default="core", choices=list(CURRICULA), help="the words and tasks that pictures are made of")
    parser.add_argument("--version", default="0.1.0", help="version the model card names")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="edit, generate: begin without the published LoRA")
    parser.add_argument("--workers", type=int, default=1, help="processes of one thread each")
    return parser
