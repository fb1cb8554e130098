"""Who is to do something: the notes' word for a person, a team or a place, never a guess."""

from __future__ import annotations

import re

_SPECIALTY = (
    r"(?:cardio(?:logy|thoracics?)|ortho(?:p(?:a?edics?))?|trauma|fracture|respiratory|chest|neuro(?:logy"
    r"|surgery)|urology|renal"
    r"|nephrology|gastro(?:enterology)?|hepatology|liver|h(?:a?ematology)|oncology|dermatology|rheumatology"
    r"|endocrin(?:e|ology)"
    r"|diabet(?:es|ic)|geriatrics?|elderly care|vascular|ent|ophthalmology|eye|p(?:a?ediatrics?)|gyna?e\w*"
    r"|obstetrics?|antenatal"
    r"|psychiatry|psychology|radiology|microbiology|pain|palliative(?: care)?|maxfax|plastics|colorectal|breast"
    r"|stroke|tia"
    r"|heart failure|anticoag\w*|warfarin|surgery|medicine|dental|pulm\w*|transplant|wound(?: care)?|memory|falls|bone"
    r"|memory|virtual ward|haemodialysis|dialysis|infectious diseases?|id|pre-?op\w*|urogyna?e\w*)"
)
_PERSON = (
    r"(?:gp(?: surgery| practice)?|g\.p\.|general practitioner|family (?:doctor|physician)|pcp"
    r"|primary care(?: (?:provider|physician|doctor|team|clinician))?|practice(?: nurse)?|surgery"
    r"|(?:[\w-]+ ){0,2}?nurses?|midwi(?:fe|ves)"
    r"|health visitor|pharmac(?:ist|y)|physio(?:therap(?:ist|y))?|pt/ot|occupational therap(?:ist|y)|ots?"
    r"|dieti[ct]ian|nutritionist"
    r"|speech(?: and language)? therap(?:ist|y)|salt|social worker|social services|care ?(?:co-?ordinator"
    r"|manager)|carers?"
    r"|wards?|hospital|patient|pt|parents?|family|daughter|son|wife|husband|mother|father|mum|dad|partner|sister"
    r"|brother|spouse|nok"
    r"|next of kin|snf|nursing home|care home|home health(?: rn)?|hospice(?: team)?|rn|school|dentist|optician"
    r"|optometrist"
    r"|podiatr(?:ist|y)|chiropodist|consultant|registrar|sho|f[y]?[12]|secretary|medical team|resident|case manager"
    r"|intensivist|surgeons?|physicians?|specialists?|oncologist|cardiologist|neurologist|urologist|nephrologist"
    r"|psychiatrist"
    r"|(?:[\w-]+ ){1,3}?(?:team|clinic|service|unit|centre|center|outpatients?|liaison)|team|clinic|outpatients?)"
)
_NAMED = r"(?:(?:Dr|Mr|Mrs|Ms|Miss|Prof(?:essor)?)\.?\s+(?:[A-Z]\.\s*)*[A-Z][\w'\u2019-]+)"
_A = r"(?:(?:the|an?|his|her|their|your|our|local|own|usual)\s+)*"
_LEAD = r"(?:^|[;,:.]\s*|\bplease\s+|\band\s+)"
_DOES = (
    r"(?:to|will|should|must|can|could|may|is to|are to|(?:has|have) (?:kindly )?agreed to|(?:has|have|is|are"
    r"|was|were)(?: been)?"
    r" (?:asked|requested|advised|told|instructed|reminded|due) to|please|kindly)\s+(?:please\s+|kindly\s+"
    r"|also\s+)?(?!be\b)"
)
_SUBJECT = re.compile(
    rf"{_LEAD}{_A}(?P<who>{_NAMED}|{_PERSON}|{_SPECIALTY})(?:\s*\([^()]*\))?,?\s+{_DOES}[a-z]", re.IGNORECASE
)
# Any other words before "to" with a small letter behind: "Cheltenham rehab to chase". Things do these verbs too.
_OPEN = re.compile(
    rf"{_LEAD}(?P<who>(?:the\s+)?[A-Za-z][\w&/'\u2019-]*(?:\s+[\w&/'\u2019-]+){{0,3}}?)\s+(?:to|will)\s+(?!be\b)"
    r"(?P<verb>arrange|check|chase|review|repeat|refer|see|contact|call|phone|book|organi[sz]e|monitor|send"
    r"|discuss|follow|visit"
    r"|assess|remove|inform|write|update|titrate|consider|prescribe|request|take over|recheck|measure|provide"
    r"|supply|collect)\b",
    re.IGNORECASE,
)
_WE = re.compile(
    rf"{_LEAD}(?:we|i)\s+(?:will|shall|plan to|aim to|are going to|have arranged|would like to)\b|我们将", re.IGNORECASE
)
_PATIENT = re.compile(
    rf"{_LEAD}(?:s?he|they)\s+(?:will|should|must|is to|are to|(?:has|have|is|was) (?:been )?(?:asked|advised"
    rf"|told) to)\s+"
    r"(?:self-\w+|book|call|phone|ring|contact|make|arrange|collect|weigh|keep|monitor|register|bring|measure"
    r"|record)\b",
    re.IGNORECASE,
)
_AGENTS = (
    re.compile(
        rf"\b(?:by|with|via|from)\s+{_A}(?P<who>{_NAMED}|{_PERSON}|{_SPECIALTY}(?=\s*(?:[.,;]|$|in\b|on\b"
        rf"|within\b)))(?![\w-])",
        re.IGNORECASE,
    ),
    re.compile(rf"\b(?:see|seen by|contact|call|visit)\s+{_A}(?P<who>{_NAMED}|{_PERSON})(?![\w-])", re.IGNORECASE),
    re.compile(
        rf"^{_A}(?P<who>(?:[\w/'\u2019&-]+\s+){{1,4}}?(?:clinic|outpatients?|team)|{_SPECIALTY})(?:\s*\([^()]*\))?"
        r"(?:\s+(?:follow[- ]?up|f/?u|review|opa?|opd|appointment|appt|outpatients?))?\b(?![-/])(?!\s+(?:to be"
        r"|referral))",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b(?:at|to|in)\s+(?:(?:the|his|her)\s+)*(?P<who>gp (?:surgery|practice)|surgery|practice)\b(?!\s+nurse)",
        re.IGNORECASE,
    ),
    re.compile(r"\b(?P<who>gp|g\.p\.|general practitioner|pcp)\b", re.IGNORECASE),
    re.compile(
        r"\b(?:in|at|to|under)\s+(?:the\s+|an?\s+)?(?P<who>(?:[A-Za-z-]+\s+){0,3}?(?:clinic|team|service"
        r"|outpatients?))\b",
        re.IGNORECASE,
    ),
)  # fmt: skip
_CHINESE = re.compile(
    r"(?P<who>社区(?:医[生师]|护士|医院|卫生服务中心)|(?:家庭|签约|全科|责任|主管|专科)+医[生师]|[一-鿿]{2,6}?(?:门诊|诊所)"
    r"|(?:社区|责任|专科)?护士|[一-鿿]{1,5}科(?=随访|复诊|会诊|就诊|复查)|患者|病人|家属|本院|我科)"
)
_BEFORE_CHINESE = re.compile(r"^.*(?:[天日周月年]内?后?|[后由请至到于嘱赴])(?=[一-鿿])")
_NO_SUBJECT = re.compile(
    r"(?:plan|needs?|aim|due|continue|able|advised|referred?|refer|asked|wishes|wants|has|have|is|are|was"
    r"|return(?:s|ed)?"
    r"|discharged?|agreed|likely|unable|hoping|go|goes|used|ready|bloods?|dose|listen|attend|come|according"
    r"|report|not|it"
    r"|this|that|there|s?he|they|we|i|you|which|who|and|or|if|when|please|results?|swelling|pain|wound|symptoms?)",
    re.IGNORECASE,
)
_OURS = "We (hospital team)"


def read(what: str) -> str:
    """Find who is to do what a sentence asks for.

    Args:
        what: One sentence.

    Returns:
        The notes' words, without an article; "We (hospital team)" where those who write say "we", `patient` where the
        patient is only "she"; empty where the sentence names nobody.
    """
    if match := _SUBJECT.search(what):
        return _plain(match["who"])
    if _WE.search(what):
        return _OURS
    if _PATIENT.search(what):
        return "patient"
    if (match := _CHINESE.search(what)) is not None:
        return _BEFORE_CHINESE.sub("", match["who"])
    match = _OPEN.search(what)
    if (
        match
        and not _NO_SUBJECT.fullmatch(match["who"].split()[-1])
        and not _NO_SUBJECT.fullmatch(match["who"].split()[0])
    ):
        return _plain(match["who"])
    found = (match["who"] for pattern in _AGENTS if (match := pattern.search(what)))
    return next((_plain(who) for who in found if not _NO_SUBJECT.fullmatch(who.split()[0])), "")


def _plain(who: str) -> str:
    return re.sub(r"^(?:the|an?|his|her|their|your|our)\s+|['\u2019]s$", "", who.strip(), flags=re.IGNORECASE)
