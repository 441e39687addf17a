"""The loop both stages share: flow matching, Muon for matrices, AdamW for the rest, an average, checkpoints."""

from collections.abc import Callable
from pathlib import Path

import torch
from PIL import Image

from .average import Average
from .muon import create_optimizers, set_rates
from .samples import SampleStream
from .session import Session
from .trained import Trained
from .transformer import Painter
from .workers import average_gradients, rank, workers

#: Tokens of output and references in one batch of one worker.
BATCH_TOKENS = 1024
#: Shift of the noise levels towards noise, where words and references decide, and in the last third, where details do.
TIME_SHIFT, LAST_TIME_SHIFT = 4.0, 2.5
SAVE_SECONDS = 240


def train(
    run: Path,
    painter: Painter,
    stream: SampleStream,
    trained: dict[str, torch.nn.Parameter],
    minutes: float,
    rates: tuple[float, float],
    sheet: Callable[[], Image.Image],
) -> None:
    """Train the given parameters for some minutes, or go on from the run's checkpoint; leaves the average in them.

    The learning rate falls to a fiftieth over the last third of the minutes and rises again when training goes on.

    :param rates: learning rates of Muon (matrices of blocks) and AdamW (the rest).
    :param sheet: draws pictures with the averaged weights; written to `run/samples` now and then.
    """
    (run / "samples").mkdir(parents=True, exist_ok=True)
    session = Session(run, minutes)
    device = next(iter(trained.values())).device
    optimizers = create_optimizers(trained, _is_block_matrix, _is_text_attention, betas=(0.9, 0.98), weight_decay=0)
    average = Average(trained, 0.995)
    whole = Trained(trained, average, optimizers)
    if session.restored:
        whole.restore(session.restored, session.step)
        stream.go_on_from(session.step)
    smooth: dict[int, float] = {}
    while (progress := session.progress()) < 1:
        factor = min(1, (session.step - session.first_step + 1) / 60) * min(1, max(0.02, (1 - progress) / 0.33))
        set_rates(optimizers, rates, factor)
        batch = stream.batch(BATCH_TOKENS).to(device)
        clean = batch.target
        n = len(clean)
        noise = torch.randn_like(clean)
        time = torch.sigmoid(torch.randn(n, device=device))
        shift = TIME_SHIFT if progress < 0.67 else LAST_TIME_SHIFT
        time = shift * time / (1 + (shift - 1) * time)
        level = time.view(-1, 1, 1)
        velocity = painter((1 - level) * clean + level * noise, time, batch.clip_ids, batch.t5_ids, batch.references, batch.count)
        loss = ((velocity - (noise - clean)).square().mean(-1) * batch.weights).mean()
        loss.backward()
        average_gradients(trained.values())
        torch.nn.utils.clip_grad_norm_(trained.values(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
            optimizer.zero_grad()
        session.advance(n * workers())
        average.update(trained, session.step)
        smooth[batch.count] = loss.item() if batch.count not in smooth else 0.97 * smooth[batch.count] + 0.03 * loss.item()
        if session.is_due("log", 30):
            session.write(loss={str(count): round(value, 4) for count, value in sorted(smooth.items())})
        if session.is_due("save", SAVE_SECONDS):
            session.save(whole.tensors())
        if session.is_due("sheet", 900):
            with average.standing_in(trained):
                sheet().save(run / "samples" / f"{session.step:06d}.png")
    session.save(whole.tensors())
    average.copy_to(trained)
    if rank() == 0:
        sheet().save(run / "samples" / f"{session.step:06d}.png")


def _is_block_matrix(name: str, parameter: torch.nn.Parameter) -> bool:
    """Matrices inside the transformer's blocks; modulation, embeddings and its ends learn better with AdamW.

    So do the text encoders: they have no norm on queries and keys, and Muon's steady growth saturates their attention.
    """
    return parameter.ndim == 2 and name.startswith("transformer.") and "blocks" in name and "norm" not in name


def _is_text_attention(name: str) -> bool:
    """Attention of the text encoders: without a norm on queries and keys its logits grow fast at the full rate."""
    return name.startswith(("clip.", "t5.")) and ("self_attn" in name or "SelfAttention" in name)
