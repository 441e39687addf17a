"""Tokenizers and text encoders: a word-level Unigram for T5, a byte-level BPE for CLIP, both with fallbacks for free text."""

import json
from pathlib import Path

import torch
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizerFast, PreTrainedTokenizerFast, T5Config, T5EncoderModel

from .world.vocabulary import COLORS, FULL, ICONS, PATTERNS, STYLES

#: Tokens of a prompt, padded; the longest canonical prompt has 45.
MAX_TEXT_TOKENS = 48
#: Tokens CLIP sees.
MAX_CLIP_TOKENS = 48
TEXT_WIDTH = 256
POOLED_WIDTH = 128

#: Words of requests beside the world's own.
REQUEST_WORDS = [
    "a",
    "an",
    "the",
    "and",
    "or",
    "of",
    "in",
    "on",
    "at",
    "to",
    "from",
    "with",
    "without",
    "by",
    "as",
    "into",
    "like",
    "than",
    "that",
    "this",
    "these",
    "those",
    "it",
    "its",
    "her",
    "his",
    "him",
    "she",
    "he",
    "they",
    "them",
    "their",
    "my",
    "your",
    "our",
    "me",
    "you",
    "i",
    "we",
    "be",
    "is",
    "are",
    "was",
    "were",
    "do",
    "does",
    "did",
    "done",
    "can",
    "could",
    "would",
    "should",
    "please",
    "want",
    "need",
    "let",
    "make",
    "makes",
    "made",
    "give",
    "gives",
    "put",
    "puts",
    "take",
    "takes",
    "get",
    "use",
    "using",
    "turn",
    "change",
    "changes",
    "replace",
    "swap",
    "add",
    "adds",
    "remove",
    "delete",
    "erase",
    "tilt",
    "tilted",
    "flip",
    "flipped",
    "rotate",
    "mirror",
    "move",
    "keep",
    "keeps",
    "leave",
    "apply",
    "draw",
    "drawing",
    "paint",
    "create",
    "generate",
    "show",
    "render",
    "picture",
    "pictures",
    "image",
    "images",
    "photo",
    "one",
    "two",
    "three",
    "four",
    "five",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "last",
    "original",
    "other",
    "another",
    "same",
    "similar",
    "but",
    "not",
    "no",
    "all",
    "every",
    "each",
    "both",
    "only",
    "just",
    "also",
    "more",
    "less",
    "most",
    "very",
    "much",
    "some",
    "any",
    "new",
    "old",
    "color",
    "colored",
    "colour",
    "coloured",
    "pattern",
    "patterned",
    "material",
    "look",
    "looks",
    "style",
    "styled",
    "light",
    "lighting",
    "background",
    "scene",
    "object",
    "size",
    "big",
    "bigger",
    "large",
    "larger",
    "small",
    "smaller",
    "tiny",
    "left",
    "right",
    "top",
    "bottom",
    "middle",
    "center",
    "up",
    "down",
    "over",
    "under",
    "behind",
    "front",
    "near",
    "between",
    "day",
    "night",
    "sunset",
    "morning",
    "evening",
    "dark",
    "bright",
    "warm",
    "cold",
    "glossy",
    "metallic",
    "woolly",
    "wooden",
    "matte",
    "soft",
    "lime",
    "brown",
    "gray",
    "grey",
    "silver",
    "gold",
    "diagonal",
    "leopard",
    "brick",
    "floral",
    "watercolor",
    "blueprint",
    "flower",
    "flowers",
    "stripes",
    "striped",
    "stripe",
    "dots",
    "dot",
    "checks",
    "stars",
    "star",
    "waves",
    "wave",
    "zigzags",
    "now",
    "again",
    "then",
    "so",
    "too",
    "here",
    "there",
    "what",
    "which",
    "where",
    "when",
    "who",
    "how",
    "why",
    "handbag",
    "tee",
    "kitty",
    "kitten",
    "puppy",
    "doggy",
    "bunny",
    "automobile",
    "home",
    "shoe",
    "shoes",
    "jar",
    "pot",
    "mug",
    "cup",
    "box",
    "wear",
    "wearing",
    "worn",
    "hold",
    "holding",
    "sit",
    "sitting",
    "stand",
    "standing",
    "version",
    "variation",
    "result",
    "instead",
    "different",
    "exactly",
    "little",
    "bit",
    "nice",
    "pretty",
    "cool",
    "fun",
    "cute",
    "happy",
    "sad",
]

#: What is said of how an object stands.
POSES = ["tilt", "flip", "move", "smaller", "larger", "left", "right", "up", "down"]


def world_words() -> list[str]:
    """Every word that is one token, most useful first, without repetition."""
    full = [*FULL.colors, *FULL.patterns, *FULL.styles, *FULL.materials, *FULL.lights, *FULL.settings[1:], *POSES]
    return list(dict.fromkeys([*REQUEST_WORDS, *COLORS, *PATTERNS, *STYLES, *ICONS, *full]))


def write_tokenizers(folder: Path) -> None:
    """Write `tokenizer` (CLIP) and `tokenizer_2` (T5) into a model folder."""
    _clip_tokenizer(folder / "tokenizer")
    _t5_tokenizer(folder / "tokenizer_2")


def load_tokenizers(folder: Path) -> tuple[CLIPTokenizerFast, PreTrainedTokenizerFast]:
    """The two tokenizers of a model folder."""
    return CLIPTokenizerFast.from_pretrained(folder / "tokenizer"), PreTrainedTokenizerFast.from_pretrained(
        folder / "tokenizer_2"
    )


def create_text_encoders(clip: CLIPTokenizerFast, t5: PreTrainedTokenizerFast) -> tuple[CLIPTextModel, T5EncoderModel]:
    """Text encoders with random weights."""
    clip_config = CLIPTextConfig(
        vocab_size=len(clip),
        hidden_size=POOLED_WIDTH,
        projection_dim=POOLED_WIDTH,
        intermediate_size=2 * POOLED_WIDTH,
        num_hidden_layers=2,
        num_attention_heads=2,
        max_position_embeddings=MAX_CLIP_TOKENS,
        hidden_act="quick_gelu",
        bos_token_id=clip.bos_token_id,
        eos_token_id=clip.eos_token_id,
        pad_token_id=clip.pad_token_id,
    )
    t5_config = T5Config(
        vocab_size=len(t5),
        d_model=TEXT_WIDTH,
        d_kv=64,
        num_heads=4,
        d_ff=2 * TEXT_WIDTH,
        num_layers=3,
        feed_forward_proj="gated-gelu",
        dropout_rate=0.0,
        tie_word_embeddings=False,
    )
    return CLIPTextModel(clip_config), T5EncoderModel(t5_config)


def load_text_encoders(folder: Path) -> tuple[CLIPTextModel, T5EncoderModel]:
    """The two text encoders of a model folder, in float32."""
    clip = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32)
    return clip, T5EncoderModel.from_pretrained(folder / "text_encoder_2", dtype=torch.float32)


def tokenize(clip: CLIPTokenizerFast, t5: PreTrainedTokenizerFast, prompts: list[str]) -> tuple[torch.Tensor, torch.Tensor]:
    """Padded ids: int64 [N, MAX_CLIP_TOKENS] and [N, MAX_TEXT_TOKENS]."""
    options = {"padding": "max_length", "truncation": True, "return_tensors": "pt"}
    return clip(prompts, max_length=MAX_CLIP_TOKENS, **options).input_ids, t5(
        prompts, max_length=MAX_TEXT_TOKENS, **options
    ).input_ids


def _t5_tokenizer(folder: Path) -> None:
    """A Unigram whose pieces are whole words, and single characters for everything else."""
    characters = "abcdefghijklmnopqrstuvwxyz0123456789.,;:!?'\"()-+#&/%"
    pieces: list[tuple[str, float]] = [("<pad>", 0.0), ("</s>", 0.0), ("<unk>", -30.0), ("▁", -9.0)]
    pieces += [(f"▁{word}", -6.0 - 0.002 * i) for i, word in enumerate(world_words()) if len(word) > 1]
    pieces += [(f"▁{digit}", -6.0) for digit in "0123456789"] + [("▁a", -5.0), ("▁i", -6.0)]
    pieces += [(character, -8.0 if not character.isalnum() else -10.0) for character in characters]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=2))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Lowercase(), normalizers.Replace(Regex(" {2,}"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(single="$A </s>", special_tokens=[("</s>", 1)])
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": MAX_TEXT_TOKENS,
        "eos_token": "</s>",
        "pad_token": "<pad>",
        "unk_token": "<unk>",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2))


def _clip_tokenizer(folder: Path) -> None:
    """CLIP's byte-level BPE with merges that make every word of the world one token."""
    trained = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    trained.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trained.train_from_iterator(
        [" ".join(world_words())] * 2,
        trainers.BpeTrainer(vocab_size=9000, end_of_word_suffix="</w>", min_frequency=1, show_progress=False),
    )
    merges = json.loads(trained.to_str())["model"]["merges"]
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [*alphabet, *(f"{character}</w>" for character in alphabet)]
    known = set(tokens)
    for left, right in merges:
        if left + right not in known:
            tokens.append(left + right)
            known.add(left + right)
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{left} {right}\n" for left, right in merges))
    config = {
        "tokenizer_class": "CLIPTokenizer",
        "model_max_length": MAX_CLIP_TOKENS,
        "bos_token": "<|startoftext|>",
        "eos_token": "<|endoftext|>",
        "pad_token": "<|endoftext|>",
        "unk_token": "<|endoftext|>",
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2))
