"""Language tags (BCP 47, ISO 639) held beside each other: `en`, `eng` and `en-GB` are the same to an operator."""

from __future__ import annotations

# ISO 639-2 codes, both bibliographic and terminological, of languages that broadcasters carry
_PAIRS = (
    "ara:ar bul:bg cat:ca ces:cs cze:cs chi:zh zho:zh cmn:zh hrv:hr dan:da deu:de dut:nl ell:el eng:en est:et "
    "eus:eu baq:eu fas:fa per:fa fin:fi fra:fr fre:fr ger:de gle:ga glg:gl gre:el heb:he hin:hi hun:hu ice:is "
    "isl:is ind:id ita:it jpn:ja khm:km kor:ko lao:lo lav:lv lit:lt may:ms msa:ms mya:my bur:my nld:nl nor:no "
    "nob:nb pol:pl por:pt ron:ro rum:ro rus:ru slk:sk slo:sk slv:sl spa:es srp:sr swe:sv tam:ta tel:te tha:th "
    "tur:tr ukr:uk urd:ur vie:vi wel:cy cym:cy"
)
_THREE_TO_TWO = dict(pair.split(":") for pair in _PAIRS.split())


def language(tag: str) -> str:
    """Return the primary language of a tag in its shortest form: `eng` and `en-GB` give `en`."""
    primary = tag.strip().lower().replace("_", "-").partition("-")[0]
    return _THREE_TO_TWO.get(primary, primary)


def same_language(one: str, other: str) -> bool:
    """Say whether two tags name the same language, whatever the region."""
    return language(one) == language(other)
