"""Where torch runs."""

import click


def require_device(device: str) -> None:
    """Raise a usage error unless torch can put a tensor there."""
    if device == "cpu":
        return
    try:
        import torch
    except ImportError as error:
        raise click.UsageError(f"--device {device} needs torch, which is not installed") from error
    try:
        torch.empty(0, device=device)
    except (RuntimeError, AssertionError) as error:
        reason = str(error).partition("\n")[0]
        raise click.UsageError(f"torch cannot run on --device {device}: {reason}") from error
