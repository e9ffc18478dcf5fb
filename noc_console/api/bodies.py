"""The bodies of requests that are not a channel: verbs of alarms, inspection, lab faults, templates."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from noc_console.agent.forms import Text, Url
from noc_console.model import MediaMode

Number = Annotated[float, Field(ge=-1e12, le=1e12, allow_inf_nan=False)]


class Verb(BaseModel):
    """Who does something to an alarm, and what they say; the requirements call `by` acknowledged_by too."""

    model_config = ConfigDict(populate_by_name=True)

    by: Text = Field(default="system", validation_alias=AliasChoices("by", "acknowledged_by", "resolved_by", "user"))
    note: str = Field(default="", max_length=4000)
    is_false: bool = False


class Shelving(BaseModel):
    """Who hides an alarm, why, and for how long."""

    model_config = ConfigDict(populate_by_name=True)

    by: Text = "system"
    reason: str = Field(default="", max_length=1000, validation_alias=AliasChoices("reason", "note"))
    hours: float = Field(default=1.0, gt=0, le=1000, allow_inf_nan=False)


class Bulk(BaseModel):
    """One verb on several alarms, with their children when asked."""

    verb: Literal["acknowledge", "shelve", "unshelve"]
    alarm_ids: Annotated[list[Annotated[int, Field(ge=1, le=2**62)]], Field(min_length=1, max_length=2000)]
    by: Text = "system"
    note: str = Field(default="", max_length=4000)
    hours: float = Field(default=1.0, gt=0, le=1000, allow_inf_nan=False)
    with_children: bool = False


class Inspection(BaseModel):
    """What to inspect, how long to watch it, and whether key pictures and sound are decoded."""

    url: Url
    seconds: float = Field(default=0.0, ge=0, le=600, allow_inf_nan=False)
    media: bool = False
    headers: dict[Annotated[str, Field(max_length=128)], Annotated[str, Field(max_length=4096)]] = Field(
        default_factory=dict, max_length=32
    )


class Fault(BaseModel):
    """A fault of the lab: on which channel, which, how long (0: until ended), on which rung."""

    channel: Annotated[str, Field(max_length=64)]
    fault: Annotated[str, Field(max_length=64)]
    seconds: float = Field(default=0.0, ge=0, le=86400, allow_inf_nan=False)
    rung: Annotated[str, Field(max_length=64)] = ""


class Slate(BaseModel):
    """What a picture shown instead of the programme is called."""

    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f/]+$")]
    by: Text = ""


class Keep(BaseModel):
    """Whether the agent goes on watching after the console has gone."""

    keep: bool


class LimitForm(BaseModel):
    """What a template may change in a rule: its limits, in SI units."""

    model_config = ConfigDict(extra="forbid")

    above: Number | None = None
    below: Number | None = None
    clear_below: Number | None = None
    clear_above: Number | None = None


class TemplateForm(BaseModel):
    """A template: limits for a kind of channel (R-160, R-177); `rules` changes limits of rules by their key."""

    model_config = ConfigDict(populate_by_name=True)

    name: Annotated[str, Field(min_length=1, max_length=50, pattern=r"^[A-Za-z0-9_.\-]+$")] | None = Field(
        default=None, validation_alias=AliasChoices("name", "template_name")
    )
    description: Annotated[str, Field(max_length=500)] | None = None
    codec: Annotated[str, Field(max_length=20)] | None = None
    segment_s: float | None = Field(default=None, gt=0, le=60, allow_inf_nan=False)
    media: MediaMode | None = None
    min_mos: float | None = Field(default=None, ge=1, le=5)
    max_mos: float | None = Field(default=None, ge=1, le=5)
    loudness_target: float | None = Field(default=None, ge=-70, le=0)
    loudness_tolerance: float | None = Field(default=None, ge=0, le=30)
    macroblocking_threshold: float | None = Field(default=None, ge=0, le=1)
    freeze_threshold_ms: int | None = Field(default=None, ge=0, le=3_600_000)
    black_threshold_ms: int | None = Field(default=None, ge=0, le=3_600_000)
    pcr_jitter_threshold_ns: int | None = Field(default=None, ge=0, le=10**9)
    rules: Annotated[dict[str, LimitForm], Field(max_length=200)] | None = None
