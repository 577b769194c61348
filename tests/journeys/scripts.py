"""Texts that would run as a script where a page forgets to escape, each by another way."""

from __future__ import annotations

# What each of them calls; a page counts how often.
HIT = "window.kkHit&&kkHit()"

PAYLOADS: tuple[str, ...] = (
    f"<script>{HIT}</script>",
    f"</title><script>{HIT}</script>",
    f"</textarea><script>{HIT}</script>",
    f"</script><script>{HIT}</script>",
    f"--><script>{HIT}</script>",
    f"]]><script>{HIT}</script>",
    f"<ScRiPt>{HIT}</sCrIpT>",
    f"<script src=data:text/javascript,{HIT}></script>",
    f"<img src=x onerror={HIT}>",
    f'"><img src=x onerror="{HIT}">',
    f"'><img src=x onerror='{HIT}'>",
    f"<img src=x onerror={HIT}//",
    f"<svg onload={HIT}>",
    f"<svg><script>{HIT}</script></svg>",
    f"<svg><animate onbegin={HIT} attributeName=x dur=1s>",
    f"<body onload={HIT}>",
    f"<video><source onerror={HIT}></video>",
    f"<audio src=x onerror={HIT}>",
    f"<details open ontoggle={HIT}><summary>x</summary></details>",
    f"<input autofocus onfocus={HIT}>",
    f"<select autofocus onfocus={HIT}></select>",
    f"<textarea autofocus onfocus={HIT}></textarea>",
    f"<iframe srcdoc='<script>parent.{HIT}</script>'></iframe>",
    f"<iframe src=javascript:{HIT}></iframe>",
    f"<object data=javascript:{HIT}></object>",
    f"<style>@keyframes k{{}}</style><p style=animation-name:k onanimationstart={HIT}>x</p>",
    f"<marquee onstart={HIT}>x</marquee>",
    f"<math><mtext><img src=x onerror={HIT}></mtext></math>",
    f"<noscript><p title='</noscript><img src=x onerror={HIT}>'>",
    f"<a href=javascript:{HIT}>x</a>",
    f"javascript:{HIT}",
    f'" onmouseover="{HIT}',
    f"' autofocus onfocus='{HIT}",
    f"` onmouseover=`{HIT}",
    f'" hx-on:load="{HIT}',
    f'<div hx-get="/x" hx-on::before-request="{HIT}" hx-trigger="load">x</div>',
    f"<p hx-vals='js:{{a:{HIT}}}' hx-get='/' hx-trigger='load'>x</p>",
    f"{{{{constructor.constructor('{HIT}')()}}}}",
    f"${{{HIT}}}",
    f"&lt;script&gt;{HIT}&lt;/script&gt;",
    f"\u003cscript\u003e{HIT}\u003c/script\u003e",
    f"{{% load i18n %}}<img src=x onerror={HIT}>",
)

# Counts what runs, and what the content security policy has to stop: neither may happen.
LISTEN = """
  window.kkHits = 0; window.kkHit = () => { window.kkHits++; };
  window.kkStopped = [];
  document.addEventListener("securitypolicyviolation",
    (event) => window.kkStopped.push(`${event.violatedDirective} ${event.sample || event.blockedURI}`));
"""
