"""`python -m easel_training STAGE --minutes N`: every stage goes on where it stopped."""

import argparse
from pathlib import Path

from .card import write_card
from .cases import write_cases
from .encoders import train_encoders
from .judge.train import train_judge
from .reader.tokenizer import write_tokenizer
from .reader.train import train_reader
from .requests.cases import write_requests
from .stages import publish_vae, train_adapter, train_base
from .text import write_tokenizers
from .vae import train_vae
from .workers import run_workers


def main() -> None:
    """Parse the command line and run one stage."""
    parser = argparse.ArgumentParser(prog="python -m easel_training", description=__doc__)
    stages = ["vae", "vae-decoder", "text", "base", "edit", "generate", "judge", "vlm", "cases", "requests", "card"]
    parser.add_argument("stage", choices=stages)
    parser.add_argument("--minutes", type=float, default=30, help="how long this session of training lasts")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder of checkpoints and logs")
    parser.add_argument("--model", type=Path, default=Path("../models/easel-stickers"), help="model folder to publish into")
    parser.add_argument("--cases", type=Path, default=Path("../bench/quality/cases"), help="folder of the benchmark's cases")
    parser.add_argument("--requests", type=Path, default=Path("../bench/interpret/cases"), help="folder of the requests")
    parser.add_argument("--size", type=int, default=128, help="side of the pictures in pixels")
    parser.add_argument("--version", default="0.1.0", help="version the model card names")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fresh", action="store_true", help="edit, generate: begin without the published LoRA")
    parser.add_argument("--workers", type=int, default=1, help="processes of one thread each")
    options = parser.parse_args()
    run = options.runs / options.stage.removesuffix("-decoder")
    if options.stage.startswith("vae"):
        decoder_only = options.stage == "vae-decoder"
        run_workers(options.workers, train_vae, run, options.minutes, options.seed, options.size, decoder_only)
        publish_vae(run, options.model)
    elif options.stage == "judge":
        run_workers(options.workers, train_judge, run, options.model, options.minutes, options.size, options.seed)
    elif options.stage == "card":
        write_card(options.model, options.size, options.version)
    elif options.stage == "cases":
        write_cases(options.cases, options.size)
    elif options.stage == "vlm":
        vlm = options.model / "vlm"
        if not (vlm / "tokenizer.json").exists():
            write_tokenizer(vlm, options.seed)
        run_workers(options.workers, train_reader, run, vlm, options.minutes, options.seed)
    elif options.stage == "requests":
        write_requests(options.requests, options.size)
    elif options.stage == "text":
        if not (options.model / "tokenizer_2").exists():
            write_tokenizers(options.model)
        run_workers(options.workers, train_encoders, run, options.model, options.minutes, options.seed)
    elif options.stage == "base":
        run_workers(options.workers, train_base, run, options.model, options.minutes, options.size, options.seed)
    else:
        common = run, options.model, options.minutes, options.size, options.seed, options.fresh
        run_workers(options.workers, train_adapter, options.stage, *common)


if __name__ == "__main__":
    main()
