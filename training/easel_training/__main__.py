"""Runs one command: a stage of training, something that is written once, a measure or a report."""

from argparse import Namespace
from dataclasses import asdict, fields
from pathlib import Path

from .card import write_card
from .cases import write_cases
from .command_line import TRAINING, parse
from .encoders import train_encoders
from .judge.train import train_judge
from .kontext.train import KontextSettings, train_kontext
from .layout import DREAMOMNI2
from .measures.ablation import Setting, run_variant
from .measures.ablation_table import ablation_table
from .measures.single import measure_single, single_table
from .reader.tokenizer import write_tokenizer
from .reader.train import train_reader
from .report.page import write_report
from .report.sessions import record_session
from .requests.cases import write_requests
from .stages import publish_vae, train_adapter, train_base
from .tasks import CURRICULA
from .text import write_tokenizers
from .vae import train_vae
from .workers import run_workers
from .world_sheet import write_world_sheet

#: Options that say how a session trains.
SETTINGS = ("stage", "minutes", "workers", "seed", "size", "world", "fresh", "model")


def main() -> None:
    """Parse the command line and do what it says; a stage that trained leaves a report in its run's folder."""
    options = parse()
    if options.stage in TRAINING:
        run = options.runs / options.stage.removesuffix("-decoder")
        record_session(run, _settings(options))
        train_stage(options, run)
        write_report(run)
    elif options.stage == "report":
        run = options.runs / options.of
        if not run.is_dir():
            raise SystemExit(f"no run in {run}")
        print(write_report(run))
    elif options.stage == "ablation":
        run = options.runs / "ablation" / options.variant
        record_session(run, _settings(options))
        setting = Setting(options.model, options.judge, options.size, options.seed, options.tasks)
        print(run_variant(options.variant, run, setting, options.minutes, options.workers))
    elif options.stage == "ablation-table":
        print(ablation_table(options.runs / "ablation"), end="")
    elif options.stage == "single":
        models = [options.model, *([options.against] if options.against else [])]
        print(single_table(*(measure_single(model, options.size, options.tasks) for model in models)), end="")
    elif options.stage == "kontext":
        run = options.runs / f"kontext-{options.adapter}"
        settings = KontextSettings(**{field.name: getattr(options, field.name) for field in fields(KontextSettings)})
        record_session(run, asdict(settings))
        print(train_kontext(run, settings))
        write_report(run)
    elif options.stage == "card":
        write_card(options.model, options.size, options.version)
    elif options.stage == "cases":
        write_cases(options.cases, options.size)
    elif options.stage == "world":
        print(write_world_sheet(options.runs, options.world, options.size, options.seed))
    else:
        write_requests(options.requests, options.size)


def train_stage(options: Namespace, run: Path) -> None:
    """Train a stage for its minutes and publish what it trained."""
    curriculum = CURRICULA[options.world]
    if options.stage.startswith("vae"):
        decoder_only = options.stage == "vae-decoder"
        run_workers(options.workers, train_vae, run, options.minutes, options.seed, options.size, decoder_only, curriculum.world)
        publish_vae(run, options.model)
    elif options.stage == "judge":
        run_workers(options.workers, train_judge, run, options.model, options.minutes, options.size, options.seed)
    elif options.stage == "vlm":
        vlm = options.model / "vlm"
        if not (vlm / "tokenizer.json").exists():
            write_tokenizer(vlm, options.seed)
        run_workers(options.workers, train_reader, run, vlm, options.minutes, options.seed)
    elif options.stage == "text":
        if not (options.model / "tokenizer_2").exists():
            write_tokenizers(options.model)
        run_workers(options.workers, train_encoders, run, options.model, options.minutes, options.seed, curriculum)
    elif options.stage == "base":
        run_workers(options.workers, train_base, run, options.model, options.minutes, options.size, options.seed, curriculum)
    else:
        common = run, options.model, options.minutes, options.size, options.seed, options.fresh
        run_workers(options.workers, train_adapter, options.stage, *common, DREAMOMNI2, None, curriculum)


def _settings(options: Namespace) -> dict[str, object]:
    """How a session trains, as JSON can hold it."""
    values = {name: getattr(options, name) for name in SETTINGS}
    return {name: str(value) if isinstance(value, Path) else value for name, value in values.items()}


if __name__ == "__main__":
    main()
