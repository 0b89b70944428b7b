"""Scanners for secrets, one a run: `python secrets_found.py NAME`. Each with the rules that it comes with, and offline."""

import sys
import tempfile

from answering import places, serve


def said(text, values):
    return {"score": float(len(values)), "flagged": bool(values), "spans": places(text, values)}


def detect_secrets():
    from detect_secrets import SecretsCollection
    from detect_secrets.settings import default_settings

    def answer(text):
        with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as file, default_settings():
            file.write(text)
            file.flush()
            found = SecretsCollection()
            found.scan_file(file.name)
            return said(text, [(one.secret_value, one.type) for _, one in found])

    return answer


def kingfisher():
    from kingfisher_sdk.scanner import Scanner

    scanner = Scanner()

    def answer(text):
        found = [one for one in scanner.scan(text) if one.visible]
        return said(text, [(one.secret, one.rule_id) for one in found])

    return answer


def betterleaks():
    from betterleaks import scan_string

    def answer(text):
        return said(text, [(one.match.value or one.match.full, one.rule_id) for one in scan_string(text)])

    return answer


if __name__ == "__main__":
    serve(globals()[sys.argv[1]]())
