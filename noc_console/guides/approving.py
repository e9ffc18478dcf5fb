"""The word of a second person before a system is changed: asked for, given, refused, used up."""

from __future__ import annotations

from dataclasses import replace

from noc_console.guides.deeds import Approved, AskedApproval, Did
from noc_console.guides.refusal import NotNow, at_step, person, wanted_reason
from noc_console.guides.run import Approval
from noc_console.guides.steps import Action
from noc_console.guides.walking import Walk


def ask(walk: Walk, deed: AskedApproval) -> None:
    """Ask for the word of a second person, with a reason."""
    person(deed)
    _, step = at_step(walk, deed.step)
    if not isinstance(step, Action) or not step.approval:
        raise NotNow("This step needs nobody's approval.")
    wanted_reason(deed, "This changes a system")
    asked = Approval(asked_by=deed.by, asked_at=walk.at, reason=deed.reason)
    walk.change(approvals={**walk.run.approvals, deed.step: asked})
    told = {"step": deed.step, "role": step.approval, "text": step.text.en, "risk": step.risk.en}
    walk.tell("GuideApprovalAsked", by=deed.by, reason=deed.reason, **told)


def approve(walk: Walk, deed: Approved) -> None:
    """Give or refuse it; never by who asked."""
    person(deed)
    _, step = at_step(walk, deed.step)
    approval = walk.run.approvals.get(deed.step)
    if approval is None:
        raise NotNow("Nobody has asked for approval of this step.")
    if _same_person(approval.asked_by, deed.by):
        raise NotNow("Who asked cannot approve: a second person must.")
    if not deed.is_given:
        wanted_reason(deed, "It is refused")
        left = {id: one for id, one in walk.run.approvals.items() if id != deed.step}
        walk.change(approvals=left)
        walk.tell("GuideDenied", step=step.id, by=deed.by, reason=deed.reason)
        return
    given = replace(approval, given_by=deed.by, given_at=walk.at)
    walk.change(approvals={**walk.run.approvals, deed.step: given})
    walk.tell("GuideApproved", step=step.id, by=deed.by, reason=deed.reason)


def _same_person(first: str, second: str) -> bool:
    return " ".join(first.split()).casefold() == " ".join(second.split()).casefold()


def allowed(walk: Walk, step: Action, deed: Did) -> str:
    """Return who approved; the approval is used up, a second try wants another."""
    person(deed)
    wanted_reason(deed, "This changes a system")
    approval = walk.run.approvals.get(step.id)
    if step.approval and (approval is None or approval.given_at is None):
        raise NotNow(f"This needs the word of a second person ({step.approval}): ask for it first.")
    walk.change(approvals={id: one for id, one in walk.run.approvals.items() if id != step.id})
    return approval.given_by if approval is not None else ""
