"""A message to a browser is what RFC 8291 says, and proved as RFC 8292 says."""

from __future__ import annotations

import jwt
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings

from kundenkreis.kernel import clock, webpush
from kundenkreis.kernel.tests.browsers import StandIn, decrypt

# RFC 8291, section 5 and appendix A.
TEXT = b"When I grow up, I want to be a watermelon"
OURS = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
THEIRS = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SALT, AUTH = "DGv6ra1nlYgDCS1FRnbzlw", "BTBZMqHH6r4Tts7J_aSIgg"
BODY = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS"
    "6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qu"
    "lcy4a-fN"
)


def test_it_encrypts_as_the_example_of_the_standard() -> None:
    private = ec.derive_private_key(int.from_bytes(webpush._decoded(OURS), "big"), webpush.CURVE)
    made = webpush.encrypt(
        TEXT, webpush._decoded(THEIRS), webpush._decoded(AUTH), private, webpush._decoded(SALT)
    )
    assert webpush._encoded(made) == BODY


def test_only_that_browser_decrypts_it() -> None:
    one, other = StandIn("https://push.example.org/1"), StandIn("https://push.example.org/2")
    body, head = webpush.message(one.browser, b"3 Neuigkeiten", clock.now())
    assert head["Content-Encoding"] == "aes128gcm"
    assert decrypt(one, body) == b"3 Neuigkeiten"
    with pytest.raises(InvalidTag):
        decrypt(other, body)
    again, _head = webpush.message(one.browser, b"3 Neuigkeiten", clock.now())
    assert again != body


def test_it_says_who_sends_and_for_how_long() -> None:
    one, now = StandIn("https://push.example.org:8443/1"), clock.now()
    kind, token, key = webpush.authorization(one.browser.endpoint, now).split()
    assert (kind, key) == ("vapid", f"k={webpush.public_key()}")
    raw = webpush._decoded(webpush.public_key())
    known = ec.EllipticCurvePublicKey.from_encoded_point(webpush.CURVE, raw)
    token = token.removeprefix("t=").rstrip(",")
    said = jwt.decode(token, known, algorithms=["ES256"], audience="https://push.example.org:8443")
    assert 0 < said["exp"] - now.timestamp() <= 24 * 3600
    assert said["sub"] == settings.STAFF_ADDRESS


def test_what_is_no_key_is_refused() -> None:
    for key in ("", "AAAA", "BAAA" + "A" * 83):
        with pytest.raises(ValueError):
            webpush.message(webpush.Browser("https://x", key, "AAAA"), b"x", clock.now())
