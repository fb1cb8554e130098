"""Every sentence a check may say, with named placeholders: the one table to translate."""

from __future__ import annotations

# Identity.
DIFFERENT_VALUES = "{count} different values of {what} stand in these notes."
DIFFERENT_PEOPLE = "The notes speak of people of different age or sex, and nothing shows that they are one patient."

# Progress.
INCOMPLETE = "{section}: {problem}"
NOT_USED = "{percent} % of the notes was not used."
NOT_USED_WHY = "{percent} % of the notes was not used: {why}."
CONDENSED = "{percent} % of the notes was condensed before it was read."

# Support.
NO_SUPPORT = "No passage of the notes supports this sentence: {sentence}"
NOT_MENTIONED = "The notes do not mention {what}."
NOT_BORNE_OUT = "This sentence does not seem to say what the notes say: {sentence} The notes: {source}"
NOT_READ_AGAIN = (
    "The second reader's files are damaged, so only the rules checked this draft: read it with more care, "
    "and ask IT to install the program again."
)

# Numbers, doses, dates. `value` is the draft's, `source` the notes'.
NUMBER_DIFFERS = "The draft says {value}, the notes say {source}."
NUMBER_OF_DIFFERS = "{subject}: the draft says {value}; the notes say {source}."
NUMBER_ABSENT = "The draft says {value}; the notes have no such value."
NUMBER_OF_ABSENT = "{subject}: the draft says {value}; the notes have no such value."
NUMBER_SWAPPED = "The draft gives {value} for {subject}; the notes give {source}."
NUMBER_ELSEWHERE = "The draft says {value}; the passage it rests on says {source}."
UNIT_DIFFERS = "The draft says {value}; the notes use another unit: {source}."
UNIT_OF_DIFFERS = "{subject}: the draft says {value}; the notes use another unit: {source}."
DRUG_ABSENT = "The notes do not mention {drug}."
FREQUENCY_DIFFERS = "{drug}: the draft says {value}, the notes say {source}."
FREQUENCY_ABSENT = "{drug}: the notes do not say how often; the draft says {value}."
ROUTE_DIFFERS = "{drug}: the draft says {value}, the notes say {source}."
ROUTE_ABSENT = "{drug}: the notes do not say how it is given; the draft says {value}."
DOSE_MIXED = "{drug}: the notes give this dose, route and frequency, but never together: {source}."
DATE_IMPOSSIBLE = "No calendar has the date {value}."
DATE_ABSENT = "The date {value} does not stand in the notes."
DATE_DIFFERS = "The draft says {value}; the passage it rests on says {source}."
EVENT_DATE_DIFFERS = "The draft says {event} {value}; the notes say {source}."
TIME_ABSENT = "The time {value} does not stand in the notes."
YEAR_ABSENT = "The year {value} does not stand in the notes."
AGE_DIFFERS = "The draft says {value}; by the notes the patient is {source}."
STAY_DIFFERS = "The draft says {value}; from admission to discharge it is {source} days."

# Assertions.
FLIP_NEGATED = "The draft says there is no {what}; the notes say there is."
FLIP_AFFIRMED = "The draft says {what}; the notes deny it."
FLIP_CERTAIN = "The draft takes {what} as certain; the notes do not."
FLIP_UNCERTAIN = "The draft is unsure about {what}; the notes are not."
FLIP_PAST = "The draft calls {what} past; the notes speak of it as present."
FLIP_CURRENT = "The draft calls {what} present; the notes speak of it as past."
FLIP_PLANNED = "The draft says {what} is planned; by the notes it was done."
FLIP_DONE = "The draft says {what} was done; in the notes it is planned."
FLIP_RELATIVE = "The draft says {what} of a relative; the notes say it of the patient."
FLIP_PATIENT = "The draft says {what} of the patient; the notes say it of a relative."
FLIP_OTHER_RELATIVE = "The draft says {what} of another relative than the notes do."
SIDE_DIFFERS = "The draft says {value} {what}; the notes say {source}."
OPPOSITE = "The draft says {value}; the passage it rests on says {source}."
DIRECTION = "The words and the values do not agree: {value}."
STOP_ABSENT = "The notes do not say that {drug} was {value}."
ACTION_DENIED = "The draft says {drug} was {value}; the notes say it was not or should not be."
ACTION_DONE = "The draft says {drug} was not {value}; the notes say it was."
NOT_ALLERGIC = "The draft calls {drug} an allergy; the notes name it otherwise only."
ALLERGIC = "The draft says {drug} is taken or given; the notes name it as an allergy only."
ALLERGY_DENIED = "The draft says there is no allergy; the notes name one."
ACTION_DIFFERS = "The draft says {drug} was {value}; the notes say {source}."

# Medicines.
REASON_ABSENT = "{drug} was {status}; the notes give no reason."
LIST_DIFFERS = "{drug}: the draft's list says {value}; the list at discharge in the notes says {source}."
STOPPED_LISTED = "The draft lists {drug}; by the notes it was stopped."
REASON_NOT_DOCUMENTED = "reason not documented"

# Omissions.
OMITTED = "Not in the draft: {what}: {quote}"
ALLERGY = "allergy"
REACTION = "reaction to a drug"
CODE_STATUS = "resuscitation status"
MEDICINE = "medicine"
COURSE = "course that goes on after discharge"
STOPPED_MEDICINE = "stopped medicine"
PENDING = "pending result"
FOLLOW_UP = "follow-up"
DIAGNOSIS = "diagnosis"
RESULT = "abnormal result"
PROCEDURE = "procedure"
DEVICE = "device"

# Contradictions between documents. Dates are those of the documents; `undated` where there is none.
CONTRADICTION = (
    "{what}: {date}: \u201c{quote}\u201d \u2014 {other_date}: \u201c{other_quote}\u201d. Choose which is right."
)
UNDATED = "undated"
ABOUT_ALLERGY = "Allergies differ"
ABOUT_WEIGHT = "Weights differ by more than a tenth"
ABOUT_ANTICOAGULANT = "Anticoagulants differ"
ABOUT_CODE = "Resuscitation status differs"
ABOUT_DIAGNOSIS = "One document confirms {what}, another denies it"
ABOUT_SIDE = "The side differs"
ABOUT_DATE = "The date of {event} differs"

# Completeness. `heading` is a heading of the chosen standard.
MANDATORY_ABSENT = "{heading}: the standard demands it, and it is not documented. Complete it before signing."
REQUIRED_ABSENT = "{heading}: not documented. Add it if it is known."
LEFT_OUT = "{section}: the draft has text here, but the template has no heading for it, so it is not in the letter."
TOO_LONG = "{heading}: {words} words; the template asks for at most {most}."
CONFLICTING = "{heading}: what stands there contradicts itself. Choose which is right."

# Copies.
COPIED_FORWARD = "{count} sentences stand word for word in documents of different days; findings may be copied forward."

# Repair.
REPAIRED = "{section}: {problem}"
REPLACED = "Sentences that the notes do not bear out, replaced by the notes' own words: {count}."
REDRAFTED = "Sentences that the notes do not bear out, written anew: {count}."
REMOVED = "Sentences without any support in the notes, removed: {count}."
