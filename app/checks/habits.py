"""Does the patient smoke, drink or use drugs, did so once, or never did?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from app.checks import wording
from app.checks.facts import Facts
from app.checks.finding import Finding, block, said
from app.drafts.draft import Section
from app.notes.note import Note, Span

_FAMILY = r"(?:mother|father|brother|sister|mum|mom|dad|husband|wife|partner|parents?|son|daughter|family)"
_WHAT = {
    "smoking": r"(?:smok\w*|tobacco|tob|cigarettes?|cigs?|vap\w+)",
    "alcohol": r"(?:alcohol\w*|etoh|drink(?:s|ing|er)|drank|drunk)",
    "drugs": r"(?:cannabis|marijuana|weed|thc|cocaine|heroin|ivdu|recreational drugs|illicit(?:s| drugs)?)",
}
_VERBS = {"smoking": "smoke", "alcohol": "drink", "drugs": "inject"}
_MEASURE = {"smoking": r"(?:ppd|/ ?d(?:ay)?|(?:a|per) day)", "alcohol": r"(?:units|std|drinks)", "drugs": r"joints"}
_CHINESE = {"smoking": "(?:吸烟|抽烟|戒烟)", "alcohol": "(?:饮酒|喝酒|戒酒)", "drugs": "(?:吸毒|戒毒)"}
_GAVE_UP = {"smoking": "戒烟", "alcohol": "戒酒", "drugs": "戒毒"}
# Before or behind the habit, in its part of the sentence.
_NEVER = r"(?:non|nil|no|never|denie[sd]|denying|teetotal|lifelong non|without|0)"
_ONCE = (
    r"(?:ex|former(?:ly)?|quit|stopp?e?d?|gave up|given up|ceased|prev(?:ious(?:ly)?)?|used to|past|abstinent|clean"
    r"|until|till|no longer)"
)


def _compiled(habit: str) -> tuple[re.Pattern[str], re.Pattern[str], re.Pattern[str]]:
    what, chinese = _WHAT[habit], _CHINESE[habit]
    gap = r"[^.;,\n]{0,14}"
    never = rf"\b{_NEVER}\b[- ]?{gap}\b{what}\b|\b{what}\b\s?[:=\u2013-]*\s?(?:nil|none|no|never|denie[sd]|0)\b"
    never += (
        rf"|\b(?:does|do|did|has|is|was)(?: not|n['’]t)(?: a| currently| ever)? (?:smoke|drink|use {what}|{what})\b"
    )
    never += rf"|(?:不|无|否认|从不)(?:史)?{chinese}"
    once = rf"\b{_ONCE}\b[- ]?{gap}\b{what}\b|\b{what}\b[^.;\n]{{0,16}}\b{_ONCE}\b"
    once += rf"|{chinese}[^。；]{{0,14}}戒|{_GAVE_UP[habit]}"
    if habit == "alcohol":
        never += r"|\bteetotal\w*|\bdoes(?: not|n['’]t) drink"
    if habit == "smoking":
        never += r"|\b(?:life(?:long|-long) )?never[- ]smok\w+|\bnon-?smok\w+"
    now = r"\b(?:smokes|vapes|drinks(?! (?:well|normally|fluids|water|poorly))"
    now += r"|is (?:still |currently )?(?:an? |a current |an active |a heavy )?"
    now += rf"(?:smok\w+|drink\w+)|uses {what}"
    now += rf"|(?:still|current(?:ly)?|active|heavy|continues to|ongoing)(?: \w+)? {what})"
    now += rf"|\b(?:\d+|\w+teen|\w+ty|one|two|three|four|five|six|eight|ten) ?{_MEASURE[habit]}\b|\bsocial {what}"
    now += rf"|(?<![不无未认戒]){chinese}(?!史)"
    return tuple(re.compile(one, re.IGNORECASE) for one in (never, once, now))  # type: ignore[return-value]


_HABITS = {habit: _compiled(habit) for habit in _WHAT}
_OWN = {habit: re.compile(rf"\b{what}\b|{_CHINESE[habit]}", re.IGNORECASE) for habit, what in _WHAT.items()}
_PART = re.compile(r"[^.;。；\n]+")
_NOT_YET = re.compile(
    r"\b(?:ready|wants?|willing|advised|encouraged|trying|keen|plans?"
    r"|hopes?|help|counselled|how) to (?:quit|stop|give up|cut)\w*",
    re.IGNORECASE,
)
_JOINED = re.compile(r",|\b(?:but|and)\b|，", re.IGNORECASE)
_RELATIVE = re.compile(rf"\b{_FAMILY}\b", re.IGNORECASE)


def of_sentence(note: Note, section: Section, sentence: Facts) -> Iterator[Finding]:
    """Compare what one sentence of a draft says of the patient's habits with the notes.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.

    Yields:
        Findings of the kinds `time` and `negation`; all block.
    """
    own = sentence.span.of(section.text)
    if _RELATIVE.search(own):
        return
    for habit in _HABITS:
        mine = _answer(own, habit)
        theirs = [(one, place) for one, place in _read(note.text, habit) if one] if mine else []
        against = [one for one in ("never", "once", "now") if one != mine]
        if mine == "never" and not re.search(r"\bnever|life|从不", own, re.IGNORECASE):
            against = ["now"]  # "does not smoke" holds of one who gave it up
        if theirs and all(one in against for one, _ in theirs):
            found = _OWN[habit].search(own)
            start = sentence.span.start + (found.start() if found else 0)
            place = Span(start, sentence.span.start + (found.end() if found else len(own)))
            kind = "negation" if "never" in (mine, theirs[0][0]) else "time"
            message = said(wording.OPPOSITE, value=own.strip(), source=theirs[0][1].of(note.text).strip())
            yield block(kind, message, (theirs[0][1],), section=section.key, draft=place)


def _read(text: str, habit: str) -> Iterator[tuple[str, Span]]:
    """What each part of the notes that names a habit says of it; empty where it does not tell."""
    for part in _PART.finditer(text):
        if _OWN[habit].search(part[0]) and not _RELATIVE.search(part[0]):
            yield _answer(part[0], habit), Span(part.start(), part.end())


def _answer(text: str, habit: str) -> str:
    """What a text says of a habit; what stands with another one says nothing of it."""
    others = [pattern for name, pattern in _OWN.items() if name != habit]
    cuts = [one.start() for one in _JOINED.finditer(text)]
    parts = [text[start:end] for start, end in pairwise([0, *cuts, len(text)])]
    own = "".join(part for part in parts if _OWN[habit].search(part) or not any(other.search(part) for other in others))
    return _of_one(own, habit) if _OWN[habit].search(own) else ""


def _of_one(text: str, habit: str) -> str:
    never, once, now = _HABITS[habit]
    text = _NOT_YET.sub("", text)
    names: tuple[tuple[str, re.Pattern[str]], ...] = (("once", once), ("never", never), ("now", now))
    return next((name for name, pattern in names if pattern.search(text)), "")
