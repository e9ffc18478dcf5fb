"""The guide wizard: the tree with its path lit, the open step in the middle, verdict and people at the right."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QVBoxLayout, QWidget

from noc_console.views import guide_calls as calls
from noc_console.views.actions import add_action
from noc_console.views.desk import Desk
from noc_console.views.drawer_place import DrawerPlace
from noc_console.views.guide_acts import GuideActs
from noc_console.views.guide_curves import CurveFeed, charted
from noc_console.views.guide_drawer_values import entries
from noc_console.views.guide_feed import RunFeed
from noc_console.views.guide_frame import chips, head_of, notice_of, past_of
from noc_console.views.guide_head import GuideHeadBar
from noc_console.views.guide_path import MAIN, nodes, open_lanes, severity_of, step_of
from noc_console.views.guide_sheet import GuideSheet
from noc_console.views.guide_step import StepCard
from noc_console.views.guide_step_values import StepView, step_view
from noc_console.views.guide_tree_card import TreeCard
from noc_console.views.records_drawer import RecordsDrawer
from noc_console.views.records_feed import Feed

Json = Mapping[str, Any]
_WIDTH = 344
_PICTURES = "Pictures (*.png *.jpg *.jpeg)"


class GuideScreen(QWidget):
    """`open(run_id)` shows a walk; several operators see the same one, asked by long poll.

    A number below 0 is that of an alarm whose walk is begun or joined.
    """

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self.setObjectName("page")
        self._desk = desk
        self._lane = MAIN
        self._chosen = -1
        self._second = 0
        self._is_new = True
        self._versions: dict[str, int] = {}
        self.feed = RunFeed(desk)
        self.book = Feed(desk, calls.receivers, self._take_book, 60.0)
        self.versions = Feed(desk, calls.versions, self._take_versions, 15.0)
        self.curves = CurveFeed(desk, self._draw)
        self.acts = GuideActs(desk, self, self.feed, self._ask)
        self.head = GuideHeadBar(desk.theme)
        self.tree = TreeCard(desk.theme)
        self.card = StepCard(desk.theme, self.acts.by_name)
        self.acts.take_card(self.card)
        self._ways = self._make_actions()
        names = ("acknowledge", "escalate", "ticket", "resolve")
        buttons = [self.acts.by_name[name] for name in names]
        self.drawer = RecordsDrawer(desk.theme, buttons, width=_WIDTH, sheet=GuideSheet(desk.theme))
        self._lay_out()
        self._connect()
        self._draw()

    def open(self, run_id: int) -> None:
        """Show a walk, or that of an alarm."""
        if run_id not in (self.feed.run_id, self.feed.wanted):
            self._lane, self._chosen, self._is_new = MAIN, -1, True
            self.drawer.leave()
            self.drawer.tell("")
        self.feed.open(run_id)
        self._draw()

    def refresh(self) -> None:
        """Ask when it is time; countdowns go on between the answers."""
        self.feed.poll()
        self.book.poll()
        self.versions.poll()
        second = int(self._desk.mirror.now())
        if second != self._second:
            self._draw()

    def status_text(self) -> str:
        """Return the guide with its version and review for the status line."""
        guide = self.feed.guide
        if guide is None:
            return ""
        reviewed = guide.get("reviewed")
        by = f" \u00b7 reviewed by {reviewed['by']}" if reviewed else ""
        return f"Guide {guide['guide']} v{guide['version']}{by}"

    def close_drawer(self) -> bool:
        """Leave a question, a chosen step, or close the drawer over the page."""
        if self.drawer.leave() or self.place.close():
            return True
        had, self._chosen = self._chosen >= 0, -1
        self._draw()
        return had

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Override: a small screen has the drawer over the page and a narrower tree."""
        super().resizeEvent(event)
        self.tree.setFixedWidth(424 if self.width() >= 1700 else 320 if self.width() >= 1200 else 264)
        self.place.fit()

    @property
    def view(self) -> StepView | None:
        """The step that is shown."""
        run, guide = self.feed.run, self.feed.guide
        if run is None or guide is None:
            return None
        return step_view(guide, run, self._lane, self._desk.mirror.now(), calls.who(self._desk))

    # -- drawing

    def _draw(self) -> None:
        now = self._desk.mirror.now()
        self._second = int(now)
        run, guide = self.feed.run, self.feed.guide
        if run is None or guide is None:
            self._draw_nothing()
            return
        self._follow_lane(guide, run)
        view = self.view
        self.head.show_head(head_of(guide, run, self._desk, self._others(run)), chips(guide, run), self._lane)
        self.tree.show_nodes(guide, run, tuple(nodes(guide, run, self._lane)), self._chosen)
        past = past_of(guide, run, now)
        if view is None:
            head, words = notice_of(guide, run, self._lane)
            self.card.show_notice(head, words, past)
        else:
            step = charted(guide, run, step_of(guide, view.id))
            severity = severity_of(run)
            self.card.show_step(view, now, self.curves.chart(guide, run, step, severity), past)
        self.drawer.show_entries(entries(guide, run, self._lane, now, self.acts.book))
        self.acts.follow(view, self._lane, self._chosen)
        if self._is_new:
            self._is_new = False
            self.tree.go_to_open()

    def _draw_nothing(self) -> None:
        notice = self.feed.fault or (
            "Loading" if self.feed.wanted else "No guide is open: G on an alarm opens its guide"
        )
        self.head.show_head(head_of(None, None, self._desk, ()), (), MAIN)
        self.tree.show_nodes(None, None, (), -1)
        self.card.show_notice(*notice_of(None, None, MAIN, notice))
        self.drawer.show_entries(())
        self.acts.follow(None, MAIN, -1)

    def _follow_lane(self, guide: Json, run: Json) -> None:
        """Stay in the lane while it stands open, else go to one that does; the main one waits for all of them."""
        lanes = open_lanes(guide, run)
        if self._lane not in lanes:
            self._lane = lanes[0] if lanes else MAIN

    def _others(self, run: Json) -> tuple[str, ...]:
        """Return what the head says besides: another version in force, a lost link."""
        told = []
        newest = self._versions.get(run["guide"], run["version"])
        if newest != run["version"]:
            told.append(f"The file is version {newest} now; this walk ends with version {run['version']}.")
        if self._desk.mirror.is_lost or self.feed.fault:
            told.append(self.feed.fault or "The agent does not answer: this is what was known.")
        return tuple(told)

    # -- answers

    def _take_book(self, book: list[dict[str, Any]]) -> None:
        self.acts.book = book
        self._draw()

    def _take_versions(self, versions: dict[str, int]) -> None:
        self._versions = versions

    def _on_changed(self) -> None:
        self._draw()
        self.tree.go_to_open()

    # -- orders

    def _ask(self, question: str, act: Any, *, known: str = "") -> None:
        self.place.open()
        self.drawer.ask(question, act, known=known)

    def _on_answer(self, _number: int) -> None:
        self.acts.follow(self.view, self._lane, self._chosen)

    def _on_chosen(self, place: int) -> None:
        run = self.feed.run
        if run is None:
            return
        stay = run["run"]["stays"][place]
        self._chosen = -1 if stay["left_at"] is None else place
        if stay["left_at"] is None:
            self._lane = stay["lane"]
        self._draw()

    def _on_move(self, way: int) -> None:
        places = [node.place for node in self.tree.tree.nodes if node.place >= 0]
        if not places:
            return
        at = places.index(self._chosen) if self._chosen in places else len(places) - 1
        self._on_chosen(places[min(max(at + way, 0), len(places) - 1)])
        self.tree.go_to(self._chosen)

    def _on_lane(self) -> None:
        run, guide = self.feed.run, self.feed.guide
        if run is None or guide is None:
            return
        lanes = open_lanes(guide, run)
        if lanes:
            self._choose_lane(lanes[(lanes.index(self._lane) + 1) % len(lanes)] if self._lane in lanes else lanes[0])

    def _choose_lane(self, lane: str) -> None:
        self._lane, self._chosen = lane, -1
        self._draw()

    def _on_whole(self) -> None:
        self.tree.toggle_whole()
        self._draw()

    def _on_parent(self) -> None:
        run = self.feed.run
        if run is None:
            return
        others = [run["parent"]] if run["parent"] else [one for one in run["linked"] if one]
        if others:
            self._desk.ways.openRun.emit(int(others[-1]))

    def channel_in_hand(self) -> int:
        """Return the id of the channel that is walked for, 0 for none."""
        return int(self.feed.run["channel_id"]) if self.feed.run is not None else 0

    def _on_channel(self) -> None:
        run = self.feed.run
        if run is not None and run["channel_id"]:
            self._desk.ways.openChannel.emit(int(run["channel_id"]))

    def _on_picture(self) -> None:
        dialog = QFileDialog(self, "Attach a picture", "", _PICTURES)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptOpen)
        dialog.fileSelected.connect(self.acts.attach)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _make_actions(self) -> list[QAction]:
        said = (
            ("Next step in the tree", "J", partial(self._on_move, 1)),
            ("Previous step in the tree", "K", partial(self._on_move, -1)),
            ("Next lane", "L", self._on_lane),
            ("Whole guide, or the path only", "V", self._on_whole),
            ("The guide that led here, or that this leads to", "U", self._on_parent),
            ("Channel", "C", self._on_channel),
        )
        return [add_action(self, text, key, act, within=True) for text, key, act in said]

    def _connect(self) -> None:
        self.feed.changed.connect(self._on_changed)
        self.acts.told.connect(self.drawer.tell)
        self.acts.pictureWanted.connect(self._on_picture)
        self.card.answers.chosen.connect(self._on_answer)
        self.tree.tree.chosen.connect(self._on_chosen)
        self.head.laneChosen.connect(self._choose_lane)
        self.setFocusProxy(self.card)

    def _lay_out(self) -> None:
        middle = QHBoxLayout()
        middle.setContentsMargins(16, 8, 8, 8)
        middle.setSpacing(8)
        middle.addWidget(self.tree)
        middle.addWidget(self.card, 1)
        page = QVBoxLayout()
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.head)
        page.addLayout(middle, 1)
        self.place = DrawerPlace(self, page, self.drawer)
        add_action(self, "Verdict and people", "I", self.place.toggle, within=True)
