"""Tokenizers of a few hundred tokens, in the files that FLUX repositories ship."""

import json
import re
from collections import Counter
from math import log
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

CLIP_LENGTH = 77
CORPUS = [
    "Give the cat in image 1 the pattern of the ball in image 2.",
    "Give image 1 the style of image 2, and the light of image 3.",
    "Put the red house of image 1 on the background of image 2.",
    "Replace the star in image 1 with the green tree from image 2.",
    "Add the boat from image 2 to image 1. Tilt the cup like the key.",
    "A yellow striped wooden fish and a blue dotted bird on a plain background, pixel style.",
    "Change the color of the flower to purple. Make it sketch. Change the background to grey.",
]


def write_clip_tokenizer(folder: Path) -> int:
    """Write vocab.json and merges.txt; returns the vocabulary size. The end token has the largest id."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = learn_merges(count=100)
    # The order of the released vocabulary: bytes, bytes that end a word, merges, start, end.
    names = alphabet + [f"{letter}</w>" for letter in alphabet]
    names += [left + right for left, right in merges]
    names += ["<|startoftext|>", "<|endoftext|>"]
    vocab = {name: index for index, name in enumerate(dict.fromkeys(names))}
    folder.mkdir(parents=True)
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False))
    lines = ["#version: 0.2", *(" ".join(pair) for pair in merges)]
    (folder / "merges.txt").write_text("\n".join(lines) + "\n")
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "CLIPTokenizer",
            "model_max_length": CLIP_LENGTH,
            "bos_token": "<|startoftext|>",
            "eos_token": "<|endoftext|>",
            "pad_token": "<|endoftext|>",
            "unk_token": "<|endoftext|>",
        },
    )
    return len(vocab)


def learn_merges(count: int) -> list[tuple[str, str]]:
    """Byte pair encoding of the corpus; ties go to the alphabet, so that every run gives the same."""
    texts = re.findall(r"[a-z]+|[0-9]|[^\sa-z0-9]+", " ".join(CORPUS).lower())
    words = [[*text[:-1], f"{text[-1]}</w>"] for text in texts]
    merges = []
    for _ in range(count):
        pairs = Counter(pair for word in words for pair in zip(word, word[1:]))
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = [merge_pair(word, best) for word in words]
    return merges


def merge_pair(word: list[str], pair: tuple[str, str]) -> list[str]:
    merged: list[str] = []
    for part in word:
        if merged and (merged[-1], part) == pair:
            merged[-1] += part
        else:
            merged.append(part)
    return merged


def learn_pieces(count: int) -> list[tuple[str, float]]:
    """The letters of the corpus and its most frequent pieces of words, with their log probabilities."""
    words = Counter(f"▁{word}" for word in " ".join(CORPUS).split())
    pieces = Counter()
    for word, times in words.items():
        for start in range(len(word)):
            for end in range(start + 1, len(word) + 1):
                pieces[word[start:end]] += times
    letters = sorted(piece for piece in pieces if len(piece) == 1)
    longer = sorted((piece for piece in pieces if len(piece) > 1), key=lambda p: (-pieces[p] * len(p), p))
    total = sum(pieces.values())
    return [(piece, log(pieces[piece] / total)) for piece in letters + longer[: count - len(letters)]]


def write_t5_tokenizer(folder: Path, max_length: int) -> int:
    """Write a unigram tokenizer.json; returns the vocabulary size. Padding is 0, the end token 1."""
    special = ["<pad>", "</s>", "<unk>"]
    tokenizer = Tokenizer(models.Unigram([(name, 0.0) for name in special] + learn_pieces(count=180), unk_id=2))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    metaspace = {"replacement": "▁", "prepend_scheme": "always"}
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(**metaspace)
    tokenizer.decoder = decoders.Metaspace(**metaspace)
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", special_tokens=[("</s>", tokenizer.token_to_id("</s>"))]
    )
    folder.mkdir(parents=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": max_length,
            "pad_token": "<pad>",
            "eos_token": "</s>",
            "unk_token": "<unk>",
        },
    )
    return tokenizer.get_vocab_size()


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")
