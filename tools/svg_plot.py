"""Small line plots as SVG text, the same for the same figures, so that a test can hold them."""
import math

WIDTH, HEIGHT = 720, 400
LEFT, RIGHT, TOP, BOTTOM = 70, 200, 36, 52
COLOURS = ("#0b6e4f", "#c1440e", "#3a5ba0", "#8a6d00", "#7b3f8c", "#555555", "#1a8fa8")


class Axis:
    """Maps values to places; `kind` is "log", "linear" or "misses" (recall by the logarithm of what it lacks)."""

    def __init__(self, kind, low, high, place_low, place_high, ticks):
        self.kind, self.ticks = kind, ticks
        self.low, self.high = self.measure(low), self.measure(high)
        self.place_low, self.place_high = place_low, place_high

    def measure(self, value):
        if self.kind == "log":
            return math.log10(value)
        if self.kind == "misses":
            return -math.log10(max(1 - value, 0.0005))
        return value

    def place(self, value):
        share = (self.measure(value) - self.low) / (self.high - self.low)
        return self.place_low + share * (self.place_high - self.place_low)


def text(x, y, words, anchor="middle", more=""):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" {more}>{words}</text>'


def frame(x, y, title, x_name, y_name):
    yield text(LEFT, 20, title, "start", 'font-weight="bold"')
    for value, label in x.ticks:
        at = x.place(value)
        yield f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{TOP}" y2="{HEIGHT - BOTTOM}" stroke="#e4e4e4"/>'
        yield text(at, HEIGHT - BOTTOM + 16, label)
    for value, label in y.ticks:
        at = y.place(value)
        yield f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#e4e4e4"/>'
        yield text(LEFT - 6, at + 4, label, "end")
    yield text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 14, x_name)
    middle = (TOP + HEIGHT - BOTTOM) / 2
    yield text(16, middle, y_name, "middle", f'transform="rotate(-90 16 {middle:.1f})"')


def curve(x, y, name, points, colour, row, dashed):
    places = [(x.place(a), y.place(b)) for a, b in points]
    dash = ' stroke-dasharray="6 4"' if dashed else ""
    if len(places) > 1:
        joined = " ".join(f"{a:.1f},{b:.1f}" for a, b in places)
        yield f'<polyline points="{joined}" fill="none" stroke="{colour}" stroke-width="2"{dash}/>'
    if not dashed:
        yield from (f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in places)
    at = TOP + 14 + 20 * row
    yield f'<line x1="{WIDTH - RIGHT + 12}" x2="{WIDTH - RIGHT + 34}" y1="{at}" y2="{at}" stroke="{colour}" stroke-width="2"{dash}/>'
    yield text(WIDTH - RIGHT + 40, at + 4, name, "start")


def plot(title, x_name, y_name, x, y, curves):
    """The SVG of curves: (name, points, dashed). `x` and `y` are (kind, low, high, ticks); ticks are (value, label)."""
    x = Axis(x[0], x[1], x[2], LEFT, WIDTH - RIGHT, x[3])
    y = Axis(y[0], y[1], y[2], HEIGHT - BOTTOM, TOP, y[3])
    parts = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" '
             'font-family="sans-serif" font-size="12">', f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>']
    parts += frame(x, y, title, x_name, y_name)
    for row, (name, points, dashed) in enumerate(curves):
        parts += curve(x, y, name, points, COLOURS[row % len(COLOURS)], row, dashed)
    return "\n".join(parts + ["</svg>"]) + "\n"
