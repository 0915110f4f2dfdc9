"""The figures as a person reads them: one line each, with limit, counterpart, the figure of an earlier commit."""

from collections.abc import Mapping

from tests.bench.frame import Figure, number

NAME, VALUE, LIMIT, BESIDE = 70, 16, 12, 30
HEAD = f"{'':{NAME}} {'measured':>{VALUE}}  {'limit':{LIMIT}} {'':4} {'beside it':{BESIDE}} earlier"


def line(figure: Figure, earlier: Mapping[str, float]) -> str:
    """The line of one figure."""
    value = f"{number(figure.value)} {figure.unit}"
    beside = f"{figure.beside[0]} {number(figure.beside[1])}" if figure.beside else ""
    verdict = ("ok" if figure.holds else "FAIL") if figure.limit else ""
    told = f"{figure.name:{NAME}} {value:>{VALUE}}  {figure.limit:{LIMIT}} {verdict:4} {beside:{BESIDE}}"
    return f"{told} {_compared(figure, earlier)}".rstrip()


def _compared(figure: Figure, earlier: Mapping[str, float]) -> str:
    last = earlier.get(figure.key)
    if last is None:
        return ""
    share = f" ({(figure.value - last) / last:+.0%})" if last else ""
    return f"{number(last)}{share}"
