"""The resolution form: what is written in beforehand, what must be there, what deserves a warning."""

from __future__ import annotations

import math
from collections.abc import Mapping

from noc_console.guides.conditions import decide
from noc_console.guides.deeds import Filled, Value
from noc_console.guides.guide import Guide
from noc_console.guides.refusal import NotNow, at_step, person
from noc_console.guides.run import Run
from noc_console.guides.steps import Form, FormField
from noc_console.guides.verdict import verdict
from noc_console.guides.walking import Walk

MOST_TEXT = 4000


def prefilled(guide: Guide, run: Run, form: Form, at: float, names: Mapping[str, Value]) -> dict[str, Value]:
    """Return what the form's fields begin with; `names` gives words for `channel`, `input` and `alarm`."""
    found = verdict(run)
    own: dict[str, Value] = {
        "started_at": run.started_at,
        "raised_at": run.raised_at,
        "now": at,
        "open_min": round((at - run.since) / 60, 1),
        "channel": run.channel_id,
        "input": run.input_id,
        "alarm": run.alarm_id,
        "guide": guide.id,
        "verdict": ", ".join(cause.name for cause in found.primary),
        "confidence": round(found.confidence, 2),
        **names,
    }
    values: dict[str, Value] = {}
    for field in form.fields:
        answer = run.answers.get(field.fill)
        value = answer.value if answer is not None else own.get(field.fill)
        if field.fill and value is not None and value != "":
            values[field.name] = value
    return values


def warnings(run: Run, form: Form) -> dict[str, str]:
    """Return the fields whose `warn_when` holds by the newest answers, with what to say."""
    return {
        field.name: field.warning.en
        for field in form.fields
        if field.warn_when is not None and decide(field.warn_when, run.answers).holds
    }


def fill(walk: Walk, deed: Filled) -> None:
    """Take the form; refuse it with every field that is missing or wrong."""
    person(deed)
    place, form = at_step(walk, deed.step)
    if not isinstance(form, Form):
        raise NotNow("This step is no form.")
    wrong = [told for field in form.fields if (told := _wrong(field, deed.values.get(field.name)))]
    wrong += [f"{name} is no field of this form" for name in deed.values if name not in {f.name for f in form.fields}]
    if wrong:
        raise NotNow(f"{'; '.join(wrong[:5])}.")
    walk.change(form={**walk.run.form, **deed.values})
    review = walk.at + form.review_within_h * 3600 if form.review_within_h else None
    walk.tell("GuideFilled", step=form.id, by=deed.by, values=dict(deed.values), review_due_at=review)
    walk.leave(place, walk.way(form, "next"), by=deed.by, reason=deed.reason)


def _wrong(field: FormField, value: Value) -> str:
    label = field.label.en or field.name
    if value is None or value == "":
        return f"{label} is missing" if field.required else ""
    match field.kind:
        case "yes_no":
            return "" if isinstance(value, bool) else f"{label} must be yes or no"
        case "number":
            is_number = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
            return "" if is_number else f"{label} must be a number"
        case "choice":
            return "" if value in field.options else f"{label} must be one of {', '.join(field.options)}"
        case "text" if not isinstance(value, str) or len(value) > MOST_TEXT:
            return f"{label} must be a text of at most {MOST_TEXT} characters"
    return ""
