"""Does the draft deny a whole statement whose passage of the notes denies nothing: "had not fallen from 119 to 88"?

Words that carry a denial of their own are for `denials`; this is for verbs, numbers and phrases that no list has. It
tells only where the passage shares most of the statement, and holds no word by which notes deny, end or put off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.checks import scopes, vocabulary, wording, words
from app.checks.facts import Facts
from app.checks.finding import Evidence, Finding, block, said
from app.drafts.draft import Section
from app.notes.note import Note, Span

_DENIES = re.compile(
    r"\b(?:has|have|had|did|does|do|was|were|is|are|could|would) (?:not|never)\b(?! (?:only|yet))"
    r"|\b(?:has|had|have|showed|shows|there (?:was|were|is|are|has been)) no\b"
    r"(?! (?:longer|doubt|more than|further|other))"
    r"|\bnever\b",
    re.IGNORECASE,
)
# Whatever in the notes may be told as a denial.
_MAY_DENY = re.compile(
    r"\b(?:no\w*|not|nil|none|neg\w*|never|n/a|den(?:y|ie)\w*|without|w/o|declin\w*|refus\w*|fail\w*|stop\w*|off|held|hold"
    r"|withh\w*|ceas\w*|omit\w*|miss\w*|avoid\w*|free|clear\w*|normal|nl|nad|unremark\w*|absent\w*|lack\w*|un\w+|out"
    r"|rather|unless|pending|await\w*|yet|ex|quit|gave|intact|soft|resolved|gone|settled|defer\w*|postpon\w*|too|delay\w*"
    r"|poor\w*|hardly|cannot|\w+n['’]t|abandon\w*|incompl\w*|cancel\w*|instead|d/c\S*|discontin\w*|exclud\w*|ruled|lost"
    r"|contraind\w*|intol\w*|wait\w*|ran|strong|indep\w*|only|unchanged|same|stable|still|remain\w*|persist\w*|if|until|till?"
    r"|later|bare\w+|alone"
    r"|afeb\w*|apyr\w*|anict\w*|asympt\w*|nbi|nkda)\b|[-(]ve|\(-\)|\?|[无未否不阴拒停非]|\b0\b|- {2,}-|\s-\s+-?\s",
    re.IGNORECASE,
)
# Words by which a draft denies something, whatever it is.
_DENIES_TOO = re.compile(
    r"\b(?:no|not|nil|none|neg|negative|never|neither|nor|without|w/o|declin\w*|refus\w*|unless|absent|free of"
    r"|denie[sd]|exclud\w*|ruled out|unlikely|\w+n['\u2019]?t|rather than|gone|resolved)\b|[-(]ve\b|\?"
    r"|[无未否不阴拒停非]",
    re.IGNORECASE,
)
# Below these shares of its weight that stand in the passages a sentence is worded so freely that where its denial ends,
# or the notes' one, is a guess. Measured on two unseen batches: some 18 of 432 faithful sentences fewer alarm and 7 of
# 229 errors are lost, none on the first notes, whose errors keep the wording of the passage.
_FREELY_AFFIRMED, _FREELY_DENIED = 0.85, 0.7
_JOINED = re.compile(r",|\band\b|\bbut\b", re.IGNORECASE)
_LEAST, _MOST_PASSAGES, _ENOUGH, _SHARE = 2, 3, 3, 0.6


def of_sentence(note: Note, section: Section, sentence: Facts, spans: Sequence[Span]) -> Iterator[Finding]:
    """Compare what one sentence of a draft denies as a whole with the passages it rests on.

    Args:
        note: The notes.
        section: The sentence's section.
        sentence: What `facts` read of it.
        spans: The passages that the sentence rests on, best first.

    Yields:
        Findings of the kind `negation`; all block.
    """
    near = spans[:_MOST_PASSAGES]
    if any(_MAY_DENY.search(span.of(note.text)) for span in near):
        return
    for clause in scopes.clauses(section.text, sentence.span):
        denial = _DENIES.search(section.text, clause.start, clause.end)
        if not denial:
            continue
        stop = _JOINED.search(section.text, denial.end(), clause.end)
        said_so = Span(_start(section.text, clause.start, denial.start()), stop.start() if stop else clause.end)
        own = _keys(sentence.words, said_so)
        shared = max((len(own & _keys(words.inside(words.read(note.text), span), span)) for span in near), default=0)
        if len(own) >= _LEAST and shared >= _LEAST and (shared >= _ENOUGH or shared >= _SHARE * len(own)):
            place = Span(denial.start(), denial.end())
            message = said(wording.OPPOSITE, value=place.of(section.text), source=near[0].of(note.text).strip())
            yield block("negation", message, (near[0],), section=section.key, draft=place)


def is_unclear(note: Note, sentence: str, basis: Evidence | None, *, is_denied: bool) -> bool:
    """Tell whether draft and notes may well agree, although a word is denied on one side only.

    Args:
        note: The notes.
        sentence: The sentence of the draft.
        basis: What it rests on.
        is_denied: Whether it is the draft that denies the word.

    Returns:
        Whether the sentence is worded freely, and the side that seems to affirm the word denies something too.
    """
    if basis is None:
        return False
    if not is_denied:
        return basis.support < _FREELY_AFFIRMED and bool(_DENIES_TOO.search(sentence))
    near = basis.source_spans[:_MOST_PASSAGES]
    return basis.support < _FREELY_DENIED and any(_MAY_DENY.search(span.of(note.text)) for span in near)


def _start(text: str, start: int, denial: int) -> int:
    """Where the statement that is denied begins: its subject belongs to it, what is joined to it does not."""
    return max((match.end() for match in _JOINED.finditer(text, start, denial)), default=start)


def _keys(some: Sequence[words.Word], span: Span) -> set[str]:
    """What the words of a span tell; words that only tell a story are left out."""
    inside = (word for word in some if span.start <= word.start < span.end)
    return {word.key for word in inside if word.kind and word.key not in vocabulary.narrative()}
