"""The board: the newest state of everything, and what changed since a revision."""

from noc_console.board.newest import Board
from noc_console.board.state import LOST_AFTER_S
from noc_console.board.told import SMALLEST_IS_WORST

__all__ = ["LOST_AFTER_S", "SMALLEST_IS_WORST", "Board"]
