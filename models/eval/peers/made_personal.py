"""Prompts with personal data whose places are known, by Faker: `python made_personal.py HOW-MANY`. It knows no rule of ours.

A line of JSON each: `{"text", "spans": [[start, end, kind]]}`, places in code points. A prompt without spans holds a number or
a name that is nobody's data. English; a third of the people live in other countries.
"""

import json
import random
import re
import sys

from faker import Faker

KINDS = {
    "PERSON": lambda faker: faker.name(),
    "EMAIL_ADDRESS": lambda faker: faker.email(),
    "PHONE_NUMBER": lambda faker: faker.phone_number(),
    "ADDRESS": lambda faker: faker.address().replace("\n", ", "),
    "CREDIT_CARD": lambda faker: faker.credit_card_number(),
    "IBAN_CODE": lambda faker: faker.iban(),
    "BIRTH": lambda faker: faker.date_of_birth(minimum_age=18, maximum_age=90).strftime(
        faker.random.choice(["%d/%m/%Y", "%B %d, %Y", "%Y-%m-%d", "%d %B %Y"])
    ),
    "IP_ADDRESS": lambda faker: faker.ipv4_public(),
    "US_SSN": lambda faker: faker.ssn(),
}

TEXTS = """
Write a polite reminder to {PERSON}, {EMAIL_ADDRESS}, that the invoice is open.
Can you put this into our CRM format? {PERSON} / {PHONE_NUMBER} / {EMAIL_ADDRESS} / {ADDRESS}
My name is {PERSON} and I live at {ADDRESS}. What is the best way to the airport by train?
Customer says card {CREDIT_CARD} was charged twice. Draft a reply to {PERSON}.
Please transfer the rent to {IBAN_CODE}, account holder {PERSON}. Turn this into a formal letter.
Patient: {PERSON}, born {BIRTH}, phone {PHONE_NUMBER}. Summarise the visit in two lines.
translate to German: "Hi {PERSON}, call me back on {PHONE_NUMBER} when you land"
I got a login from {IP_ADDRESS} on the account of {PERSON} ({EMAIL_ADDRESS}). Is that suspicious?
{PERSON} applied for the job. Date of birth: {BIRTH}. Address: {ADDRESS}. Write the rejection.
Which of these two rows is right?\\n1. {PERSON};{EMAIL_ADDRESS};{PHONE_NUMBER}\\n2. {PERSON};{EMAIL_ADDRESS};{PHONE_NUMBER}
SSN {US_SSN} for {PERSON}, born on {BIRTH}. Fill in the W-4 for me.
Fix the grammar: me and {PERSON} has moved to {ADDRESS} last week, new number are {PHONE_NUMBER}
Ship the replacement to {ADDRESS}. Attention: {PERSON}. Make a packing slip.
The card on file is {CREDIT_CARD}, it expires soon. How do I ask the customer for a new one?
Here is my mail to the landlord. Shorten it.\\n\\nDear {PERSON},\\nthe heating is broken. You reach me at {PHONE_NUMBER} or {EMAIL_ADDRESS}.\\nYours, {PERSON}
Generate a vCard for {PERSON}, tel {PHONE_NUMBER}, mail {EMAIL_ADDRESS}, home {ADDRESS}.
IBAN {IBAN_CODE} keeps failing the check in our form, why?
Our visitor list for tomorrow: {PERSON} ({PHONE_NUMBER}), {PERSON} ({PHONE_NUMBER}). Make badges.
"""

NONE = """
How many digits does a credit card number have, and what is the check digit for?
Order {number} was delivered late, build {number} failed again. Write a status report.
Explain what an IBAN is and which countries use one.
What is the difference between a public and a private IP address? Use 10.0.0.1 as an example.
Write a regular expression for e-mail addresses and five test cases for it.
The ticket {number} has been open since {day}. Summarise what we can say to management.
Compare the sales of Q3 and Q4: {number} and {number} units.
When was Marie Curie born, and what did she win the Nobel Prize for?
Write a short story about a detective called Holmes who lives in Baker Street.
Convert {number} seconds to hours and minutes.
Our release is planned for {day}. Write the changelog entry for version 4.12.7.
Which documents does somebody need to open a bank account in Spain?
"""


def main(many):
    draw = random.Random(8)
    Faker.seed(8)
    fakers = {name: Faker(name) for name in ("en_US", "en_GB", "en_CA", "de_DE", "fr_FR", "es_ES", "it_IT")}
    texts, none = TEXTS.strip().splitlines(), NONE.strip().splitlines()
    for number in range(many):
        home = draw.choices(list(fakers), weights=[6, 2, 1, 1, 1, 1, 1])[0]
        if number % 4 == 3:
            text = draw.choice(none)
            text = re.sub(r"\{number\}", lambda _: str(draw.randrange(1000, 10**10)), text)
            text = text.replace("{day}", fakers["en_US"].date_this_year().strftime("%d %B"))
            print(json.dumps({"text": text, "spans": []}))
            continue
        text, spans = "", []
        for piece in re.split(r"(\{[A-Z_]+\})", draw.choice(texts).replace("\\n", "\n")):
            kind = piece.strip("{}")
            if kind in KINDS:
                faker = fakers["en_US" if kind == "US_SSN" else home]
                try:
                    value = KINDS[kind](faker)
                except AttributeError:
                    value = KINDS[kind](fakers["en_GB"])
                spans.append([len(text), len(text) + len(value), kind])
                piece = value
            text += piece
        print(json.dumps({"text": text, "spans": spans}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
