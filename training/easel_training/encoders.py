"""The text encoders learn to read before the base learns to paint: which attribute is whose, which object comes first.

FLUX gets its encoders from language pre-training. Ours, trained by pictures alone, stay bags of words for a long time;
a few minutes on the canonical sentences make what they say of each word linear in its state, where attention can use it.

The pooled vector modulates every layer of the transformer, the shortest way from words to pixels; but what a linear head
can read may be a hundredth of its length, and is then learned a hundred times slower. So it learns to be a sum of one
fixed vector per fact, all equally long.
"""

from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import nn
from transformers import CLIPTextModel, PreTrainedTokenizerFast, T5EncoderModel

from .sentences import IGNORE, TOKEN_HEADS, WHOLE_HEADS, read_sentences
from .session import Session
from .tasks import CURRICULA, Curriculum, draw
from .text import POOLED_WIDTH, TEXT_WIDTH, create_text_encoders, load_text_encoders, load_tokenizers, tokenize
from .workers import average_gradients, rank

BATCH = 96
RATE = 1e-3
#: Length of a fact's vector, and weight of the pooled vector's distance from the sum of its facts.
FACT_LENGTH, FACT_WEIGHT = 3.0, 4.0


class Reader(nn.Module):
    """Both encoders, with linear heads on T5's states, and the vectors of the facts that CLIP's pooled vector adds up."""

    def __init__(self, clip: CLIPTextModel, t5: T5EncoderModel) -> None:
        super().__init__()
        self.clip, self.t5 = clip, t5
        self.token_heads = nn.Linear(TEXT_WIDTH, sum(TOKEN_HEADS.values()))
        facts = torch.randn(sum(WHOLE_HEADS.values()), POOLED_WIDTH, generator=torch.Generator().manual_seed(0))
        self.register_buffer("facts", FACT_LENGTH * F.normalize(facts, dim=-1))

    def forward(self, clip_ids: torch.Tensor, t5_ids: torch.Tensor) -> tuple[tuple[torch.Tensor, ...], torch.Tensor]:
        """Logits of TOKEN_HEADS, each [N, tokens, labels], and the pooled vector [N, POOLED_WIDTH]."""
        tokens = self.token_heads(self.t5(t5_ids).last_hidden_state)
        return tokens.split(list(TOKEN_HEADS.values()), -1), self.clip(clip_ids).pooler_output

    def facts_of(self, labels: list[dict[str, int]]) -> torch.Tensor:
        """The sum of the vectors of what each sentence tells: [N, POOLED_WIDTH]."""
        starts = np.cumsum([0, *WHOLE_HEADS.values()])
        chosen = torch.tensor([[int(start) + one[name] for name, start in zip(WHOLE_HEADS, starts)] for one in labels])
        return self.facts[chosen].sum(1)


def all_kinds(curriculum: Curriculum) -> dict[str, float]:
    """Sentences of all kinds; the LoRAs' too, because they are trained on frozen encoders."""
    stages = curriculum.base, curriculum.edit, curriculum.generate
    return {kind: share / sum(tasks.values()) for tasks in stages for kind, share in tasks.items()}


def train_encoders(run: Path, model: Path, minutes: float, seed: int, curriculum: Curriculum = CURRICULA["core"]) -> None:
    """Train for some minutes, or go on from the run's checkpoint, else from published encoders; publishes both in bfloat16."""
    session = Session(run, minutes)
    torch.manual_seed(seed)
    tokenizers = load_tokenizers(model)
    reader = Reader(*_encoders(model, tokenizers))
    if session.restored:
        reader.load_state_dict(session.restored, strict=False)
    parameters = dict(reader.named_parameters())
    rng = np.random.default_rng([seed, session.step, rank()])
    optimizer = torch.optim.AdamW(parameters.values(), betas=(0.9, 0.98), weight_decay=0)
    while (progress := session.progress()) < 1:
        optimizer.param_groups[0]["lr"] = RATE * min(1, 0.02 + 2 * (1 - progress))
        loss, right = _loss(reader, tokenizers, curriculum, rng)
        loss.backward()
        average_gradients(parameters.values())
        torch.nn.utils.clip_grad_norm_(parameters.values(), 1.0)
        optimizer.step()
        optimizer.zero_grad()
        session.advance()
        if session.is_due("log", 20):
            session.write(loss=round(loss.item(), 4), right=right)
        if session.is_due("save", 120):
            session.save(reader.state_dict())
    session.save(reader.state_dict())
    if rank() == 0:
        reader.clip.bfloat16().save_pretrained(model / "text_encoder")
        reader.t5.bfloat16().save_pretrained(model / "text_encoder_2")


def _loss(
    reader: Reader, tokenizers: tuple, curriculum: Curriculum, rng: np.random.Generator
) -> tuple[torch.Tensor, dict[str, float]]:
    """Loss of a new batch; the share of right labels by head, and of the facts' variance that the pooled vector has."""
    kinds = all_kinds(curriculum)
    prompts = [draw(kinds, rng, world=curriculum.world).prompt(rng) for _ in range(BATCH)]
    clip_ids, t5_ids = tokenize(*tokenizers, prompts)
    read = [read_sentences(words_of(tokenizers[1], ids)) for ids in t5_ids.tolist()]
    tokens, pooled = reader(clip_ids, t5_ids)
    loss = torch.zeros(())
    right: dict[str, float] = {}
    for name, logits in zip(TOKEN_HEADS, tokens):
        wanted = torch.tensor([[labels.get(name, IGNORE) for labels in words] for words, _ in read])
        loss = loss + F.cross_entropy(logits.flatten(0, 1), wanted.flatten(), ignore_index=IGNORE)
        seen = wanted != IGNORE
        right[name] = round((logits.argmax(-1) == wanted)[seen].float().mean().item(), 3)
    facts = reader.facts_of([labels for _, labels in read])
    missed = (pooled - facts).square().sum() / (facts - facts.mean(0)).square().sum()
    right["facts"] = round(1 - missed.item(), 3)
    loss = loss + FACT_WEIGHT * missed
    return loss, right


def words_of(t5: PreTrainedTokenizerFast, ids: list[int]) -> list[str]:
    """The words behind T5's ids, one per id; nothing for padding."""
    return [token.removeprefix("▁") for token in t5.convert_ids_to_tokens(ids)]


def _encoders(model: Path, tokenizers: tuple) -> tuple[CLIPTextModel, T5EncoderModel]:
    if not (model / "text_encoder_2").exists():
        return create_text_encoders(*tokenizers)
    return load_text_encoders(model)
