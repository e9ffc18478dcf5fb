"""The card of the decision tree: counts above, the tree, and below where the suggested answer would lead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout

from noc_console.views.guide_path import MAIN, Node, State, likely, open_stay, step_of, title_of, way_words, ways
from noc_console.views.guide_tree import GuideTree
from noc_console.views.records_card import RecordsCard
from noc_console.views.theme import Theme

Json = Mapping[str, Any]


class TreeCard(RecordsCard):
    """Holds the tree in a scroll area."""

    def __init__(self, theme: Theme) -> None:
        self.tree = GuideTree(theme)
        self.scroller = QScrollArea()
        self.scroller.setWidget(self.tree)
        self.scroller.setWidgetResizable(True)
        self.scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        super().__init__(theme, "Decision tree", self.scroller)
        self._is_whole = False
        self.foot = QFrame()
        self.foot_title, self.foot_words, self.foot_keys = QLabel(), QLabel(), QLabel()
        self.foot_title.setProperty("look", "heading")
        self.foot_words.setProperty("look", "note")
        self.foot_words.setWordWrap(True)
        self.foot_keys.setProperty("look", "tertiary")
        self.foot_keys.setText("J K choose a step \u00b7 D disagree \u00b7 V whole guide")
        column = QVBoxLayout(self.foot)
        column.setContentsMargins(12, 8, 12, 12)
        column.setSpacing(4)
        for label in (self.foot_title, self.foot_words, self.foot_keys):
            column.addWidget(label)
        self.column.addWidget(self.foot)

    def toggle_whole(self) -> None:
        """Show every step of the guide, or the path only."""
        self._is_whole = not self._is_whole

    def show_nodes(self, guide: Json | None, run: Json | None, nodes: tuple[Node, ...], chosen: int) -> None:
        """Show the tree of a walk."""
        self.foot.setVisible(guide is not None)
        if guide is None or run is None:
            self.say("", "")
            self.tree.show_nodes((), -1)
            return
        answered = sum(one.state is State.DONE for one in nodes)
        is_open = sum(one.state is State.NOW for one in nodes)
        self.say("", f"{answered} answered, {is_open} open" if is_open else f"{answered} answered, ended")
        self.tree.show_nodes((*nodes, *self._rest(guide, nodes)), chosen)
        self._show_foot(guide, run)

    def go_to_open(self) -> None:
        """Scroll so that the open step is seen."""
        place = next((one.place for one in self.tree.nodes if one.state is State.NOW), -1)
        self.go_to(place)

    def go_to(self, place: int) -> None:
        """Scroll so that a step is seen."""
        box = self.tree.box_of(place)
        if not box.isEmpty():
            self.scroller.ensureVisible(0, int(box.center().y()), 0, int(box.height() / 2) + 90)

    def _rest(self, guide: Json, nodes: tuple[Node, ...]) -> list[Node]:
        if not self._is_whole:
            return []
        known, first = {one.step for one in nodes}, len(nodes) + 1
        others = [step["id"] for step in guide["steps"] if step["id"] not in known]
        return [Node(first + n, one, title_of(guide, one), State.COMING) for n, one in enumerate(others)]

    def _show_foot(self, guide: Json, run: Json) -> None:
        stands = open_stay(run, MAIN)
        ahead = likely(guide, run, MAIN)
        if stands is None or not ahead:
            self.foot_title.setText("No step is to come")
            self.foot_words.setText("")
            return
        step = step_of(guide, stands[1]["step"])
        key = str((run.get("suggested") or {}).get(stands[1]["step"]) or "")
        way = dict(ways(step)).get(key)
        said = f"If the answer is \u201c{way_words(key, way)}\u201d" if way is not None else "What comes next"
        self.foot_title.setText(said)
        end = title_of(guide, ahead[-1])
        self.foot_words.setText(f"Next: {title_of(guide, ahead[0])}.\nLikely end: {end}, {len(ahead)} steps on.")
