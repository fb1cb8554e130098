"""A stay and its draft, as the program copies it, with a person's changes; no model is needed."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from app import paths
from app.cli.common import read_files
from app.drafts.assemble import copied, not_documented
from app.drafts.draft import Draft, Section, Stamp
from app.notes import intake, segments
from app.notes.note import Note
from app.prompts.select import select
from tests.fakes import known_tasks

MADE_AT = "2026-11-24T09:30:00+00:00"


@cache
def stay() -> Note:
    """The sample stay."""
    files = read_files([str(paths.resources() / "samples" / "stay")])
    return segments.gather([(name, intake.read_bytes(content)) for name, content in files])


def draft_of(note: Note, **texts: str) -> Draft:
    """The draft of a discharge letter: copied from the notes, but for the texts given."""
    task = known_tasks()["discharge-letter"]
    sections = []
    for section in task.sections:
        spans = select(note, task, section) if section.reads != "rest" else ()
        sections.append(copied(section, note, spans) if spans else not_documented(section))
    changed = [replace(one, text=texts[one.key], state="written") if one.key in texts else one for one in sections]
    keys = {one.key for one in changed}
    changed += [Section(key, key, text, "written") for key, text in texts.items() if key not in keys]
    return Draft(task.name, task.title, tuple(changed), (), Stamp("a" * 64, "b" * 64, note.sha256, "scripted@1"), "")


@cache
def chinese_stay() -> Note:
    """A stay in Chinese, two documents."""
    documents = (
        """入院记录 2026年6月9日
姓名：王建国  性别：男  年龄：68岁  住院号：ZY0098231
科室：心内科
主诉：活动后气促3周，加重2天。
现病史：患者3周前活动后气促，夜间不能平卧，双下肢水肿。无胸痛，无发热。
既往史：高血压病10年，2型糖尿病8年。
个人史：与老伴同住，生活自理。
过敏史：青霉素过敏，曾出现皮疹。
入院前用药：
硝苯地平缓释片 30mg 每日一次
二甲双胍 500mg 每日两次
阿司匹林 100mg 每日一次
辅助检查：心电图示心房颤动，心率112次/分。NT-proBNP 5200 pg/mL，肌酐 128 μmol/L。
入院诊断：
1. 心力衰竭
2. 心房颤动
3. 高血压病
""",
        """出院记录 2026年6月18日
出院日期：2026年6月18日
诊疗经过：予呋塞米静脉利尿，气促缓解，体重下降5kg。超声心动图示LVEF 38%。加用利伐沙班抗凝，停用阿司匹林以减少出血风险。
出院诊断：
1. 射血分数降低的心力衰竭
2. 持续性心房颤动
3. 高血压病
4. 2型糖尿病
出院情况：气促缓解，双肺无啰音，下肢无水肿，可平地行走。
出院带药：
呋塞米 20mg 每日一次
利伐沙班 15mg 每日一次
美托洛尔 25mg 每日两次
二甲双胍 500mg 每日两次
待回报：甲状腺功能。
随访：2周后心内科门诊复查肾功能及电解质。社区医生每月监测血压。
健康教育：嘱患者每日称体重，低盐饮食。
""",
    )
    return segments.gather([(f"{number}.txt", intake.clean(text)) for number, text in enumerate(documents, 1)])
