<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>Acts</name>
    <message>
        <source>Notes ({kinds})</source>
        <translation>病历（{kinds}）</translation>
    </message>
    <message>
        <source>Open notes</source>
        <translation>打开病历</translation>
    </message>
    <message>
        <source>Put the caret into a section first, then copy it.</source>
        <translation>请先把光标放在某个部分，再复制。</translation>
    </message>
    <message>
        <source>Copied. The clipboard is cleared in {n} seconds.</source>
        <translation>已复制。剪贴板将在 {n} 秒后清空。</translation>
    </message>
    <message>
        <source>Title of this case</source>
        <translation>此病例的标题</translation>
    </message>
    <message>
        <source>Rename</source>
        <translation>重命名</translation>
    </message>
    <message>
        <source>Saved. Typing is saved by itself, too; this kept a version to come back to.</source>
        <translation>已保存。输入内容也会自动保存；这次另外保留了一个可恢复的版本。</translation>
    </message>
    <message>
        <source>Put the caret into a sentence of the draft. One with a wavy line has no source.</source>
        <translation>请把光标放在草稿的某句话中。带波浪线的句子没有出处。</translation>
    </message>
    <message>
        <source>About Epicrisis</source>
        <translation>关于 Epicrisis</translation>
    </message>
    <message>
        <source>Epicrisis drafts and checks clinical text on this machine alone. Every draft needs a doctor&apos;s eyes before it is used: the doctor decides, the doctor signs.</source>
        <translation>Epicrisis 只在本机撰写和核对临床文书。每份草稿使用前都须经医生审阅：由医生决定，由医生签名。</translation>
    </message>
</context>
<context>
    <name>CasesPane</name>
    <message>
        <source>Nothing found.</source>
        <translation>没有找到。</translation>
    </message>
    <message>
        <source>No cases yet. Paste notes to begin one.</source>
        <translation>还没有病例。粘贴病历即可新建。</translation>
    </message>
    <message>
        <source>Cases</source>
        <translation>病例</translation>
    </message>
    <message>
        <source>New</source>
        <translation>新建</translation>
    </message>
    <message>
        <source>New case</source>
        <translation>新建病例</translation>
    </message>
    <message>
        <source>Search notes and letters</source>
        <translation>搜索病历和文书</translation>
    </message>
    <message>
        <source>Which cases to list</source>
        <translation>列出哪些病例</translation>
    </message>
    <message>
        <source>List of cases</source>
        <translation>病例列表</translation>
    </message>
    <message>
        <source>All, unsigned first</source>
        <translation>全部（未签名在前）</translation>
    </message>
    <message>
        <source>Unsigned</source>
        <translation>未签名</translation>
    </message>
    <message>
        <source>Signed</source>
        <translation>已签名</translation>
    </message>
    <message>
        <source>Sample case</source>
        <translation>示例病例</translation>
    </message>
    <message>
        <source>✓ signed</source>
        <translation>✓ 已签名</translation>
    </message>
    <message>
        <source>○ draft, not signed</source>
        <translation>○ 草稿，未签名</translation>
    </message>
    <message>
        <source>○ notes only</source>
        <translation>○ 仅有病历</translation>
    </message>
    <message>
        <source>signed letter</source>
        <translation>已签名文书</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Remove the content of this case for good…</source>
        <translation>永久删除此病例的内容…</translation>
    </message>
    <message>
        <source>Remove the notes and drafts of this case for good? Hashes and times stay in the audit trail. Backups that were made before still hold the text: remove those too if nobody may read it again.</source>
        <translation>要永久删除此病例的记录和草稿吗？哈希值和时间会保留在审计记录中。此前做的备份仍含有原文：如果不允许任何人再读到，请把这些备份也一并删除。</translation>
    </message>
    <message>
        <source>Remove this case</source>
        <translation>删除此病例</translation>
    </message>
</context>
<context>
    <name>CommandList</name>
    <message>
        <source>Commands</source>
        <translation>命令</translation>
    </message>
    <message>
        <source>Type a command</source>
        <translation>输入命令</translation>
    </message>
    <message>
        <source>Not possible at the moment.</source>
        <translation>目前无法执行。</translation>
    </message>
</context>
<context>
    <name>Commands</name>
    <message>
        <source>&amp;File</source>
        <translation>文件(&amp;F)</translation>
    </message>
    <message>
        <source>&amp;Edit</source>
        <translation>编辑(&amp;E)</translation>
    </message>
    <message>
        <source>&amp;Letter</source>
        <translation>文书(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;View</source>
        <translation>视图(&amp;V)</translation>
    </message>
    <message>
        <source>&amp;Help</source>
        <translation>帮助(&amp;H)</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Language of the window</source>
        <translation>窗口语言</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>New case</source>
        <translation>新建病例</translation>
    </message>
    <message>
        <source>Open files…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Paste as new documents</source>
        <translation>粘贴为新文档</translation>
    </message>
    <message>
        <source>Preview and export…</source>
        <translation>预览和导出…</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>打印…</translation>
    </message>
    <message>
        <source>Lock</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>设置…</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Redo</source>
        <translation>重做</translation>
    </message>
    <message>
        <source>Search notes and letters</source>
        <translation>搜索病历和文书</translation>
    </message>
    <message>
        <source>Rename this case…</source>
        <translation>重命名此病例…</translation>
    </message>
    <message>
        <source>Copy this section</source>
        <translation>复制此部分</translation>
    </message>
    <message>
        <source>Save a version</source>
        <translation>保存版本</translation>
    </message>
    <message>
        <source>Write the draft</source>
        <translation>撰写草稿</translation>
    </message>
    <message>
        <source>Stop writing</source>
        <translation>停止撰写</translation>
    </message>
    <message>
        <source>Accept this section</source>
        <translation>采纳此部分</translation>
    </message>
    <message>
        <source>Rewrite this section</source>
        <translation>重写此部分</translation>
    </message>
    <message>
        <source>Next section</source>
        <translation>下一部分</translation>
    </message>
    <message>
        <source>Previous section</source>
        <translation>上一部分</translation>
    </message>
    <message>
        <source>Next finding</source>
        <translation>下一个问题</translation>
    </message>
    <message>
        <source>Go to the source of this sentence</source>
        <translation>跳到此句的出处</translation>
    </message>
    <message>
        <source>Versions…</source>
        <translation>版本…</translation>
    </message>
    <message>
        <source>Sign…</source>
        <translation>签名…</translation>
    </message>
    <message>
        <source>Go to the cases</source>
        <translation>转到病例</translation>
    </message>
    <message>
        <source>Go to the notes</source>
        <translation>转到病历</translation>
    </message>
    <message>
        <source>Go to the draft</source>
        <translation>转到草稿</translation>
    </message>
    <message>
        <source>Go to the findings</source>
        <translation>转到问题</translation>
    </message>
    <message>
        <source>Go to the medicines</source>
        <translation>转到用药</translation>
    </message>
    <message>
        <source>Go to the head of the letter</source>
        <translation>转到文书抬头</translation>
    </message>
    <message>
        <source>Larger text</source>
        <translation>放大文字</translation>
    </message>
    <message>
        <source>Smaller text</source>
        <translation>缩小文字</translation>
    </message>
    <message>
        <source>Text at 100 %</source>
        <translation>文字恢复 100 %</translation>
    </message>
    <message>
        <source>All commands…</source>
        <translation>所有命令…</translation>
    </message>
    <message>
        <source>Keys and commands</source>
        <translation>快捷键和命令</translation>
    </message>
    <message>
        <source>About Epicrisis</source>
        <translation>关于 Epicrisis</translation>
    </message>
</context>
<context>
    <name>DocumentLine</name>
    <message>
        <source>Kind of document</source>
        <translation>文档类型</translation>
    </message>
    <message>
        <source>Kind of document, as the program guessed it. Correct it where it is wrong.</source>
        <translation>程序推测的文档类型。如有错误请更正。</translation>
    </message>
    <message>
        <source>Date of the document</source>
        <translation>文档日期</translation>
    </message>
    <message>
        <source>YYYY-MM-DD</source>
        <translation>YYYY-MM-DD</translation>
    </message>
    <message>
        <source>Name of the document</source>
        <translation>文档名称</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Kind?</source>
        <translation>类型？</translation>
    </message>
</context>
<context>
    <name>DraftPane</name>
    <message>
        <source>Every section was edited or accepted by you, so nothing was rewritten.</source>
        <translation>各部分均已由您编辑或采纳，因此没有重写任何内容。</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>What to write</source>
        <translation>撰写内容</translation>
    </message>
    <message>
        <source>Drafts of this case</source>
        <translation>此病例的草稿</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Letter…</source>
        <translation>文书…</translation>
    </message>
    <message>
        <source>Preview, print and export</source>
        <translation>预览、打印和导出</translation>
    </message>
    <message>
        <source>Sign…</source>
        <translation>签名…</translation>
    </message>
    <message>
        <source>Amend</source>
        <translation>修订</translation>
    </message>
    <message>
        <source>Begin a new draft with this text. The signed letter stays as it is.</source>
        <translation>以此文本开始新的草稿。已签名的文书保持不变。</translation>
    </message>
    <message>
        <source>Paste the notes of one stay on the left, then press “Write”.

The draft shows where every sentence comes from. You check it, change it and sign it.</source>
        <translation>在左侧粘贴一次住院的病历，然后按“撰写”。

草稿会标明每句话的出处。由您核对、修改并签名。</translation>
    </message>
    <message>
        <source>Sections of the draft</source>
        <translation>草稿的各部分</translation>
    </message>
    <message>
        <source>signed</source>
        <translation>已签名</translation>
    </message>
    <message>
        <source>draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Write ({n} waiting)</source>
        <translation>撰写（{n} 个等待中）</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>撰写</translation>
    </message>
    <message>
        <source>✓ Signed by {name}, {at}. This version can no longer be changed.</source>
        <translation>✓ 由 {name} 于 {at} 签名。此版本不能再修改。</translation>
    </message>
    <message>
        <source>DRAFT — written by a program. Check every sentence against the notes.</source>
        <translation>草稿——由程序撰写。请对照病历核对每一句话。</translation>
    </message>
    <message>
        <source>DRAFT</source>
        <translation>草稿</translation>
    </message>
</context>
<context>
    <name>EmptyNotes</name>
    <message>
        <source>Paste the notes of one stay</source>
        <translation>粘贴一次住院的病历</translation>
    </message>
    <message>
        <source>Several documents at once are fine: from the record, from Word, from a web page.
Or drop files here: text, Word, PDF, RTF. Nothing leaves this machine.</source>
        <translation>可以一次粘贴多份文档：来自病历系统、文字处理软件或网页。
也可以把文本、Word、PDF、RTF 文件拖到这里。任何内容都不会离开本机。</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Open files…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Try the sample case</source>
        <translation>试用示例病例</translation>
    </message>
    <message>
        <source>Type instead</source>
        <translation>直接输入</translation>
    </message>
</context>
<context>
    <name>FindingsPane</name>
    <message>
        <source>Findings</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Insert</source>
        <translation>插入</translation>
    </message>
    <message>
        <source>Write it</source>
        <translation>填写</translation>
    </message>
    <message>
        <source>Open this heading in the draft and write it yourself.</source>
        <translation>在草稿中打开此标题并自行填写。</translation>
    </message>
    <message>
        <source>First is right</source>
        <translation>第一条正确</translation>
    </message>
    <message>
        <source>Second is right</source>
        <translation>第二条正确</translation>
    </message>
    <message>
        <source>The choice is kept with the letter. Let the letter say the same.</source>
        <translation>该选择随文书保存。请让文书内容与之一致。</translation>
    </message>
    <message>
        <source>Keep</source>
        <translation>保留</translation>
    </message>
    <message>
        <source>Not relevant</source>
        <translation>无关</translation>
    </message>
    <message>
        <source>Open again</source>
        <translation>重新打开</translation>
    </message>
    <message>
        <source>Insert these words of the notes into the draft.</source>
        <translation>把病历中的这些原文插入草稿。</translation>
    </message>
    <message>
        <source>It is right as it is written.</source>
        <translation>现有写法是正确的。</translation>
    </message>
    <message>
        <source>It does not matter for this letter.</source>
        <translation>对本文书无关紧要。</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Next finding</source>
        <translation>下一个问题</translation>
    </message>
    <message>
        <source>kept as written</source>
        <translation>按原文保留</translation>
    </message>
    <message>
        <source>not relevant</source>
        <translation>无关</translation>
    </message>
    <message>
        <source>the first is right</source>
        <translation>第一条正确</translation>
    </message>
    <message>
        <source>the second is right</source>
        <translation>第二条正确</translation>
    </message>
    <message>
        <source>Blocking</source>
        <translation>必须处理</translation>
    </message>
    <message>
        <source>Warning</source>
        <translation>警告</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>提示</translation>
    </message>
    <message>
        <source>■ {n} blocking</source>
        <translation>■ {n} 项必须处理</translation>
    </message>
    <message>
        <source>▲ {n} warnings</source>
        <translation>▲ {n} 项警告</translation>
    </message>
    <message>
        <source>● {n} notes</source>
        <translation>● {n} 项提示</translation>
    </message>
    <message>
        <source>Nothing found so far.</source>
        <translation>目前没有发现问题。</translation>
    </message>
    <message>
        <source>Not known</source>
        <translation>不详</translation>
    </message>
</context>
<context>
    <name>FirstRun</name>
    <message>
        <source>Back</source>
        <translation>上一步</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>下一个</translation>
    </message>
    <message>
        <source>Start with an empty case</source>
        <translation>从空病例开始</translation>
    </message>
    <message>
        <source>Try the sample case</source>
        <translation>试用示例病例</translation>
    </message>
    <message>
        <source>First steps</source>
        <translation>初始步骤</translation>
    </message>
    <message>
        <source>{step} of {steps}</source>
        <translation>{step} / {steps}</translation>
    </message>
    <message>
        <source>Step {step} of {steps}</source>
        <translation>第 {step} 步，共 {steps} 步</translation>
    </message>
    <message>
        <source>First make the history, or choose to keep nothing.</source>
        <translation>请先建立历史记录，或选择不保存任何内容。</translation>
    </message>
</context>
<context>
    <name>HeadPane</name>
    <message>
        <source>Head of the letter</source>
        <translation>文书抬头</translation>
    </message>
    <message>
        <source>The head of the letter can be completed when there is a draft.</source>
        <translation>有草稿后即可填写文书抬头。</translation>
    </message>
    <message>
        <source>YYYY-MM-DD</source>
        <translation>YYYY-MM-DD</translation>
    </message>
    <message>
        <source>Not in the notes</source>
        <translation>病历中没有</translation>
    </message>
    <message>
        <source>by you</source>
        <translation>由您填写</translation>
    </message>
    <message>
        <source>▲ choose: {n}</source>
        <translation>▲ 请选择：{n}</translation>
    </message>
    <message>
        <source>date of a note</source>
        <translation>据病历日期</translation>
    </message>
    <message>
        <source>from the notes</source>
        <translation>来自病历</translation>
    </message>
    <message>
        <source>“{date}” is no date; write it as YYYY-MM-DD.</source>
        <translation>“{date}”不是日期；请按 YYYY-MM-DD 填写。</translation>
    </message>
</context>
<context>
    <name>HeadingForm</name>
    <message>
        <source>A new heading</source>
        <translation>新标题</translation>
    </message>
    <message>
        <source>Must be filled before signing</source>
        <translation>签名前必须填写</translation>
    </message>
    <message>
        <source>Asked for, where something is known</source>
        <translation>已知时应填写</translation>
    </message>
    <message>
        <source>May be empty</source>
        <translation>可以留空</translation>
    </message>
    <message>
        <source>The program keeps at most {n} sentences of each document, whatever is asked for.</source>
        <translation>无论如何要求，程序对每份文档最多保留 {n} 句。</translation>
    </message>
    <message>
        <source>The program keeps at most {n} sentences, whatever is asked for.</source>
        <translation>无论如何要求，程序最多保留 {n} 句。</translation>
    </message>
    <message>
        <source>Empty: it is only copied.</source>
        <translation>留空：仅照抄。</translation>
    </message>
    <message>
        <source>Empty: as the standard does.</source>
        <translation>留空：按标准处理。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>From the head of the notes: {names}.</source>
        <translation>取自病历首部：{names}。</translation>
    </message>
    <message>
        <source>Copied from the notes word for word: {names}.</source>
        <translation>从病历逐字照抄：{names}。</translation>
    </message>
    <message>
        <source>Written by the model: {names}.</source>
        <translation>由模型撰写：{names}。</translation>
    </message>
    <message>
        <source>Copied from the notes where they use your words, or written by the model from there.</source>
        <translation>病历中出现您所列词语之处照抄，或由模型据此撰写。</translation>
    </message>
    <message>
        <source>Copied from the notes where they speak of it.</source>
        <translation>病历中提及之处照抄。</translation>
    </message>
    <message>
        <source>A doctor can always write it.</source>
        <translation>医生随时可以自行填写。</translation>
    </message>
    <message>
        <source>Title (English)</source>
        <translation>标题（英文）</translation>
    </message>
    <message>
        <source>Title (Chinese)</source>
        <translation>标题（中文）</translation>
    </message>
    <message>
        <source>If it is empty</source>
        <translation>留空时</translation>
    </message>
    <message>
        <source>Words of the notes</source>
        <translation>病历中的词语</translation>
    </message>
    <message>
        <source>Instruction for the model</source>
        <translation>给模型的指令</translation>
    </message>
    <message>
        <source>Most words</source>
        <translation>最多字数</translation>
    </message>
    <message>
        <source>What belongs here</source>
        <translation>此处应写内容</translation>
    </message>
    <message>
        <source>for example: frailty, Rockwood</source>
        <translation>例如：衰弱，跌倒风险</translation>
    </message>
    <message>
        <source>With commas between. Passages below such a heading, and sentences with them.</source>
        <translation>以逗号分隔。取该标题下的段落及含有这些词语的句子。</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>不限</translation>
    </message>
    <message>
        <source>A longer text is remarked on, never cut. Chinese: characters.</source>
        <translation>超出时仅作提示，绝不截断。中文按字计。</translation>
    </message>
    <message>
        <source>Shown in the draft to who writes this heading while it is empty.</source>
        <translation>该标题为空时，在草稿中提示填写者。</translation>
    </message>
</context>
<context>
    <name>HeadingList</name>
    <message>
        <source>(no title yet)</source>
        <translation>（尚无标题）</translation>
    </message>
    <message>
        <source>mandatory</source>
        <translation>必填</translation>
    </message>
    <message>
        <source>asked for</source>
        <translation>应填</translation>
    </message>
    <message>
        <source>your own</source>
        <translation>自定</translation>
    </message>
    <message>
        <source>left out</source>
        <translation>已省略</translation>
    </message>
    <message>
        <source>A heading of your own. Untick it to leave it out; it is gone once you save.</source>
        <translation>您自定的标题。取消勾选即省略；保存后即移除。</translation>
    </message>
    <message>
        <source>{standard} demands this heading, so it stays.</source>
        <translation>{standard} 规定必须有此标题，因此保留。</translation>
    </message>
    <message>
        <source>{standard} asks for this heading wherever something is known, so it stays. Where nothing is known, the letter names it in one line at the end.</source>
        <translation>{standard} 要求已知时填写此标题，因此保留。若无相关内容，文书末尾以一行列出。</translation>
    </message>
    <message>
        <source>Optional in {standard}: untick it to leave it out.</source>
        <translation>在 {standard} 中为可选：取消勾选即省略。</translation>
    </message>
    <message>
        <source>Headings of the letter, in order</source>
        <translation>文书标题（按顺序）</translation>
    </message>
    <message>
        <source>Up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Add a heading</source>
        <translation>添加标题</translation>
    </message>
    <message>
        <source>Move this heading up (Alt+Up)</source>
        <translation>将此标题上移（Alt+Up）</translation>
    </message>
    <message>
        <source>Move this heading down (Alt+Down)</source>
        <translation>将此标题下移（Alt+Down）</translation>
    </message>
</context>
<context>
    <name>LetterDialog</name>
    <message>
        <source>Preview and export</source>
        <translation>预览和导出</translation>
    </message>
    <message>
        <source>It is a draft until it is signed.</source>
        <translation>签名之前仍为草稿。</translation>
    </message>
    <message>
        <source>Saved as {name}.</source>
        <translation>已保存为 {name}。</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Copied. The clipboard is cleared in {n} seconds.</source>
        <translation>已复制。剪贴板将在 {n} 秒后清空。</translation>
    </message>
    <message>
        <source>Standard of the letter</source>
        <translation>文书标准</translation>
    </message>
    <message>
        <source>Language of the letter</source>
        <translation>文书语言</translation>
    </message>
    <message>
        <source>The letter</source>
        <translation>文书</translation>
    </message>
    <message>
        <source>Edit template…</source>
        <translation>编辑模板…</translation>
    </message>
    <message>
        <source>Order, titles, instructions and lengths of the headings, for your department</source>
        <translation>为本科室设定各标题的顺序、名称、指令和长度</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Print…</source>
        <translation>打印…</translation>
    </message>
    <message>
        <source>Copy all</source>
        <translation>全部复制</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Standard</source>
        <translation>标准</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Save the letter</source>
        <translation>保存文书</translation>
    </message>
</context>
<context>
    <name>LockPage</name>
    <message>
        <source>One moment…</source>
        <translation>请稍候…</translation>
    </message>
    <message>
        <source>Epicrisis is locked</source>
        <translation>Epicrisis 已锁定</translation>
    </message>
    <message>
        <source>Your notes and drafts are encrypted. Everything you typed was saved before the lock.</source>
        <translation>您的病历和草稿已加密。锁定前输入的内容均已保存。</translation>
    </message>
    <message>
        <source>Unlock with this computer&apos;s keyring</source>
        <translation>用本机密钥环解锁</translation>
    </message>
    <message>
        <source>or type the recovery code</source>
        <translation>或输入恢复码</translation>
    </message>
    <message>
        <source>Recovery code</source>
        <translation>恢复码</translation>
    </message>
    <message>
        <source>Show the code</source>
        <translation>显示恢复码</translation>
    </message>
    <message>
        <source>Unlock with the code</source>
        <translation>用恢复码解锁</translation>
    </message>
</context>
<context>
    <name>MedicinesPane</name>
    <message>
        <source>Medicines</source>
        <translation>用药</translation>
    </message>
    <message>
        <source>The draft names no medicine yet. Each one in it will be compared with the notes.</source>
        <translation>草稿中还没有药品。其中每种药品都会与病历核对。</translation>
    </message>
</context>
<context>
    <name>MessageBar</name>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>关闭此消息</translation>
    </message>
    <message>
        <source>Message</source>
        <translation>消息</translation>
    </message>
</context>
<context>
    <name>NotesPane</name>
    <message>
        <source>New document</source>
        <translation>新建文档</translation>
    </message>
    <message>
        <source>Text of the document</source>
        <translation>文档正文</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>病历</translation>
    </message>
    <message>
        <source>Open files…</source>
        <translation>打开文件…</translation>
    </message>
    <message>
        <source>Documents</source>
        <translation>文档</translation>
    </message>
    <message>
        <source>Change</source>
        <translation>更改</translation>
    </message>
    <message>
        <source>Split, merge, move or remove this document</source>
        <translation>拆分、合并、移动或删除此文档</translation>
    </message>
    <message>
        <source>Split at the caret</source>
        <translation>在光标处拆分</translation>
    </message>
    <message>
        <source>Merge with the one above</source>
        <translation>与上一个合并</translation>
    </message>
    <message>
        <source>Move up</source>
        <translation>上移</translation>
    </message>
    <message>
        <source>Move down</source>
        <translation>下移</translation>
    </message>
    <message>
        <source>Remove this document</source>
        <translation>删除此文档</translation>
    </message>
    <message>
        <source>Paste</source>
        <translation>粘贴</translation>
    </message>
    <message>
        <source>Read only</source>
        <translation>只读</translation>
    </message>
    <message>
        <source>Split</source>
        <translation>拆分</translation>
    </message>
    <message>
        <source>Merge</source>
        <translation>合并</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Move</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>A letter was signed on those notes, so these began a new case.</source>
        <translation>已有文书基于那些病历签名，因此这些内容另建了新病例。</translation>
    </message>
    <message>
        <source>“{date}” is no date; write it as YYYY-MM-DD.</source>
        <translation>“{date}”不是日期；请按 YYYY-MM-DD 填写。</translation>
    </message>
    <message>
        <source>no date</source>
        <translation>无日期</translation>
    </message>
    <message>
        <source>{n} words</source>
        <translation>{n} 词</translation>
    </message>
    <message>
        <source>A letter was signed on these notes; they can be read, not changed.</source>
        <translation>已有文书基于这些病历签名；可以阅读，不能修改。</translation>
    </message>
</context>
<context>
    <name>Offices</name>
    <message>
        <source>Done. Everything you type is encrypted on this machine.</source>
        <translation>完成。您输入的所有内容都加密保存在本机。</translation>
    </message>
    <message>
        <source>Nothing will be kept once you close the window.</source>
        <translation>关闭窗口后不会保留任何内容。</translation>
    </message>
    <message>
        <source>Measuring its speed…</source>
        <translation>正在测量速度…</translation>
    </message>
    <message>
        <source>Measured here: {n} tokens a second, about {words} words a minute.</source>
        <translation>本机实测：每秒 {n} 个词元，每分钟约 {words} 词。</translation>
    </message>
    <message>
        <source>Epicrisis recovery code</source>
        <translation>Epicrisis 恢复码</translation>
    </message>
    <message>
        <source>Save the recovery code</source>
        <translation>保存恢复码</translation>
    </message>
    <message>
        <source>The date is right</source>
        <translation>日期正确</translation>
    </message>
    <message>
        <source>Opened with the recovery code. The keyring of this system can keep the key again.</source>
        <translation>已用恢复码打开。系统密钥环可重新保管密钥。</translation>
    </message>
    <message>
        <source>Keep it there</source>
        <translation>存入密钥环</translation>
    </message>
    <message>
        <source>Cases whose content was removed, as it is older than the rule for keeping: {n}.</source>
        <translation>超过保留期限而删除内容的病例：{n}。</translation>
    </message>
    <message>
        <source>Noted: the date of this computer is right.</source>
        <translation>已记录：本机日期正确。</translation>
    </message>
    <message>
        <source>The keyring keeps the key again.</source>
        <translation>密钥环已重新保管密钥。</translation>
    </message>
</context>
<context>
    <name>RecoveryStep</name>
    <message>
        <source>Your recovery code</source>
        <translation>您的恢复码</translation>
    </message>
    <message>
        <source>Your cases are kept encrypted on this machine. If the system&apos;s keyring is ever lost, only this code opens them: write it down and keep it away from here. Nobody can make a new one for you.</source>
        <translation>病例加密保存在本机。如果系统密钥环丢失，只有此恢复码能打开它们：请抄写下来并另处保管。没有人能为您重新生成。</translation>
    </message>
    <message>
        <source>Print</source>
        <translation>打印</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Save to a file</source>
        <translation>保存到文件</translation>
    </message>
    <message>
        <source>Print the recovery code</source>
        <translation>打印恢复码</translation>
    </message>
    <message>
        <source>Copy the recovery code</source>
        <translation>复制恢复码</translation>
    </message>
    <message>
        <source>Save the recovery code to a file</source>
        <translation>把恢复码保存到文件</translation>
    </message>
    <message>
        <source>Keep nothing in this session</source>
        <translation>本次不保存任何内容</translation>
    </message>
    <message>
        <source>You can work now; when you close the window, everything is gone.</source>
        <translation>现在可以工作；关闭窗口后一切都会消失。</translation>
    </message>
    <message>
        <source>Type group {number} of the code:</source>
        <translation>请输入恢复码的第 {number} 组：</translation>
    </message>
    <message>
        <source>Group {number}, hidden</source>
        <translation>第 {number} 组，已隐藏</translation>
    </message>
    <message>
        <source>Group {number}: {letters}</source>
        <translation>第 {number} 组：{letters}</translation>
    </message>
    <message>
        <source>Making it…</source>
        <translation>正在建立…</translation>
    </message>
    <message>
        <source>Make the encrypted history</source>
        <translation>建立加密的历史记录</translation>
    </message>
    <message>
        <source>✓ That is it.</source>
        <translation>✓ 正确。</translation>
    </message>
    <message>
        <source>▲ This is not group {number}. Look at what you wrote down, and type it again.</source>
        <translation>▲ 这不是第 {number} 组。请查看您抄写的内容后重新输入。</translation>
    </message>
    <message>
        <source>This proves that you have it. The code is hidden while you type; empty the field to see it again.</source>
        <translation>这可以确认您已抄写。输入时恢复码会隐藏；清空输入框即可再次查看。</translation>
    </message>
</context>
<context>
    <name>SectionCard</name>
    <message>
        <source>No passage of the notes supports this sentence.</source>
        <translation>病历中没有支持此句的内容。</translation>
    </message>
    <message>
        <source>What belongs here: {about}</source>
        <translation>此处应写：{about}</translation>
    </message>
    <message>
        <source>Writing…</source>
        <translation>正在撰写…</translation>
    </message>
    <message>
        <source>✓ Accepted</source>
        <translation>✓ 已采纳</translation>
    </message>
    <message>
        <source>Accept</source>
        <translation>采纳</translation>
    </message>
    <message>
        <source>Rewrite</source>
        <translation>重写</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>复制</translation>
    </message>
    <message>
        <source>Accept: {title}</source>
        <translation>采纳：{title}</translation>
    </message>
    <message>
        <source>Rewrite: {title}</source>
        <translation>重写：{title}</translation>
    </message>
    <message>
        <source>Copy: {title}</source>
        <translation>复制：{title}</translation>
    </message>
    <message>
        <source>Ask the model for this section again. What you edited or accepted is kept.</source>
        <translation>让模型重新撰写此部分。您编辑或采纳的内容会保留。</translation>
    </message>
    <message>
        <source>AI draft</source>
        <translation>AI 草稿</translation>
    </message>
    <message>
        <source>Copied</source>
        <translation>摘自病历</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>已编辑</translation>
    </message>
    <message>
        <source>Accepted</source>
        <translation>已采纳</translation>
    </message>
    <message>
        <source>Not in notes</source>
        <translation>病历未提及</translation>
    </message>
    <message>
        <source>Incomplete</source>
        <translation>未完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>等待中</translation>
    </message>
    <message>
        <source>Writing</source>
        <translation>撰写中</translation>
    </message>
    <message>
        <source>Written by the model. Nobody has looked at it yet.</source>
        <translation>由模型撰写。尚无人看过。</translation>
    </message>
    <message>
        <source>Copied from the notes word for word.</source>
        <translation>逐字摘自病历。</translation>
    </message>
    <message>
        <source>Edited by you. The model never changes it.</source>
        <translation>由您编辑。模型不会再改动。</translation>
    </message>
    <message>
        <source>Accepted by you. The model never changes it.</source>
        <translation>由您采纳。模型不会再改动。</translation>
    </message>
    <message>
        <source>The notes say nothing of this, so the model was not asked.</source>
        <translation>病历未提及此项，因此没有让模型撰写。</translation>
    </message>
    <message>
        <source>Not written to its end.</source>
        <translation>没有写完。</translation>
    </message>
    <message>
        <source>The model could not write it.</source>
        <translation>模型无法撰写。</translation>
    </message>
</context>
<context>
    <name>SettingRow</name>
    <message>
        <source>Default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>Default for: {name}</source>
        <translation>{name}的默认值</translation>
    </message>
    <message>
        <source>default</source>
        <translation>默认</translation>
    </message>
    <message>
        <source>set by you</source>
        <translation>由您设置</translation>
    </message>
    <message>
        <source>🔒 fixed by IT</source>
        <translation>🔒 由 IT 固定</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>All settings</source>
        <translation>所有设置</translation>
    </message>
    <message>
        <source>Edit template…</source>
        <translation>编辑模板…</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>确定</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Privacy</source>
        <translation>隐私</translation>
    </message>
    <message>
        <source>Model</source>
        <translation>模型</translation>
    </message>
    <message>
        <source>Letter</source>
        <translation>文书</translation>
    </message>
    <message>
        <source>Language of the window</source>
        <translation>窗口语言</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>颜色</translation>
    </message>
    <message>
        <source>Size of the text</source>
        <translation>文字大小</translation>
    </message>
    <message>
        <source>Lock when nobody types for</source>
        <translation>无人操作多久后锁定</translation>
    </message>
    <message>
        <source>Clear copied text after</source>
        <translation>复制的文字多久后清空</translation>
    </message>
    <message>
        <source>Remove the content of cases after (0: never)</source>
        <translation>病例内容保留天数（0：不删除）</translation>
    </message>
    <message>
        <source>Signed drafts may be exported for training, without names (only IT allows it)</source>
        <translation>已签名的草稿可去标识后导出用于训练（仅 IT 可允许）</translation>
    </message>
    <message>
        <source>Language model</source>
        <translation>语言模型</translation>
    </message>
    <message>
        <source>Adapter of the model</source>
        <translation>模型适配器</translation>
    </message>
    <message>
        <source>Where the model runs</source>
        <translation>模型运行位置</translation>
    </message>
    <message>
        <source>Processor threads of the model (0: chosen here)</source>
        <translation>模型使用的处理器线程数（0：自动选择）</translation>
    </message>
    <message>
        <source>Let the model read notes ahead, except on battery</source>
        <translation>让模型提前阅读病历（使用电池时除外）</translation>
    </message>
    <message>
        <source>Shortest note to draft from</source>
        <translation>最短病历</translation>
    </message>
    <message>
        <source>Longest case</source>
        <translation>最长病例</translation>
    </message>
    <message>
        <source>Wait for the model to stop</source>
        <translation>等待模型停止</translation>
    </message>
    <message>
        <source>Your name, as it signs</source>
        <translation>签名所用姓名</translation>
    </message>
    <message>
        <source>Language of the letter</source>
        <translation>文书语言</translation>
    </message>
    <message>
        <source>Standard of the letter</source>
        <translation>文书标准</translation>
    </message>
    <message>
        <source>Models that may be used (empty: all)</source>
        <translation>允许使用的模型（空：全部）</translation>
    </message>
    <message>
        <source>Adapters that may be used (empty: all)</source>
        <translation>允许使用的适配器（空：全部）</translation>
    </message>
    <message>
        <source>Standards that may be used (empty: all)</source>
        <translation>允许使用的文书标准（空：全部）</translation>
    </message>
    <message>
        <source>Folder of templates for everybody</source>
        <translation>供所有人使用的模板文件夹</translation>
    </message>
    <message>
        <source>Formats for saving (empty: all)</source>
        <translation>允许保存的格式（空：全部）</translation>
    </message>
    <message>
        <source>Recovery code</source>
        <translation>恢复码</translation>
    </message>
    <message>
        <source>%</source>
        <translation>%</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>分钟</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>秒</translation>
    </message>
    <message>
        <source>days</source>
        <translation>天</translation>
    </message>
    <message>
        <source>words</source>
        <translation>词</translation>
    </message>
    <message>
        <source>characters</source>
        <translation>字符</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>No</source>
        <translation>否</translation>
    </message>
    <message>
        <source>Yes</source>
        <translation>是</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>浅色</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>深色</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>高对比度</translation>
    </message>
    <message>
        <source>Graphics card if it fits, else processor</source>
        <translation>显存足够时用显卡，否则用处理器</translation>
    </message>
    <message>
        <source>Processor only</source>
        <translation>仅用处理器</translation>
    </message>
    <message>
        <source>Graphics card (NVIDIA)</source>
        <translation>显卡（NVIDIA）</translation>
    </message>
    <message>
        <source>The one that fits</source>
        <translation>自动匹配</translation>
    </message>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>The program&apos;s, or one of your own</source>
        <translation>程序生成的，或自定的</translation>
    </message>
    <message>
        <source>The program&apos;s only</source>
        <translation>只用程序生成的</translation>
    </message>
</context>
<context>
    <name>SignDialog</name>
    <message>
        <source>I have read this letter and checked it against the notes</source>
        <translation>我已阅读此文书，并与病历核对</translation>
    </message>
    <message>
        <source>Sign the letter</source>
        <translation>签署文书</translation>
    </message>
    <message>
        <source>Signing freezes this version under your name. It is not sent anywhere.</source>
        <translation>签名后此版本以您的名义固定。不会发送到任何地方。</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Sign</source>
        <translation>签名</translation>
    </message>
    <message>
        <source>Your name</source>
        <translation>您的姓名</translation>
    </message>
    <message>
        <source>To be settled before signing: {n}</source>
        <translation>签名前须处理：{n}</translation>
    </message>
    <message>
        <source>You sign these as you decided: {n}</source>
        <translation>以下按您的决定签名：{n}</translation>
    </message>
    <message>
        <source>▲ Warnings that nobody has looked at: {n}</source>
        <translation>▲ 尚无人看过的警告：{n}</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>▲ Sections that are not complete: {names}</source>
        <translation>▲ 未完成的部分：{names}</translation>
    </message>
    <message>
        <source>✓ Nothing is open.</source>
        <translation>✓ 没有待处理的问题。</translation>
    </message>
    <message>
        <source>Settle the findings marked ■ first: correct the text, or decide on each of them.</source>
        <translation>请先处理标有 ■ 的问题：更正文字，或逐项作出决定。</translation>
    </message>
    <message>
        <source>Your name is missing.</source>
        <translation>缺少您的姓名。</translation>
    </message>
    <message>
        <source>Say that you have read it.</source>
        <translation>请确认您已阅读。</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Loading the model…</source>
        <translation>正在加载模型…</translation>
    </message>
    <message>
        <source>The model is loaded when it is needed.</source>
        <translation>需要时才加载模型。</translation>
    </message>
    <message>
        <source>Adapter: {name}</source>
        <translation>适配器：{name}</translation>
    </message>
    <message>
        <source>Loading the model</source>
        <translation>正在加载模型</translation>
    </message>
    <message>
        <source>{n} tokens per second</source>
        <translation>每秒 {n} 个词元</translation>
    </message>
    <message>
        <source>{n} MB</source>
        <translation>{n} MB</translation>
    </message>
    <message>
        <source>Section {n} of {all}</source>
        <translation>第 {n} 节，共 {all} 节</translation>
    </message>
    <message>
        <source>Network locked</source>
        <translation>网络已锁定</translation>
    </message>
    <message>
        <source>Network: refused by the program</source>
        <translation>网络：由程序拒绝</translation>
    </message>
    <message>
        <source>This program cannot reach any network: a connection was tried at start and refused.</source>
        <translation>本程序无法访问任何网络：启动时已尝试连接并被拒绝。</translation>
    </message>
    <message>
        <source>History locked</source>
        <translation>历史记录已锁定</translation>
    </message>
    <message>
        <source>Not saved yet</source>
        <translation>尚未保存</translation>
    </message>
    <message>
        <source>✓ All saved</source>
        <translation>✓ 全部已保存</translation>
    </message>
    <message>
        <source>Nothing is kept: ephemeral session</source>
        <translation>不保存任何内容：临时会话</translation>
    </message>
    <message>
        <source>recovery code only</source>
        <translation>仅恢复码</translation>
    </message>
    <message>
        <source>History encrypted · key: {where}</source>
        <translation>历史记录已加密 · 密钥：{where}</translation>
    </message>
</context>
<context>
    <name>TemplateDialog</name>
    <message>
        <source>Use it for all letters from now on</source>
        <translation>今后所有文书均使用此模板</translation>
    </message>
    <message>
        <source>Template of the letter</source>
        <translation>文书模板</translation>
    </message>
    <message>
        <source>Your changes from before the window was locked are here. They are not saved.</source>
        <translation>锁定窗口前的修改在此，尚未保存。</translation>
    </message>
    <message>
        <source>Saved as {name}. All letters follow it now.</source>
        <translation>已保存为 {name}。所有文书现均按此模板。</translation>
    </message>
    <message>
        <source>Saved as {name}. Choose it in the letter or in the settings to use it.</source>
        <translation>已保存为 {name}。可在文书预览或设置中选用。</translation>
    </message>
    <message>
        <source>The template {name} was deleted. It is still on the screen: save it to have it back.</source>
        <translation>模板 {name} 已删除。屏幕上仍保留其内容：保存即可恢复。</translation>
    </message>
    <message>
        <source>The template {name} was deleted; letters follow {standard} again. It is still on the screen: save it to have it back.</source>
        <translation>模板 {name} 已删除，文书恢复按 {standard}。屏幕上仍保留其内容：保存即可恢复。</translation>
    </message>
    <message>
        <source>Everything stands as in {standard} again. Nothing is saved yet.</source>
        <translation>已全部恢复为 {standard}。尚未保存。</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>This template has changes that are not saved. Save them, or close without them.</source>
        <translation>此模板有未保存的修改。请保存，或放弃修改并关闭。</translation>
    </message>
    <message>
        <source>Close without saving</source>
        <translation>不保存并关闭</translation>
    </message>
    <message>
        <source>Give the template a name with letters or digits, such as the name of your department.</source>
        <translation>请为模板起一个含文字或数字的名称，例如科室名称。</translation>
    </message>
    <message>
        <source>Another template or a standard has this name. Choose another one.</source>
        <translation>已有模板或标准使用此名称。请另选名称。</translation>
    </message>
    <message>
        <source>The letter has no title. Give it one in at least one language.</source>
        <translation>文书没有标题。请至少用一种语言填写。</translation>
    </message>
    <message>
        <source>This heading has no title. Give it one in at least one language, or leave it out.</source>
        <translation>此标题没有名称。请至少用一种语言填写，或省略此标题。</translation>
    </message>
    <message>
        <source>This instruction is longer than {n} characters. The model reads it together with the notes: say it shorter.</source>
        <translation>指令超过 {n} 个字符。模型要与病历一并阅读，请写短些。</translation>
    </message>
    <message>
        <source>The model writes from what the notes say of a heading. Give the words by which they speak of it.</source>
        <translation>模型依据病历中提及该标题的内容撰写。请填写病历中提及它的词语。</translation>
    </message>
    <message>
        <source>Not saved.</source>
        <translation>未保存。</translation>
    </message>
    <message>
        <source>Back to the standard</source>
        <translation>恢复为标准</translation>
    </message>
    <message>
        <source>Delete this template</source>
        <translation>删除此模板</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>🔒 Your IT department has fixed the standard of letters. It can be looked at here, not changed.</source>
        <translation>🔒 文书标准由信息部门固定。此处只能查看，不能修改。</translation>
    </message>
    <message>
        <source>The template</source>
        <translation>模板</translation>
    </message>
    <message>
        <source>Name of the template</source>
        <translation>模板名称</translation>
    </message>
    <message>
        <source>Title of the letter (English)</source>
        <translation>文书标题（英文）</translation>
    </message>
    <message>
        <source>Title of the letter (Chinese)</source>
        <translation>文书标题（中文）</translation>
    </message>
    <message>
        <source>for example: ward 7</source>
        <translation>例如：心内科</translation>
    </message>
    <message>
        <source>Based on {standard}. There is no field for an example letter: the model takes facts from an example as if they were the patient&apos;s.</source>
        <translation>基于 {standard}。此处不设范文：模型会把范文中的内容当作患者的事实。</translation>
    </message>
</context>
<context>
    <name>TemplatePreview</name>
    <message>
        <source>About {n} words: fits one page.</source>
        <translation>约 {n} 字：一页可容。</translation>
    </message>
    <message>
        <source>About {n} words on {pages} pages. A letter is best on one page.</source>
        <translation>约 {n} 字，共 {pages} 页。文书以一页为宜。</translation>
    </message>
    <message>
        <source>, </source>
        <translation>、</translation>
    </message>
    <message>
        <source>▲ In the draft, but not in this letter: {names}</source>
        <translation>▲ 草稿中有、此文书中没有：{names}</translation>
    </message>
    <message>
        <source>Language of the letter</source>
        <translation>文书语言</translation>
    </message>
    <message>
        <source>The letter under this template</source>
        <translation>按此模板的文书</translation>
    </message>
    <message>
        <source>Preview: the letter of the open case.</source>
        <translation>预览：当前病例的文书。</translation>
    </message>
    <message>
        <source>Preview: the invented sample stay. Where the model writes, the notes are quoted.</source>
        <translation>预览：虚构的示例住院病历。模型撰写之处以病历原文代替。</translation>
    </message>
</context>
<context>
    <name>VersionsDialog</name>
    <message>
        <source>Versions</source>
        <translation>版本</translation>
    </message>
    <message>
        <source>Versions, newest first</source>
        <translation>版本（最新在前）</translation>
    </message>
    <message>
        <source>What changed in this version</source>
        <translation>此版本的改动</translation>
    </message>
    <message>
        <source>Restore this version</source>
        <translation>恢复此版本</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>AI draft</source>
        <translation>AI 草稿</translation>
    </message>
    <message>
        <source>Edited</source>
        <translation>已编辑</translation>
    </message>
    <message>
        <source>Signed ✓</source>
        <translation>已签名 ✓</translation>
    </message>
    <message>
        <source>{number} · {kind}</source>
        <translation>{number} · {kind}</translation>
    </message>
    <message>
        <source>A signed letter stays as it is.</source>
        <translation>已签名的文书保持原样。</translation>
    </message>
    <message>
        <source>Restoring keeps the present text as a version of its own.</source>
        <translation>恢复时，当前文字会另存为一个版本。</translation>
    </message>
    <message>
        <source>There is no version yet.</source>
        <translation>还没有版本。</translation>
    </message>
    <message>
        <source>The text of this version was removed, as this machine&apos;s rules ask for.</source>
        <translation>按本机规定，此版本的文字已删除。</translation>
    </message>
    <message>
        <source>There is nothing before this version to compare it with.</source>
        <translation>没有更早的版本可供比较。</translation>
    </message>
    <message>
        <source>No text changed since the version before.</source>
        <translation>与上一版本相比，文字没有变化。</translation>
    </message>
    <message>
        <source>Since the version before: {sections} sections changed, {added} words added, {removed} removed.</source>
        <translation>与上一版本相比：{sections} 个部分有变化，新增 {added} 词，删除 {removed} 词。</translation>
    </message>
    <message>
        <source>unchanged</source>
        <translation>未变</translation>
    </message>
    <message>
        <source>changed</source>
        <translation>有变化</translation>
    </message>
    <message>
        <source>new</source>
        <translation>新增</translation>
    </message>
    <message>
        <source>removed</source>
        <translation>已删除</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Not everything could be saved, so the window stays open. Copy what you need; close it again to leave without saving.</source>
        <translation>有内容未能保存，因此窗口保持打开。请复制需要的内容；再次关闭即不保存退出。</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>病历</translation>
    </message>
    <message>
        <source>Draft</source>
        <translation>草稿</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Cases</source>
        <translation>病例</translation>
    </message>
    <message>
        <source>Findings, medicines and head of the letter</source>
        <translation>问题、用药与文书抬头</translation>
    </message>
    <message>
        <source>Medicines</source>
        <translation>用药</translation>
    </message>
    <message>
        <source>Head of the letter</source>
        <translation>文书抬头</translation>
    </message>
</context>
<context>
    <name>_About</name>
    <message>
        <source>Welcome to Epicrisis</source>
        <translation>欢迎使用 Epicrisis</translation>
    </message>
    <message>
        <source>It drafts. You decide.</source>
        <translation>它起草，您决定。</translation>
    </message>
    <message>
        <source>Paste the notes of a stay and get the draft of a letter. You read it, correct it and sign it. It is not a medical device and decides nothing.</source>
        <translation>粘贴一次住院的病历，即可得到文书草稿。由您阅读、修改并签名。它不是医疗器械，也不作任何决定。</translation>
    </message>
    <message>
        <source>It can be wrong.</source>
        <translation>它可能出错。</translation>
    </message>
    <message>
        <source>It may leave something out or say it wrongly. It shows where each sentence comes from and marks what the notes do not bear out: check every letter against them.</source>
        <translation>它可能遗漏内容，也可能写错。它会标明每句话的出处，并标出病历不支持的内容：请逐份对照病历核对。</translation>
    </message>
    <message>
        <source>Nothing leaves this machine.</source>
        <translation>任何内容都不会离开本机。</translation>
    </message>
    <message>
        <source>The language model runs here, without a network. No notes, no letters, no statistics are sent.</source>
        <translation>语言模型在本机运行，不联网。不会发送病历、文书或统计数据。</translation>
    </message>
</context>
<context>
    <name>_ModelStep</name>
    <message>
        <source>The model on this machine</source>
        <translation>本机的模型</translation>
    </message>
    <message>
        <source>Looking for the model…</source>
        <translation>正在查找模型…</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>已就绪</translation>
    </message>
    <message>
        <source>Not ready yet</source>
        <translation>尚未就绪</translation>
    </message>
    <message>
        <source>You need not wait: paste and write while it loads. The sample case is an invented stay.</source>
        <translation>不必等待：加载时即可粘贴和撰写。示例病例是虚构的住院记录。</translation>
    </message>
</context>
<context>
    <name>said</name>
    <message>
        <source>Something went wrong. Your notes are unchanged. Try again.</source>
        <translation>出现错误。您的病历没有改动。请重试。</translation>
    </message>
    <message>
        <source>The program met a fault of its own ({kind} at {where}). What was saved before is safe. Try again; if it happens twice, tell IT these words.</source>
        <translation>程序自身出现故障（{kind}，位于 {where}）。此前保存的内容是安全的。请重试；如再次发生，请把这些文字告诉 IT 部门。</translation>
    </message>
    <message>
        <source>A connection to the network was refused: this program works offline only. Nothing left this machine.</source>
        <translation>已拒绝一次网络连接：本程序只能离线工作。没有任何内容离开本机。</translation>
    </message>
    <message>
        <source>{name} cannot be used: {why}. Nothing was started.</source>
        <translation>{name}无法使用：{why}。没有启动任何内容。</translation>
    </message>
    <message>
        <source>A letter cannot be saved as {name}. The formats are: {known}.</source>
        <translation>文书不能保存为 {name}。可用格式：{known}。</translation>
    </message>
    <message>
        <source>The settings were not saved in {name}: {why}. The old ones hold. Correct the value or ask IT.</source>
        <translation>设置未能保存到 {name}：{why}。原有设置仍然有效。请更正该值或咨询 IT 部门。</translation>
    </message>
    <message>
        <source>There is no task named {name}. The tasks are: {known}.</source>
        <translation>没有名为 {name} 的任务。可用任务：{known}。</translation>
    </message>
    <message>
        <source>The result could not be written. It is still on screen; save it to another place.</source>
        <translation>结果未能写入。内容仍在屏幕上；请保存到其他位置。</translation>
    </message>
    <message>
        <source>No font on this machine can show {count} of this letter&apos;s characters, so no PDF was written. Install a font that has them (for Chinese: Noto Sans CJK or WenQuanYi Micro Hei), or save it as a Word document.</source>
        <translation>本机没有字体能显示此文书中的 {count} 个字符，因此没有生成 PDF。请安装包含这些字符的字体（中文可用 Noto Sans CJK 或文泉驿微米黑），或保存为 Word 文档。</translation>
    </message>
    <message>
        <source>{name} cannot be written; what stood there before is unchanged. Choose a place where you may write.</source>
        <translation>{name} 无法写入；原有内容没有改动。请选择您有写入权限的位置。</translation>
    </message>
    <message>
        <source>The disk is full, so {name} was not written; what stood there before is unchanged. Make room or choose another place, and save again.</source>
        <translation>磁盘已满，{name} 没有写入；原有内容没有改动。请腾出空间或选择其他位置后再保存。</translation>
    </message>
    <message>
        <source>A check stopped this. Nothing was drafted. Settle what it names and try again.</source>
        <translation>核对未通过，已停止。没有撰写任何内容。请处理所列问题后重试。</translation>
    </message>
    <message>
        <source>This paste seems to hold notes of different patients: {count} different values of {what}. Nothing was drafted and nothing was sent to the model. Keep the notes of one patient and try again.</source>
        <translation>这次粘贴的内容似乎属于不同患者：{what}有 {count} 个不同的值。没有撰写，也没有交给模型。请只保留一位患者的病历后重试。</translation>
    </message>
    <message>
        <source>The encrypted history cannot be used. Nothing was deleted.</source>
        <translation>加密的历史记录无法使用。没有删除任何内容。</translation>
    </message>
    <message>
        <source>The backup cannot be used ({why}). The history itself is unchanged.</source>
        <translation>备份无法使用（{why}）。历史记录本身没有改动。</translation>
    </message>
    <message>
        <source>{why} Nothing was changed.</source>
        <translation>{why}没有改动任何内容。</translation>
    </message>
    <message>
        <source>The history has no {what} with that id.</source>
        <translation>历史记录中没有该编号的{what}。</translation>
    </message>
    <message>
        <source>A passphrase needs at least {least} characters. Nothing was changed. A recovery code is safer.</source>
        <translation>密码短语至少需要 {least} 个字符。没有改动任何内容。恢复码更安全。</translation>
    </message>
    <message>
        <source>This recovery code does not open the history. Nothing was deleted. Try again in {wait_s} seconds.</source>
        <translation>此恢复码打不开历史记录。没有删除任何内容。请在 {wait_s} 秒后重试。</translation>
    </message>
    <message>
        <source>The system&apos;s keyring cannot be used ({why}). Nothing was deleted. Open the history with your recovery code; you can store the key in the keyring again afterwards.</source>
        <translation>系统密钥环无法使用（{why}）。没有删除任何内容。请用恢复码打开历史记录；之后可以再把密钥存入密钥环。</translation>
    </message>
    <message>
        <source>The key file was changed by something other than this program, so it was not used. The history itself is unchanged. Put the key file back from a backup.</source>
        <translation>密钥文件被其他程序改动，因此没有使用。历史记录本身没有改动。请从备份恢复密钥文件。</translation>
    </message>
    <message>
        <source>The key file of the history is not beside it, so it cannot be opened. Nothing was deleted. Put {name} back from a backup of the same day.</source>
        <translation>历史记录旁没有密钥文件，因此无法打开。没有删除任何内容。请从同一天的备份恢复 {name}。</translation>
    </message>
    <message>
        <source>The disk is full, so the last change was not saved; everything saved before is safe. Your text is still on screen. Make room and save again.</source>
        <translation>磁盘已满，最后的改动没有保存；此前保存的内容是安全的。您的文字仍在屏幕上。请腾出空间后再保存。</translation>
    </message>
    <message>
        <source>The history was written by a newer version of this program. Nothing was changed. Update this program.</source>
        <translation>历史记录由更新版本的程序写入。没有改动任何内容。请更新本程序。</translation>
    </message>
    <message>
        <source>The history file is older than it was when last closed: {missing} recorded events are missing from it. It may have been replaced by a copy. It was opened for reading only; ask IT before going on.</source>
        <translation>历史文件比上次关闭时更旧：缺少 {missing} 条已记录的事件。它可能被副本替换。现以只读方式打开；继续之前请咨询 IT 部门。</translation>
    </message>
    <message>
        <source>The history file is damaged ({where}). Nothing was written to it. Keep the file as it is and restore the newest backup with &apos;epicrisis history restore&apos;.</source>
        <translation>历史文件已损坏（{where}）。没有写入任何内容。请保留该文件，并用“epicrisis history restore”恢复最新备份。</translation>
    </message>
    <message>
        <source>The history is locked. Everything saved before is safe. Unlock it to go on.</source>
        <translation>历史记录已锁定。此前保存的内容都是安全的。请解锁后继续。</translation>
    </message>
    <message>
        <source>The history is open in another window or command of this program. Nothing was changed. Close that one first.</source>
        <translation>历史记录已在本程序的另一个窗口或命令中打开。没有改动任何内容。请先关闭那一个。</translation>
    </message>
    <message>
        <source>There is a history or a key file in this folder already, so no new one was made and nothing was changed. Open it, or move both files away first.</source>
        <translation>此文件夹中已有历史记录或密钥文件，因此没有新建，也没有改动。请打开它，或先移走这两个文件。</translation>
    </message>
    <message>
        <source>There is no history file here ({why}). Nothing was created in its place. Set one up with &apos;epicrisis history setup&apos;, or restore a backup.</source>
        <translation>这里没有历史文件（{why}）。没有新建替代文件。请用“epicrisis history setup”建立，或恢复备份。</translation>
    </message>
    <message>
        <source>The language model cannot be used. Your notes are unchanged. Choose another model or ask IT.</source>
        <translation>语言模型无法使用。您的病历没有改动。请选择其他模型或咨询 IT 部门。</translation>
    </message>
    <message>
        <source>The model failed while writing. Your notes and the text so far are kept, marked incomplete. Try again; if it happens twice, tell IT the code engine_fault.</source>
        <translation>模型撰写时失败。您的病历和已有文字均已保留，并标为未完成。请重试；如再次发生，请把代码 engine_fault 告诉 IT 部门。</translation>
    </message>
    <message>
        <source>The process that runs the model stopped. Your notes and the text so far are kept, marked incomplete. A new one starts with your next request.</source>
        <translation>运行模型的进程已停止。您的病历和已有文字均已保留，并标为未完成。下次请求时会启动新进程。</translation>
    </message>
    <message>
        <source>The model wrote nothing for a part of these notes, so this section was not drafted. Your notes are unchanged. Try again with fewer documents, or write this section yourself.</source>
        <translation>模型对部分病历没有写出内容，因此没有撰写此部分。您的病历没有改动。请减少文档后重试，或自行撰写此部分。</translation>
    </message>
    <message>
        <source>The model {model} reads {window} tokens at a time, too few for this task. Your notes are unchanged. Choose another model.</source>
        <translation>模型 {model} 一次读取 {window} 个词元，不足以完成此任务。您的病历没有改动。请选择其他模型。</translation>
    </message>
    <message>
        <source>This machine has too little free memory for the model and this text. The text so far is kept. Close other programs, or choose a smaller model.</source>
        <translation>本机可用内存不足以运行模型和处理此文本。已有文字已保留。请关闭其他程序，或选择较小的模型。</translation>
    </message>
    <message>
        <source>The adapter {adapter} cannot be used with this model ({why}). Your notes are unchanged. Choose another adapter or none.</source>
        <translation>适配器 {adapter} 不能与此模型一起使用（{why}）。您的病历没有改动。请选择其他适配器或不使用。</translation>
    </message>
    <message>
        <source>There is no model named {model} in the catalogue. &apos;epicrisis models list&apos; shows the names.</source>
        <translation>目录中没有名为 {model} 的模型。“epicrisis models list”可列出名称。</translation>
    </message>
    <message>
        <source>The model {model} is of a kind this program cannot run ({why}). Your notes are unchanged. &apos;epicrisis models list&apos; shows those it can.</source>
        <translation>模型 {model} 的类型本程序无法运行（{why}）。您的病历没有改动。“epicrisis models list”可列出可用的模型。</translation>
    </message>
    <message>
        <source>The file {file} of the model {model} is not the one that was checked when it was imported, so the model was not started. Your notes are unchanged. Import the model again.</source>
        <translation>模型 {model} 的文件 {file} 与导入时核对的不一致，因此没有启动模型。您的病历没有改动。请重新导入模型。</translation>
    </message>
    <message>
        <source>The model {model} is not on this machine ({why}). Your notes are unchanged. Import it with &apos;epicrisis models import&apos;, or choose another model.</source>
        <translation>本机没有模型 {model}（{why}）。您的病历没有改动。请用“epicrisis models import”导入，或选择其他模型。</translation>
    </message>
    <message>
        <source>This text cannot be used. Nothing was changed. Paste the note again as plain text.</source>
        <translation>此文本无法使用。没有改动任何内容。请以纯文本重新粘贴病历。</translation>
    </message>
    <message>
        <source>Your IT department does not allow {what} on this computer (setting {setting} of its policy). Nothing was done. Choose something else, or ask IT.</source>
        <translation>贵单位信息部门不允许在此电脑上使用：{what}（策略设置 {setting}）。没有执行任何操作。请另选其他选项，或咨询信息部门。</translation>
    </message>
    <message>
        <source>The template {name} is no longer there or cannot be read, so the letter is written by {other}. What stands in the letter is unchanged. Choose another template in the settings, or put the file back.</source>
        <translation>模板 {name} 已不存在或无法读取，因此本文书按 {other} 书写。文书中已有内容未改动。请在设置中另选模板，或将该文件放回原处。</translation>
    </message>
    <message>
        <source>The file {name} could not be opened. Nothing was changed. Check the name and that you may read it.</source>
        <translation>文件 {name} 无法打开。没有改动任何内容。请检查名称和读取权限。</translation>
    </message>
    <message>
        <source>The file {name} holds more than {limit_mb} MB, which no note needs, so it was not opened. Paste the text that belongs to this stay.</source>
        <translation>文件 {name} 超过 {limit_mb} MB，病历不需要这么大，因此没有打开。请粘贴属于本次住院的文字。</translation>
    </message>
    <message>
        <source>The file {name} is not a whole {kind}, so nothing of it was used. It may have been cut short or renamed. Get it again from where it came, or paste its text.</source>
        <translation>文件 {name} 不是完整的{kind}，因此没有使用其中任何内容。它可能被截断或改名。请从来源重新获取，或粘贴其文字。</translation>
    </message>
    <message>
        <source>The file {name} is protected by a password, so it was not read. Open it in its own program, copy the text and paste it here.</source>
        <translation>文件 {name} 有密码保护，因此没有读取。请用其原程序打开，复制文字后粘贴到这里。</translation>
    </message>
    <message>
        <source>The file {name} holds pictures of pages and no text ({pages} without text), so nothing was read. This program cannot read pictures. Use the original document, or type the text in.</source>
        <translation>文件 {name} 只有页面图片而没有文字（{pages} 无文字），因此没有读取。本程序不能识别图片。请使用原始文档，或手工输入文字。</translation>
    </message>
    <message>
        <source>This is {what}, not text. Nothing was read. Open it in its own program, copy the text and paste it here.</source>
        <translation>这是{what}，不是文字。没有读取任何内容。请用其原程序打开，复制文字后粘贴到这里。</translation>
    </message>
    <message>
        <source>This text has {characters:,} characters; one case may have {limit:,}. Nothing was read and nothing was cut. Paste the documents of one stay only, or split them.</source>
        <translation>此文本有 {characters:,} 个字符；一个病例最多 {limit:,} 个。没有读取，也没有截断。请只粘贴一次住院的文档，或分开处理。</translation>
    </message>
    <message>
        <source>This note has headings but no text below them, so nothing was drafted. Paste the full note.</source>
        <translation>此病历只有标题而没有正文，因此没有撰写。请粘贴完整病历。</translation>
    </message>
    <message>
        <source>This note has only {words} words; at least {least} are needed. Nothing was drafted, because a draft of so little would be invented. Paste the whole note.</source>
        <translation>此病历只有 {words} 词；至少需要 {least} 词。内容太少只能靠编造，因此没有撰写。请粘贴完整病历。</translation>
    </message>
    <message>
        <source>There is no text in this note, so nothing was drafted. Paste the note and try again.</source>
        <translation>此病历没有文字，因此没有撰写。请粘贴病历后重试。</translation>
    </message>
    <message>
        <source>The model needs {needed} GB of free memory, and this machine has {free} GB. Your notes are unchanged. Close other programs, or choose a smaller model.</source>
        <translation>模型需要 {needed} GB 可用内存，而本机只有 {free} GB。您的病历没有改动。请关闭其他程序，或选择较小的模型。</translation>
    </message>
    <message>
        <source>No import was undone: {why}. The models here are unchanged.</source>
        <translation>没有撤销任何导入：{why}。此处的模型没有改动。</translation>
    </message>
    <message>
        <source>The bundle {name} was not imported: {why}. Nothing was copied and the models here are unchanged. Copy it again from where it was made, or ask the one who made it.</source>
        <translation>模型包 {name} 未导入：{why}。没有复制任何内容，此处的模型没有改动。请从制作处重新复制，或咨询制作者。</translation>
    </message>
    <message>
        <source>The model {model} runs only with the full package of Epicrisis, and this is the small one ({why}). Your notes are unchanged. Ask IT for the full package, or choose another model or adapter.</source>
        <translation>模型 {model} 只能用 Epicrisis 的完整版安装包运行，而这里安装的是精简版（{why}）。您的记录没有改动。请向 IT 部门索取完整版安装包，或选择其他模型或适配器。</translation>
    </message>
    <message>
        <source>The computer&apos;s date is {today}, but it cannot be earlier than {known}. Nothing was lost; what you keep now gets a wrong date. Correct the computer&apos;s clock. If the date is right, confirm it with &apos;epicrisis history confirm-clock&apos;.</source>
        <translation>本机日期为 {today}，但不可能早于 {known}。没有丢失任何内容；现在保存的内容会带上错误的日期。请校正本机时钟。如果日期正确，请用“epicrisis history confirm-clock”确认。</translation>
    </message>
    <message>
        <source>The computer&apos;s date jumped from {known} to {today}. Cases old enough to be removed by that date: {cases}; all were kept, in case it is wrong. Correct the computer&apos;s clock. If the date is right, confirm it with &apos;epicrisis history confirm-clock&apos;; it also counts as right once the history was opened on three days.</source>
        <translation>本机日期从 {known} 跳到了 {today}。按该日期已到清除期限的病例数：{cases}；考虑到日期可能有误，已全部保留。请校正本机时钟。如果日期正确，请用“epicrisis history confirm-clock”确认；历史记录在三个不同的日子打开过之后，该日期也会被视为正确。</translation>
    </message>
    <message>
        <source>{count} different values of {what} stand in these notes.</source>
        <translation>病历中{what}有 {count} 个不同的值。</translation>
    </message>
    <message>
        <source>The notes speak of people of different age or sex, and nothing shows that they are one patient.</source>
        <translation>病历提到年龄或性别不同的人，没有依据表明是同一位患者。</translation>
    </message>
    <message>
        <source>{section}: {problem}</source>
        <translation>{section}：{problem}</translation>
    </message>
    <message>
        <source>{percent} % of the notes was not used.</source>
        <translation>病历的 {percent} % 没有使用。</translation>
    </message>
    <message>
        <source>{percent} % of the notes was not used: {why}.</source>
        <translation>病历的 {percent} % 没有使用：{why}。</translation>
    </message>
    <message>
        <source>{percent} % of the notes was condensed before it was read.</source>
        <translation>病历的 {percent} % 在读取前经过压缩。</translation>
    </message>
    <message>
        <source>No passage of the notes supports this sentence: {sentence}</source>
        <translation>病历中没有支持此句的内容：{sentence}</translation>
    </message>
    <message>
        <source>The notes do not mention {what}.</source>
        <translation>病历未提及{what}。</translation>
    </message>
    <message>
        <source>its files are missing or damaged</source>
        <translation>其文件缺失或已损坏</translation>
    </message>
    <message>
        <source>its weights are damaged</source>
        <translation>其权重已损坏</translation>
    </message>
    <message>
        <source>This sentence does not seem to say what the notes say: {sentence} The notes: {source}</source>
        <translation>此句似与病历所述不符：{sentence} 病历：{source}</translation>
    </message>
    <message>
        <source>The second reader's files are damaged, so only the rules checked this draft: read it with more care, and ask IT to install the program again.</source>
        <translation>“二次核读”的文件已损坏，本草稿仅由规则核查：请更仔细地阅读，并请信息科重新安装本程序。</translation>
    </message>
    <message>
        <source>The draft says {value}, the notes say {source}.</source>
        <translation>草稿写 {value}，病历写 {source}。</translation>
    </message>
    <message>
        <source>{subject}: the draft says {value}; the notes say {source}.</source>
        <translation>{subject}：草稿写 {value}；病历写 {source}。</translation>
    </message>
    <message>
        <source>The draft says {value}; the notes have no such value.</source>
        <translation>草稿写 {value}；病历中没有这个值。</translation>
    </message>
    <message>
        <source>{subject}: the draft says {value}; the notes have no such value.</source>
        <translation>{subject}：草稿写 {value}；病历中没有这个值。</translation>
    </message>
    <message>
        <source>The draft gives {value} for {subject}; the notes give {source}.</source>
        <translation>草稿中{subject}为 {value}；病历为 {source}。</translation>
    </message>
    <message>
        <source>The draft says {value}; the passage it rests on says {source}.</source>
        <translation>草稿写 {value}；其出处写 {source}。</translation>
    </message>
    <message>
        <source>The draft says {value}; the notes use another unit: {source}.</source>
        <translation>草稿写 {value}；病历用的是另一单位：{source}。</translation>
    </message>
    <message>
        <source>{subject}: the draft says {value}; the notes use another unit: {source}.</source>
        <translation>{subject}：草稿写 {value}；病历用的是另一单位：{source}。</translation>
    </message>
    <message>
        <source>The notes do not mention {drug}.</source>
        <translation>病历未提及{drug}。</translation>
    </message>
    <message>
        <source>{drug}: the draft says {value}, the notes say {source}.</source>
        <translation>{drug}：草稿写 {value}，病历写 {source}。</translation>
    </message>
    <message>
        <source>{drug}: the notes do not say how often; the draft says {value}.</source>
        <translation>{drug}：病历未说明用药频次；草稿写 {value}。</translation>
    </message>
    <message>
        <source>{drug}: the notes do not say how it is given; the draft says {value}.</source>
        <translation>{drug}：病历未说明给药途径；草稿写 {value}。</translation>
    </message>
    <message>
        <source>{drug}: the notes give this dose, route and frequency, but never together: {source}.</source>
        <translation>{drug}：病历有此剂量、途径和频次，但从未同时出现：{source}。</translation>
    </message>
    <message>
        <source>No calendar has the date {value}.</source>
        <translation>日历上没有 {value} 这一天。</translation>
    </message>
    <message>
        <source>The date {value} does not stand in the notes.</source>
        <translation>病历中没有日期 {value}。</translation>
    </message>
    <message>
        <source>The draft says {event} {value}; the notes say {source}.</source>
        <translation>草稿写{event} {value}；病历写 {source}。</translation>
    </message>
    <message>
        <source>The time {value} does not stand in the notes.</source>
        <translation>病历中没有时间 {value}。</translation>
    </message>
    <message>
        <source>The year {value} does not stand in the notes.</source>
        <translation>病历中没有年份 {value}。</translation>
    </message>
    <message>
        <source>The draft says {value}; by the notes the patient is {source}.</source>
        <translation>草稿写 {value}；按病历患者为 {source}。</translation>
    </message>
    <message>
        <source>The draft says {value}; from admission to discharge it is {source} days.</source>
        <translation>草稿写 {value}；从入院到出院为 {source} 天。</translation>
    </message>
    <message>
        <source>The draft says there is no {what}; the notes say there is.</source>
        <translation>草稿写没有{what}；病历写有。</translation>
    </message>
    <message>
        <source>The draft says {what}; the notes deny it.</source>
        <translation>草稿写{what}；病历否认。</translation>
    </message>
    <message>
        <source>The draft takes {what} as certain; the notes do not.</source>
        <translation>草稿把{what}写为确定；病历并不确定。</translation>
    </message>
    <message>
        <source>The draft is unsure about {what}; the notes are not.</source>
        <translation>草稿对{what}不确定；病历是确定的。</translation>
    </message>
    <message>
        <source>The draft calls {what} past; the notes speak of it as present.</source>
        <translation>草稿把{what}写为既往；病历写为当前。</translation>
    </message>
    <message>
        <source>The draft calls {what} present; the notes speak of it as past.</source>
        <translation>草稿把{what}写为当前；病历写为既往。</translation>
    </message>
    <message>
        <source>The draft says {what} is planned; by the notes it was done.</source>
        <translation>草稿写{what}为计划；按病历已经完成。</translation>
    </message>
    <message>
        <source>The draft says {what} was done; in the notes it is planned.</source>
        <translation>草稿写{what}已完成；病历中为计划。</translation>
    </message>
    <message>
        <source>The draft says {what} of a relative; the notes say it of the patient.</source>
        <translation>草稿把{what}写为亲属的；病历写为患者的。</translation>
    </message>
    <message>
        <source>The draft says {what} of the patient; the notes say it of a relative.</source>
        <translation>草稿把{what}写为患者的；病历写为亲属的。</translation>
    </message>
    <message>
        <source>The draft says {what} of another relative than the notes do.</source>
        <translation>草稿将{what}归于另一位亲属，与病历所述不同。</translation>
    </message>
    <message>
        <source>The draft says {value} {what}; the notes say {source}.</source>
        <translation>草稿写 {value} {what}；病历写 {source}。</translation>
    </message>
    <message>
        <source>The words and the values do not agree: {value}.</source>
        <translation>文字与数值不一致：{value}。</translation>
    </message>
    <message>
        <source>The notes do not say that {drug} was {value}.</source>
        <translation>病历没有写{drug}{value}。</translation>
    </message>
    <message>
        <source>The draft says {drug} was {value}; the notes say it was not or should not be.</source>
        <translation>草稿称{drug}已{value}；病历称未曾或不应如此。</translation>
    </message>
    <message>
        <source>The draft says {drug} was not {value}; the notes say it was.</source>
        <translation>草稿称{drug}未{value}，而记录并非如此。</translation>
    </message>
    <message>
        <source>The draft calls {drug} an allergy; the notes name it otherwise only.</source>
        <translation>草稿称对{drug}过敏，而记录中只在其他情况下提到它。</translation>
    </message>
    <message>
        <source>The draft says {drug} is taken or given; the notes name it as an allergy only.</source>
        <translation>草稿称正在使用{drug}，而记录中只提到对它过敏。</translation>
    </message>
    <message>
        <source>The draft says there is no allergy; the notes name one.</source>
        <translation>草稿称无过敏，而记录中有过敏。</translation>
    </message>
    <message>
        <source>The draft says {drug} was {value}; the notes say {source}.</source>
        <translation>草稿写{drug}{value}；病历写 {source}。</translation>
    </message>
    <message>
        <source>{drug} was {status}; the notes give no reason.</source>
        <translation>{drug}{status}；病历未给出原因。</translation>
    </message>
    <message>
        <source>{drug}: the draft&apos;s list says {value}; the list at discharge in the notes says {source}.</source>
        <translation>{drug}：草稿的用药清单写 {value}；病历的出院带药写 {source}。</translation>
    </message>
    <message>
        <source>The draft lists {drug}; by the notes it was stopped.</source>
        <translation>草稿列有{drug}；按病历已停用。</translation>
    </message>
    <message>
        <source>reason not documented</source>
        <translation>未记录原因</translation>
    </message>
    <message>
        <source>Not in the draft: {what}: {quote}</source>
        <translation>草稿中缺少：{what}：{quote}</translation>
    </message>
    <message>
        <source>allergy</source>
        <translation>过敏</translation>
    </message>
    <message>
        <source>reaction to a drug</source>
        <translation>药物反应</translation>
    </message>
    <message>
        <source>resuscitation status</source>
        <translation>复苏意愿</translation>
    </message>
    <message>
        <source>medicine</source>
        <translation>药物</translation>
    </message>
    <message>
        <source>course that goes on after discharge</source>
        <translation>出院后仍需继续的疗程</translation>
    </message>
    <message>
        <source>stopped medicine</source>
        <translation>已停药物</translation>
    </message>
    <message>
        <source>pending result</source>
        <translation>待回报结果</translation>
    </message>
    <message>
        <source>follow-up</source>
        <translation>随访</translation>
    </message>
    <message>
        <source>diagnosis</source>
        <translation>诊断</translation>
    </message>
    <message>
        <source>abnormal result</source>
        <translation>异常结果</translation>
    </message>
    <message>
        <source>procedure</source>
        <translation>操作</translation>
    </message>
    <message>
        <source>device</source>
        <translation>植入物/器械</translation>
    </message>
    <message>
        <source>{what}: {date}: “{quote}” — {other_date}: “{other_quote}”. Choose which is right.</source>
        <translation>{what}：{date}：“{quote}”——{other_date}：“{other_quote}”。请选择哪一个正确。</translation>
    </message>
    <message>
        <source>undated</source>
        <translation>无日期</translation>
    </message>
    <message>
        <source>Allergies differ</source>
        <translation>过敏记录不一致</translation>
    </message>
    <message>
        <source>Weights differ by more than a tenth</source>
        <translation>体重相差超过十分之一</translation>
    </message>
    <message>
        <source>Anticoagulants differ</source>
        <translation>抗凝药不一致</translation>
    </message>
    <message>
        <source>Resuscitation status differs</source>
        <translation>复苏意愿不一致</translation>
    </message>
    <message>
        <source>One document confirms {what}, another denies it</source>
        <translation>一份文档确认{what}，另一份否认</translation>
    </message>
    <message>
        <source>The side differs</source>
        <translation>左右侧不一致</translation>
    </message>
    <message>
        <source>The date of {event} differs</source>
        <translation>{event}的日期不一致</translation>
    </message>
    <message>
        <source>{heading}: the standard demands it, and it is not documented. Complete it before signing.</source>
        <translation>{heading}：标准要求填写，但没有记录。请在签名前补全。</translation>
    </message>
    <message>
        <source>{heading}: not documented. Add it if it is known.</source>
        <translation>{heading}：没有记录。如果知道请补充。</translation>
    </message>
    <message>
        <source>{section}: the draft has text here, but the template has no heading for it, so it is not in the letter.</source>
        <translation>{section}：草稿此处有内容，但模板没有对应标题，因此不在文书中。</translation>
    </message>
    <message>
        <source>{heading}: {words} words; the template asks for at most {most}.</source>
        <translation>{heading}：{words} 词；模板要求最多 {most} 词。</translation>
    </message>
    <message>
        <source>{heading}: what stands there contradicts itself. Choose which is right.</source>
        <translation>{heading}：内容自相矛盾。请选择哪一个正确。</translation>
    </message>
    <message>
        <source>{count} sentences stand word for word in documents of different days; findings may be copied forward.</source>
        <translation>{count} 个句子在不同日期的文档中逐字相同；内容可能是复制粘贴的。</translation>
    </message>
    <message>
        <source>Sentences that the notes do not bear out, replaced by the notes&apos; own words: {count}.</source>
        <translation>病历不支持的句子，已换成病历原文：{count}。</translation>
    </message>
    <message>
        <source>Sentences that the notes do not bear out, written anew: {count}.</source>
        <translation>病历不支持的句子，已重写：{count}。</translation>
    </message>
    <message>
        <source>Sentences without any support in the notes, removed: {count}.</source>
        <translation>病历完全不支持的句子，已删除：{count}。</translation>
    </message>
    <message>
        <source>Brief summary</source>
        <translation>简要总结</translation>
    </message>
    <message>
        <source>The notes in one or two sentences: who, what was found, what was given.</source>
        <translation>用一两句话概括病历：患者、所见、所予治疗。</translation>
    </message>
    <message>
        <source>Summary</source>
        <translation>总结</translation>
    </message>
    <message>
        <source>Consultation note</source>
        <translation>门诊记录</translation>
    </message>
    <message>
        <source>A note from the transcript of a consultation, section by section.</source>
        <translation>根据问诊对话逐部分撰写病历。</translation>
    </message>
    <message>
        <source>History</source>
        <translation>病史</translation>
    </message>
    <message>
        <source>Examination</source>
        <translation>查体</translation>
    </message>
    <message>
        <source>Results</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>Assessment and plan</source>
        <translation>评估与计划</translation>
    </message>
    <message>
        <source>One section from a consultation</source>
        <translation>问诊记录的一个部分</translation>
    </message>
    <message>
        <source>Writes one section of a note from the transcript of a consultation.</source>
        <translation>根据问诊对话撰写病历的一个部分。</translation>
    </message>
    <message>
        <source>{section}</source>
        <translation>{section}</translation>
    </message>
    <message>
        <source>Discharge letter</source>
        <translation>出院记录</translation>
    </message>
    <message>
        <source>A discharge letter for the GP, section by section.</source>
        <translation>写给社区医生的出院文书，逐部分撰写。</translation>
    </message>
    <message>
        <source>Actions for the GP</source>
        <translation>社区医生待办事项</translation>
    </message>
    <message>
        <source>Results still pending</source>
        <translation>待回报结果</translation>
    </message>
    <message>
        <source>Reason for admission</source>
        <translation>入院原因</translation>
    </message>
    <message>
        <source>Diagnoses</source>
        <translation>诊断</translation>
    </message>
    <message>
        <source>Past medical history</source>
        <translation>既往史</translation>
    </message>
    <message>
        <source>Hospital course</source>
        <translation>住院经过</translation>
    </message>
    <message>
        <source>Investigation results</source>
        <translation>检查结果</translation>
    </message>
    <message>
        <source>Procedures</source>
        <translation>操作与手术</translation>
    </message>
    <message>
        <source>Medicines at discharge</source>
        <translation>出院带药</translation>
    </message>
    <message>
        <source>Medicines started, changed or stopped</source>
        <translation>新增、调整或停用的药物</translation>
    </message>
    <message>
        <source>Allergies and adverse reactions</source>
        <translation>过敏与不良反应</translation>
    </message>
    <message>
        <source>Condition at discharge</source>
        <translation>出院情况</translation>
    </message>
    <message>
        <source>Social and functional</source>
        <translation>社会与功能状况</translation>
    </message>
    <message>
        <source>Information given</source>
        <translation>已告知的信息</translation>
    </message>
    <message>
        <source>One section of a note</source>
        <translation>病历的一个部分</translation>
    </message>
    <message>
        <source>Copies what a note says about one topic, or says that nothing is recorded.</source>
        <translation>摘录病历中关于某一主题的内容，或说明没有记录。</translation>
    </message>
    <message>
        <source>Explanation for the patient</source>
        <translation>给患者的说明</translation>
    </message>
    <message>
        <source>What happened and what comes next, in plain words for the patient to take home.</source>
        <translation>用通俗的语言说明发生了什么、接下来怎么做，供患者带回家。</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>发生了什么</translation>
    </message>
    <message>
        <source>Your medicines</source>
        <translation>您的药物</translation>
    </message>
    <message>
        <source>What to do next</source>
        <translation>接下来怎么做</translation>
    </message>
    <message>
        <source>Problem-oriented summary</source>
        <translation>按问题总结</translation>
    </message>
    <message>
        <source>Each active problem with its findings, treatment and plan.</source>
        <translation>列出每个现存问题及其所见、治疗和计划。</translation>
    </message>
    <message>
        <source>Problems</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Findings by problem</source>
        <translation>各问题的所见</translation>
    </message>
    <message>
        <source>Treatment and plan</source>
        <translation>治疗与计划</translation>
    </message>
    <message>
        <source>Patient</source>
        <translation>患者</translation>
    </message>
    <message>
        <source>Date of admission</source>
        <translation>入院日期</translation>
    </message>
    <message>
        <source>Date of discharge</source>
        <translation>出院日期</translation>
    </message>
    <message>
        <source>Condition on admission</source>
        <translation>入院情况</translation>
    </message>
    <message>
        <source>Admission diagnoses</source>
        <translation>入院诊断</translation>
    </message>
    <message>
        <source>Treatment</source>
        <translation>治疗</translation>
    </message>
    <message>
        <source>Discharge diagnoses</source>
        <translation>出院诊断</translation>
    </message>
    <message>
        <source>Discharge orders</source>
        <translation>出院医嘱</translation>
    </message>
    <message>
        <source>Allergies</source>
        <translation>过敏史</translation>
    </message>
    <message>
        <source>Physician</source>
        <translation>医师</translation>
    </message>
    <message>
        <source>Encounter</source>
        <translation>就诊信息</translation>
    </message>
    <message>
        <source>Plan of care</source>
        <translation>诊疗计划</translation>
    </message>
    <message>
        <source>Alerts</source>
        <translation>警示</translation>
    </message>
    <message>
        <source>Allergies and intolerances</source>
        <translation>过敏与不耐受</translation>
    </message>
    <message>
        <source>Admission evaluation</source>
        <translation>入院评估</translation>
    </message>
    <message>
        <source>Significant procedures</source>
        <translation>重要操作</translation>
    </message>
    <message>
        <source>Medical devices and implants</source>
        <translation>医疗器械与植入物</translation>
    </message>
    <message>
        <source>Significant results</source>
        <translation>重要结果</translation>
    </message>
    <message>
        <source>Discharge details</source>
        <translation>出院信息</translation>
    </message>
    <message>
        <source>Hospital discharge medications</source>
        <translation>出院带药</translation>
    </message>
    <message>
        <source>Past history</source>
        <translation>既往史</translation>
    </message>
    <message>
        <source>Functional status</source>
        <translation>功能状况</translation>
    </message>
    <message>
        <source>Synthesis and recommendations</source>
        <translation>综合与建议</translation>
    </message>
    <message>
        <source>Author</source>
        <translation>作者</translation>
    </message>
    <message>
        <source>Plan of treatment and follow-up care</source>
        <translation>治疗与随访计划</translation>
    </message>
    <message>
        <source>Reason for hospitalization</source>
        <translation>住院原因</translation>
    </message>
    <message>
        <source>Discharge diagnosis</source>
        <translation>出院诊断</translation>
    </message>
    <message>
        <source>Admission diagnosis</source>
        <translation>入院诊断</translation>
    </message>
    <message>
        <source>Discharge medications</source>
        <translation>出院带药</translation>
    </message>
    <message>
        <source>Hospital course: care, treatment and services</source>
        <translation>住院经过：诊疗与服务</translation>
    </message>
    <message>
        <source>Procedures performed</source>
        <translation>已行操作</translation>
    </message>
    <message>
        <source>Significant findings and results</source>
        <translation>重要发现与结果</translation>
    </message>
    <message>
        <source>Hospital consultations</source>
        <translation>院内会诊</translation>
    </message>
    <message>
        <source>Condition and disposition at discharge</source>
        <translation>出院时情况与去向</translation>
    </message>
    <message>
        <source>Information provided to patient and family</source>
        <translation>向患者和家属提供的信息</translation>
    </message>
    <message>
        <source>Functional status and social history</source>
        <translation>功能状况与社会史</translation>
    </message>
    <message>
        <source>Advance directives</source>
        <translation>预先医疗指示</translation>
    </message>
    <message>
        <source>Attending physician</source>
        <translation>主治医师</translation>
    </message>
    <message>
        <source>Dates of admission and discharge, and the disposition.</source>
        <translation>入院与出院日期及去向。</translation>
    </message>
    <message>
        <source>Provisions for follow-up care: who, what, when; results still to come.</source>
        <translation>随访安排：何人、何事、何时；待回报结果。</translation>
    </message>
    <message>
        <source>Patient demographics</source>
        <translation>患者基本信息</translation>
    </message>
    <message>
        <source>GP practice</source>
        <translation>社区诊所</translation>
    </message>
    <message>
        <source>Referrer details</source>
        <translation>转诊者信息</translation>
    </message>
    <message>
        <source>Admission details</source>
        <translation>入院信息</translation>
    </message>
    <message>
        <source>Plan and requested actions</source>
        <translation>计划与请求事项</translation>
    </message>
    <message>
        <source>Medications and medical devices</source>
        <translation>药物与医疗器械</translation>
    </message>
    <message>
        <source>Clinical summary</source>
        <translation>临床总结</translation>
    </message>
    <message>
        <source>Safety alerts</source>
        <translation>安全警示</translation>
    </message>
    <message>
        <source>Social context</source>
        <translation>社会情况</translation>
    </message>
    <message>
        <source>Individual requirements</source>
        <translation>个人需求</translation>
    </message>
    <message>
        <source>Legal information</source>
        <translation>法律信息</translation>
    </message>
    <message>
        <source>Assessment scales</source>
        <translation>评估量表</translation>
    </message>
    <message>
        <source>Patient and carer concerns, expectations and wishes</source>
        <translation>患者与照护者的顾虑、期望和意愿</translation>
    </message>
    <message>
        <source>Information and advice given</source>
        <translation>已给予的信息与建议</translation>
    </message>
    <message>
        <source>Participation in research</source>
        <translation>参与研究</translation>
    </message>
    <message>
        <source>Person completing record</source>
        <translation>记录填写人</translation>
    </message>
    <message>
        <source>Distribution list</source>
        <translation>分发名单</translation>
    </message>
    <message>
        <source>Name of the GP and of the practice.</source>
        <translation>全科医生姓名及诊所名称。</translation>
    </message>
    <message>
        <source>When, how and why the patient came.</source>
        <translation>患者何时、如何、因何入院。</translation>
    </message>
    <message>
        <source>Who does what by when; results still to come.</source>
        <translation>何人何时完成何事；待回报结果。</translation>
    </message>
    <message>
        <source>Substance, reaction, when; or no known allergies.</source>
        <translation>过敏物、反应、时间；或无已知过敏。</translation>
    </message>
    <message>
        <source>Risks to the patient and to others, also infection.</source>
        <translation>对患者及他人的风险，包括感染。</translation>
    </message>
    <message>
        <source>Communication, access and cultural needs.</source>
        <translation>沟通、通行及文化方面的需求。</translation>
    </message>
    <message>
        <source>Consent, capacity, advance decisions, resuscitation, safeguarding.</source>
        <translation>知情同意、行为能力、预先决定、复苏、保护措施。</translation>
    </message>
    <message>
        <source>discharge</source>
        <translation>出院</translation>
    </message>
    <message>
        <source>ward round</source>
        <translation>查房</translation>
    </message>
    <message>
        <source>clerking</source>
        <translation>入院记录</translation>
    </message>
    <message>
        <source>emergency</source>
        <translation>急诊</translation>
    </message>
    <message>
        <source>nursing</source>
        <translation>护理</translation>
    </message>
    <message>
        <source>radiology</source>
        <translation>影像</translation>
    </message>
    <message>
        <source>results</source>
        <translation>检验</translation>
    </message>
    <message>
        <source>operation</source>
        <translation>手术</translation>
    </message>
    <message>
        <source>clinic</source>
        <translation>门诊</translation>
    </message>
    <message>
        <source>progress</source>
        <translation>病程</translation>
    </message>
    <message>
        <source>therapy</source>
        <translation>康复与药学</translation>
    </message>
    <message>
        <source>Word document</source>
        <translation>Word 文档</translation>
    </message>
    <message>
        <source>PDF/A</source>
        <translation>PDF/A</translation>
    </message>
    <message>
        <source>Plain text</source>
        <translation>纯文本</translation>
    </message>
    <message>
        <source>Markdown</source>
        <translation>Markdown</translation>
    </message>
    <message>
        <source>Web page</source>
        <translation>网页</translation>
    </message>
    <message>
        <source>FHIR R4 document</source>
        <translation>FHIR R4 文档</translation>
    </message>
    <message>
        <source>HL7 CDA document</source>
        <translation>HL7 CDA 文档</translation>
    </message>
    <message>
        <source>JSON</source>
        <translation>JSON</translation>
    </message>
    <message>
        <source>Not documented in the pasted notes.</source>
        <translation>所粘贴的病历中没有记录。</translation>
    </message>
    <message>
        <source>Using CPU: chosen in the settings.</source>
        <translation>使用处理器：按设置选择。</translation>
    </message>
    <message>
        <source>Using CPU: no NVIDIA driver found.</source>
        <translation>使用处理器：未找到 NVIDIA 驱动程序。</translation>
    </message>
    <message>
        <source>Using CPU: this build has no GPU support.</source>
        <translation>使用处理器：此版本不支持显卡。</translation>
    </message>
    <message>
        <source>Using CPU: the NVIDIA driver does not answer.</source>
        <translation>使用处理器：NVIDIA 驱动程序没有响应。</translation>
    </message>
    <message>
        <source>Using CPU: {needed} GB needed, {free} GB free on the GPU.</source>
        <translation>使用处理器：需要 {needed} GB，显卡只有 {free} GB 可用。</translation>
    </message>
    <message>
        <source>Using CPU: the GPU ran out of memory while the model was loaded.</source>
        <translation>使用处理器：加载模型时显存不足。</translation>
    </message>
    <message>
        <source>Using CPU from here on: the GPU ran out of memory for this text.</source>
        <translation>从此处起使用处理器：处理这段文字时显存不足。</translation>
    </message>
    <message>
        <source>Using GPU: {gpu}, {free} GB free.</source>
        <translation>使用显卡：{gpu}，可用 {free} GB。</translation>
    </message>
    <message>
        <source>the desktop&apos;s Secret Service</source>
        <translation>桌面密钥服务</translation>
    </message>
    <message>
        <source>KWallet</source>
        <translation>KWallet</translation>
    </message>
    <message>
        <source>Windows Credential Manager</source>
        <translation>Windows 凭据管理器</translation>
    </message>
    <message>
        <source>the macOS Keychain</source>
        <translation>macOS 钥匙串</translation>
    </message>
    <message>
        <source>The model&apos;s wording was not supported by the notes or did not end, so they are quoted.</source>
        <translation>模型的措辞没有病历支持或没有写完，因此引用病历原文。</translation>
    </message>
    <message>
        <source>No model was needed.</source>
        <translation>不需要模型。</translation>
    </message>
    <message>
        <source>Stopped before this section was begun.</source>
        <translation>在开始此部分之前已停止。</translation>
    </message>
    <message>
        <source>there is no such folder</source>
        <translation>没有这个文件夹</translation>
    </message>
    <message>
        <source>it is not installed</source>
        <translation>没有安装</translation>
    </message>
    <message>
        <source>no revision before this one is installed</source>
        <translation>没有安装更早的版本</translation>
    </message>
    <message>
        <source>it was never imported</source>
        <translation>从未导入</translation>
    </message>
    <message>
        <source>its manifest is not there</source>
        <translation>缺少清单文件</translation>
    </message>
    <message>
        <source>its GGUF file is damaged, or not a Llama in Q4_1, Q8_0 and F32</source>
        <translation>其 GGUF 文件已损坏，或不是采用 Q4_1、Q8_0 和 F32 的 Llama 模型</translation>
    </message>
    <message>
        <source>its weights do not fit its config.json</source>
        <translation>权重与其 config.json 不符</translation>
    </message>
    <message>
        <source>its adapter is not a plain LoRA</source>
        <translation>其适配器不是普通的 LoRA</translation>
    </message>
    <message>
        <source>its fingerprint is another one than you gave</source>
        <translation>其指纹与您给出的不同</translation>
    </message>
    <message>
        <source>nothing was imported here</source>
        <translation>此处没有导入过任何内容</translation>
    </message>
    <message>
        <source>your settings name what it brought, so choose another model or adapter</source>
        <translation>您的设置正在使用它带来的内容，请先改选其他模型或适配器</translation>
    </message>
    <message>
        <source>the source is neither a folder nor a zip file that is whole</source>
        <translation>来源既不是文件夹，也不是完整的 zip 文件</translation>
    </message>
    <message>
        <source>the zip file names places outside itself</source>
        <translation>zip 文件中含有指向外部的路径</translation>
    </message>
    <message>
        <source>the zip file is larger inside than it says</source>
        <translation>zip 文件解压后比声明的大</translation>
    </message>
    <message>
        <source>it has no manifest; say which model it is with --name</source>
        <translation>没有清单文件；请用 --name 指明是哪个模型</translation>
    </message>
    <message>
        <source>its manifest names an odd folder</source>
        <translation>清单中的文件夹名称异常</translation>
    </message>
    <message>
        <source>the source has no .safetensors file</source>
        <translation>来源中没有 .safetensors 文件</translation>
    </message>
    <message>
        <source>its config.json cannot be read</source>
        <translation>其 config.json 无法读取</translation>
    </message>
    <message>
        <source>it needs program code of its own</source>
        <translation>它需要自带的程序代码</translation>
    </message>
    <message>
        <source>A part of the PDF is damaged, so text may be missing. Hold the end of each page against the original.</source>
        <translation>PDF 的一部分已损坏，可能缺少文字。请对照原件核对每页末尾。</translation>
    </message>
    <message>
        <source>the history is not open</source>
        <translation>历史记录没有打开</translation>
    </message>
    <message>
        <source>The computer&apos;s date is earlier than this program; correct it first.</source>
        <translation>本机日期早于本程序问世的时间；请先校正。</translation>
    </message>
    <message>
        <source>A letter was signed on these notes; they can be added to, not changed.</source>
        <translation>已有文书基于这些病历签名；可以补充，不能修改。</translation>
    </message>
    <message>
        <source>This draft is signed; a signed version is never changed.</source>
        <translation>此草稿已签名；已签名的版本不能修改。</translation>
    </message>
    <message>
        <source>this system offers none that this program trusts</source>
        <translation>本系统没有本程序信任的密钥环</translation>
    </message>
    <message>
        <source>Retention keeps at least one day.</source>
        <translation>至少保留一天。</translation>
    </message>
    <message>
        <source>Signing needs the name of a doctor.</source>
        <translation>签名需要医生姓名。</translation>
    </message>
    <message>
        <source>This draft is signed already.</source>
        <translation>此草稿已经签名。</translation>
    </message>
    <message>
        <source>Blocking findings are open; decide on each of them first.</source>
        <translation>仍有必须处理的问题；请先逐项作出决定。</translation>
    </message>
    <message>
        <source>A decision is accepted, corrected or dismissed, with the name of a doctor.</source>
        <translation>决定只能是采纳、更正或忽略，并须有医生姓名。</translation>
    </message>
    <message>
        <source>The draft is signed; the decisions before the signature are never changed.</source>
        <translation>草稿已签名；签名前的决定不能更改。</translation>
    </message>
    <message>
        <source>The content of this case was removed; nothing can be added to what is left.</source>
        <translation>此病例的内容已删除；不能再添加内容。</translation>
    </message>
    <message>
        <source>it does not hold the key of this history</source>
        <translation>其中没有此历史记录的密钥</translation>
    </message>
    <message>
        <source>it is not open</source>
        <translation>它没有打开</translation>
    </message>
    <message>
        <source>none was set up</source>
        <translation>尚未建立</translation>
    </message>
    <message>
        <source>its key file is, so it was moved or deleted</source>
        <translation>密钥文件还在，因此它被移动或删除了</translation>
    </message>
    <message>
        <source>what it holds does not open this history</source>
        <translation>其中的内容打不开此历史记录</translation>
    </message>
    <message>
        <source>Write down what a discharge letter is for.</source>
        <translation>写出出院文书的用途。</translation>
    </message>
</context>
<context>
    <name>standards</name>
    <message>
        <source>PRSB eDischarge (United Kingdom)</source>
        <translation>PRSB 电子出院摘要（英国）</translation>
    </message>
    <message>
        <source>Joint Commission (United States)</source>
        <translation>Joint Commission 出院小结（美国）</translation>
    </message>
    <message>
        <source>Hospital discharge report (European Union)</source>
        <translation>出院报告（欧盟）</translation>
    </message>
    <message>
        <source>Discharge record (China)</source>
        <translation>出院记录（中国）</translation>
    </message>
</context>
</TS>
