"""Asks the built program model_probe for vectors and squares, and draws pictures to ask with. Needs numpy alone."""
import json
import pathlib
import subprocess
import tempfile

import numpy as np


def drawn(width, height, number):
    """A smooth scene of its own for each number: uint8 [height, width, 3]."""
    y, x = np.mgrid[0:height, 0:width] / np.array([height, width])[:, None, None]
    ground = np.stack([128 + 110 * np.sin(2 * np.pi * (x * (1 + c % 2) + y * (0.5 + c) + number / 7 + c / 3)) for c in range(3)], -1)
    disc = (x - 0.2 - 0.1 * (number % 6)) ** 2 + (y - 0.6 + 0.1 * (number % 4)) ** 2 < 0.03
    ground[disc] = (30 * (number % 8), 250 - 40 * (number % 5), 60)
    return ground.clip(0, 255).astype(np.uint8)


def _ask(command, requests):
    with tempfile.TemporaryDirectory() as folder:
        lines = []
        for number, request in enumerate(requests):
            if isinstance(request, str):
                lines.append(f"text {request}")
                continue
            path = pathlib.Path(folder) / str(number)
            path.write_bytes(request.tobytes())
            lines.append(f"picture {request.shape[1]} {request.shape[0]} {path}")
        answer = subprocess.run(command, input="\n".join(lines) + "\n", capture_output=True, text=True, check=False)
    if answer.returncode != 0:
        raise SystemExit(answer.stderr)
    return [json.loads(line) for line in answer.stdout.splitlines()]


def vectors(probe, pack, requests):
    """The pack's vector of each request (a sentence, or uint8 [height, width, 3]): float32 [n, d]."""
    return np.array(_ask([probe, "vectors", str(pack)], requests), np.float32)


def squares(probe, rules, pictures):
    """What the program's preprocessing makes of each picture: uint8 [edge, edge, 3]."""
    edge = rules["edge_px"]
    words = [str(edge), rules["resize"], rules["filter"], str(rules.get("short_px", 0)), str(rules.get("fill", 127))]
    return [np.array(square, np.uint8).reshape(edge, edge, 3) for square in _ask([probe, "square", *words], pictures)]
