"""Every word of a canonical sentence is labelled with what the sentence says of it."""

from pathlib import Path

import numpy as np
import pytest

from easel_training.encoders import all_kinds, words_of
from easel_training.sentences import TOKEN_HEADS, WHOLE_HEADS, read_sentences
from easel_training.tasks import CURRICULA, describe, draw
from easel_training.text import MAX_TEXT_TOKENS, load_tokenizers, tokenize, write_tokenizers
from easel_training.world.vocabulary import COLORS, FULL, NOUNS, PATTERNS

MODEL = Path(__file__).parents[2] / "models" / "easel-stickers"


def words(text: str) -> list[str]:
    return text.lower().replace(".", " .").replace(",", " ,").split()


def test_a_colour_before_an_object_is_its_own() -> None:
    text = words("A red cat and a blue striped dog on a green background.")
    labels, whole = read_sentences(text)
    dog = labels[text.index("dog")]
    assert dog["color"] == list(COLORS).index("blue") + 1 and dog["pattern"] == PATTERNS.index("striped") + 1
    assert (labels[text.index("cat")]["order"], dog["order"], labels[text.index("background")]["order"]) == (1, 2, 0)
    assert labels[text.index("green")]["of"] == 1 and whole["background.color"] == list(COLORS).index("green") + 1


def test_a_colour_after_its_object_is_still_its_own() -> None:
    text = words("Change the color of the boot to red.")
    labels, _ = read_sentences(text)
    assert labels[text.index("red")]["of"] == NOUNS.index("boot") + 2
    assert labels[text.index("boot")]["color"] == list(COLORS).index("red") + 1


def test_objects_know_their_image_and_sentences_do_not_mix() -> None:
    text = words("Give the bag in image 1 the pattern of the dress in image 2. A pink plaid bag on a white background.")
    labels, whole = read_sentences(text)
    first, dress, second = (
        labels[at] for at in (text.index("bag"), text.index("dress"), len(text) - 1 - text[::-1].index("bag"))
    )
    assert (first["image"], dress["image"], second["image"]) == (1, 2, 0)
    assert (first["color"], first["sentence"], second["sentence"]) == (0, 0, 1)
    assert whole["first.pattern"] == PATTERNS.index("plaid") + 1 and whole["second.holder"] == 0


@pytest.mark.parametrize("world", CURRICULA)
def test_every_sentence_of_every_kind_fits_the_heads_and_the_tokenizer_keeps_its_words(world: str, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    curriculum = CURRICULA[world]
    write_tokenizers(tmp_path)
    _, t5 = tokenizers = load_tokenizers(tmp_path)
    for _ in range(200):
        task = draw(all_kinds(curriculum), rng, world=curriculum.world)
        prompt = task.prompt(rng)
        ids = tokenize(*tokenizers, [prompt])[1][0].tolist()
        labels, whole = read_sentences(words_of(t5, ids))
        assert all(0 <= value < TOKEN_HEADS[name] for word in labels for name, value in word.items())
        assert all(0 <= whole[name] < size for name, size in WHOLE_HEADS.items())
        assert t5.unk_token_id not in ids and len(t5(prompt).input_ids) <= MAX_TEXT_TOKENS
        assert any(labels) or whole["asked"]


def test_the_words_of_the_full_world_are_read_too() -> None:
    text = words("A lime leopard woolly cat and a brown wooden robot on a beach background, watercolor style, sunset light.")
    labels, whole = read_sentences(text)
    cat, robot = labels[text.index("cat")], labels[text.index("robot")]
    assert cat["material"] == FULL.materials.index("woolly") + 1 and robot["material"] == FULL.materials.index("wooden") + 1
    assert whole["background.setting"] == FULL.settings.index("beach")
    assert (whole["style"], whole["light"]) == (FULL.styles.index("watercolor") + 1, FULL.lights.index("sunset") + 1)


def test_the_whole_of_a_description_is_its_scene() -> None:
    rng = np.random.default_rng(4)
    for _ in range(50):
        scene = draw({"text_to_image": 1}, rng).target
        _, whole = read_sentences(words(describe(scene)))
        assert whole["first.holder"] == NOUNS.index(scene.things[0].noun) + 2
        assert whole["first.color"] == list(COLORS).index(scene.things[0].color) + 1
        assert (whole["second.holder"] > 0) == (len(scene.things) == 2)
