"""Where the web app is served, and what it is dressed in."""

from __future__ import annotations

import os
import socket

import gradio as gr

from assistant.errors import UsageError


def past_the_proxy(host: str) -> None:
    """Gradio asks its own server whether it is up, which an office's proxy would refuse."""
    for name in ("no_proxy", "NO_PROXY"):
        known = [h for h in os.environ.get(name, "").split(",") if h]
        os.environ[name] = ",".join(dict.fromkeys([*known, host, "127.0.0.1", "localhost"]))


def theme() -> gr.themes.Base:
    """Fonts that offices have: the theme's own would be fetched from the web."""
    fonts = ("system-ui", "Noto Sans CJK SC", "Microsoft YaHei", "PingFang SC", "sans-serif")
    return gr.themes.Default(
        primary_hue="blue",
        font=[gr.themes.Font(name) for name in fonts],
        font_mono=[gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")],
        spacing_size="sm",
        radius_size="sm",
    )


def free_port(host: str, port: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise UsageError("usage.port", host=host, port=port, reason=error.strerror) from None
        return int(probe.getsockname()[1])
