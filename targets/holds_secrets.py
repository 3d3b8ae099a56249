"""Names and values that must not leave the process as they are. Probe: each name in `main`. Prints nothing."""


class Settings:
    def __init__(self):
        self.api_key = "AKIAIOSFODNN7EXAMPLE"
        self.rate = 48000


def main():
    password = "correct horse battery staple"
    db_token = "abcdef"
    header = "Authorization: Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVPmB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    card = "pay with 4111 1111 1111 1111"
    settings = Settings()
    mapping = {"user": "ada", "secret": "lovelace"}
    plain = "nothing to hide"
    return password, db_token, header, card, settings, mapping, plain


main()
