"""Template tags of the page furniture: `{% load ui %}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django import template
from django.template.base import token_kwargs
from django.utils import translation
from django.utils.html import json_script
from django.utils.safestring import SafeData, SafeString, mark_safe

from kundenkreis.kernel.money import CURRENCY
from kundenkreis.ui import assets, avatars, charts, formats, furniture, parts, source
from kundenkreis.ui.components import COMPONENTS

if TYPE_CHECKING:
    from django.template.base import FilterExpression, NodeList, Parser, Template, Token
    from django.template.context import Context

register = template.Library()

PASSED_ON = ("hx_", "data_", "aria_")  # become HTML attributes; everything else is a parameter
SHARED = ("request", "csrf_token", "user")  # what a component sees of the page around it
BUILTINS = {"True": True, "False": False, "None": None}
KEPT = 256  # renderings of one place in a template


@register.tag("ui")
def do_ui(parser: Parser, token: Token) -> UiNode:
    """`{% ui "card" title=name hx_get=url %}body{% slot "actions" %}…{% endslot %}{% endui %}`.

    Renders `ui/<name>.html` with the parameters, `body`, one variable per slot, and `attrs`.
    Parameters are text and always escaped; markup goes into the body or a slot.
    """
    bits = token.split_contents()[1:]
    if not bits:
        raise template.TemplateSyntaxError('{% ui %} needs a name: {% ui "card" %}')
    values = token_kwargs(bits[1:], parser)
    if len(values) != len(bits) - 1:
        raise template.TemplateSyntaxError("{% ui %} takes name=value pairs after the name")
    if any(name.startswith("hx_on") for name in values):
        raise template.TemplateSyntaxError("hx-on runs text as code; write a custom element")
    nodelist = parser.parse(("endui",))
    parser.delete_first_token()
    return UiNode(parser.compile_filter(bits[0]), values, nodelist)


@register.tag("slot")
def do_slot(parser: Parser, token: Token) -> SlotNode:
    """A named piece of markup for the component around it; may stand inside `if` and `for`."""
    try:
        _, name = token.split_contents()
    except ValueError:
        raise template.TemplateSyntaxError('{% slot "name" %} takes exactly one name') from None
    nodelist = parser.parse(("endslot",))
    parser.delete_first_token()
    return SlotNode(name.strip("\"'"), nodelist)


@register.tag("keep")
def do_keep(parser: Parser, token: Token) -> KeepNode:
    """`{% keep pages=navigation keys=True %}…{% endkeep %}`: rendered once for the same values.

    The markup inside sees nothing of the page but these values, so it cannot depend on anything
    else: no user, no request, no CSRF token. They are hashable; text among them is escaped.
    """
    bits = token.split_contents()[1:]
    values = token_kwargs(bits, parser)
    if bits:
        raise template.TemplateSyntaxError("{% keep %} takes name=value pairs")
    nodelist = parser.parse(("endkeep",))
    parser.delete_first_token()
    return KeepNode(values, nodelist)


class KeepNode(template.Node):
    def __init__(self, values: dict[str, FilterExpression], nodelist: NodeList) -> None:
        self.values, self.nodelist = values, nodelist
        self.kept: dict[tuple[Any, ...], SafeString] = {}

    def render(self, context: Context) -> SafeString:
        values = {name: _plain(value.resolve(context)) for name, value in self.values.items()}
        key = (translation.get_language(), assets.build(), *values.values())
        found = self.kept.get(key)
        if found is None:
            if len(self.kept) >= KEPT:
                self.kept.clear()
            found = self.kept[key] = self.nodelist.render(context.new(values))
        return found


class Parameters(dict[str, Any]):
    """What a component sees: a parameter that was not given is empty.

    Django looks a missing variable up everywhere, raises, catches and logs it; a component mentions
    a dozen parameters and gets three.
    """

    def __contains__(self, key: object) -> bool:
        return True

    def __missing__(self, key: str) -> str:
        return ""


class UiNode(template.Node):
    def __init__(
        self, name: FilterExpression, values: dict[str, FilterExpression], nodelist: NodeList
    ) -> None:
        self.name, self.nodelist = name, nodelist
        self.values = {k: v for k, v in values.items() if not k.startswith(PASSED_ON)}
        self.passed_on = {k: v for k, v in values.items() if k.startswith(PASSED_ON)}

    def render(self, context: Context) -> SafeString:
        values = {key: _plain(value.resolve(context)) for key, value in self.values.items()}
        passed_on = {key: _plain(value.resolve(context)) for key, value in self.passed_on.items()}
        slots: dict[str, SafeString] = {}
        with context.push(_slots=slots):
            body = self.nodelist.render(context).strip()
        values |= slots
        values["attrs"] = parts.attributes(passed_on)
        values["body"] = mark_safe(body)  # noqa: S308 rendered by the template engine
        name = self.name.resolve(context)
        if name in COMPONENTS:
            return COMPONENTS[name](**values)
        return self._rendered(context, f"ui/{name}.html", values)

    def _rendered(self, context: Context, name: str, values: dict[str, Any]) -> SafeString:
        page = cast("Template", context.template)  # set while rendering
        shared = {key: context.get(key, "") for key in SHARED}
        # As `context.new(…)`, which first copies all that it then leaves out.
        alone = template.Context(Parameters(BUILTINS | values | shared), context.autoescape)
        alone.template, alone.render_context = page, context.render_context
        component = page.engine.get_template(name)
        return mark_safe(component.render(alone).strip())  # noqa: S308 as above


class SlotNode(template.Node):
    def __init__(self, name: str, nodelist: NodeList) -> None:
        self.name, self.nodelist = name, nodelist

    def render(self, context: Context) -> SafeString:
        slots = context.get("_slots")
        if not isinstance(slots, dict):
            raise template.TemplateSyntaxError(
                f'{{% slot "{self.name}" %}} stands outside {{% ui %}}'
            )
        content = self.nodelist.render(context).strip()
        slots[self.name] = mark_safe(slots.get(self.name, "") + content)  # noqa: S308 as above
        return mark_safe("")


def _plain(value: Any) -> Any:
    """Text loses its "safe" mark, so that a component escapes it wherever it puts it."""
    return str.__str__(value) if isinstance(value, SafeData) and isinstance(value, str) else value


register.simple_tag(parts.icon, name="icon")
register.simple_tag(parts.tag, name="tag")
register.simple_tag(avatars.avatar, name="avatar")
register.simple_tag(assets.asset_url, name="asset")
register.simple_tag(formats.money, name="money")
register.simple_tag(source.address, name="source_address")


@register.simple_tag(takes_context=True)
def theme(context: Context) -> str:
    """The theme for `<html data-theme>`: the page's variable `theme`, else the cookie."""
    chosen = context.get("theme")
    return chosen if chosen in furniture.THEMES else furniture.theme_of(context.get("request"))


@register.filter
def number(value: Any, places: int = 0) -> str:
    return "" if value is None else formats.number(value, places)


@register.filter
def percent(value: Any, places: int = 0) -> str:
    return "" if value is None else formats.percent(value, places)


@register.filter(name="money")
def money_filter(value: Any, currency: str = CURRENCY) -> str:
    return "" if value is None else formats.money(value, currency)


@register.filter
def whole_money(value: Any, currency: str = CURRENCY) -> str:
    """Without cents, for cards and key figures."""
    return "" if value is None else formats.money(value, currency, whole=True)


@register.filter
def day(value: Any) -> str:
    return "" if value is None else formats.day(value)


@register.filter
def short_day(value: Any) -> str:
    return "" if value is None else formats.short_day(value)


@register.filter
def instant(value: Any) -> str:
    return "" if value is None else formats.instant(value)


@register.filter
def clock_time(value: Any) -> str:
    return "" if value is None else formats.clock_time(value)


@register.filter
def when(value: Any) -> str:
    return "" if value is None else parts.when(value)


@register.filter
def due(value: Any) -> str:
    return "" if value is None else parts.due(value)


@register.filter
def due_tag(value: Any) -> str:
    return "" if value is None else parts.due_tag(value)


@register.filter
def full_day(value: Any) -> str:
    return "" if value is None else formats.full_day(value)


@register.filter
def phone_items(navigation: Any) -> Any:
    """The pages of the bottom bar on phones."""
    return furniture.phone_items(navigation or ())


@register.filter
def chart_data(spec: Any) -> SafeString:
    """A chart's figures as a data block the browser never runs (see charts.py)."""
    return json_script(spec)


@register.filter
def chart_rows(spec: Any) -> list[list[str]]:
    """The same figures as rows of a table."""
    return charts.rows(spec)
