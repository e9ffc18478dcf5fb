"""What can be done to a channel from the list; each act asks the agent and says what went wrong."""

from __future__ import annotations

from noc_console.views.desk import Desk
from noc_console.views.state import Json


class ChannelActs:
    """Commands to the agent about one channel."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def switch(self, channel: Json) -> None:
        """Disable an enabled channel and the other way round."""
        self._post(channel, "disable" if channel["enabled"] else "enable")

    def test_alarm(self, channel: Json) -> None:
        """Raise the alarm that clears itself."""
        self._post(channel, "test-alarm")

    def delete(self, channel: Json) -> None:
        """Remove a channel for good."""
        client = self._desk.agent.client
        if client is None:
            self._say_no_agent()
            return
        by = self._desk.operator.name or "operator"
        self._desk.tasks.start(client.delete(f"/channels/{channel['id']}", {"purge": True, "by": by}))

    def _post(self, channel: Json, verb: str) -> None:
        client = self._desk.agent.client
        if client is None:
            self._say_no_agent()
            return
        by = self._desk.operator.name or "operator"
        self._desk.tasks.start(client.post(f"/channels/{channel['id']}/{verb}", {"by": by}, {"by": by}))

    def _say_no_agent(self) -> None:
        self._desk.ways.say.emit("The agent does not answer; nothing was changed.")
