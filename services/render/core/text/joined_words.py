"""Words of Simplified that say together which sign of Traditional one of them is: 吃 and 面 are 吃麵.

A word of one character that is two in Traditional says nothing by itself, and OpenCC's dictionary knows
phrases of it and a neighbour that the segmentation cuts: 系好, 看表, 松了. Such a phrase counts where it
begins and ends with words. Where it begins or ends within one (一个/中国 is no 箇中) it does not, nor do
those of words that stand side by side by chance (三天/后), which are named here.

What no dictionary knows, rules say: what is counted (3只羊), who has a title (余先生), what is not allowed.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Final

from services.render.core.text.foreign_names import is_of_a_foreign_name
from services.render.core.text.segmentation import segmenter

_SIGNS: Final = frozenset("于余冲出准制历卷发后台周咸咽喂姜岳干征朴涂涌游松签系胡范表谷郁里钟面")
_MOST: Final = 3
"""Words of a phrase."""
_LONGEST: Final = 5
"""Characters of a phrase."""
_BY_CHANCE: Final = """
    系有 系于 系到 系个 系条 系世 系系 系一线 州里 道里 大里 日里 路里 谷里 米里 各里 方里 本里 角里 相里
    里正 里人 里党 里扣 里门 里名 里望 里社 里舍 里老 里语 里君 里美 里乘 里路 步里 神里 下里 东里 南里
    北里 民政里 左里 后里 的钟 他钟 钟的 南京钟 应钟 更钟 钟好 钟有 钟没 钟被 钟上 钟下 钟不 钟王 小钟
    林钟 黄钟 原钟 亮钟 钟太 钟左右 干的 干和 干点 干得很 干干 干图 干地 干没 干断 干料 干产 干材 干落
    干造 干量 干田 干电 干逼 刚干 好干 要干了 不干 一干 干与 干连 日干 无干 十干 干人 海干 马干 干几手
    干象 干站 干号 天干 干时 被发 总发 直发 祝发 秋发 净发 发色 发长 发香 发漂 谷道 谷人 谷风 谷日 谷旦
    川谷 斗的 松出口 松出一 对表 调表 表行 表王 表速 表板 表转 显示表 自动表 喜欢表 拿下表 犹如表 对准表
    大涌 西涌 南涌 吹胡 白胡 长胡 于山 于归 于越 于赠 于徐 于于 于思 友于 长历 通历 官历 周历 合历 天历
    历命 历头 历尾 共和历 可周 当周 周上 周中 周会 周回 周周 那卷 反卷 回卷 笔卷 卷一卷 一签 天后 群后
    球后 仙后 美后 封后 废后 元后 大周后 小天后 风后 川后 后王 后角 后皇 万坛 七坛 三坛 日制 台制 中国制
    美国制 日本制 反复制 美制 外制 内制 俄制 韩制 后制 制为 制得 台风险 牛只 鸡只 犬只 余月 余车 余余
    大余 冲人 冲和 冲流 大冲 六冲 一出 出儿 有出 大咸 道咸 咸信 咸同 咸安 征台
"""
_APART: Final = frozenset(_BY_CHANCE.split())
_COUNTING: Final = re.compile(r"[这那哪每某]|.*[0-9０-９零〇一二两三四五六七八九十百千万亿几半]|数|.*[多余]")
_ONLY: Final = re.compile("[这那哪]")
"""Behind these 只 is likelier 只 (only) where no thing follows."""
_THINGS: Final = ("n", "a", "b")
"""Kinds of words for what is counted."""
_OF_TITLES: Final = """
    先生 女士 小姐 太太 某 某某 氏 姓 同学 老师 教授 博士 院士 医生 医师 律师 法官 警官 队长 总 董 导
"""
_TITLES: Final = frozenset(_OF_TITLES.split())
_OF_OFFICES: Final = "主任 书记 市长 局长 校长 院长 部长 县长 区长 处长 科长 所长 省长 镇长 村长 经理"
_OFFICES: Final = frozenset(_OF_OFFICES.split())
_FULL_NAME: Final = 3
_FAMILIARLY: Final = frozenset("老小阿")
_SURNAMES: Final = frozenset("余范岳涂游郁朴")
_NOT_BY_OFFICE: Final = "于"
"""于校长办公室 says where."""
_OF_REPORTS: Final = """
    死者 伤者 逝者 嫌疑人 犯罪嫌疑人 当事人 受害人 被害人 男子 女子 司机 驾驶员 两人 二人 三人 双方 夫妻
    其 此人 视频 图片 照片 消息 传言 信息 内容 网传 事故 原因 起因 火灾 此事 此案 该案 事件 上述 以上
    账号 公司 该 此 本 原 实 均 皆 乃 疑 应 显 俱 全 并 亦 即 多
"""
_OF_WHOM: Final = frozenset(_OF_REPORTS.split())
_DONE: Final = frozenset(
    "满上在了着成得到来去过出入进完好下向改写温款票粮党量光晖毒威利部力热波烬辜孽数钱料味悸怒"
)
"""Behind 涂 and 游 where they are verbs, and what is left behind 余."""
_GLOOM: Final = frozenset("郁闷结积")
_PLAYS: Final = ("戏", "剧")
_ENDING: Final = frozenset("的了啊吗呢吧")

Convert = Callable[[str], str]


class JoinedWords:
    """The phrases that a conversion knows where words are apart; `own` has more of them, and goes first."""

    def __init__(self, convert: Convert, own: Mapping[str, str]) -> None:
        self._convert = convert
        self._own = own
        self._begins = frozenset(term[0] for term in own)
        self._phrase = lru_cache(20_000)(self._read)

    def phrases(self, words: Sequence[str]) -> Iterator[tuple[int, int, str]]:
        """Give what words are written together: the first, the one behind the last, and how they read."""
        done = 0
        for place in range(len(words)):
            if place < done:
                continue
            found = next(self._found(words, place, done), None)
            if found is not None:
                yield found
                done = found[1]

    def _found(self, words: Sequence[str], place: int, first: int) -> Iterator[tuple[int, int, str]]:
        word = words[place]
        if word[0] in self._begins:
            for end in range(min(place + _MOST, len(words)), place + 1, -1):
                if (own := self._own.get("".join(words[place:end]))) is not None:
                    yield place, end, own
        if word == "一出":
            if not "".join(words[place + 1 : place + 2]).endswith(_PLAYS):
                yield place, place + 1, word
        elif word == "只":
            if place and _is_count(words[place - 1]):
                yield place, place + 1, "隻" if _is_measure(words, place) else word
        elif word == "周":
            if place and _is_count(words[place - 1]):
                yield place, place + 1, "週"
        elif word == "不准":
            yield place, place + 1, word if _is_forbidden(words, place) else "不準"
        elif "里" in word and is_of_a_foreign_name(words, place):
            yield place, place + 1, self._convert(word).replace("裡", "里")
        elif word == "自制" and place + 1 < len(words) and _is_thing(words[place + 1]):
            yield place, place + 1, "自製"
        elif word == "系":
            if _is_being(words, place):
                yield place, place + 1, "係"
        elif (word in _SURNAMES or word == _NOT_BY_OFFICE) and _is_surname(words, place):
            yield place, place + 1, word
        if word not in _SIGNS:
            return
        for start, end in _around(place, first, len(words)):
            if (written := self._phrase(tuple(words[start:end]), place - start)) is not None:
                yield start, end, written

    def _read(self, words: tuple[str, ...], sign: int) -> str | None:
        """Give how a phrase reads if its words read otherwise alone; None if it is no phrase."""
        text = "".join(words)
        if len(text) > _LONGEST or text in _APART:
            return None
        written, alone = self._convert(text), "".join(map(self._convert, words))
        place = len("".join(words[:sign]))
        if len(written) != len(text) or len(alone) != len(text) or written[place] == alone[place]:
            return None
        # without its first character, or its last, it is no phrase any more
        if place and self._convert(text[1:])[place - 1] == written[place]:
            return None
        if place < len(text) - 1 and self._convert(text[:-1])[place] == written[place]:
            return None
        return written


def _around(place: int, first: int, end: int) -> Iterator[tuple[int, int]]:
    """Give the spans of several words that hold one, the longest first."""
    for length in range(_MOST, 1, -1):
        for start in range(max(first, place - length + 1), place + 1):
            if start + length <= end:
                yield start, start + length


def _is_measure(words: Sequence[str], place: int) -> bool:
    """Tell whether a 只 behind what counts is 隻: a thing follows, or nothing."""
    behind = words[place + 1] if place + 1 < len(words) else ""
    if not behind[:1].isalnum():
        return not _ONLY.fullmatch(words[place - 1])
    return _is_thing(behind)


def _is_thing(word: str) -> bool:
    tagged = segmenter().tag(word, False)
    return bool(tagged) and tagged[0][1].startswith(_THINGS) and "力" not in word


def _is_forbidden(words: Sequence[str], place: int) -> bool:
    """Tell whether 不准 says what may not be done, and not that something is inexact: a verb follows."""
    before = words[place - 1] if place else ""
    behind = words[place + 1] if place + 1 < len(words) else ""
    return (behind[:1].isalnum() and behind not in _ENDING) or not before.isalnum() or _is_count(before)


def _is_being(words: Sequence[str], place: int) -> bool:
    """Tell whether 系 is the verb 係, behind whom or what reports speak of."""
    before = words[place - 1] if place else ""
    behind = words[place + 1] if place + 1 < len(words) else ""
    return before in _OF_WHOM and behind[:1].isalnum() and behind not in _ENDING


def _is_count(word: str) -> bool:
    return _COUNTING.fullmatch(word) is not None


def _is_surname(words: Sequence[str], place: int) -> bool:
    """Tell whether a title stands behind, or a familiar word before."""
    before = words[place - 1] if place else ""
    behind = words[place + 1] if place + 1 < len(words) else ""
    beyond = words[place + 2] if place + 2 < len(words) else ""
    if before and _is_count(before):
        return False
    name = f"{words[place]}{behind}{beyond}"[:_FULL_NAME]
    if words[place] == _NOT_BY_OFFICE:
        opens = not before.isalnum() and _name_in(name) == name and len(name) == _FULL_NAME
        return opens or (behind in _TITLES and beyond != "们")
    if behind in _TITLES or behind in _OFFICES or before in _FAMILIARLY:
        return True
    if behind[:1] in _DONE:
        return False
    return len(_name_in(name)) > 1 or (
        words[place] == "郁" and behind.isalnum() and behind[0] not in _GLOOM and behind not in _ENDING
    )


def _name_in(text: str) -> str:
    """Give the person's name that a text begins with; empty if with none."""
    name, kind = segmenter().tag(text, True)[0]
    return name if kind.startswith("nr") else ""
