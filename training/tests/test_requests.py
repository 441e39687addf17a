"""Requests: the same every time, never those of the benchmark, and right about the pictures they point at."""

import json
from pathlib import Path

import numpy as np
import pytest

from easel_training.requests.cases import held_out_requests
from easel_training.requests.conversation import Request
from easel_training.requests.generator import HAND_WRITTEN, draw_request, is_held_out_text, skeleton
from easel_training.requests.lexicon import LANGUAGES, lexicon
from easel_training.requests.scene_text import parse_scene, scene_text

GENERATED = HAND_WRITTEN.with_name("generated.jsonl")


def drawn(count: int, seed: int = 1) -> list[Request]:
    rng = np.random.default_rng(seed)
    return [draw_request(rng) for _ in range(count)]


def rows(file: Path) -> list[dict]:
    return [json.loads(line) for line in file.read_text().splitlines()]


def test_a_seed_draws_the_same_requests() -> None:
    assert drawn(30) == drawn(30)
    assert drawn(30) != drawn(30, seed=2)


def test_the_committed_half_is_what_the_generator_writes() -> None:
    written = [request.row(f"g-{request.phenomenon}-{number:03d}") for number, request in enumerate(held_out_requests())]
    assert written == rows(GENERATED)


def test_training_draws_no_request_of_the_benchmark() -> None:
    texts = {row["text"].lower() for row in rows(GENERATED)} | {row["text"].lower() for row in rows(HAND_WRITTEN)}
    assert all(is_held_out_text(row["text"]) for row in rows(GENERATED))
    for request in drawn(1500, seed=3):
        assert not is_held_out_text(request.text)
        assert request.text.lower() not in texts


def test_no_sentence_of_the_generator_is_one_that_was_written_by_hand() -> None:
    by_hand = {skeleton(row["text"], row["language"]) for row in rows(HAND_WRITTEN)}
    assert skeleton("make the red bag 2 striped", "en") == skeleton("Make the blue hat 3 dotted!", "en") == "make the C N 0 P"
    for request in [*drawn(1500, seed=4), *held_out_requests()]:
        assert skeleton(request.text, request.language) not in by_hand


def test_readings_name_pictures_that_are_there_and_attributes_that_they_have() -> None:
    for request in drawn(1500, seed=5):
        reading, count = request.reading, len(request.images)
        used = [*([] if reading.base is None else [reading.base]), *reading.references]
        assert len(set(used)) == len(used) and all(1 <= number <= count for number in used)
        assert (reading.mode == "edit") == (reading.base is not None)
        assert bool(reading.instruction) == (reading.mode in ("edit", "generate"))
        for number in reading.references:
            assert f"image {number}" in reading.instruction
        if reading.attribute in ("pattern", "color", "look") and reading.mode == "edit" and reading.references:
            giver = request.images[reading.references[0] - 1].scene
            assert any(f"the {thing.noun} in image {reading.references[0]}" in reading.instruction for thing in giver.things)


def test_every_phenomenon_occurs_in_english_and_every_language_asks() -> None:
    found = {(request.language, request.phenomenon) for request in drawn(1500, seed=6)}
    by_hand = {row["phenomenon"] for row in rows(HAND_WRITTEN)} - {"slang-typos"}
    assert by_hand <= {phenomenon for language, phenomenon in found if language == "en"}
    assert {language for language, _ in found} == set(LANGUAGES)


@pytest.mark.parametrize("row", rows(HAND_WRITTEN)[::10], ids=lambda row: row["id"])
def test_a_scene_is_the_same_after_writing_and_reading_it(row: dict) -> None:
    for image in row["images"]:
        text = image.split(": ", 1)[1]
        assert scene_text(parse_scene(text)) == text


def test_languages_with_articles_contract_them() -> None:
    assert lexicon("fr").finish("le motif de le sac à le arbre de la auto") == "le motif du sac à l'arbre de l'auto"
    assert lexicon("pt-BR").finish("a cor de o gato em a imagem") == "a cor do gato na imagem"
    assert lexicon("ko").finish("가방를/을 빨간색로 사과를/을 별으로") == "가방을 빨간색으로 사과를 별로"
