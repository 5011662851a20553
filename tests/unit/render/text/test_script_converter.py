"""One article in both scripts: what is converted, what stands as sent, and that marks still fit."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.render import app
from services.render.core.articles.stories import texts_in
from services.render.core.text import glossary
from services.render.core.text.glossary import Glossary
from services.render.core.text.script_converter import ScriptConverter
from services.render.core.text.scripts import Script, script_at, script_of
from services.render.settings import Settings
from shared.blocks import (
    Embed,
    Heading,
    Items,
    Mark,
    Paragraph,
    Picture,
    PictureBlock,
    Quote,
    Span,
    Table,
    Text,
)
from shared.events import ArticlePublished, Dateline
from tests.builders import published

LINES = (Path(app.__file__).parent / "glossary.tsv").read_text(encoding="utf-8").splitlines()
HOUSE = glossary.read(LINES)
NONE = glossary.read(())
HANS, HANT = ScriptConverter("zh-Hans", HOUSE), ScriptConverter("zh-Hant", HOUSE)

HARD = [
    ("头发很长,发展很快,理发店发票", "頭髮很長,發展很快,理髮店發票"),
    ("干部说衣服干净,干涉若干", "幹部說衣服乾淨,干涉若干"),
    ("一碗面条,面对里面的面包", "一碗麵條,面對裡面的麵包"),
    ("里程碑、公里、这里", "里程碑、公里、這裡"),
    ("皇后以后在后台", "皇后以後在後臺"),
    ("台湾的台风", "臺灣的颱風"),
    ("系统的联系和关系", "系統的聯繫和關係"),
    ("一只猫在船只上,只有两只", "一隻貓在船隻上,只有兩隻"),
    ("北斗斗争,抽了一斗烟", "北斗鬥爭,抽了一斗煙"),
    ("于是关于由于", "於是關於由於"),
    ("云南的云,人云亦云", "雲南的雲,人云亦云"),
    ("范围、模范,他姓范", "範圍、模範,他姓范"),
    ("歌曲曲折,沈阳沉没,五岳岳父", "歌曲曲折,瀋陽沉沒,五嶽岳父"),
    ("忧郁的香气馥郁,尸体", "憂鬱的香氣馥郁,屍體"),
    ("著名作家跟着看着", "著名作家跟著看著"),
    ("复杂的复习,答复与恢复", "複雜的複習,答覆與恢復"),
    ("制造制度,手表表示", "製造制度,手錶表示"),
    ("校长发言后发现,医生发表,资金发放", "校長發言後發現,醫生發表,資金發放"),
    ("助手表明,有关系统由国家具体管理", "助手表明,有關系統由國家具體管理"),
    ("街头发生的事,白发和理发店", "街頭發生的事,白髮和理髮店"),
    ("关于先生们的制度,于先生们", "關於先生們的制度,於先生們"),
    # what stands at the end of one word and the beginning of the next is a phrase of OpenCC's
    ("三个中心,一个中学,几个中餐馆", "三個中心,一個中學,幾個中餐館"),
    ("千年历程,全年历次会议", "千年歷程,全年歷次會議"),
    ("银行干预汇市,政府干涉", "銀行干預匯市,政府干涉"),
    ("供应机制作用,合作制作节目", "供應機制作用,合作製作節目"),
    ("每周一出发,一出门就下雨", "每週一出發,一出門就下雨"),
    ("更加注意,没有征求意见", "更加注意,沒有徵求意見"),
    ("统一和面对,全面包围", "統一和面對,全面包圍"),
    ("国家私有化,大家具备条件", "國家私有化,大家具備條件"),
    ("不获批准,测不准", "不獲批准,測不準"),
    ("奖金发放,喜庆发财", "獎金發放,喜慶發財"),
    ("住房分配制度,检察干部", "住房分配制度,檢察幹部"),
    ("于永波会见,范志毅进球,沈阳于洪区", "于永波會見,范志毅進球,瀋陽于洪區"),
]


@pytest.mark.parametrize(
    ("language", "script"),
    [
        ("zh", "zh-Hans"), ("zh-Hans", "zh-Hans"), ("zh-CN", "zh-Hans"), ("zh-SG", "zh-Hans"),
        ("zh-hans-TW", "zh-Hans"), ("zh-Hant", "zh-Hant"), ("zh-TW", "zh-Hant"), ("ZH-HK", "zh-Hant"),
        ("zh-Hant-MY", "zh-Hant"), ("zh-MO", "zh-Hant"), ("yue-HK", "zh-Hant"), ("en", None), ("ja-JP", None),
        ("ms", None), ("zhx", None),
    ],
)  # fmt: skip
def test_a_language_says_its_script(language: str, script: Script | None) -> None:
    assert script_of(language) == script


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("/", ("zh-Hans", "/")), ("/zh-hant", ("zh-Hant", "")), ("/zh-hant/", ("zh-Hant", "/")),
        ("/zh-hant/article/a", ("zh-Hant", "/article/a")), ("/zh-hantx", ("zh-Hans", "/zh-hantx")),
        ("/zh-hant/zh-hant/", ("zh-Hant", "/zh-hant/")),
    ],
)  # fmt: skip
def test_a_path_says_its_script(path: str, found: tuple[Script, str]) -> None:
    assert script_at(path) == found


@pytest.mark.parametrize(("hans", "hant"), HARD)
def test_words_that_one_sign_for_one_would_get_wrong(hans: str, hant: str) -> None:
    assert HANT.article(published(title=hans)).title == hant
    assert HANS.article(published(title=hant, language="zh-Hant")).title == hans


@pytest.mark.parametrize("language", ["zh-Hans", "zh-CN", "zh-Hant", "zh-TW", "zh-HK", "en"])
@pytest.mark.parametrize("text", [text for pair in HARD for text in pair])
def test_in_its_own_script_an_article_stands_as_sent(language: str, text: str) -> None:
    sent = everything(text, language)
    own = script_of(language) or language
    for converter in (HANS, HANT):
        if own not in ("zh-Hans", "zh-Hant") or own == converter.script:
            assert converter.article(sent) == sent.model_copy(update={"language": own})


def test_all_that_is_read_of_an_article_is_converted_and_no_address_is() -> None:
    converted = HANT.article(everything("头发", "zh-CN"))
    assert converted == everything("頭髮", "zh-Hant", names="头发")


@pytest.mark.parametrize(
    ("language", "sent", "read"),
    [
        ("zh-HK", "跟着衞生局", "跟着卫生局"),
        ("zh-TW", "跟著衛生局", "跟着卫生局"),
        ("zh-Hant", "裡面裏面", "里面里面"),
    ],
)
def test_simplified_is_made_by_the_articles_own_region(language: str, sent: str, read: str) -> None:
    assert HANS.article(published(title=sent, language=language)).title == read


TWO_SIGNS = [
    ("他看著電視,沿著海岸走,著急又執著", "他看着电视,沿着海岸走,着急又执着"),
    ("隨著潮水漲落,意味著穿著整齊的人睡著了", "随着潮水涨落,意味着穿着整齐的人睡着了"),
    ("著火、著涼、著陸、衣著、附著、沉著應對", "着火、着凉、着陆、衣着、附着、沉着应对"),
    ("笑著說,說著笑了,看著有趣,不著邊際", "笑着说,说着笑了,看着有趣,不着边际"),
    ("著名作家的著作成績顯著", "著名作家的著作成绩显著"),
    ("土著、原著、卓著、拙著、論著", "土著、原著、卓著、拙著、论著"),
    ("專著、遺著、譯著、編著、新著", "专著、遗著、译著、编著、新著"),
    ("見微知著,臭名昭著,彰明較著,著書立說,著作權", "见微知著,臭名昭著,彰明较著,著书立说,著作权"),
    ("魯迅著。陳壽著《三國志》,朱自清 著", "鲁迅著。陈寿著《三国志》,朱自清 著"),
    ("他著有小說多部,著有《河城志》,為葉聖陶所著", "他著有小说多部,著有《河城志》,为叶圣陶所著"),
    ("王著出席會議,張著是詩人", "王著出席会议,张著是诗人"),
    ("張乾說,李乾出席,周乾宇表示", "张乾说,李乾出席,周乾宇表示"),
    ("扭轉乾坤,乾隆年間,乾縣,乾綱獨斷", "扭转乾坤,乾隆年间,乾县,乾纲独断"),
    ("衣服乾了,乾淨,外強中乾,乳臭未乾,乾著急,餅乾", "衣服干了,干净,外强中干,乳臭未干,干着急,饼干"),
    ("牛肉乾、魚乾、梅乾菜、高粱白乾", "牛肉干、鱼干、梅干菜、高粱白干"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-Hant", "zh-TW", "zh-HK", "zh-MO"])
@pytest.mark.parametrize(("hant", "hans"), TWO_SIGNS)
def test_a_sign_that_is_two_in_simplified_is_told_by_its_word(hant: str, hans: str, language: str) -> None:
    assert HANS.text(hant, language) == hans


NEIGHBOURS = [
    # a phrase that begins and ends with words
    ("请系好安全带,他系着领带,情系家乡", "請繫好安全帶,他繫著領帶,情繫家鄉"),
    ("专家松了口气,标准过松,慎重签上名字", "專家鬆了口氣,標準過鬆,慎重簽上名字"),
    ("直到11点多钟,四点半钟响起钟声", "直到11點多鐘,四點半鐘響起鐘聲"),
    ("频频看表,喝干了水,字迹未干", "頻頻看錶,喝乾了水,字跡未乾"),
    ("点了碗面,煮面,吃面,两碗牛肉面", "點了碗麵,煮麵,吃麵,兩碗牛肉麵"),
    ("社会内卷,卷走巨款,席卷全球", "社會內捲,捲走鉅款,席捲全球"),
    ("十几周后,走了150多里,湖南岳阳", "十幾週後,走了150多里,湖南岳陽"),
    # and none that words make by chance
    ("三天后公布,球队进球后庆祝,该干的事", "三天後公佈,球隊進球後慶祝,該幹的事"),
    ("有个中年人,并为此努力", "有個中年人,並為此努力"),
    ("消息一出,一出门,上演一出好戏", "消息一出,一出門,上演一齣好戲"),
    ("11个中央单位,一个中文站点,百年历史", "11個中央單位,一個中文站點,百年歷史"),
    ("各国家庭,下面条件,只剩下面包,水面积,三里面积", "各國家庭,下面條件,只剩下麵包,水面積,三里面積"),
    ("表面包裹,这里程序,下周围绕,用手表达", "表面包裹,這裡程序,下週圍繞,用手表達"),
    ("担任村党支书记,往池中加注清水,附注说明", "擔任村黨支書記,往池中加注清水,附註說明"),
    ("银行发卡,她戴发卡,子丑寅卯", "銀行發卡,她戴髮卡,子丑寅卯"),
    # what is counted
    ("3只大熊猫,约10只个股,共养了50只,两千多只羊", "3隻大熊貓,約10隻個股,共養了50隻,兩千多隻羊"),
    ("这只股票涨了,那只小猫,每只售价三元", "這隻股票漲了,那隻小貓,每隻售價三元"),
    ("这只是开始,这只会更糟,那只需一天", "這只是開始,這只會更糟,那只需一天"),
    # who has a title, and who is familiar
    ("余先生说,余某被捕,余校长来了,小余和老范", "余先生說,余某被捕,余校長來了,小余和老范"),
    ("涂女士,游先生,朴女士,于某某,岳云鹏,余华英", "涂女士,游先生,朴女士,于某某,岳雲鵬,余華英"),
    ("于校长办公室举行,300余先生,涂满颜料,游到对岸", "於校長辦公室舉行,300餘先生,塗滿顏料,游到對岸"),
    ("于永军、于志毅和郁可唯,于北京举行,于今年", "于永軍、于志毅和郁可唯,於北京舉行,於今年"),
    ("余温,余票,余款,蓊郁的林带,郁郁不得志", "餘溫,餘票,餘款,蓊鬱的林帶,鬱鬱不得志"),
    ("自制口罩,自制炸弹,自制能力,提高自制力", "自製口罩,自製炸彈,自制能力,提高自制力"),
    # what may not be done, and what is not exact
    ("学校不准学生喝酒,“不准”就是“不准”", "學校不准學生喝酒,“不准”就是“不准”"),
    ("天气预报不准,算不准日子,不准确", "天氣預報不準,算不準日子,不準確"),
    ("放宽市场准入,未获准入场,水准", "放寬市場准入,未獲准入場,水準"),
    # what something is, and which department
    ("死者系一名男子,视频系旧闻,确系假货", "死者係一名男子,視頻係舊聞,確係假貨"),
    ("物理系一名学生,明确系统,系列赛", "物理系一名學生,明確系統,系列賽"),
    # what OpenCC takes for another sign in a word
    ("对河国免签,续签合同,网友点赞", "對河國免簽,續簽合同,網友點讚"),
    ("歌后与影后,天后宫,郁金香,龙眼干", "歌后與影后,天后宮,鬱金香,龍眼乾"),
]  # fmt: skip


@pytest.mark.parametrize(("hans", "hant"), NEIGHBOURS)
def test_a_neighbour_tells_the_sign_where_both_are_whole_words(hans: str, hant: str) -> None:
    assert HANT.text(hans, "zh-Hans") == hant


FOREIGN = """
    里奇 里皮 里瓦尔多 里希特 凯里 佩里 洛里 帕特里克 阿德里安 杰里 恩里克 蒂耶里 瓦列里 皮耶里 阿莱格里
    库里 毛里西奥 埃里克 里米尼 塞维里诺 里森 努里 古齐里耶夫 马里 里海
"""


@pytest.mark.parametrize("name", FOREIGN.split())
def test_a_name_written_by_its_sound_is_no_inside(name: str) -> None:
    assert "裡" not in HANT.text(f"记者{name}说,{name}表示,会见了{name}。", "zh-Hans")


def test_what_is_inside_something_is() -> None:
    sent = "森林里,英文里,平日里,银行卡里,金库里,微博里,日本里面,在纽约的家里,内里乾坤"
    read = "森林裡,英文裡,平日裡,銀行卡裡,金庫裡,微博裡,日本裡面,在紐約的家裡,內裡乾坤"
    assert HANT.text(sent, "zh-Hans") == read


BACK = [
    ("計畫、企畫、規畫路線、畫分責任、擘畫", "计划、企划、规划路线、划分责任、擘画"),
    ("畫家畫畫,漫畫分享,動畫畫面", "画家画画,漫画分享,动画画面"),
    ("船隻沈沒,沈默不語,心情沈重,下沈式,深沈", "船只沉没,沉默不语,心情沉重,下沉式,深沉"),
    ("沈先生與沈從文,瀋陽", "沈先生与沈从文,沈阳"),
    ("擦乾眼淚,龍眼乾,乾清宮,扭轉乾坤", "擦干眼泪,龙眼干,乾清宫,扭转乾坤"),
    ("妳祇有一隻,祇是神祇,衹要", "你只有一只,只是神祇,只要"),
    ("身分證,知識份子,恐怖份子,帳戶與帳號", "身份证,知识分子,恐怖分子,账户与账号"),
    ("鍾馗捉鬼,覆議案,搥打,衞生", "钟馗捉鬼,复议案,捶打,卫生"),
    ("帳單、轉帳、結帳、壞帳、帳目不清", "账单、转账、结账、坏账、账目不清"),
    ("帳篷與蚊帳,營帳,帳幕", "帐篷与蚊帐,营帐,帐幕"),
    ("大部份民眾,水份過份充份,緣份", "大部分民众,水分过分充分,缘分"),
    ("積極份子,激進份子,異議份子,武裝份子", "积极分子,激进分子,异议分子,武装分子"),
    ("湊份子,隨份子,份子錢,股份子公司", "凑份子,随份子,份子钱,股份子公司"),
    ("全部份額,終身分紅,股份,一份報紙,年份", "全部份额,终身分红,股份,一份报纸,年份"),
    ("身分曝光,公開身分", "身份曝光,公开身份"),
    ("沈著應戰,他很沈著", "沉着应战,他很沉着"),
]  # fmt: skip


@pytest.mark.parametrize("language", ["zh-TW", "zh-HK", "zh-Hant"])
@pytest.mark.parametrize(("hant", "hans"), BACK)
def test_what_traditional_writes_with_one_sign_is_read_as_simplified_writes_it(
    hant: str, hans: str, language: str
) -> None:
    assert HANS.text(hant, language) == hans


def test_where_hong_kong_tells_the_two_signs_apart_they_stay() -> None:
    assert HANS.text("看着著名的著作,沿着海岸", "zh-HK") == "看着著名的著作,沿着海岸"


@pytest.mark.parametrize(
    ("name", "hans", "hant"),
    [
        ("国际", "国际", "國際"), ("國際", "国际", "國際"), ("地方", "地方", "地方"),
        ("台灣", "台湾", "台灣"), ("台湾", "台湾", "臺灣"), ("World", "World", "World"), ("", "", ""),
        ("記者誤信了公告,後台已更正。", "记者误信了公告,后台已更正。", "記者誤信了公告,後台已更正。"),
        ("记者误信了公告,著作已更正。", "记者误信了公告,著作已更正。", "記者誤信了公告,著作已更正。"),
    ],
)  # fmt: skip
def test_a_name_without_a_language_is_known_by_its_signs(name: str, hans: str, hant: str) -> None:
    assert (HANS.untagged(name), HANT.untagged(name)) == (hans, hant)


def test_a_term_of_the_glossary_is_written_as_it_says_and_read_back() -> None:
    house = glossary.read(["# terms", "", "姓于", "电邮\t電子郵件\t電郵"])
    assert titles("他姓于,于是发电邮", house) == ("他姓于,于是发电邮", "他姓于,於是發電子郵件")
    back = ScriptConverter("zh-Hans", house)
    for sent in ("他姓于,於是發電子郵件", "他姓于,於是發電郵"):
        assert back.article(published(title=sent, language="zh-Hant")).title == "他姓于,于是发电邮"


def test_of_two_lines_for_a_term_the_later_one_counts() -> None:
    assert titles("姓于", glossary.read([*LINES, "姓于\t姓於"]))[1] == "姓於"


def test_of_two_terms_the_longer_one_counts() -> None:
    house = glossary.read(["发\t發", "理发\t理髮"])
    assert titles("理发", house)[1] == "理髮"


@pytest.mark.parametrize("line", ["一\t", "\t一", "一\t\t二"])
def test_a_line_that_is_no_term_is_named(line: str) -> None:
    with pytest.raises(ValueError, match=r"^line 2: "):
        glossary.read(["# terms", line])


def test_a_glossary_that_cannot_be_read_is_a_setting_to_change(tmp_path: Path) -> None:
    wrong = tmp_path / "terms.tsv"
    with pytest.raises(ValidationError, match="cannot be read"):
        Settings(glossary=wrong)
    wrong.write_text("# terms\n一\t\n", encoding="utf-8")
    with pytest.raises(ValidationError, match="line 2"):
        Settings(glossary=wrong)


@pytest.mark.parametrize("line", [line for line in LINES if line and not line.startswith("#")])
def test_every_term_of_the_house_is_needed(line: str) -> None:
    hans, *hant = line.split("\t") if "\t" in line else [line] * 2
    without = glossary.read(other for other in LINES if other != line)
    bare = ScriptConverter("zh-Hans", without), ScriptConverter("zh-Hant", without)
    # behind one of these signs OpenCC may see another word
    written = [bare[1].article(published(title=before + hans)).title for before in ("", *"长手关天树")]
    read = [bare[0].article(published(title=one, language="zh-TW")).title for one in hant]
    assert not all(title.endswith(hant[0]) for title in written) or read != [hans] * len(hant)


def test_what_is_asked_again_is_converted_as_the_first_time() -> None:
    assert [HANT.text("百年历史", "zh-CN") for _ in range(2)] == ["百年歷史"] * 2


MARKED = "“头发”和干净的面条,姓于的人发电邮给皇后。"


@given(
    st.lists(st.tuples(st.integers(0, 25), st.integers(1, 30)), max_size=4), st.sampled_from([NONE, HOUSE])
)
def test_marks_stand_over_the_same_words(spans: list[tuple[int, int]], terms: Glossary) -> None:
    marks = tuple(Mark(kind="strong", start=start, end=end) for start, end in spans if start < end)
    sent = published(blocks=(Paragraph(text=MARKED, marks=marks or None),))
    (converted,) = ScriptConverter("zh-Hant", terms).article(sent).blocks
    assert isinstance(converted, Paragraph)
    assert len(converted.text) == len(MARKED)
    # one character stands for one, so a mark over the same places is over the same words
    kept = [(mark.start, min(mark.end, len(MARKED))) for mark in marks if mark.start < len(MARKED)]
    assert [(mark.start, mark.end) for mark in converted.marks or ()] == kept


def test_marks_move_where_a_term_is_longer_in_the_other_script() -> None:
    house = glossary.read(["电邮\t電子郵件"])
    url = "https://news.example/发电邮"
    marks = (Mark(kind="link", start=2, end=4, url=url), Mark(kind="strong", start=3, end=8))
    sent = published(
        blocks=(Paragraph(text="请发电邮,头发也行。", marks=marks),),
        dateline=Dateline(text="请发电邮,"),
    )
    converted = ScriptConverter("zh-Hant", house).article(sent)
    (block,) = converted.blocks
    assert isinstance(block, Paragraph)
    link, strong = block.marks or ()
    # the second mark cuts the term in two, so only what it leaves of it can be converted
    assert block.text == "請發電郵,頭髮也行。"
    assert block.text[link.start : link.end] == "電郵"
    assert link.url == url
    assert block.text[strong.start : strong.end] == "郵,頭髮也"
    whole = sent.model_copy(update={"blocks": (Paragraph(text="请发电邮,头发也行。", marks=marks[:1]),)})
    (block,) = ScriptConverter("zh-Hant", house).article(whole).blocks
    assert isinstance(block, Paragraph)
    (link,) = block.marks or ()
    assert (block.text, block.text[link.start : link.end]) == ("請發電子郵件,頭髮也行。", "電子郵件")


def test_what_is_to_stand_as_it_is_does_whatever_the_glossary_says() -> None:
    sent = Paragraph(
        text="头发和头发发电邮电邮",
        marks=(
            Mark(kind="strong", start=1, end=5),
            Mark(kind="link", start=8, end=10, url="https://a.example/"),
        ),
        as_is=(Span(2, 4), Span(6, 8), Span(9, 30)),
    )
    converted = ScriptConverter("zh-Hant", glossary.read(["电邮\t電子郵件"])).article(
        published(blocks=(sent,))
    )
    (block,) = converted.blocks
    assert isinstance(block, Paragraph)
    assert block.text == "頭髮和头發發电邮電邮"
    texts = [block.text[mark.start : mark.end] for mark in block.marks or ()]
    assert texts == ["髮和头發", "電邮"]
    assert [block.text[start:end] for start, end in block.as_is or ()] == ["和头", "电邮", "邮"]


@pytest.mark.parametrize("terms", [(), ("河城\t河港之城",)])
def test_a_dateline_is_still_the_beginning_of_its_paragraph(terms: tuple[str, ...]) -> None:
    line = Dateline(text="(河城15日讯)", places=("河城",), agency="联合社")
    sent = published(blocks=(Heading(text="讯"), Paragraph(text="(河城15日讯)头发。")), dateline=line)
    converted = ScriptConverter("zh-Hant", glossary.read(terms)).article(sent)
    assert converted.dateline is not None
    _, first = converted.blocks
    assert isinstance(first, Paragraph)
    place = "河港之城" if terms else "河城"
    assert first.text == converted.dateline.text + "頭髮。" == f"({place}15日訊)頭髮。"
    assert (converted.dateline.places, converted.dateline.agency) == ((place,), "聯合社")


def titles(title: str, terms: Glossary) -> tuple[str, str]:
    """Give a Simplified title as it reads in both scripts."""
    sent = published(title=title)
    return (
        ScriptConverter("zh-Hans", terms).article(sent).title,
        ScriptConverter("zh-Hant", terms).article(sent).title,
    )


def everything(text: str, language: str, names: str = "") -> ArticlePublished:
    """Give an article in which every text is this one; section and series have the name given."""
    url = "https://news.example/头发"
    marks = (Mark(kind="link", start=0, end=len(text), url=url),)
    marked = Text(text=text, marks=marks)
    picture = Picture(url=url, caption=text, alt=text, credit=text)
    fields: dict[str, Any] = {
        "title": f"【{text}】{text}",
        "section": names or text,
        "series": names or text,
        "blocks": (
            Heading(text=text, marks=marks),
            Paragraph(text=text + text),
            Quote(paragraphs=(marked, marked)),
            Items(items=(marked,)),
            PictureBlock(picture=picture),
            Embed(url=url, text=text),
            Table(caption=text, head=(marked,), rows=((marked, marked),)),
        ),
        "dateline": Dateline(text=text, places=(text,), agency=text, day=15),
        "pictures": (picture, picture),
        "byline": text,
        "source": text,
        "tags": (text, text),
        "correction": text,
        "uri": url,
    }
    assert all(texts_in(block) or isinstance(block, PictureBlock | Embed) for block in fields["blocks"])
    return published(language=language, **fields)
