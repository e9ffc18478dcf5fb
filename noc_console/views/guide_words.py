"""How evidence is said to people: the label of a question, its value with a unit, samples and window."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from noc_console.catalogues import findings, metrics
from noc_console.views.figures import GAP, age, bits, clock, number, ratio_percent, size

Json = Mapping[str, Any]
_PEERS = {
    "source or host": "same source or host",
    "source": "same source",
    "host": "same host",
    "all": "all channels",
}
_WORSE_BELOW = ("mos", "speed", "cache_hit", "margin", "bitrate", "psnr", "ssim", "fps", "snr", "valid_ratio")
_TRUTHS = ("no", "yes")
_PRESENCE = ("not there", "present")
_LAYERS = ("contribution", "headend", "packager", "origin", "edge", "client")
_WINDOWS = ((86_400.0, "d"), (3_600.0, "h"), (60.0, "min"))


def said(text: Json | None) -> str:
    """Return the English words of a text of a guide; empty for none."""
    return str((text or {}).get("en") or "")


def label(name: str, questions: Json) -> str:
    """Return what a question is called on the screen; a diagnostic's field is `probe.ttfb_s`."""
    first, _, field = name.partition(".")
    question = questions.get(first)
    if question is None or field:
        return _plain(field or name)
    return said(question.get("label")) or _of_kind(first, question, questions)


def value(name: str, answer: Json | None, questions: Json) -> str:
    """Return an answer's value with its unit; `no data` where it is unknown."""
    number_ = None if answer is None else answer.get("value")
    if number_ is None:
        return "no data"
    return written(name, float(number_), questions, str((answer or {}).get("unit") or ""))


def written(name: str, number_: float, questions: Json, unit: str = "") -> str:
    """Return a number as a question's value is written."""
    question = questions.get(name.partition(".")[0], {})
    kind = "" if "." in name else str(question.get("kind") or "")
    if kind == "finding":
        return _PRESENCE[bool(number_)]
    if kind == "ask" and question.get("type") == "yes_no":
        return _TRUTHS[bool(number_)]
    if kind == "fact" and question["fact"] == "layer" and 0 <= number_ < len(_LAYERS):
        return _LAYERS[int(number_)]
    if kind in ("peers", "events", "input") or question.get("statistic") == "count":
        return number(number_, 0)
    metric = _metric(name, questions)
    return _with_unit(number_, str(question.get("unit") or unit or ""), metric)


def samples(answer: Json | None) -> str:
    """Return `60 samples, 5 min`, why there is none, or who told it."""
    if answer is None:
        return "not asked yet"
    if answer.get("value") is None:
        return str(answer.get("why") or "nothing was measured")
    count, window = int(answer.get("samples") or 0), window_of(answer)
    if not window or answer.get("kind") in ("fact", "input", "ask"):
        return str(answer.get("text") or "")
    many = f"{count:,}".replace(",", GAP)
    return f"{many} {'sample' if count == 1 else 'samples'}, {window}"


def window_of(answer: Json) -> str:
    """Return an answer's window in the largest unit that fits; empty without one."""
    start, end = answer.get("start"), answer.get("end")
    if not start or not end or end - start < 1:
        return ""
    seconds = float(end) - float(start)
    for length, unit in _WINDOWS:
        if seconds >= length * 0.99:
            return number(seconds / length, 0 if seconds % length < length / 20 else 1, unit)
    return number(seconds, 0, "s")


def provenance(name: str, answer: Json | None, questions: Json) -> str:
    """Return everything known of an answer for a tool tip."""
    told = [label(name, questions), value(name, answer, questions), samples(answer)]
    if answer is not None:
        layers = answer.get("layers") or {}
        told += [f"{layer}: {written(name, float(one), questions)}" for layer, one in layers.items()]
        told += [str(answer.get("provenance") or "")]
        if answer.get("end"):
            told += [f"as of {clock(float(answer['end']))} ICT"]
    return "\n".join(part for part in told if part)


def is_worse_below(metric: str) -> bool:
    """Say whether less of a metric is worse, as of picture quality; of most, more is."""
    return any(word in metric for word in _WORSE_BELOW)


def _of_kind(name: str, question: Json, questions: Json) -> str:
    match question.get("kind"):
        case "metric" | "baseline" | "age":
            return _of_metric(question)
        case "difference":
            return f"{label(question['of'], questions)} less {_short(question['minus'], questions)}"
        case "ratio":
            return f"{label(question['of'], questions)} of {_short(question['to'], questions)}"
        case "peers":
            where = _PEERS.get(str(question.get("same")), "")
            return f"{'Ill' if question.get('metric') or question.get('finding') else 'Channels'}, {where}"
        case "finding":
            known = findings().get(str(question["finding"]))
            return known.title_en if known is not None else _plain(name)
        case "events":
            return f"Changes in {age(float(question['window_s']))}"
        case "ask":
            return said(question.get("text"))
        case "input":
            return f"Inputs, {question['layer']}" if question.get("layer") else "Inputs"
    return _plain(str(question.get("fact") or name))


def _short(name: str, questions: Json) -> str:
    question = questions.get(name, {})
    return "24 h before" if question.get("kind") == "baseline" else label(name, questions)


def _of_metric(question: Json) -> str:
    known = metrics().get(str(question["metric"]))
    title = known.title_en if known is not None else _plain(str(question["metric"]))
    more = [str(question[key]) for key in ("layer", "rung") if question.get(key)]
    if question["kind"] == "baseline":
        more.append("24 h before")
    if question["kind"] == "age":
        return f"Age of {title[:1].lower()}{title[1:]}"
    statistic = str(question.get("statistic") or "mean")
    more += [] if statistic in ("mean", "last") else [_STATISTICS.get(statistic, statistic)]
    return ", ".join([title, *more])


_STATISTICS = {"sum": "in all", "max": "largest", "min": "smallest", "increase": "gain", "spread": "max less min"}


def _metric(name: str, questions: Json) -> str:
    question = questions.get(name.partition(".")[0], {})
    if question.get("kind") == "difference":
        return _metric(str(question["of"]), questions)
    return str(question.get("metric") or "") if question.get("kind") in ("metric", "baseline") else ""


def _with_unit(number_: float, unit: str, metric: str) -> str:
    known = metrics().get(metric)
    unit = unit if unit and unit != "1" else known.unit if known is not None else unit
    if (metric.endswith("_ratio") and not metric.endswith("age_ratio")) or unit == "%":
        return ratio_percent(number_, 1) if unit != "%" else number(number_, _digits(number_), "%")
    if unit in ("bit/s", "B"):
        return bits(number_) if unit == "bit/s" else size(number_)
    if unit == "s":
        return age(number_) if abs(number_) >= 120 else number(number_, 1 if abs(number_) >= 10 else 2, "s")
    return number(number_, _digits(number_), "" if unit in ("1", "") else unit)


def _digits(number_: float) -> int:
    if number_ == int(number_):
        return 0
    return 1 if abs(number_) >= 1 else 2 if abs(number_) >= 0.01 else 4


def _plain(name: str) -> str:
    words = name.replace("_", " ").replace("-", " ").replace(".", " ").strip()
    words = words.removesuffix(" s") if words.endswith(" s") else words
    return words[:1].upper() + words[1:]
