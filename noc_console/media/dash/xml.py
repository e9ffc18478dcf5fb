"""Bytes to an element tree that cannot hurt: no entities, no DTD, no network, bounds on size, depth and number."""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree

from noc_console.media.dash.model import BadMpd

MOST_BYTES = 8 * 1024 * 1024
MOST_ELEMENTS = 200_000
Element = etree._Element


def root_of(body: bytes) -> Element:
    """Return the MPD element; raises BadMpd with one sentence."""
    if len(body) > MOST_BYTES:
        raise BadMpd(f"The MPD has {len(body)} bytes, the limit is {MOST_BYTES}.")
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not start:
        raise BadMpd("The MPD is empty.")
    if start[:14].lower().startswith((b"<!doctype html", b"<html")):
        raise BadMpd("A web page was served instead of an MPD.")
    if b"<!ENTITY" in body:
        raise BadMpd("The MPD declares a document type with entities, which are not followed.", 1)
    parser = _parser(is_lenient=False)
    try:
        root = etree.fromstring(body, parser)
    except etree.XMLSyntaxError as error:
        root = _without_namespaces(body, error, parser)
    except (ValueError, LookupError) as error:
        raise BadMpd(f"The MPD is no valid XML: {_one_line(str(error))}") from None
    _check(root)
    return root


def name(element: Element) -> str:
    """Return the tag without its namespace."""
    return str(element.tag).rpartition("}")[2]


def kids(element: Element, *names: str) -> Iterator[Element]:
    """Yield the children of the given names, whatever their namespace."""
    for child in element:
        if isinstance(child.tag, str) and child.tag.rpartition("}")[2] in names:
            yield child


def kid(element: Element, tag: str) -> Element | None:
    """Return the first child of a name."""
    return next(kids(element, tag), None)


def text_of(element: Element) -> str:
    """Return the text of an element without white space around it, bounded."""
    return (element.text or "").strip()[:4096]


def line_of(element: Element) -> int:
    """Return the line an element stands on, 0 where it is not known."""
    line = element.sourceline
    return line if isinstance(line, int) else 0


def _parser(*, is_lenient: bool) -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True, recover=is_lenient,
    )  # fmt: skip


def _without_namespaces(body: bytes, error: etree.XMLSyntaxError, parser: etree.XMLParser) -> Element:
    """Read once more what is wrong only in an undeclared prefix: many players live with that."""
    bad = BadMpd(f"The MPD is no valid XML: {_one_line(str(error.msg))}", error.lineno or 0)
    # the parser's own log: that of the exception still holds the errors of earlier documents
    if any(one.type_name != "NS_ERR_UNDEFINED_NAMESPACE" for one in parser.error_log):
        raise bad from None
    root = etree.fromstring(body, _parser(is_lenient=True))
    if root is None:
        raise bad from None
    return root


def _check(root: Element) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise BadMpd("The MPD declares a document type: entities are not followed.", 1)
    if name(root) != "MPD":
        raise BadMpd(f"The document is a {name(root)[:40]!r}, not an MPD.", line_of(root))
    for count, _ in enumerate(root.iter(), 1):
        if count > MOST_ELEMENTS:
            raise BadMpd(f"The MPD has more than {MOST_ELEMENTS} elements.")


def _one_line(text: str) -> str:
    return " ".join(text.split())[:200].rstrip(".") + "."
