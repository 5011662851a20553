"""Who is a person and who is a program, as agents say it themselves."""

from typing import Final

import pytest

from services.render.core.views.readers import is_bot

_ANDROID: Final = "Mozilla/5.0 (Linux; Android 13; {}) AppleWebKit/537.36 (KHTML, like Gecko) "
_IPHONE: Final = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
)
_LINUX: Final = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
_MAC: Final = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) "
_WINDOWS: Final = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
_VIEW: Final = "Version/4.0 Chrome/116.0.0.0 Mobile Safari/537.36 "

BROWSERS = [
    _WINDOWS + "Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.61",
    _WINDOWS + "Chrome/86.0.4240.198 Safari/537.36 QIHU 360SE",
    _WINDOWS + "Chrome/78.0.3904.108 Safari/537.36 SE 2.X MetaSr 1.0",
    _WINDOWS + "Chrome/70.0.3538.25 Safari/537.36 Core/1.70.3877.400 QQBrowser/10.8.4506.400",
    _LINUX + "Chrome/119.0.0.0 Safari/537.36 OPR/105.0.0.0",
    _MAC + "Version/13.1.2 Safari/605.1.15",
    _IPHONE + "CriOS/119.0.6045.109 Mobile/15E148 Safari/604.1",
    _IPHONE + "GSA/290.0.585901234 Mobile/15E148 Safari/604.1",
    _ANDROID.format("SAMSUNG SM-S918B") + "SamsungBrowser/23.0 Chrome/115.0.0.0 Mobile Safari/537.36",
    _ANDROID.format("HarmonyOS; OCE-AN10; HMSCore 6") + "HuaweiBrowser/14.0.3.300 Mobile Safari/537.36",
    _ANDROID.format("PEQM00") + _VIEW + "HeyTapBrowser/45.9.3.1 HttpDns",
    _ANDROID.format("V2227A; wv") + _VIEW + "VivoBrowser/16.9.10.0 VivoFeeds",
    _ANDROID.format("23049RAD8C") + _VIEW + "XiaoMi/MiuiBrowser/17.8.220115",
    _ANDROID.format("V2141A") + "Version/4.0 Chrome/100.0.4896.58 Quark/6.4.2.273 Mobile Safari/537.36",
    _ANDROID.format("MI 8") + "Version/4.0 Chrome/78.0.3904.108 UCBrowser/13.2.8.1108 Mobile Safari/537.36",
    _ANDROID.format("sogou_mobile_browser") + _VIEW + "SogouMSE,SogouMobileBrowser/5.28.10",
    _IPHONE + "Version/15.0 Mobile/15E148 SogouMobileBrowser/5.29 SogouSearch Ios",
    "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 Chrome/114.0.0.0 ArkWeb/4.1 Mobile",
    "Mozilla/5.0 (iPad; CPU OS 9_3_5 like Mac OS X) AppleWebKit/601.1.46 Version/9.0 Mobile/13G36",
    "Mozilla/5.0 (Android 13; Mobile; rv:120.0) Gecko/120.0 Firefox/120.0",
    "Mozilla/5.0 (Windows NT 6.1; Trident/7.0; rv:11.0) like Gecko",
    "Mozilla/5.0 (compatible; MSIE 10.0; Windows NT 6.2; Trident/6.0)",
    "Opera/9.80 (Android; Opera Mini/36.2.2254/191.310; U; en) Presto/2.12.423 Version/12.16",
    "UCWEB/2.0 (MIDP-2.0; U; Adr 4.4.4; en-US; X1) U2/1.0.0 UCBrowser/10.7 U2/1.0.0 Mobile",
]  # fmt: skip
IN_APPS = [
    _ANDROID.format("2211133C; wv") + _VIEW + "XWEB/1160065 MicroMessenger/8.0.47 Weixin",
    _WINDOWS + "Chrome/107.0.0.0 Safari/537.36 MicroMessenger/7.0.20.1781 WindowsWechat(0x63090a13)",
    _ANDROID.format("V1990A; wv") + _VIEW + "V1_AND_SQ_8.8.55_2390_YYB_D QQ/8.8.55.6900 WebP/0.3.0",
    _ANDROID.format("NOH-AN00; wv") + _VIEW + "Weibo (HUAWEI-NOH-AN00__weibo__13.10.2__android__android12)",
    _ANDROID.format("PGT-AN10; wv") + _VIEW + "aweme_270600 JsSdk/1.0 AppName/aweme BytedanceWebview/d8a21c6",
    _ANDROID.format("SEA-AL10; wv") + _VIEW + "NewsArticle/8.9.1 JsSdk/2 NetType/wifi AppName/news_article",
    _ANDROID.format("Redmi Note 9 Pro; wv") + _VIEW + "toutiao feed/1.0",
    _ANDROID.format("ELE-AL00; wv") + _VIEW + "okhttp/3.12 com.example.news",
    _IPHONE + "Mobile/15E148 SP-engine/2.30.0 main%2F1.0 baiduboxapp/12.15.5.10 (Baidu; P2 14.6) NABar/1.0",
    _IPHONE + "Mobile/15E148 discover/7.93 (XHS; xhsdiscover) NetType/WiFi",
    _IPHONE + "Mobile/20F66 Instagram 289.0.0.19.109 (iPhone13,2; iOS 16_5; en_US; scale=3.00; 1170x2532)",
    _IPHONE + "Mobile/15E148 [FBAN/FBIOS;FBAV/432.0.0.41.111;FBDV/iPhone12,1;FBLC/zh_TW]",
    _ANDROID.format("Pixel 10; wv") + _VIEW + "MetaIAB Facebook",
    # it may leave the browser out
    "[FBAN/FB4A;FBAV/498.0.0.54.74;FBDM/{density=2.6,width=1080};FBLC/zh_TW;FBPN/com.facebook.katana;FBSV/14]",
    "[FB_IAB/FB4A;FBAV/410.0.0.26.115;]",
    # the build of a telephone, which crawler-user-agents lists as a crawler
    _ANDROID.format("CPH2557 Build/AP3A.240617.008; wv") + _VIEW + "Instagram 406.0.0.58.159 Android",
    _IPHONE + "Mobile/15E148 Safari Line/13.8.0",
    _ANDROID.format("SM-S908N; wv") + _VIEW.strip() + ";KAKAOTALK 2410240",
    _ANDROID.format("M2101K6G; wv") + _VIEW + "WhatsApp/2.23.20",
    _IPHONE + "Mobile/15E148 Viber/21.0",
    _IPHONE + "Mobile/15E148 FeedMe/4",
    _IPHONE + "Mobile/15E148 Feedly/101.0",
    _ANDROID.format("Pixel 8; wv") + _VIEW + "NewsBlur",
    _MAC + "Reeder/5",
    _WINDOWS + "Chrome/120.0.0.0 Electron/22.0 Safari/537.36 Feedly/1.0",
    # models that are called like programs
    _ANDROID.format("CUBOT X70") + "Chrome/140.0 Mobile Safari/537.36",
    _ANDROID.format("C-BOT C1") + "Chrome/119.0 Mobile Safari/537.36",
    _ANDROID.format("Spider A5 Build/PPR1; wv") + _VIEW,
]  # fmt: skip

PROGRAMS = [
    # they say nothing, or what no browser says
    "", "  ", "-", "null", "node", "Mozilla/5.0 (compatible; Line-Poker/1.0)",
    # libraries
    "curl/8.5.0", "python-requests/2.32", "Go-http-client/2.0", "okhttp/4.12.0",
    "Dalvik/2.1.0 (Linux; U; Android 12)",
    "Dart/3.2 (dart:io)",
    "reqwest/0.11.22", "undici", "RestSharp/106.15", "Deno/1.38.0", "PostmanRuntime/7.35.0",
    "Faraday v2.7", "NewsApp/1 CFNetwork/1485 Darwin/23.1.0",
    # monitors
    "ELB-HealthChecker/2.0", "GoogleHC/1.0", "kube-probe/1.27", "Prometheus/2.45.0", "Nagios",
    _LINUX + "Chrome/140.0 Safari/537.36 DatadogSynthetics",
    "Mozilla/5.0 (compatible; Google-InspectionTool/1.0)",
    # who fetches feeds
    "Feedly/1.0 (+http://www.feedly.com/fetcher.html)", "Reeder/5.4 CFNetwork/1474 Darwin/23.0.0",
    "Mozilla/5.0 (feeder.co; Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko)",
    "newsboat/2.33 (Linux x86_64)", "Flipboard/1.0", "Mozilla/5.0 (compatible; RSSHub/1.0)",
    # who shows a link
    "facebookexternalhit/1.1", "WhatsApp/2.23", "Misskey/13.14.2", "Bluesky Cardyb/1.1; +mailto:a@b.example",
    _MAC + "Version/9.0.1 Safari/601.2.4 facebookexternalhit/1.1 Facebot Twitterbot/1.0",
    "Mozilla/5.0 (Macintosh; rv:28.0) Gecko/20100101 Firefox/28.0 (FlipboardProxy/1.1; +http://flipboard.com/x)",
    # crawlers, also such as show a telephone
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; Baiduspider/2.0)", "Mozilla/5.0 (compatible; GPTBot/1.2)",
    "Mozilla/5.0 (compatible; bingbot/2.0)",
    _ANDROID.format("Nexus 5X") + _VIEW + "(compatible; Bytespider; https://news.example/)",
    "Mozilla/5.0 (Linux; Android 7.0;) AppleWebKit/537.36 (compatible; PetalBot;+https://a.example)",
    _ANDROID.format("Pixel 2; Storebot-Google/1.0") + _VIEW,
    _IPHONE + "Version/6.0 Mobile (compatible; YisouSpider/5.0)",
    _ANDROID.format("moto g power (2022)") + "Chrome/119.0 Mobile Safari/537.36 Chrome-Lighthouse",
    # browsers that a program drives
    _LINUX + "HeadlessChrome/140.0.0.0 Safari/537.36", _LINUX + "PhantomJS/2.1.1 Safari/538.1",
    _WINDOWS + "Chrome/119 Electron/27 Safari/537.36 Cypress/13.5.1",
    _LINUX + "Chrome/131.0.0.0 Safari/537.36 puppeteer", _LINUX + "Chrome/129 Safari/537.36 Playwright/1.49",
    "Mozilla/5.0 (linux) AppleWebKit/537.36 (KHTML, like Gecko) jsdom/25.0.1",
    _LINUX + "wkhtmltopdf Safari/534.34",
    "Mozilla/5.0 (Unknown; Linux) AppleWebKit/538.1 (KHTML, like Gecko) Splash Version/10.0 Safari/538.1",
    _LINUX + "Chrome/130 Safari/537.36 NewRelicPinger/1.0", _LINUX + "Chrome/127 Safari/537.36 Catchpoint",
    _WINDOWS + "Chrome/128 Safari/537.36 WebPageTest", _LINUX + "Chrome/131 Safari/537.36 Sitespeed.io/36",
]  # fmt: skip


@pytest.mark.parametrize("agent", [*BROWSERS, *IN_APPS])
def test_a_persons_browser_is_a_reader_whatever_device_and_app_it_names(agent: str) -> None:
    assert not is_bot(agent)


@pytest.mark.parametrize("agent", PROGRAMS)
def test_who_says_it_is_a_program_or_says_nothing_is_no_reader(agent: str) -> None:
    assert is_bot(agent)
