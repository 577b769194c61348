"""The log-in page; who is refused for their number of attempts reads so on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.views import LoginView
from django.conf import settings

from kundenkreis.kernel.errors import Overloaded, TooMany

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class StaffLogin(LoginView):  # type: ignore[misc]  # allauth ships no types
    """allauth's view with answers that say what they are: 422, 429 or 503."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = super().post(request, *args, **kwargs)
        except (TooMany, Overloaded) as error:
            form = self.get_form_class()(initial={"login": request.POST.get("login", "")})
            answer = self.render_to_response(self.get_context_data(form=form, refusal=error))
            answer.status_code = error.status
            answer["Retry-After"] = str(error.retry_after)
        return answer

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        providers = settings.SOCIALACCOUNT_PROVIDERS.get("openid_connect", {}).get("APPS", ())
        return {**super().get_context_data(**kwargs), "providers": providers}

    def form_invalid(self, form: Any) -> HttpResponse:
        answer: HttpResponse = super().form_invalid(form)
        answer.status_code = 422
        return answer


login = StaffLogin.as_view()
