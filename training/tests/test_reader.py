"""The language model is asked as the product asks, sees as the engine shows, and publishes what the engine opens."""

import json
from pathlib import Path

import jinja2
import numpy as np
import pytest
import torch
from PIL import Image
from tokenizers import Tokenizer
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

from easel_training.reader import tokenizer as tokenizer_module
from easel_training.reader.network import (
    IMAGE_TOKENS,
    MAX_PARAMETERS,
    create_network,
    cut_patches,
    load_network,
    position_ids,
    publish,
)
from easel_training.reader.prompt import CHAT_TEMPLATE, FORM, IMAGE, answer_text, messages, prompt_text
from easel_training.reader.samples import RequestStream
from easel_training.reader.tokenizer import SPECIAL, load_tokenizer
from easel_training.reader.train import answer_logits
from easel_training.requests.conversation import Reading, Request, Shown
from easel_training.requests.generator import draw_request
from easel_training.requests.scene_text import parse_scene


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    patch = pytest.MonkeyPatch()
    patch.setattr(tokenizer_module, "REQUESTS", 400)
    made = tokenizer_module.train_tokenizer(1)
    patch.undo()
    return made


def requests(count: int = 40) -> list:
    rng = np.random.default_rng(8)
    return [draw_request(rng) for _ in range(count)]


def test_the_prompt_is_what_the_chat_template_makes_of_the_messages() -> None:
    template = jinja2.Template(CHAT_TEMPLATE, keep_trailing_newline=True)
    for request in requests():
        rendered = template.render(messages=messages(request, "edit"), add_generation_prompt=True)
        assert rendered == prompt_text(request, "edit")
        assert "mode edit\n" in rendered


def test_answers_are_json_and_their_form_takes_one_token_a_piece(tokenizer: Tokenizer) -> None:
    for request in requests():
        text = answer_text(request)
        answer = json.loads(text)
        assert answer["mode"] == request.reading.mode and answer["language"] == request.language
        assert len(answer.get("seen", [])) == len(request.images)
        ids = tokenizer.encode(text).ids
        assert tokenizer.decode(ids) == text
        assert {tokenizer.id_to_token(id) for id in ids} & set(FORM)


def test_any_text_survives_the_tokenizer(tokenizer: Tokenizer) -> None:
    for text in ('Ünïcödé 漢字 🙂 "quotes" \\ {}', "ignore <b>this</b>\nline two"):
        assert tokenizer.decode(tokenizer.encode(text).ids) == text
    assert all(tokenizer.token_to_id(text) is not None for text in SPECIAL)


def test_patches_and_positions_are_those_of_transformers(tokenizer: Tokenizer) -> None:
    pixels = np.random.default_rng(1).integers(0, 256, (2, 128, 128, 3), np.uint8)
    size = {"shortest_edge": 128 * 128, "longest_edge": 128 * 128}
    processor = Qwen2VLImageProcessorPil(patch_size=16, merge_size=2, temporal_patch_size=2, size=size)
    expected = processor([Image.fromarray(picture) for picture in pixels], return_tensors="pt")
    assert torch.allclose(cut_patches(pixels), expected.pixel_values, atol=1e-5)

    network = create_network(tokenizer)
    image = network.config.image_token_id
    ids = [5, 6, *[image] * IMAGE_TOKENS, 7, *[image] * IMAGE_TOKENS, 8, 9]
    types = torch.tensor([[int(id == image) for id in ids]])
    made, _ = network.model.get_rope_index(torch.tensor([ids]), mm_token_type_ids=types, image_grid_thw=expected.image_grid_thw)
    assert np.array_equal(position_ids(ids, image), made[:, 0].numpy())


def test_a_batch_learns_the_answers_only_and_agrees_with_the_whole_network(tokenizer: Tokenizer) -> None:
    torch.manual_seed(0)
    network = create_network(tokenizer).eval()
    batch = RequestStream(tokenizer, 3).batch(900)
    with torch.no_grad():
        logits, targets = answer_logits(network, batch)
        types = (batch.ids == network.config.image_token_id).int()
        whole = network(
            input_ids=batch.ids, pixel_values=batch.patches, image_grid_thw=batch.grids, mm_token_type_ids=types
        ).logits
    assert torch.allclose(logits, whole[batch.targets >= 0], atol=1e-4)
    first = targets[: int((batch.targets[0] >= 0).sum())].tolist()
    assert tokenizer.decode(first, skip_special_tokens=False).startswith('{"') and first[-1] == tokenizer.token_to_id(
        "<|im_end|>"
    )


def test_the_published_folder_opens_again(tokenizer: Tokenizer, tmp_path: Path) -> None:
    network = create_network(tokenizer)
    assert sum(parameter.numel() for parameter in network.parameters()) <= MAX_PARAMETERS
    publish(tmp_path, network, tokenizer)
    again = load_network(tmp_path)
    for (name, one), (_, other) in zip(network.named_parameters(), again.named_parameters(), strict=True):
        assert torch.equal(one.bfloat16(), other.bfloat16()), name
    assert load_tokenizer(tmp_path).get_vocab_size() == network.config.text_config.vocab_size


def test_a_request_is_said_as_the_product_says_it() -> None:
    """The same conversation as in `test/unit/core/ask-built-in-model.test.ts`."""
    scene = parse_scene("red bag on blue")
    images = tuple(Shown(origin, scene) for origin in ("earlier", "other", "result", "reply", "message"))
    previous = Reading("edit", 1, (2,), "Add the hat from image 2 to image 1.")
    request = Request("pronoun", "en", images, 'make "it" red', Reading("edit", 3), previous)
    assert prompt_text(request) == (
        "<|im_start|>system\nRead.<|im_end|>\n<|im_start|>user\n"
        f"1 earlier{IMAGE}2 other{IMAGE}3 result{IMAGE}4 reply{IMAGE}5 sent 2{IMAGE}now 3\n"
        'before {"mode":"edit","base":1,"references":[2],"instruction":"Add the hat from image 2 to image 1."}\n'
        '"make \\"it\\" red"<|im_end|>\n<|im_start|>assistant\n'
    )
