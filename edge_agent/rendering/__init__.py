"""From blocks to the bytes of a printer: lay out, choose a code page or draw, frame the job.

letters   what may leave as text, and in which code page
layout    blocks to lines of fixed cells
glyphs    lines drawn with the font that ships here (DejaVu Sans Mono)
raster    drawn rows to printer commands, free of real-time sequences
escpos    the whole job: head, body, job tag, cut, question for the process id
"""

from edge_agent.rendering.escpos import (
    PrintJob,
    completion,
    confirmation_request,
    cut_off,
    drawer_pulse,
    render,
)

__all__ = ["PrintJob", "completion", "confirmation_request", "cut_off", "drawer_pulse", "render"]
