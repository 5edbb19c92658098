"""The sentences of errors that the web app shows, in Chinese.

Errors are said in English, for the shell; who uploads a file reads them here.
A sentence that is not in the table is shown as it is.
"""

from __future__ import annotations

import re

from assistant.messages.words import Lang

# ruff: noqa: E501  (a table of texts reads best with one text a line)

_TABLE = """
(.+) is a folder; name the files in it. | {0} 是一个文件夹，请选择其中的文件。
(.+) is larger than (.+) MB; split the file. | {0} 超过 {1} MB，请拆分后再传。
(.+) does not exist; check the path. | {0} 不存在，请检查路径。
(.+) cannot be read: (.+). | {0} 读不了：{1}。
(.+) is empty; get the file again. | {0} 是空文件，请重新获取。
(.+) is neither a PDF nor a page-text file (.txt); convert it. | {0} 既不是 PDF 也不是页文本（.txt），请先转换。
(.+) holds no text; get the file again. | {0} 里没有文字，请重新获取。
(.+) has no pages: it is damaged or cut off; get the file again. | {0} 没有页面，文件已损坏或不完整，请重新获取。
(.+) has (.+) pages, more than the (.+) that are read; split the file. | {0} 有 {1} 页，超过可读的 {2} 页，请拆分后再传。
Page (.+) of (.+) has (.+) words, more than the (.+) of any form; take the page out. | {1} 第 {0} 页有 {2} 个词，超过任何表单会有的 {3} 个，请去掉这一页。
(.+) is damaged and cannot be opened; get the file again. | {0} 已损坏，打不开，请重新获取。
(.+) is encrypted; save it without a password first. | {0} 有密码，请先另存为无密码的文件。
(.+) is damaged: its end is missing; get the file again. | {0} 已损坏，缺少结尾，请重新获取。
Page (.+) of (.+) is damaged and cannot be read; get the file again. | {1} 第 {0} 页已损坏，读不了，请重新获取。
(.+) has no page (.+). | {0} 没有第 {1} 页。
Page (.+) of (.+) cannot be drawn. | {1} 第 {0} 页画不出来。
The file is no readable text: save it as UTF-8, UTF-16 or GBK text and try again. | 文件不是可读的文本，请另存为 UTF-8、UTF-16 或 GBK 编码后再传。
There is no approved record to export yet. | 还没有已批准的记录可以导出；可以改选“全部”。
There is no record to export yet. | 还没有记录可以导出。
There is no document (.+). | 没有文档 {0}，它可能已被移除。
The disk is full; free some space and try again: nothing was lost. | 磁盘已满，请腾出空间后再试；数据没有丢失。
Another process keeps the database locked; try again in a moment. | 数据库正被另一个程序占用，请稍后再试。
The database server does not answer; check DATABASE_URL. | 数据库服务器没有响应，请检查 DATABASE_URL。
"""


def _read(table: str) -> list[tuple[re.Pattern[str], str]]:
    rows = (line.split(" | ") for line in table.splitlines() if line)
    return [(_pattern(english), chinese) for english, chinese in rows]


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(part) for part in english.split("(.+)")), re.DOTALL)


_SENTENCES = _read(_TABLE)


def translated(lang: Lang, sentence: str) -> str:
    """``sentence`` in the language of the app.

    >>> translated("zh", "a.pdf is empty; get the file again.")
    'a.pdf 是空文件，请重新获取。'
    """
    if lang == "en":
        return sentence
    for pattern, chinese in _SENTENCES:
        if found := pattern.fullmatch(sentence):
            return chinese.format(*found.groups())
    return sentence
