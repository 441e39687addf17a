"""Several processes that train one model: each computes a part of the batch, gradients are averaged.

On few shared cores, processes of one thread each lose far less to other work than one process of several threads,
which waits at every operation for its slowest thread.
"""

import os
import socket
import threading
from collections.abc import Callable, Iterable

import torch
from torch import distributed, multiprocessing


def run_workers(count: int, work: Callable[..., None], *arguments: object) -> None:
    """Run `work(*arguments)` in `count` processes, or here when it is one."""
    if count == 1:
        work(*arguments)
        return
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    multiprocessing.spawn(_enter, args=(count, port, work, arguments), nprocs=count)


def rank() -> int:
    """Which worker this is; the first one writes."""
    return distributed.get_rank() if distributed.is_initialized() else 0


def workers() -> int:
    """How many train together."""
    return distributed.get_world_size() if distributed.is_initialized() else 1


def average_gradients(parameters: Iterable[torch.nn.Parameter]) -> None:
    """Average the gradients over all workers."""
    if not distributed.is_initialized():
        return
    gradients = [parameter.grad for parameter in parameters if parameter.grad is not None]
    flat = torch.cat([gradient.reshape(-1) for gradient in gradients])
    distributed.all_reduce(flat)
    flat /= workers()
    offset = 0
    for gradient in gradients:
        gradient.copy_(flat[offset : offset + gradient.numel()].view_as(gradient))
        offset += gradient.numel()


def share_out(rows: torch.Tensor, work: Callable[[torch.Tensor], torch.Tensor]) -> torch.Tensor:
    """`work(rows)` where every worker does a part of the rows; for work that gives each row by itself, shape kept."""
    if not distributed.is_initialized():
        return work(rows)
    own = slice(rank(), None, workers())
    results = torch.zeros_like(rows)
    if len(rows[own]):
        results[own] = work(rows[own])
    distributed.all_reduce(results)
    return results


def agree(value: float) -> float:
    """The first worker's value, so that all stop at the same step."""
    if not distributed.is_initialized():
        return value
    shared = torch.tensor([value], dtype=torch.float64)
    distributed.broadcast(shared, 0)
    return shared.item()


def _end_with_parent() -> None:
    """A worker whose starter was killed would train on and overwrite the checkpoint of the next run."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _enter(index: int, count: int, port: int, work: Callable[..., None], arguments: tuple[object, ...]) -> None:
    os.environ["MASTER_ADDR"], os.environ["MASTER_PORT"] = "127.0.0.1", str(port)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    distributed.init_process_group("gloo", rank=index, world_size=count)
    work(*arguments)
    distributed.barrier()
    distributed.destroy_process_group()
