"""The report of a run: what of the log counts, marks on the axes, and a page with its pictures."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from easel_training.command_line import TRAINING, WRITING, parse
from easel_training.report.axis import Axis, fit, write_number
from easel_training.report.chart import HEIGHT, WIDTH, draw_chart
from easel_training.report.page import write_report
from easel_training.report.run_log import read_log
from easel_training.report.sessions import record_session


def write_log(run: Path, rows: list[dict]) -> None:
    run.mkdir(parents=True, exist_ok=True)
    (run / "log.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))


def test_rows_after_the_last_checkpoint_of_a_killed_session_do_not_count(tmp_path: Path) -> None:
    write_log(tmp_path, [{"step": step, "loss": {"1": float(step)}} for step in (10, 20, 30, 15, 25)])
    log = read_log(tmp_path / "log.jsonl")
    assert log.losses() == {"loss.1": [(10, 10.0), (15, 15.0), (25, 25.0)]}
    assert log.last("step") == 25 and log.last("samples") is None


def test_many_shares_become_their_mean_and_their_lowest(tmp_path: Path) -> None:
    right = {f"head{i}": i / 10 for i in range(1, 10)}
    write_log(tmp_path, [{"step": 5, "loss": 1.0, "right": right}])
    log = read_log(tmp_path / "log.jsonl")
    assert log.shares() == {"mean": [(5, pytest.approx(0.5))], "lowest": [(5, 0.1)]}
    assert log.losses() == {"loss": [(5, 1.0)]}


def test_the_rate_is_that_of_the_newest_rows(tmp_path: Path) -> None:
    rows = [{"step": step, "seconds": seconds} for step, seconds in ((0, 0), (10, 100), (30, 110), (50, 120))]
    write_log(tmp_path, rows)
    log = read_log(tmp_path / "log.jsonl")
    assert log.rate("step", rows=3) == 2.0 and log.rate("samples", rows=3) is None


def test_marks_are_round_and_within_the_axis() -> None:
    assert Axis(0, 1000).marks() == [0, 200, 400, 600, 800, 1000]
    assert Axis(0.09, 2.1, True).marks() == pytest.approx([0.1, 0.2, 0.5, 1, 2])
    assert Axis(0.13, 0.37, True).marks() == pytest.approx([0.15, 0.2, 0.25, 0.3, 0.35])
    assert fit([3.0, 3.0]).place(3.0) == pytest.approx(0.5)
    assert not fit([0.0, 1.0], is_log=True).is_log
    assert [write_number(x) for x in (12_000, 0.25, 0)] == ["12k", "0.25", "0"]


def test_a_chart_shows_every_line_in_its_colour() -> None:
    image = draw_chart("losses", {"one": [(0, 1.0), (100, 0.1)], "two": [(50, 0.5)]}, is_log=True)
    assert image.size == (WIDTH, HEIGHT)
    colors = {tuple(color) for color in np.asarray(image).reshape(-1, 3)}
    assert {(0x00, 0x72, 0xB2), (0xD5, 0x5E, 0x00)} <= colors


def test_the_page_names_settings_numbers_and_pictures(tmp_path: Path) -> None:
    run = tmp_path / "base"
    record_session(run, {"seed": 1, "minutes": 30.0})
    record_session(run, {"seed": 2, "minutes": 30.0})
    rows = [{"step": i, "samples": 20 * i, "seconds": 10 * i, "loss": {"0": 1 / i, "1": 0.5 / i}} for i in range(1, 40)]
    write_log(run, rows)
    (run / "samples").mkdir()
    for step in range(0, 90, 10):
        Image.new("RGB", (4, 4)).save(run / "samples" / f"{step:06d}.png")
    page = write_report(run).read_text()
    assert "| sessions | 2 |" in page and "| seed | 1, 2 |" in page and "| minutes | 30.0 |" in page
    assert "| learning rate | 0.01 (Muon), 0.001 (AdamW) |" in page
    assert "| samples | 780, lately 2.00 a second |" in page and "| time | 6 minutes |" in page
    assert "| loss.1 | 0.5 | 0.0128 | 0.5 | 0.0128 |" in page
    assert page.count("samples/") == 5 and "samples/000000.png" in page and "samples/000080.png" in page
    assert Image.open(run / "losses.png").size == (WIDTH, HEIGHT)


def test_a_run_without_a_log_still_has_a_page(tmp_path: Path) -> None:
    (tmp_path / "edit").mkdir()
    assert "not recorded" in write_report(tmp_path / "edit").read_text()


def test_every_stage_keeps_its_command_line() -> None:
    for stage in TRAINING | WRITING:
        options = parse([stage, "--minutes", "60", "--workers", "2"])
        assert (options.stage, options.minutes, options.workers, options.seed, options.size) == (stage, 60, 2, 1, 128)
