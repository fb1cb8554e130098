"""The letter's own words in each language it can be written in; the notes' words are never translated."""

from __future__ import annotations

from typing import Literal, get_args

from app.errors import SetupError

Language = Literal["en", "zh-CN"]

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip

# Names in the code, English, Chinese.
_LABELS: dict[str, tuple[str, str]] = {
    # facts of the header
    "name": ("Name", "姓名"),
    "born": ("Date of birth", "出生日期"),
    "sex": ("Sex", "性别"),
    "age": ("Age", "年龄"),
    "number": ("Hospital number", "住院号"),
    "nhs": ("NHS number", "国家医疗号"),
    "address": ("Address", "住址"),
    "gp": ("GP", "全科医生"),
    "referrer": ("Referred by", "转诊者"),
    "ward": ("Ward", "病区"),
    "consultant": ("Consultant", "主治医师"),
    "admitted": ("Admitted", "入院日期"),
    "method": ("Method", "入院方式"),
    "discharged": ("Discharged", "出院日期"),
    "destination": ("Destination", "离院去向"),
    "author": ("Completed by", "医师签名"),
    "copies": ("Copies to", "抄送"),
    # parts of a section, by the key of the draft's section
    "admission": ("Reason for admission", "入院原因"),
    "diagnoses": ("Diagnoses", "诊断"),
    "history": ("Past history", "既往史"),
    "course": ("Course", "病程"),
    "results": ("Results", "检查结果"),
    "procedures": ("Procedures", "手术操作"),
    "medications": ("Medicines", "用药"),
    "changes": ("Changes", "用药调整"),
    "allergies": ("Allergies", "过敏史"),
    "condition": ("Condition", "情况"),
    "social": ("Social and functional", "社会与功能状况"),
    "advice": ("Advice given", "健康教育"),
    "actions": ("Actions", "待办事项"),
    "pending": ("Results pending", "待回报结果"),
    # the three things first
    "diagnosis": ("Diagnosis", "诊断"),
    "first": ("First to do", "首要事项"),
    "list": (", ", "、"),
    # actions box and table of medicines
    "box": ("Actions and results to come", "待办事项与待回报结果"),
    "course end": ("Last day of a course", "疗程末日"),
    "owner": ("Who", "负责人"),
    "what": ("What", "事项"),
    "when": ("When", "时间"),
    "no owner": ("not stated", "未注明"),
    "no date": ("not stated", "未注明"),
    "medicine": ("Medicine", "药品"),
    "dose": ("How to take", "用法用量"),
    "status": ("Status", "状态"),
    "reason": ("Change and reason", "调整与原因"),
    "before": ("(before: {})", "（原：{}）"),
    "continued": ("continued", "继续"),
    "added": ("added", "新增"),
    "amended": ("amended", "调整"),
    "stopped": ("stopped", "停用"),
    "unclear": ("unclear", "不明"),
    "no reason": ("reason not documented", "原因未记录"),
    # states and stamps
    "not documented": ("Not documented in the pasted notes.", "所粘贴的病历中未记录。"),
    "absent": ("Not documented in the pasted notes", "所粘贴的病历中未记录"),
    "conflicting": ("CONFLICTING - choose before signing", "记录矛盾，签名前须选定"),
    "inferred": ("{} (date of the note)", "{}（据病历日期）"),
    "draft": ("DRAFT - not signed", "草稿 - 未签名"),
    "watermark": ("DRAFT", "草稿"),
    "signed": ("Signed by {name}, {at}", "签名：{name}，{at}"),
    "page": ("Page {} of {}", "第{}页 共{}页"),
    "provenance": ("How this letter was made", "本文书的生成信息"),
    "made": ("Drafted by {model} on this machine, checked by the program.", "由本机 {model} 起草，经程序核对。"),
    "hashes": (
        "Hashes: model {model}, prompt {prompt}, notes {input}, version {version}",
        "校验值：模型 {model}，提示词 {prompt}，病历 {input}，版本 {version}",
    ),
    "none": ("none", "无"),
    "incomplete": ("INCOMPLETE", "未完成"),
    # dates that are reckoned
    "about": ("about {}", "约{}"),
    "by": ("by about {}", "约{}前"),
    "range": ("{} to {}", "{}至{}"),
    "and": ("{written} ({reckoned})", "{written}（{reckoned}）"),
}


def label(name: str, language: Language) -> str:
    """Give a word or a sentence with placeholders.

    Args:
        name: Its name in the table.
        language: The letter's language.
    """
    return _LABELS[name][get_args(Language).index(language)]


def has(name: str) -> bool:
    """Tell whether there is a word of this name."""
    return name in _LABELS


def language_of(name: str) -> Language:
    """Read the name of a language: `en`, `zh-CN`, also as `zh` or `zh_CN`.

    Raises:
        SetupError: A letter cannot be written in it.
    """
    asked = name.lower().replace("_", "-")
    for one in get_args(Language):
        if asked in (one.lower(), one.split("-")[0].lower()):
            language: Language = one
            return language
    raise SetupError(name=f"The language {name}", why=f"a letter is written in one of {', '.join(get_args(Language))}")


def day(iso: str, language: Language) -> str:
    """Write a date (`YYYY-MM-DD`) or a month (`YYYY-MM`) as people of the language do.

    Months by name: no reader takes the day for the month.
    """
    year, month, *rest = (int(part) for part in iso.split("-"))
    if language == "zh-CN":
        return f"{year}年{month}月" + (f"{rest[0]}日" if rest else "")
    return " ".join([*(str(one) for one in rest), _MONTHS[month - 1], str(year)])
