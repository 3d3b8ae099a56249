"""What must never leave the process: values of variables with a telling name, and texts that look like a secret.

Most texts are neither, and this runs at hits: a few substring searches decide, and regular expressions are compiled, and their
module imported, only for a text that has one of the signs.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable

HIDDEN = "•••"
_SIGNS = (
    "-----BEGIN",
    "eyJ",
    "earer ",
    "EARER ",
    "asic ",
    "sk-",
    "sk_",
    "rk_",
    "gh",
    "glpat-",
    "xox",
    "AKIA",
    "ASIA",
    "AIza",
    "npm_",
    "pypi-",
    "hf_",
    "://",
)
_PATTERNS = (
    # Keys in PEM, also when their end was cut off.
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----",
    # JSON Web Tokens.
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]*",
    # What stands behind Authorization.
    r"\b[Bb](?:earer|EARER|asic) +[A-Za-z0-9._~+/=-]{12,}",
    # Tokens whose makers gave them a sign.
    r"\b[sr]k[-_](?:live[-_]|test[-_]|proj-|ant-)?[A-Za-z0-9_-]{16,}",
    r"\bgh[pousr]_[A-Za-z0-9]{20,}|\bgithub_pat_[A-Za-z0-9_]{20,}|\bglpat-[A-Za-z0-9_-]{16,}",
    r"\bxox[abeoprs]-[A-Za-z0-9-]{10,}",
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
    r"\bAIza[A-Za-z0-9_-]{35}",
    r"\b(?:npm_[A-Za-z0-9]{30,}|pypi-[A-Za-z0-9_-]{30,}|hf_[A-Za-z0-9]{30,})",
    # A password in an address.
    r"://[^/\s:@]+:[^/\s@]+@",
)
_CARD = r"(?<!\d)(?<!\d\.)\d(?:[ -]?\d){12,18}(?!\d|\.\d)"
_DIGITS = b"0123456789"
_CARD_DIGITS = 13
_LONGEST_NAME = 256
_LONGEST_SECRET = 512
"""Of one that is cut in two the first half is as secret. So far it is looked for behind a cut."""
_BEGINNING = 4096
_PORTION = 1 << 20
_SHORT_NAME = 5
"""Found in many names that mean something else, `ssn` in `classname`, `token` in `n_tokens`: such a one has to be a word."""


class Redactor:
    def __init__(self, names: Iterable[str] = ()) -> None:
        self._names = tuple(name.lower() for name in names if name)
        self._secret: re.Pattern[str] | None = None
        self._card: re.Pattern[str] | None = None

    def hides_name(self, name: str) -> bool:
        """Does the name alone say that the value is secret?"""
        lower = name[:_LONGEST_NAME].lower()
        return any(secret in lower and (len(secret) > _SHORT_NAME or _has_word(name, secret)) for secret in self._names)

    def hides_text(self, text: str) -> bool:
        """Does the text hold what looks like a key, a token or a card number?"""
        return (any(sign in text for sign in _SIGNS) and self._has_secret(text)) or (
            _count_digits(text) >= _CARD_DIGITS and self._has_card(text)
        )

    def hides_shown(self, text: str, shown: int) -> bool:
        """The same for the first characters of a text."""
        return self.hides_text(text[: shown + _LONGEST_SECRET])

    def hides_bytes(self, data: bytes | bytearray | memoryview) -> bool:
        """Bytes that begin like a text are looked through to their end. Others are signals more often than not, for which that
        would take longer than all else: what has no text in its first 4096 bytes is looked at no further."""
        beginning = bytes(data[:_BEGINNING])
        if self.hides_text(beginning.decode("latin-1")):
            return True
        if len(data) <= _BEGINNING or not _begins_like_text(beginning):
            return False
        starts = range(_BEGINNING - _LONGEST_SECRET, len(data), _PORTION)
        return any(self.hides_text(bytes(data[at : at + _PORTION + _LONGEST_SECRET]).decode("latin-1")) for at in starts)

    def _has_secret(self, text: str) -> bool:
        if self._secret is None:
            import re

            self._secret = re.compile("|".join(_PATTERNS))
        return self._secret.search(text) is not None

    def _has_card(self, text: str) -> bool:
        if self._card is None:
            import re

            self._card = re.compile(_CARD)
        return any(_passes_luhn(found.group()) for found in self._card.finditer(text))


def _begins_like_text(beginning: bytes) -> bool:
    try:
        beginning.decode()
    except UnicodeDecodeError as error:
        if error.start < len(beginning) - 3:  # the last character may be cut
            return False
    return b"\0" not in beginning


def _has_word(name: str, word: str) -> bool:
    """Is it one of the words of `snake_case` or `camelCase`?"""
    lower = name.lower()
    at = lower.find(word)
    while at >= 0:
        before, first, after = name[at - 1 : at], name[at : at + 1], name[at + len(word) :][:1]
        begins = not before.isalpha() or (first.isupper() and not before.isupper())
        if begins and (not after.isalpha() or after.isupper()):
            return True
        at = lower.find(word, at + 1)
    return False


def _count_digits(text: str) -> int:
    ascii_only = text.encode("ascii", "ignore")
    return len(ascii_only) - len(ascii_only.translate(None, _DIGITS))


def _passes_luhn(text: str) -> bool:
    digits = [int(c) for c in text if c.isdigit()]
    if not digits[0] or len(set(digits)) == 1:
        return False
    total = sum(digits[-1::-2]) + sum(sum(divmod(2 * d, 10)) for d in digits[-2::-2])
    return total % 10 == 0
