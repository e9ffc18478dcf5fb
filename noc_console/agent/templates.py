"""The templates' desk: limits for kinds of channels, shipped ones and the operator's own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

from noc_console.agent.channels import ChannelDesk
from noc_console.agent.clock import Clock
from noc_console.agent.recorder import Recorder
from noc_console.agent.refusals import BadRequest, Conflict, NotFound
from noc_console.alarms import rulebook
from noc_console.errors import KnownError
from noc_console.history import Template
from noc_console.media.loudness.verdicts import SoundLimits
from noc_console.model import Event, MediaMode

# what a template has where nothing else is said
_DEFAULTS: Mapping[str, Any] = {
    "min_mos": 2.0,
    "max_mos": 5.0,
    "loudness_target": -23.0,
    "loudness_tolerance": 2.0,
    "macroblocking_threshold": 0.15,
    "freeze_threshold_ms": 1000,
    "black_threshold_ms": 500,
    "pcr_jitter_threshold_ns": 500,
}
# the columns that are limits of a rule, with the unit's factor; `min_mos` and `max_mos` are the scale's ends
_LIMITS: Mapping[str, tuple[str, str, float]] = {
    "loudness_target": ("audio-loudness", "centre", 1.0),
    "loudness_tolerance": ("audio-loudness", "above", 1.0),
    "macroblocking_threshold": ("video-blockiness", "above", 1.0),
    "freeze_threshold_ms": ("video-freeze", "above", 0.001),
    "black_threshold_ms": ("video-black", "above", 0.001),
    "pcr_jitter_threshold_ns": ("ts-pcr", "above", 1.0),
}
_COLUMNS = tuple(one.name for one in fields(Template) if one.name not in ("id", "name", "rules"))


def shipped() -> dict[str, Template]:
    """Return the templates of `resources/rules.toml` as rows."""
    return {one.name: _row(one) for one in rulebook.shipped_templates()}


@dataclass(slots=True)
class TemplateDesk:
    """The templates of this agent by name; a change is judged by from the next look on."""

    clock: Clock
    recorder: Recorder
    channels: ChannelDesk
    changed: Callable[[], None]
    by_name: dict[str, Template] = field(default_factory=shipped)

    async def load(self) -> None:
        """Take the templates of the history; those shipped are written there once."""
        stored = {one.name: one for one in await self.recorder.history.templates()}
        for name, one in shipped().items():
            if name not in stored and self.recorder.history.state.state == "ok":
                stored[name] = await self.recorder.history.save_template(one)
        self.by_name |= stored

    def rules(self) -> dict[str, rulebook.Template]:
        """Return the templates as the alarm engine takes them."""
        return {name: as_rules(one) for name, one in self.by_name.items()}

    def listed(self) -> list[dict[str, Any]]:
        """Return the templates by name."""
        return [_json(one) for _, one in sorted(self.by_name.items())]

    def one(self, name: str) -> dict[str, Any]:
        """Return one template, by name or id."""
        return _json(self._find(name))

    def name_of(self, name: str) -> str:
        """Return the name of a template told by name or id; BadRequest when there is none."""
        try:
            return self._find(name).name
        except NotFound:
            raise BadRequest(f"There is no template {name!r}.") from None

    def media_of(self, name: str) -> MediaMode:
        """Return how much of the picture new channels of a template have decoded."""
        one = self.by_name.get(name)
        return MediaMode(one.rules.get("media", MediaMode.KEYFRAMES)) if one else MediaMode.KEYFRAMES

    def sound_limits(self, name: str) -> SoundLimits:
        """Return where the sound of a template's channels begins to be wrong."""
        one = self.by_name.get(name)
        target, tolerance = (one.loudness_target, one.loudness_tolerance) if one else (None, None)
        usual = SoundLimits()
        return replace(
            usual,
            target_lufs=usual.target_lufs if target is None else target,
            limit_lu=usual.limit_lu if tolerance is None else tolerance,
        )

    async def add(self, said: Mapping[str, Any], by: str) -> dict[str, Any]:
        """Add a template."""
        name = said.get("name")
        if not name:
            raise BadRequest("A template needs a name.")
        if name in self.by_name:
            raise Conflict(f"A template named {name} exists already.")
        return await self._save(_changed(Template(name=name, **_DEFAULTS), said), "TemplateAdded", by)

    async def change(self, name: str, said: Mapping[str, Any], by: str) -> dict[str, Any]:
        """Change what is said of a template; its name stays."""
        known = self._find(name)
        if said.get("name", known.name) != known.name:
            raise Conflict("A template keeps its name: add a new one and move the channels to it.")
        return await self._save(_changed(known, said), "TemplateChanged", by)

    async def remove(self, name: str, by: str) -> None:
        """Remove a template no channel uses; a shipped one returns to its shipped values."""
        known = self._find(name)
        if original := shipped().get(known.name):
            await self._save(replace(original, id=known.id), "TemplateChanged", by)
            return
        user = next((one.code for one in self.channels.by_id.values() if one.template == known.name), None)
        if user:
            raise Conflict(f"The template is used by channel {user}; give that channel another one first.")
        await self.recorder.ask(self.recorder.history.remove_template(known.id))
        del self.by_name[known.name]
        await self.recorder.keep([self._event("TemplateRemoved", known, by)])
        self.changed()

    async def _save(self, wanted: Template, kind: str, by: str) -> dict[str, Any]:
        try:
            rulebook.effective(as_rules(wanted))
        except KnownError as error:
            raise BadRequest(str(error)) from None
        saved = await self.recorder.ask(self.recorder.history.save_template(wanted))
        self.by_name[saved.name] = saved
        await self.recorder.keep([self._event(kind, saved, by)])
        self.changed()
        return _json(saved)

    def _event(self, kind: str, template: Template, by: str) -> Event:
        return Event(kind, self.clock.now(), data={"by": by, "template": _json(template)})

    def _find(self, name: str) -> Template:
        found = self.by_name.get(name)
        if found is None and name.isascii() and name.isdigit():
            found = next((one for one in self.by_name.values() if str(one.id) == name), None)
        if found is None:
            raise NotFound("There is no template of this name.")
        return found


def as_rules(template: Template) -> rulebook.Template:
    """Return a template as the alarm engine takes it; a limit named by its rule goes before that of a column."""
    said = template.rules
    limits = _of_columns(template)
    for key, changes in said.get("limits", {}).items():
        limits[key] = {**limits.get(key, {}), **changes}
    return rulebook.Template(
        template.name, template.description, template.codec, float(said.get("segment_s", 6.0)), limits
    )


def _of_columns(template: Template) -> dict[str, dict[str, Any]]:
    """Return what the columns of a template change in the rules; one that has its default changes nothing."""
    limits: dict[str, dict[str, Any]] = {}
    for column, (rule, name, scale) in _LIMITS.items():
        value = getattr(template, column)
        if value is not None and value != _DEFAULTS[column]:
            limits.setdefault(rule, {})[name] = round(float(value) * scale, 6)
    return limits


def _row(one: rulebook.Template) -> Template:
    said = {"segment_s": one.segment_s, "limits": {key: dict(changes) for key, changes in one.rules.items()}}
    return Template(name=one.name, description=one.description, codec=one.codec, rules=said, **_DEFAULTS)


def _changed(template: Template, said: Mapping[str, Any]) -> Template:
    columns = {name: said[name] for name in _COLUMNS if said.get(name) is not None}
    own = dict(template.rules)
    if said.get("segment_s") is not None:
        own["segment_s"] = said["segment_s"]
    if said.get("media") is not None:
        own["media"] = str(said["media"])
    if said.get("rules") is not None:
        own["limits"] = said["rules"]
    return replace(template, **columns, rules=own)


def _json(template: Template) -> dict[str, Any]:
    return {
        "template_id": template.id,
        "template_name": template.name,
        "name": template.name,
        **{name: getattr(template, name) for name in _COLUMNS},
        "segment_s": template.rules.get("segment_s", 6.0),
        "media": template.rules.get("media", "keyframes"),
        "rules": template.rules.get("limits", {}),
    }
