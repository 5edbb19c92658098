"""Every text of the web app in Chinese and in English; the forms' own labels are the schema's."""

from __future__ import annotations

from typing import Literal

from schemas.forms import FORMS, FieldSpec
from schemas.records import Record

Lang = Literal["zh", "en"]

# ruff: noqa: E501  (a table of texts reads best with one text a line)

_TABLE = """
app | 绩效助手 | Jixiao
brand | <h1>绩效助手</h1><p>读绩效表、核对、回答，每个数都指得出在哪一页</p> | <h1>Jixiao</h1><p>Reads performance forms, checks them, and answers with the page to prove it</p>
who | 审核人 | Reviewer
tab.documents | 文档 | Documents
tab.review | 审核 | Review
tab.ask | 问答 | Ask
tab.findings | 问题清单 | Findings
tab.export | 导出 | Export

upload | 把 PDF 或页文本（.txt）拖到这里 | Drop PDFs or page text (.txt) here
doc.name | 文件 | File
doc.pages | 页数 | Pages
doc.forms | 表单 | Forms
doc.reader | {name}读取 | {name}
doc.left | 剩余时间 | Time left
doc.tokens | 词元 | Tokens
doc.message | 说明 | Message
doc.none | 还没有文档。把一份绩效表册（PDF）拖到上面，读完就能审核和提问。 | No document yet. Drop a booklet (PDF) above; once read, it can be reviewed and asked about.
doc.llm_off | 语言模型未启用：只有规则一方读取，金额、编码和年度都要人核对。 | The language model is off: the rules read alone, so amounts, codes and years need a person.
doc.choose | 点选一份文档，看它有哪些表单、哪些页没有表单。 | Choose a document to see its forms and the pages that hold none.
doc.others | 没有表单的页 | Pages without a form
doc.all_forms | 每一页都属于某张表单。 | Every page belongs to a form.
doc.reason | 原因 | Reason
doc.remove | 移除 | Remove
doc.received | 已收到，正在读取：{name} | Received, reading: {name}
stage.waiting | 等待 | waiting
stage.reading | 读取中 | reading
stage.done | 完成 | done
stage.failed | 失败 | failed
stage.off | 未启用 | off
seconds | {n} 秒 | {n} s
minutes | {n} 分钟 | {n} min

filter.document | 文档 | Document
filter.all | 全部文档 | All documents
filter.text | 筛选（项目、单位、编码） | Filter (project, unit, code)
filter.state | 状态 | State
filter.any | 全部 | All
filter.open | 还有待核 | To be checked
filter.unapproved | 未批准 | Not approved
filter.approved | 已批准 | Approved
rec.name | 项目 | Project
rec.form | 表单 | Form
rec.pages | 页 | Pages
rec.amount | 金额（元） | Amount (yuan)
rec.open | 待核 | To check
rec.approval | 批准 | Approval
rec.document | 文档 | Document
rec.none | 没有符合条件的项目。 | No project matches.
rec.more | 共 {n} 个项目，这里列出前 {shown} 个；用筛选缩小范围。 | {n} projects; the first {shown} are listed. Filter to narrow them down.
rec.choose | 在上面的表里点一个项目，就能对照原页审核。 | Choose a project above to review it beside its page.
form.secondary_project | 二级项目 | Secondary project
form.performance_target | 项目绩效目标表 | Performance target table
total | 合计 | Total
page | 第 {n} 页 | p. {n}
empty | （空） | (empty)

doubt.ambiguous | 有几种读法 | More than one way to read it
doubt.border_lost | 表格线缺失 | A border of the cell is lost
doubt.category_missing | 没有写类别，可能同上 | No category is printed; it may be that above
doubt.label_in_text | 文字里夹有栏目名 | A label stands within the text
doubt.label_inside | 格里夹有栏目名 | The cell holds a label, too
doubt.layout_text | 按版面排的文本 | Text laid out by columns
doubt.no_unit | 没有写明金额单位 | No unit is stated
doubt.not_a_number | 不是数字 | Not a number
doubt.not_a_whole_word | 数字可能不完整 | The number may be cut
doubt.not_a_year | 不是年份 | Not a year
doubt.not_an_amount | 不是金额 | Not an amount
doubt.ocr | 文字识别没有把握 | Recognition is unsure
doubt.options | 选项勾选不清 | The ticked option is unclear
doubt.overflow | 文字超出格子 | Print runs over the border
doubt.printed_twice | 印了两次且不同 | Printed twice, differently
doubt.spans_rows | 一格跨几行 | One cell over several rows
doubt.split_guessed | 分格是推断的 | The split into cells is a guess
doubt.sum_mismatch | 合计对不上 | The form's sums do not foot
doubt.target_in_parts | 符号、数值、单位分列 | Sign, number and unit stand in separate columns
doubt.ungrounded | 页面上找不到 | Not found on the page
doubt.unit_conflict | 写了两种单位 | Two units are stated
doubt.unreadable | 读不清 | Unreadable
cell.trust | 评测中这种状态的值 {values} 个，{right} 个正确。 | In the evaluation {right} of {values} values of this state were right.
cell.choose | 点一格，右边就显示它在原页上的位置。 | Choose a cell to see its place on the page.
cell.reader | 读者 | Reader
cell.value | 取值 | Value
cell.quote | 原文 | Printed
cell.use | 采用 | Use
cell.doubts | 疑点 | Doubts
cell.no_page | 这一格没有可以指出的位置；显示的是表单的第一页。 | This cell has no place to show; this is the form's first page.
open.count | {n} 格待核 | {n} cells to check
open.none | 没有待核的格 | Nothing left to check
next | 下一格 (N) | Next (N)
accept | 接受 (A) | Accept (A)
correction | 更正为 | Correct to
correction.hint | 更正为表上印的值；留空表示这一格是空的 | Correct to what the form prints; empty: the cell is empty
correct | 更正 | Correct
why | 理由 | Reason
why.hint | 理由（驳回时必填） | Reason (required to reject)
reject | 驳回 | Reject
reject.why | 驳回要写明理由。 | Say why it is rejected.
approve | 批准这条记录 | Approve the record
reopen | 重新打开 | Reopen
accept_rest | 接受其余单方读值 | Accept single readings
accept_rest.ask | 将接受 {n} 格只有一方读出的值（不含不一致、无出处和未读出的格）。已对照原页？ | This accepts {n} cells that one reader alone read (none that are disputed, ungrounded or missing). Checked against the page?
accept_rest.none | 没有可以一并接受的格；余下的要一格一格决定。 | No cells can be accepted together; decide the others one by one.
yes | 确认接受 | Yes, accept
no | 取消 | Cancel
accept.disputed | 两方读数不一致：请用“采用”选定一方，或填写更正。 | The readers differ: use one of their values, or correct it.
expects.amount | 金额要写成 7600000.00 或 7,600,000.00 这样的数。 | An amount is written like 7600000.00 or 7,600,000.00.
expects.number | 要写成 12 或 0.5 这样的数。 | A number is written like 12 or 0.5.
expects.year | 年度要写成 2025 这样的四位数。 | A year is written like 2025.
expects.code | 编码只能由数字和字母组成。 | A code has only digits and letters.
expects.unit | 金额单位只能是元、千元、万元、百万元或亿元。 | The unit of amounts is 元, 千元, 万元, 百万元 or 亿元.
expects.choice | 要写表上印的选项。 | One of the printed choices is expected.
expects.text | 要写一段文字。 | A text is expected.
expects.long_text | 要写一段文字。 | A text is expected.
choose_first | 请先选一格。 | Choose a cell first.
choose_record | 请先选一个项目。 | Choose a project first.
approve.open | 还有 {n} 格待核，决定完才能批准。 | {n} cells still need a decision before the record can be approved.
done.accept | 已接受。 | Accepted.
done.correct | 已更正。 | Corrected.
done.reject | 已驳回。 | Rejected.
done.approve | 已批准。 | Approved.
done.reopen | 已重新打开。 | Reopened.
history | 审核记录 | Decisions
history.none | 还没有人做过决定。 | Nobody has decided anything yet.
history.lost | 有 {n} 个决定与重新读取的结果对不上，请重新核对：{cells} | {n} decisions no longer fit what was read again; please check: {cells}
history.at | 时间 | When
history.who | 谁 | Who
history.action | 决定 | Decision
history.what | 哪一格 | Cell
history.change | 之前 → 之后 | Before → after
action.accept | 接受 | accept
action.correct | 更正 | correct
action.reject | 驳回 | reject
action.approve | 批准 | approve
action.reopen | 重新打开 | reopen

state.agreed | 一致 | agreed
state.confirmed_by_sum | 合计印证 | sums foot
state.single | 单方读出 | one reader
state.disputed | 不一致 | disputed
state.ungrounded | 无出处 | ungrounded
state.unreadable | 无法辨认 | unreadable
state.missing | 未读出 | missing
state.reviewed | 已审 | reviewed
approval.approved | 已批准 | approved
approval.unreviewed | 未审核 | unreviewed
approval.disputed | 有争议 | disputed
needs | 待核 | check

ask.hint | 例如：某项目的当年金额是多少？ | For example: what is the project's amount of the current year?
ask.send | 提问 | Ask
ask.new | 新对话 | New conversation
ask.approved_only | 只用已批准的记录 | Approved records only
ask.examples | 可以这样问 | You could ask
ask.empty | 在下面提问。答案里的每个数都带着它的出处，点出处就在右边打开那一页。 | Ask below. Every figure in an answer carries its source; choose one to open the page on the right.
ask.blank | 请先写下问题。 | Write a question first.
ask.source | 点答案里的出处，这里显示原页并标出位置。 | Choose a source in an answer: its page opens here with the place marked.
ask.sources | 出处 | Sources
ask.more_sources | 其余 {n} 个出处 | {n} more sources
ask.computation | 计算过程 | Computation
ask.values | 数值 | Values
ask.choices | 您问的是 | Did you mean
ask.parts | 组成 | Made of
ask.more_values | 共 {n} 项，这里列出前 {shown} 项；全部见计算过程和清单。 | {n} in all; the first {shown} are shown. All stand in the computation and the list.
ask.copy | 复制 | Copy
ask.copied | 已复制 | Copied
ask.stop | 停止 | Stop
ask.waiting | 正在查找记录和原文… | Looking through records and pages…
ask.wording | 模型正在据原文概括，可以停止… | The model is putting the passage in a few words; you can stop it…
ask.edit | 换一种问法 | Ask in other words
ask.list | 下载清单（Excel） | Download the list (Excel)
ask.list_name | 回答清单 | answer
rate.up | 赞 | Good
rate.down | 踩 | Bad
rate.why.up | 好在哪里（可不填） | What was good (optional)
rate.why.down | 哪里不对：数、出处、没听懂…… | What is wrong: figure, source, not understood…
rate.send | 提交理由 | Send
rate.done | 已记下，用于改进和评测。 | Noted, for improvement and evaluation.
ask.gone | 这条回答不在当前对话里，请重新打开对话。 | This answer is not in the conversation at hand; reopen it.
talk.title | 以前的对话 | Earlier conversations
talk.none | 还没有对话。 | No conversation yet.
talk.question | 第一个问题 | First question
talk.turns | 问答 | Turns
talk.at | 时间 | When
status.answered | 已回答 | answered
status.not_stated | 表上未填 | not stated
status.not_found | 没有找到 | not found
status.out_of_scope | 不在范围内 | out of scope
status.ambiguous | 需要澄清 | ambiguous
example.amount | {name}的{label}是多少？ | {name}的{label}是多少？
example.text | {name}的{label}是什么？ | {name}的{label}是什么？
example.sum | 所有项目的{label}合计是多少？ | 所有项目的{label}合计是多少？
example.top | {label}最高的三个项目是哪些？ | {label}最高的三个项目是哪些？

find.severity | 程度 | Severity
find.project | 项目 | Project
find.target | 位置 | Where
find.what | 问题 | Finding
find.none | 没有发现问题。 | No findings.
find.choose | 点一条问题，这里显示原页并标出位置。 | Choose a finding: its page opens here with the place marked.
severity.error | 错误 | error
severity.warning | 提醒 | warning
severity.note | 说明 | note

export.which | 导出哪些记录 | Which records
export.approved | 只导出已批准的 | Approved only
export.all | 全部（带状态） | All (with their states)
export.format | 格式 | Format
export.make | 生成文件 | Make the file
export.name | 绩效记录 | records
export.file | 下载 | Download

error.document | 文件没有读进来 | The document was not read
error.model | 语言模型不可用 | The language model is not available
error.store | 数据没有存上 | The data was not saved
error.not_found | 找不到 | Not found
error.value | 这个值不合格式 | The value does not fit
error.any | 没有做成 | That did not work
error.unexpected | 程序出了意外的错，已记入日志；数据没有改动，请再试一次。 | Something unexpected went wrong and was logged; nothing was changed, please try again.
"""


def _read(table: str) -> dict[str, tuple[str, str]]:
    rows = ([p.strip() for p in line.split(" | ")] for line in table.splitlines() if line.strip())
    return {key: (zh, en) for key, zh, en in rows}


WORDS = _read(_TABLE)


def word(lang: Lang, key: str, **values: object) -> str:
    """The text of ``key`` with its ``{names}`` filled in. An unknown key raises KeyError."""
    text = WORDS[key][lang == "en"]
    return text.format(**values) if values else text


def label_of(spec: FieldSpec, lang: Lang) -> str:
    return spec.english if lang == "en" else spec.label.replace("{year}", "")


def path_label(record: Record, path: str, lang: Lang) -> str:
    """A cell's address in words: ``绩效指标 › 产出指标/数量指标/… › 年度指标值``."""
    spec = FORMS[record.form_type]
    if "." not in path:
        return next((label_of(f, lang) for f in spec.fields if f.name == path), path)
    head, column = path.rsplit(".", 1)
    name = head.split("[", 1)[0].removesuffix(".total")
    for t in spec.tables:
        if t.name == name and any(c.name == column for c in t.columns):
            key = head[len(name) + 1 : -1] if "[" in head else word(lang, "total")
            title = t.english if lang == "en" else t.titles[0]
            return f"{title} › {key} › {label_of(t.column(column), lang)}"
    return path
