"""Names that datelines and credits are known by: agencies, papers, places, and words that are none of these.

Each stands in the scripts in which it is written. An agency or paper that is missing here is still found
where its name ends like one (河城日报, 河城通讯社), a place that is missing where a day stands behind it.
To add one, add the word here and a line to the golden file of the tests.
"""

from typing import Final


def words(text: str) -> tuple[str, ...]:
    """Give the words of a table, the longest first, as an alternation needs them."""
    return tuple(sorted(set(text.split()), key=lambda word: (-len(word), word)))


AGENCIES: Final = words(
    """
    新华社 新華社 新华网 新華網 中新社 中新网 中新網 中国新闻社 中國新聞社 中国新闻网 中新经纬 中央社 中通社
    香港中通社 中评社 中評社 中时社 军闻社 軍聞社 财联社 界面新闻 澎湃新闻 参考消息网 参考消息 环球网 人民网
    央视网 央视新闻 央广网 光明网 中国网 国际在线 海外网 观察者网 东网 東網 on.cc東網 法新社 路透社 美联社
    美聯社 彭博社 彭博新闻社 塔斯社 俄塔社 俄新社 共同社 时事社 時事社 韩联社 韓聯社 朝中社 德新社 安莎社
    埃菲社 欧新社 歐新社 合众社 合众国际社 合眾國際社 国际文传电讯社 今日俄罗斯 安纳多卢社 马新社 馬新社
    国家通讯社 安塔拉 安塔拉社 越通社 泰通社 老通社 柬新社 菲通社 印报托 印度报业托拉斯 沙通社 巴通社 阿通社
    伊通社 土通社 葡新社 卢萨社 波通社 捷通社 瑞通社 奥新社 比通社 加通社 拉美社 南通社 中东社 德国之声
    德國之聲 美国之音 美國之音 自由亚洲电台 英国广播公司 BBC CNN AFP AP Reuters Bloomberg Bernama 联合早报
    聯合早報 早报 联合晚报 新明日报 海峡时报 亚洲新闻台 8视界 星洲日报 星洲日報 星洲网 南洋商报 南洋商報
    中国报 中國報 光明日报 光華日報 光华日报 东方日报 東方日報 诗华日报 詩華日報 联合报 聯合報 经济日报
    經濟日報 中國時報 中国时报 自由時報 自由时报 明報 明报 信報 信报 星島日報 星岛日报 大公報 大公报 文匯報
    文汇报 香港文匯報 香港商報 香港電台 蘋果日報 端傳媒 世界日報 世界日报 國際日報 国际日报 印华日报
    千岛日报 人民日报 环球时报 環球時報 新京报 解放军报 南方日报 北京青年报 中国青年报 科技日报 工人日报
    农民日报
    """
)
SHORT_AGENCIES: Final = words("法新 路透 美联 美聯 彭博 德新 韩联 韓聯 中新 新华 新華 安莎 埃菲")
"""Before 电, or before a place, a day and 电: 路透東京14日電, (东京法新电)."""

LATIN_AGENCIES: Final = words(
    """
    AP AFP Reuters Bloomberg Bernama Xinhua UPI Kyodo Yonhap TASS ANSA EFE DPA dpa PTI ANI Antara VNA KUNA
    WAM CNA CNN BBC ANTARA Lusa NAN Anadolu AA CP PA AAP RIA PNA SPA QNA
    """
)

PLACES: Final = frozenset(
    words(
        """
        北京 上海 天津 重庆 重慶 香港 澳门 澳門 台北 臺北 高雄 台中 臺中 台南 臺南 新北 桃园 桃園 新竹 基隆
        嘉义 嘉義 花莲 花蓮 台东 臺東 宜兰 宜蘭 屏东 屏東 彰化 云林 雲林 苗栗 南投 澎湖 金门 金門 马祖 馬祖
        石家庄 太原 呼和浩特 沈阳 瀋陽 大连 大連 长春 長春 哈尔滨 哈爾濱 南京 苏州 蘇州 杭州 宁波 寧波 合肥
        福州 厦门 廈門 南昌 济南 濟南 青岛 青島 郑州 鄭州 武汉 武漢 长沙 長沙 广州 廣州 深圳 珠海 南宁 南寧
        桂林 海口 三亚 三亞 成都 贵阳 貴陽 昆明 拉萨 拉薩 西安 兰州 蘭州 西宁 西寧 银川 銀川 乌鲁木齐
        烏魯木齊 台湾 台灣 臺灣 九龙 九龍 吉隆坡 八打灵再也 八打靈再也 布城 布特拉再也 莎阿南 沙亚南 巴生
        梳邦再也 加影 安邦 蒲种 怡保 太平 槟城 檳城 乔治市 北海 亚罗士打 居林 双溪大年 玻璃市 加央 马六甲
        馬六甲 芙蓉 波德申 新山 峇株巴辖 麻坡 居銮 昔加末 古来 关丹 關丹 文冬 劳勿 云顶 金马仑 瓜拉登嘉楼
        哥打峇鲁 哥打巴鲁 古晋 古晉 诗巫 詩巫 美里 民都鲁 泗里街 亚庇 亞庇 山打根 斗湖 纳闽 納閩 新加坡 狮城
        獅城 雅加达 雅加達 泗水 棉兰 棉蘭 万隆 萬隆 巴厘岛 峇厘岛 登巴萨 曼谷 清迈 清邁 普吉 合艾 芭提雅
        马尼拉 馬尼拉 宿务 宿霧 河内 河內 胡志明市 岘港 金边 金邊 暹粒 万象 萬象 永珍 仰光 内比都 曼德勒
        斯里巴加湾 斯里巴加湾市 汶莱 文莱 帝力 东京 東京 大阪 京都 名古屋 福冈 福岡 札幌 广岛 廣島 冲绳 沖繩
        那霸 首尔 首爾 釜山 仁川 平壤 乌兰巴托 烏蘭巴托 新德里 孟买 孟買 加尔各答 班加罗尔 钦奈 金奈 科伦坡
        可倫坡 达卡 達卡 加德满都 加德滿都 廷布 马累 馬累 伊斯兰堡 伊斯蘭堡 卡拉奇 拉合尔 喀布尔 喀布爾
        德黑兰 德黑蘭 巴格达 巴格達 大马士革 大馬士革 贝鲁特 貝魯特 耶路撒冷 特拉维夫 特拉維夫 加沙 加薩
        拉姆安拉 安曼 利雅得 利雅德 吉达 麦加 多哈 迪拜 杜拜 阿布扎比 阿布達比 科威特 马斯喀特 麦纳麦 萨那
        亚丁 安卡拉 伊斯坦布尔 伊斯坦堡 尼科西亚 第比利斯 巴库 埃里温 阿拉木图 阿斯塔纳 塔什干 比什凯克
        杜尚别 莫斯科 圣彼得堡 聖彼得堡 海参崴 基辅 基輔 哈尔科夫 赫尔松 敖德萨 利沃夫 明斯克 基希讷乌 华沙
        華沙 布拉格 布达佩斯 布達佩斯 维也纳 維也納 柏林 波恩 慕尼黑 法兰克福 法蘭克福 汉堡 漢堡 巴黎 马赛
        尼斯 里昂 斯特拉斯堡 伦敦 倫敦 爱丁堡 曼彻斯特 贝尔法斯特 都柏林 布鲁塞尔 布魯塞爾 海牙 阿姆斯特丹
        鹿特丹 卢森堡 日内瓦 日內瓦 苏黎世 蘇黎世 伯尔尼 达沃斯 達沃斯 罗马 羅馬 米兰 米蘭 威尼斯 梵蒂冈
        梵蒂岡 马德里 馬德里 巴塞罗那 巴塞隆納 里斯本 雅典 斯德哥尔摩 斯德哥爾摩 奥斯陆 奧斯陸 哥本哈根
        赫尔辛基 赫爾辛基 雷克雅未克 塔林 里加 维尔纽斯 贝尔格莱德 萨拉热窝 萨格勒布 索非亚 布加勒斯特
        地拉那 开罗 開羅 亚历山大 的黎波里 突尼斯 阿尔及尔 拉巴特 卡萨布兰卡 喀土穆 亚的斯亚贝巴 内罗毕
        奈洛比 摩加迪沙 坎帕拉 达累斯萨拉姆 金沙萨 拉各斯 阿布贾 阿克拉 达喀尔 卢萨卡 哈拉雷 约翰内斯堡
        約翰尼斯堡 比勒陀利亚 开普敦 開普敦 德班 华盛顿 華盛頓 纽约 紐約 联合国 聯合國 波士顿 波士頓 芝加哥
        洛杉矶 洛杉磯 旧金山 舊金山 三藩市 西雅图 西雅圖 休斯敦 休士頓 迈阿密 邁阿密 费城 亚特兰大 达拉斯
        拉斯维加斯 夏威夷 檀香山 渥太华 渥太華 多伦多 多倫多 温哥华 溫哥華 蒙特利尔 墨西哥城 哈瓦那
        危地马拉城 巴拿马城 圣何塞 加拉加斯 波哥大 基多 利马 拉巴斯 圣地亚哥 布宜诺斯艾利斯 蒙得维的亚
        巴西利亚 圣保罗 聖保羅 里约热内卢 里約熱內盧 堪培拉 悉尼 雪梨 墨尔本 墨爾本 布里斯班 珀斯 阿德莱德
        惠灵顿 威靈頓 奥克兰 奧克蘭 基督城 莫尔斯比港 苏瓦
        """
    )
)
"""Places that reports are filed from: enough where no day helps to tell a place from other words."""

NO_PLACES: Final = frozenset(
    words(
        """
        综合 綜合 体育 體育 国际 國際 财经 財經 经济 經濟 娱乐 娛樂 社会 社會 科技 要闻 要聞 地方 文教 健康
        生活 两岸 兩岸 军事 軍事 教育 交通 天气 天氣 国内 國內 全国 全國 政治 港闻 港聞 即时 即時 突发 突發
        最新 独家 獨家 外电 外電 今天 今日 明天 明日 前天 后天 今早 今晨 当天 當天 同日
         下月 当月 明年 截至 截止 直到 直至 预计 預計 将于 將於 定于 定於 已于 已於 并于 並於
         公司 学校 學校 读者 讀者 会员 會員 通告 警方 商家 球队 球隊 人工 智能 手机 手機 移动 移動 无线
        無線 卫星 衛星 数字 數字
        """
    )
)
"""Words that stand where a place could, and are none."""

SURNAMES: Final = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹"
    "彭曾肖蕭萧田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范廖贾賈夏韦韋方白"
    "邹鄒孟熊秦邱江尹薛阎閻段雷侯史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴戴莫孔汤湯游詹洪柯翁阮温溫符颜顏"
)

FORM_WORDS: Final = words(
    """
    视频 視頻 影片 短片 片 影 有片 影音 音频 音頻 图 圖 图片 圖片 图集 圖集 图辑 圖輯 组图 組圖 多图 多圖
    附图 附圖 动图 图解 圖解 照片 直播 现场直播 直击 直擊 滚动 滾動 持续 持續 不断 不斷 更新 最新 更新中
    快讯 快訊 急讯 急訊 短讯 短訊 简讯 簡訊 即时 即時 突发 突發 独家 獨家 首发 首發 重磅 预告 預告 广告 廣告
    推广 推廣 赞助 贊助 置顶 置頂 更正 转载 轉載 重发 重發 VIDEO LIVE PHOTO
    """
)
"""How a piece is made or how fresh it is: a mark of form, not a series that it belongs to."""

PICTURE_SOURCES: Final = words(
    """
    路透 法新 美联 美聯 彭博 盖帝图像 盖蒂图像 盖蒂图片社 蓋帝圖像 视觉中国 東方IC 东方IC 达志影像 達志影像
    新报业媒体 互联网 網際網路 网络 網絡 网路 網路 脸书 臉書 面子书 受访者 受訪者 读者 讀者 网民 網民 网友
    網友 作者 本报 本報 本网 本網 本刊 本台 警方 消防局 主办方 主辦方 主办单位 主辦單位
    """
)
"""Whom a picture may come from, beside agencies and papers."""
LATIN_PICTURE_SOURCES: Final = (
    *words("EPA EPA-EFE AFP-JIJI Imaginechina ZUMA Sipa Newscom Shutterstock Unsplash Pixabay Pexels Alamy"),
    "Getty Images",
    "Wikimedia Commons",
    "Associated Press",
)
