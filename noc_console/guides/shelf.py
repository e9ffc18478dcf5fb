"""The set of guides an agent has: the shipped ones, and the site's own, which override by id and add."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from noc_console.guides.guide import Guide
from noc_console.guides.known import Vocabulary
from noc_console.guides.mistakes import Mistake, meant, quoted
from noc_console.guides.reading import Read, read_guide

SITE = "site/"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Guides by id, which of them are the site's own, and the mistakes of the files that gave none."""

    guides: Mapping[str, Guide]
    of_site: frozenset[str]
    mistakes: tuple[Mistake, ...]

    def for_alarm(self, alarm_type: str, named: str = "") -> Guide | None:
        """Return the playbook of an alarm type: the one the catalogue names, else the first that lists the type."""
        first = self.guides.get(named)
        if first is not None:
            return first
        fitting = (guide for guide in self.guides.values() if alarm_type in guide.alarms)
        return next(fitting, None)


def read_shelf(
    shipped: Mapping[str, str], site: Mapping[str, str] | None = None, vocabulary: Vocabulary | None = None
) -> Shelf:
    """Return the set from file name to text; a site's files are told as `site/NAME`.

    A site's guide that is broken leaves the shipped one of the same id in its place. A link to a guide that is not
    there is a mistake, but the guide that holds it stays usable: its other ways are whole.
    """
    of_shipped = [read_guide(name, text, vocabulary) for name, text in sorted(shipped.items())]
    of_site = [read_guide(SITE + name, text, vocabulary) for name, text in sorted((site or {}).items())]
    return shelf_of(of_shipped, of_site)


def shelf_of(of_shipped: Iterable[Read], of_site: Iterable[Read] = ()) -> Shelf:
    """Return the set of files that were read already, so that a changed file costs only itself."""
    shipped, own = list(of_shipped), list(of_site)
    guides: dict[str, Guide] = {}
    mistakes: list[Mistake] = []
    for group in (shipped, own):
        mistakes += _put(group, guides)
    names = frozenset(guide.id for read in own if (guide := read.guide) is not None)
    standing = [read for read in (*shipped, *own) if read.guide is not None and guides[read.guide.id] is read.guide]
    mistakes += _broken_links(standing, guides)
    return Shelf(dict(sorted(guides.items())), names, tuple(sorted(mistakes)))


def _put(group: list[Read], guides: dict[str, Guide]) -> Iterator[Mistake]:
    seen: dict[str, str] = {}
    for read in group:
        yield from read.mistakes
        if read.guide is None:
            continue
        if read.guide.id in seen:
            told = (
                f"The guide {quoted(read.guide.id)} is also in {quoted(seen[read.guide.id])}: keep one of the files."
            )
            yield Mistake(read.file, 1, 1, told)
            continue
        seen[read.guide.id] = read.file
        guides[read.guide.id] = read.guide


def _broken_links(reads: list[Read], guides: Mapping[str, Guide]) -> Iterator[Mistake]:
    for read in reads:
        for name, line, column in read.links:
            if name not in guides:
                text = f"The guide {quoted(name)} is not there, or is broken: correct the name or mend that file."
                yield Mistake(read.file, line, column, text + meant(name, guides))
