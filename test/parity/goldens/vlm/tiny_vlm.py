"""Random Qwen2.5-VL models of a few ten thousand parameters, in the two layouts that checkpoints have.

`flat`: config.json as first released (the text settings at the top level), weights `visual.…`, `model.…` and
`lm_head.weight`, sharded. `nested`: config.json as transformers 5 writes it, weights `model.visual.…` and
`model.language_model.…`, the output layer tied to the embeddings.
"""

import json
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

LEARNED_TOKENS = 300
SPECIAL_TOKENS = [
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|vision_pad|>",
    "<|image_pad|>",
    "<|video_pad|>",
]
IDS = {name: LEARNED_TOKENS + index for index, name in enumerate(SPECIAL_TOKENS)}
STOP_IDS = [IDS["<|im_end|>"], IDS["<|endoftext|>"]]

CORPUS = [
    "Give the cat in image 1 the pattern of the ball in image 2. It is editing task.",
    "Put the red house of image 1 on the background of image 2! It is generation task.",
    "system\nYou are a helpful assistant.\nuser\nassistant\n",
    "Mache die Katze blau; größer, schöner. Rends le chat bleu, s'il te plaît.",
    "猫を青くしてください。把猫变成蓝色。고양이를 파랗게 해 주세요. 🐈🎨",
]

# The template of the released checkpoints.
CHAT_TEMPLATE = (
    "{% set image_count = namespace(value=0) %}{% set video_count = namespace(value=0) %}"
    "{% for message in messages %}{% if loop.first and message['role'] != 'system' %}<|im_start|>system\n"
    "You are a helpful assistant.<|im_end|>\n{% endif %}<|im_start|>{{ message['role'] }}\n"
    "{% if message['content'] is string %}{{ message['content'] }}<|im_end|>\n"
    "{% else %}{% for content in message['content'] %}"
    "{% if content['type'] == 'image' or 'image' in content or 'image_url' in content %}"
    "{% set image_count.value = image_count.value + 1 %}"
    "{% if add_vision_id %}Picture {{ image_count.value }}: {% endif %}<|vision_start|><|image_pad|><|vision_end|>"
    "{% elif content['type'] == 'video' or 'video' in content %}{% set video_count.value = video_count.value + 1 %}"
    "{% if add_vision_id %}Video {{ video_count.value }}: {% endif %}<|vision_start|><|video_pad|><|vision_end|>"
    "{% elif 'text' in content %}{{ content['text'] }}{% endif %}{% endfor %}<|im_end|>\n{% endif %}{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)


@dataclass(frozen=True)
class Size:
    name: str
    seed: int
    vocabulary: int
    vision: dict[str, object]
    text: dict[str, object]
    mrope_section: list[int]
    tied: bool
    min_pixels: int
    max_pixels: int
    vision_type: torch.dtype
    text_type: torch.dtype

    @property
    def factor(self) -> int:
        return self.vision["patch_size"] * self.vision["spatial_merge_size"]


SIZES = [
    Size(
        name="flat", seed=33, vocabulary=312, tied=False, mrope_section=[2, 3, 3], min_pixels=1024, max_pixels=8192,
        vision={
            "depth": 3, "hidden_size": 32, "intermediate_size": 44, "num_heads": 2, "out_hidden_size": 64,
            "patch_size": 4, "spatial_merge_size": 2, "temporal_patch_size": 2, "window_size": 32,
            "fullatt_block_indexes": [1], "hidden_act": "silu",
        },
        text={
            "hidden_size": 64, "intermediate_size": 80, "num_hidden_layers": 2, "num_attention_heads": 4,
            "num_key_value_heads": 2, "rms_norm_eps": 1e-6, "max_position_embeddings": 2048, "hidden_act": "silu",
        },
        vision_type=torch.bfloat16, text_type=torch.bfloat16,
    ),
    Size(
        name="nested", seed=22, vocabulary=308, tied=True, mrope_section=[4, 2, 2], min_pixels=900, max_pixels=9000,
        vision={
            "depth": 2, "hidden_size": 40, "intermediate_size": 52, "num_heads": 2, "out_hidden_size": 64,
            "patch_size": 5, "spatial_merge_size": 3, "temporal_patch_size": 2, "window_size": 30,
            "fullatt_block_indexes": [0], "hidden_act": "silu",
        },
        text={
            "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 3, "num_attention_heads": 4,
            "num_key_value_heads": 1, "rms_norm_eps": 1e-5, "max_position_embeddings": 2048, "hidden_act": "silu",
        },
        vision_type=torch.float16, text_type=torch.float32,
    ),
]  # fmt: skip


def write_model(size: Size, folder: Path) -> None:
    folder.mkdir(parents=True)
    write_tokenizer(folder)
    config = Qwen2_5_VLConfig(
        text_config={
            **size.text,
            "vocab_size": size.vocabulary,
            "rope_parameters": {"rope_type": "default", "rope_theta": 1e6, "mrope_section": size.mrope_section},
            "bos_token_id": IDS["<|endoftext|>"],
            "eos_token_id": IDS["<|im_end|>"],
        },
        vision_config=size.vision,
        tie_word_embeddings=size.tied,
        image_token_id=IDS["<|image_pad|>"],
        video_token_id=IDS["<|video_pad|>"],
        vision_start_token_id=IDS["<|vision_start|>"],
        vision_end_token_id=IDS["<|vision_end|>"],
    )
    model = Qwen2_5_VLForConditionalGeneration(config)
    randomize(model, size)
    tensors = {
        name: tensor.to(size.vision_type if "visual" in name else size.text_type).contiguous()
        for name, tensor in model.state_dict().items()
        if not (size.tied and name == "lm_head.weight")
    }
    if size.name == "flat":
        write_flat(size, tensors, folder)
    else:
        save_file(tensors, folder / "model.safetensors", {"format": "pt"})
        config.architectures = ["Qwen2_5_VLForConditionalGeneration"]
        config.save_pretrained(folder)
        (folder / "chat_template.jinja").write_text(CHAT_TEMPLATE)
        processor = {"image_processor": processor_config(size), "processor_class": "Qwen2_5_VLProcessor"}
        write_json(folder / "processor_config.json", processor)
        write_json(folder / "generation_config.json", {"eos_token_id": STOP_IDS, "pad_token_id": STOP_IDS[1]})


def randomize(model: torch.nn.Module, size: Size) -> None:
    """Keep activations of order one, every bias and norm away from its trivial value, and generation going."""
    generator = torch.Generator().manual_seed(size.seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() == 1:
                parameter.copy_((1 if name.endswith("weight") else 0) + 0.3 * noise)
            elif "embed_tokens" in name:
                parameter.copy_(noise / (2 if size.tied else 1))
            else:
                scale = 4 if "lm_head" in name else 1.5
                parameter.copy_(scale * noise / parameter[0].numel() ** 0.5)
        # Ids that would end or leave the text are never the likeliest.
        for row in [*STOP_IDS, *range(LEARNED_TOKENS + len(SPECIAL_TOKENS), size.vocabulary)]:
            model.lm_head.weight[row] *= 0.05


def write_flat(size: Size, tensors: dict[str, torch.Tensor], folder: Path) -> None:
    renamed = {
        name.replace("model.visual.", "visual.").replace("model.language_model.", "model."): tensor
        for name, tensor in tensors.items()
    }
    names = sorted(renamed)
    weight_map = {}
    for shard in range(3):
        file = f"model-{shard + 1:05}-of-00003.safetensors"
        part = {name: renamed[name] for name in names[shard::3]}
        save_file(part, folder / file, {"format": "pt"})
        weight_map |= {name: file for name in part}
    total = sum(tensor.numel() * tensor.element_size() for tensor in renamed.values())
    write_json(folder / "model.safetensors.index.json", {"metadata": {"total_size": total}, "weight_map": weight_map})
    write_json(
        folder / "config.json",
        {
            "architectures": ["Qwen2_5_VLForConditionalGeneration"],
            "model_type": "qwen2_5_vl",
            **size.text,
            "vocab_size": size.vocabulary,
            "rope_theta": 1000000.0,
            "rope_scaling": {"type": "mrope", "mrope_section": size.mrope_section},
            "use_sliding_window": False,
            "sliding_window": 32768,
            "max_window_layers": 28,
            "attention_dropout": 0.0,
            "tie_word_embeddings": size.tied,
            "torch_dtype": "bfloat16",
            "bos_token_id": IDS["<|endoftext|>"],
            "eos_token_id": IDS["<|im_end|>"],
            "image_token_id": IDS["<|image_pad|>"],
            "video_token_id": IDS["<|video_pad|>"],
            "vision_start_token_id": IDS["<|vision_start|>"],
            "vision_end_token_id": IDS["<|vision_end|>"],
            "vision_token_id": IDS["<|vision_pad|>"],
            "vision_config": {
                "model_type": "qwen2_5_vl",
                "in_chans": 3,
                "spatial_patch_size": size.vision["patch_size"],
                "tokens_per_second": 2,
                **size.vision,
            },
        },
    )
    write_json(folder / "chat_template.json", {"chat_template": CHAT_TEMPLATE})
    write_json(folder / "preprocessor_config.json", processor_config(size))
    write_json(
        folder / "generation_config.json",
        {
            "bos_token_id": STOP_IDS[1],
            "pad_token_id": STOP_IDS[1],
            "do_sample": True,
            "eos_token_id": STOP_IDS,
            "repetition_penalty": 1.05,
            "temperature": 0.000001,
        },
    )


def processor_config(size: Size) -> dict[str, object]:
    limits = {"min_pixels": size.min_pixels, "max_pixels": size.max_pixels}
    if size.name == "nested":
        limits = {"size": {"shortest_edge": size.min_pixels, "longest_edge": size.max_pixels}}
    return {
        **limits,
        "patch_size": size.vision["patch_size"],
        "temporal_patch_size": size.vision["temporal_patch_size"],
        "merge_size": size.vision["spatial_merge_size"],
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
        "image_processor_type": "Qwen2VLImageProcessor",
    }


def write_tokenizer(folder: Path) -> None:
    """Byte-level pairs with Qwen's split pattern; letters outside ASCII are mostly single bytes."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=LEARNED_TOKENS, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(CORPUS, trainer)
    tokenizer.add_special_tokens([AddedToken(name, special=True, normalized=False) for name in SPECIAL_TOKENS])
    assert {name: tokenizer.token_to_id(name) for name in SPECIAL_TOKENS} == IDS
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    write_json(
        folder / "tokenizer_config.json",
        {
            "tokenizer_class": "Qwen2Tokenizer",
            "bos_token": None,
            "eos_token": "<|im_end|>",
            "pad_token": "<|endoftext|>",
            "unk_token": None,
            "clean_up_tokenization_spaces": False,
            "model_max_length": 131072,
        },
    )


def write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n")
