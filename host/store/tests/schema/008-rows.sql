-- Two rows as schema 8 holds them: one from before seals, one with a seal; and the current epoch's key.
INSERT INTO record (seq, device, at, event, kind, salt, body, commitments, previous, hash, app, person, matched)
VALUES (1, 'device', 1700000000000, '01890a5d-ac96-774b-bcce-b302099a8057', 'judged', zeroblob(32), '{}', x'00',
        zeroblob(32), zeroblob(32), 'chatgpt', 'person', 1);
INSERT INTO record (seq, device, at, kind, commitments, previous, hash, epoch, mac)
VALUES (2, 'device', 1700000000001, 'drift', x'00', zeroblob(32), zeroblob(32), 0, zeroblob(32));
INSERT INTO epoch_key (one, epoch, key, first, since, recipients)
VALUES (1, 0, zeroblob(32), 2, 1700000000001, '0011223344556677');
INSERT INTO sink (name, cursor, delivered, failures, retry_at, fault, fault_at, sent_at)
VALUES ('siem', 1, 1, 2, 1700000005000, 'it does not answer', 1700000004000, 1700000003000);
INSERT INTO dead_letter (sink, first, last, rows, at, reason) VALUES ('siem', 2, 2, 1, 1700000003000, 'too large');
INSERT INTO risk_standing (person, at, seen, level, score, body) VALUES ('jane', 1700000003000, 1700000003000, 2, 45000, '{}');
INSERT INTO risk_change (person, at, before, after, score, cause, reasons, events)
VALUES ('jane', 1700000003000, 0, 2, 45000, 'evidence', '[]', '[]');
INSERT INTO outbox (jti, txn, receiver, person, at, before, after, cause, reasons, state, attempts, retry_at,
                    key_refusals)
VALUES ('01890a5d-ac96-774b-bcce-b302099a8058', '01890a5d-ac96-774b-bcce-b302099a8059', 'okta', 'jane', 1700000003000,
        0, 2, 'evidence', '[]', 'waiting', 4, 0, 2);
INSERT INTO signal_seen (source, jti, at) VALUES ('idp', 'a', 1700000003000);
INSERT INTO risk_place (person, at, device, body) VALUES ('jane', 1700000003000, 'device', '{}');
INSERT INTO neighbour (event, person, at, topics, sealed)
VALUES ('01890a5d-ac96-774b-bcce-b302099a8057', 'jane', 1700000003000, '["intent.pii"]', 'AA==');
