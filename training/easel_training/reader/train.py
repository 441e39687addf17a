"""The stage that trains the language model: answers are learnt token by token; a checkpoint, an average, held-out checks."""

from pathlib import Path

import torch
from transformers import Qwen2_5_VLForConditionalGeneration

from ..average import Average
from ..muon import create_optimizers, set_rates
from ..session import Session
from ..trained import Trained
from ..workers import average_gradients, rank, workers
from .network import create_network, load_network, publish
from .samples import IGNORED, Batch, RequestStream
from .tokenizer import load_tokenizer

#: Tokens in one batch of one worker, padding included.
BATCH_TOKENS = 2600
#: Learning rates of Muon and AdamW; going on from published weights alone they are lower by PUBLISHED_RATE.
RATES = (0.015, 1e-3)
PUBLISHED_RATE = 0.4
SAVE_SECONDS = 240
CHECK_SECONDS = 300
CHECK_BATCHES = 4


def train_reader(run: Path, folder: Path, minutes: float, seed: int) -> None:
    """Train for some minutes, or go on from the run's checkpoint or the published weights; publish the average.

    :param run: holds the checkpoint and `log.jsonl`.
    :param folder: the `vlm` folder of the model; holds the tokenizer and receives the rest.
    """
    session = Session(run, minutes)
    torch.manual_seed(seed)
    published = (folder / "model.safetensors").exists()
    tokenizer = load_tokenizer(folder)
    network = load_network(folder) if published and not session.restored else create_network(tokenizer)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    network.to(device).train()
    trained = dict(network.named_parameters())
    optimizers = create_optimizers(trained, _is_muon, betas=(0.9, 0.98), weight_decay=0)
    average = Average(trained, 0.998)
    whole = Trained(trained, average, optimizers)
    if session.restored:
        whole.restore(session.restored, session.step)
    rates = RATES if session.restored or not published else (RATES[0] * PUBLISHED_RATE, RATES[1] * PUBLISHED_RATE)
    stream = RequestStream(tokenizer, seed + 1000 * session.step + rank())
    checks = RequestStream(tokenizer, 5, held_out=True)
    held_out = [checks.batch(BATCH_TOKENS) for _ in range(CHECK_BATCHES)] if rank() == 0 else []
    smooth = 0.0
    while (progress := session.progress()) < 1:
        factor = min(1, (session.step - session.first_step + 1) / 100) * min(1, max(0.02, (1 - progress) / 0.4))
        set_rates(optimizers, rates, factor)
        batch = stream.batch(BATCH_TOKENS).to(device)
        logits, targets = answer_logits(network, batch)
        loss = torch.nn.functional.cross_entropy(logits, targets)
        loss.backward()
        average_gradients(trained.values())
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        session.advance(len(batch.ids) * workers())
        average.update(trained, session.step)
        smooth = loss.item() if session.step == session.first_step + 1 else 0.98 * smooth + 0.02 * loss.item()
        if session.is_due("log", 30):
            session.write(loss=round(smooth, 4))
        if session.is_due("save", SAVE_SECONDS):
            session.save(whole.tensors())
        if session.is_due("check", CHECK_SECONDS):
            session.write(heldOut=_checked(network, trained, average, held_out))
    session.save(whole.tensors())
    if rank():
        return
    session.write(heldOut=_checked(network, trained, average, held_out))
    average.copy_to(trained)
    publish(folder, network, tokenizer)


def answer_logits(network: Qwen2_5_VLForConditionalGeneration, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits [N, vocabulary] of all tokens of the answers, and the tokens [N] that are right."""
    language = network.model.language_model
    embedded = language.embed_tokens(batch.ids)
    is_image = (batch.ids == network.config.image_token_id).unsqueeze(-1)
    if len(batch.grids):
        seen = network.model.visual(batch.patches, grid_thw=batch.grids).pooler_output
        embedded = embedded.masked_scatter(is_image, seen.to(embedded.dtype))
    # Nothing looks to the right: padding there needs no mask.
    hidden = language(inputs_embeds=embedded, position_ids=batch.positions, use_cache=False).last_hidden_state
    learnt = batch.targets != IGNORED
    return network.lm_head(hidden[learnt]), batch.targets[learnt]


def _is_muon(name: str, parameter: torch.nn.Parameter) -> bool:
    """Matrices of blocks, without what makes queries and keys: they have no norm, and Muon would saturate the attention."""
    is_block = parameter.ndim == 2 and ("layers." in name or "blocks." in name)
    return is_block and not any(part in name for part in ("q_proj", "k_proj", "qkv"))


@torch.no_grad()
def _checked(
    network: Qwen2_5_VLForConditionalGeneration,
    trained: dict[str, torch.nn.Parameter],
    average: Average,
    batches: list[Batch],
) -> dict[str, float]:
    """With the averaged weights, each token from the right ones before it: tokens that are right, answers that are."""
    tokens, answers = [], []
    with average.standing_in(trained):
        for batch in batches:
            batch = batch.to(next(iter(trained.values())).device)
            logits, targets = answer_logits(network, batch)
            right = (logits.argmax(-1) == targets).cpu()
            tokens.append(right.float().mean().item())
            lengths = (batch.targets != IGNORED).sum(1).tolist()
            answers += [part.all().item() for part in right.split(lengths)]
    return {"tokens": round(sum(tokens) / len(tokens), 4), "answers": round(sum(answers) / len(answers), 4)}
