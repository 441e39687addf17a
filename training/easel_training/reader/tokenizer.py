"""A byte-level BPE of the words that requests and answers are made of; anything else is read as bytes."""

from pathlib import Path

import numpy as np
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from ..requests.conversation import Request
from ..requests.generator import draw_request
from .prompt import FORM, answer_text, prompt_text

VOCABULARY = 3072
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>"]
#: Requests whose words the vocabulary is made of.
REQUESTS = 16_000
#: How Qwen2's tokenizer cuts text into words.
WORDS = r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"


def train_tokenizer(seed: int) -> Tokenizer:
    """The tokenizer, the same for the same seed; training requests only."""
    rng = np.random.default_rng([seed, 77])
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFKC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(WORDS), "isolated"), pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
    )
    tokenizer.decoder = decoders.ByteLevel()
    form = [AddedToken(text, normalized=False, special=False) for text in FORM]
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY - len(SPECIAL) - len(form),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
        min_frequency=2,
    )
    requests = [draw_request(rng) for _ in range(REQUESTS)]
    texts = [text for request in requests for text in (request.text, _words_of(request))]
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(text, normalized=False, special=True) for text in SPECIAL])
    tokenizer.add_tokens(form)
    return tokenizer


def write_tokenizer(folder: Path, seed: int) -> None:
    """Write `tokenizer.json` into the folder of the language model."""
    folder.mkdir(parents=True, exist_ok=True)
    train_tokenizer(seed).save(str(folder / "tokenizer.json"))


def load_tokenizer(folder: Path) -> Tokenizer:
    """The tokenizer of a model folder."""
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def _words_of(request: Request) -> str:
    """Prompt and answer without their form, which has tokens of its own."""
    text = prompt_text(request) + answer_text(request)
    for piece in (*SPECIAL, *FORM):
        text = text.replace(piece, "\n")
    return text
