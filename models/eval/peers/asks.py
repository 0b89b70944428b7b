"""Detectors of injections and jailbreaks, one a run: `python asks.py NAME`. Each at its own settings and threshold."""

import sys

from answering import serve


def jailguard():
    import jailguard_mlp

    def answer(text):
        score = jailguard_mlp.score(text)
        return {"score": score, "flagged": score > 0.5}

    return answer


def metatronnanoguard():
    from nanoguard.scanner import NanoGuard

    guard = NanoGuard(device="cpu")

    def answer(text):
        said = guard.scan(text)
        return {"score": said.injection_score, "flagged": said.is_injection}

    return answer


def prompt_guardrail():
    import guardify

    def answer(text):
        said = guardify.detect(text)
        # Its score is that of the label it gives.
        flagged = said["label"] == "injection"
        return {"score": said["score"] if flagged else 1 - said["score"], "flagged": flagged}

    return answer


def aicordon_picket():
    from aicordon.picket import Detector

    # A turn that a person typed, which is what prompts are. It gives no score.
    detector = Detector(mode="dpi")

    def answer(text):
        report = detector.check(text)
        return {"score": float(len(report.findings)), "flagged": bool(report.flagged)}

    return answer


def sibylline_clean():
    from sibylline_clean import InjectionDetector

    # Without its encoder, which it would fetch when first asked.
    detector = InjectionDetector(method="heuristic", use_embeddings=False)

    def answer(text):
        said = detector.analyze(text)
        return {"score": said.score, "flagged": said.flagged}

    return answer


if __name__ == "__main__":
    serve(globals()[sys.argv[1]]())
