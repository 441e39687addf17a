"""One page in Markdown of what a run did, beside its curves."""

from pathlib import Path

import numpy as np

from ..encoders import RATE
from ..judge.train import RATES as JUDGE_RATES
from ..reader.train import RATES as READER_RATES
from ..stages import BASE_RATES, LORA_RATES
from ..vae import LEARNING_RATE
from .axis import write_number
from .chart import draw_chart
from .run_log import RunLog, Series, read_log
from .sessions import read_sessions

#: Sheets of samples on a page, evenly spread over the run.
SHEETS = 5
#: Rows of the log that a speed is taken over.
RECENT_ROWS = 20
#: Highest learning rates by stage: of Muon and AdamW, or of AdamW alone.
LEARNING_RATES = {
    "vae": (LEARNING_RATE,),
    "text": (RATE,),
    "base": BASE_RATES,
    "edit": LORA_RATES,
    "generate": LORA_RATES,
    "judge": JUDGE_RATES,
    "vlm": READER_RATES,
}


def write_report(run: Path) -> Path:
    """Write `report.md`, `losses.png` and, where shares are logged, `shares.png` into a run's folder.

    :returns: the page.
    """
    log = read_log(run / "log.jsonl")
    charts = {"losses": (log.losses(), True), "shares": (log.shares(), False)}
    lines = [f"# {run.name}", "", *_table("settings", _settings(run)), *_table("progress", _progress(log))]
    for name, (series, is_log) in charts.items():
        if series:
            draw_chart(name, series, is_log).save(run / f"{name}.png", optimize=True)
            lines += [f"## {name.capitalize()}", "", f"![{name}]({name}.png)", "", *_ends(series)]
    sheets = _spread(sorted((run / "samples").glob("*.png")))
    if sheets:
        lines += ["## Samples", "", "Rows: up to two inputs, target, output.", ""]
        for sheet in sheets:
            lines += [f"After {int(sheet.stem):,} steps:", "", f"![samples](samples/{sheet.name})", ""]
    page = run / "report.md"
    page.write_text("\n".join(lines))
    return page


def _settings(run: Path) -> dict[str, str]:
    """What the sessions were started with, the differing values in order."""
    sessions = read_sessions(run)
    keys = dict.fromkeys(key for session in sessions for key in session)
    settings = {"sessions": str(len(sessions)) if sessions else "not recorded"}
    for key in keys:
        settings[key] = ", ".join(dict.fromkeys(str(session[key]) for session in sessions if key in session))
    rates = LEARNING_RATES.get(run.name)
    if rates:
        names = ("Muon", "AdamW")[-len(rates) :]
        settings["learning rate"] = ", ".join(f"{rate:g} ({name})" for rate, name in zip(rates, names))
    return settings


def _progress(log: RunLog) -> dict[str, str]:
    progress: dict[str, str] = {}
    for key in ("step", "samples"):
        total, rate = log.last(key), log.rate(key, RECENT_ROWS)
        if total is not None:
            progress[key if key == "samples" else "steps"] = f"{total:,}" + (f", lately {rate:.2f} a second" if rate else "")
    seconds = log.last("seconds")
    if seconds is not None:
        progress["time"] = f"{seconds / 60:.0f} minutes"
    return progress


def _ends(series: dict[str, Series]) -> list[str]:
    """Where every series began, was lowest and highest, and is."""
    rows = ["| | first | lowest | highest | last |", "| --- | --- | --- | --- | --- |"]
    for name, points in series.items():
        values = [value for _, value in points]
        rows.append("| " + " | ".join([name, *map(write_number, (values[0], min(values), max(values), values[-1]))]) + " |")
    return [*rows, ""]


def _table(title: str, rows: dict[str, str]) -> list[str]:
    return [f"| {title} | |", "| --- | --- |", *(f"| {key} | {value} |" for key, value in rows.items()), ""]


def _spread(files: list[Path]) -> list[Path]:
    """First, last and some between."""
    return [files[int(i)] for i in sorted(set(np.linspace(0, len(files) - 1, SHEETS).round()))] if files else []
