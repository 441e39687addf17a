"""Line charts drawn with Pillow: axes with numbers, a grid, a legend with every line's last value."""

from PIL import Image, ImageDraw, ImageFont

from .axis import Axis, fit, write_number
from .run_log import Series

#: Size of a chart in pixels; it is drawn larger by SCALE and reduced, which smooths its lines.
WIDTH, HEIGHT, SCALE = 960, 440, 3
#: Room around the plot: left, top, right, bottom.
MARGIN = (72, 64, 28, 52)
#: Colours that colour-blind people tell apart (Okabe and Ito), darkest first.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
INK, SOFT, GRID = "#222222", "#666666", "#E4E4E4"
TEXT_SIZE, TITLE_SIZE = 14, 17


def draw_chart(title: str, series: dict[str, Series], is_log: bool = False) -> Image.Image:
    """A chart of series over steps.

    :param series: points (step, value) by name; at least one point in all, at most six names.
    :param is_log: the values' axis is logarithmic where all are above 0.
    """
    points = [point for one in series.values() for point in one]
    canvas = _Canvas(Axis(0, max(1.0, *(x for x, _ in points))), fit([y for _, y in points], is_log))
    canvas.axes(title)
    for color, (name, one) in zip(COLORS, series.items(), strict=False):
        canvas.line(one, color)
        canvas.name_line(f"{name}  {write_number(one[-1][1])}", color)
    return canvas.image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


class _Canvas:
    """The picture, with the axes' places in it."""

    def __init__(self, x: Axis, y: Axis) -> None:
        self.x, self.y = x, y
        self.image = Image.new("RGB", (WIDTH * SCALE, HEIGHT * SCALE), "white")
        self.draw = ImageDraw.Draw(self.image)
        left, top, right, bottom = MARGIN
        self.left, self.top, self.right, self.bottom = left, top, WIDTH - right, HEIGHT - bottom
        self.legend_x = float(self.left)

    def axes(self, title: str) -> None:
        """Grid, marks, numbers, the title and what is on the axes."""
        for value in self.y.marks():
            at = self._at(self.x.low, value)[1]
            self._stroke([(self.left, at), (self.right, at)], GRID, 1)
            self._write((self.left - 8, at), write_number(value), SOFT, "rm")
        for value in self.x.marks():
            at = self._at(value, self.y.low)[0]
            self._stroke([(at, self.bottom), (at, self.bottom + 5)], SOFT, 1)
            self._write((at, self.bottom + 9), write_number(value), SOFT, "ma")
        self._stroke([(self.left, self.top), (self.left, self.bottom), (self.right, self.bottom)], SOFT, 1)
        self._write((self.left, 10), title + (", logarithmic" if self.y.is_log else ""), INK, "la", TITLE_SIZE)
        self._write(((self.left + self.right) / 2, HEIGHT - 8), "steps", SOFT, "md")

    def line(self, series: Series, color: str) -> None:
        """One series; a dot where it has a single point."""
        places = [self._at(x, y) for x, y in series]
        if len(places) > 1:
            self._stroke(places, color, 2)
        x, y = (value * SCALE for value in places[-1])
        radius = 3 * SCALE
        self.draw.ellipse((x - radius, y - radius, x + radius, y + radius), fill=color)

    def name_line(self, text: str, color: str) -> None:
        """The next entry of the legend, between title and plot."""
        y = self.top - 16
        self._stroke([(self.legend_x, y), (self.legend_x + 18, y)], color, 3)
        self._write((self.legend_x + 24, y), text, INK, "lm")
        self.legend_x += 24 + self.draw.textlength(text, _font(TEXT_SIZE)) / SCALE + 22

    def _at(self, x: float, y: float) -> tuple[float, float]:
        across, up = self.x.place(x), self.y.place(y)
        return self.left + across * (self.right - self.left), self.bottom - up * (self.bottom - self.top)

    def _stroke(self, places: list[tuple[float, float]], color: str, width: int) -> None:
        self.draw.line([(x * SCALE, y * SCALE) for x, y in places], color, width * SCALE, joint="curve")

    def _write(self, place: tuple[float, float], text: str, color: str, anchor: str, size: int = TEXT_SIZE) -> None:
        self.draw.text((place[0] * SCALE, place[1] * SCALE), text, color, _font(size), anchor)


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.load_default(size * SCALE)
