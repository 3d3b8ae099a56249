"""Secrets do not leave the process."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pyprobe_tracer._value.redact import HIDDEN, Redactor
from ring_values import TAGS, Scope, captured

SECRETS = [
    "-----BEGIN RSA PRIVATE KEY-----\nMIIEow",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "Authorization: Bearer abcdef0123456789abcdef",
    "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
    "sk-proj-abcdefghijklmnop1234",
    "sk_live_abcdefghijklmnop1234",
    "ghp_abcdefghijklmnopqrstuvwxyz0123456789",
    "glpat-abcdefghijklmnopqrst",
    "xoxb-1234567890-abcdef",
    "AKIAIOSFODNN7EXAMPLE",
    "postgres://user:hunter2@db/x",
    "4111 1111 1111 1111",
    "card=5500-0000-0000-0004.",
    "378282246310005",
]
HARMLESS = [
    "the bearer of news",
    "https://example.org/a:b@c",
    "sk-learn",
    "ghost ghp_",
    "1700000000000000000",
    "4111 1111 1111 1112",
    "0000 0000 0000 0000",
    "3.14159265358979323846",
    "eyJust a word",
    "-----BEGIN CERTIFICATE-----",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secret_text(text: str) -> None:
    assert captured(text).value == (3, "•••")
    assert captured(f"some {text} within").value == (3, "•••")
    found = json.dumps(captured({"a": [text], text: 1}).value, ensure_ascii=False)
    assert text not in found and found.count("•••") == 2
    assert captured(text.encode()).value == (3, "•••")


@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text(text: str) -> None:
    assert captured(text).value == (len(text), text)


def test_secret_by_name_of_the_variable() -> None:
    scope = Scope()
    capture, _ = scope.probe(secret=True)
    for value in (1.5, "x", b"y", [1.0]):
        capture(value, TAGS, 1)
    assert [record.value for record in scope.read()] == [(3, "•••")] * 4


def test_secret_by_name_in_a_tree() -> None:
    class Login:
        def __init__(self) -> None:
            self.user = "me"
            self.db_Password = "hunter2"

    found: Any = captured(Login()).value["items"]
    assert [item["value"]["value"] for item in found] == ["me", "•••"]
    assert captured({"PASSWORD": 5}).value["items"][0]["value"]["value"] == "•••"


@pytest.mark.parametrize("name", ["ssn", "SSN", "my_ssn", "userSSN", "ssnList", "ssn2", "apiToken", "TOKEN", "self.api_token"])
def test_names_that_say_it(name: str) -> None:
    assert Redactor(["token", "ssn"]).hides_name(name)


@pytest.mark.parametrize(
    "name", ["classname", "className", "CLASSNAME", "ssnr", "lossnorm", "tokens", "n_tokens", "tokenizer", "x"]
)
def test_names_that_do_not(name: str) -> None:
    assert not Redactor(["token", "ssn"]).hides_name(name)


@given(st.text())
def test_any_text_can_be_looked_at(text: str) -> None:
    Redactor(["token"]).hides_text(text)


def test_looking_is_quick() -> None:
    redactor = Redactor([])
    worst = max(("1 2-" * 1024, "eyJ" * 1365, "a:" * 2048, "sk-" * 1365, "Bearer " * 585, "://a" * 1024), key=len)
    redactor.hides_text(worst)
    for text in ("1 2-" * 1024, "eyJ" * 1365, "://a:" * 819, "sk-" * 1365, "Bearer " * 585):
        started = time.perf_counter()
        redactor.hides_text(text)
        assert time.perf_counter() - started < 0.05


KEY = "sk_live_" + "4eC39HqLyjWDarjtT1zdp7dc"


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_that_are_a_text_are_looked_through_to_their_end(kind: Any) -> None:
    padding = "größe = 3; ".encode() * 1000
    assert captured(kind(padding + KEY.encode())).value == (3, HIDDEN)
    assert captured(kind(padding)).value.data == "uint8"


def test_bytes_that_are_no_text_are_looked_at_in_their_beginning() -> None:
    signal = bytes(range(256)) * 20
    assert captured(KEY.encode() + signal).value == (3, HIDDEN)
    assert captured(signal + KEY.encode()).value.data == "uint8"


def test_of_a_secret_that_is_cut_in_two_the_first_half_is_as_secret() -> None:
    assert captured("." * 4080 + KEY).value == (3, HIDDEN)
    assert captured("." * 5000 + KEY).value[0] == 5000 + len(KEY)
