"""Makes the GeoIP files of these tests: invented data, written by a library that shares nothing with the reader.

    pip install mmdb-writer netaddr && python make.py
"""

from netaddr import IPSet
from mmdb_writer import MMDBWriter


def write(name, version, kind, rows, **more):
    writer = MMDBWriter(version, kind, languages=["en"], description=kind, **more)
    for network, row in rows:
        writer.insert_network(IPSet([network]), row)
    writer.to_db_file(name)


def maxmind(latitude, longitude, radius):
    location = {"latitude": latitude, "longitude": longitude, "accuracy_radius": radius, "time_zone": "Europe/London"}
    return {"city": {"names": {"en": "Somewhere"}}, "country": {"iso_code": "GB"}, "location": location}


def flat(latitude, longitude):
    return {"city": "Somewhere", "country_code": "GB", "latitude": latitude, "longitude": longitude, "state1": "X"}


write("maxmind.mmdb", 6, "GeoLite2-City", [
    ("81.2.69.0/24", maxmind(51.5142, -0.0931, 10)),
    ("8.8.8.0/24", maxmind(37.42, -122.08, 100)),
    ("2001:db8:1::/48", maxmind(51.5142, -0.0931, 50)),
], ipv4_compatible=True, float_type="f64")
write("db-ip.mmdb", 4, "DBIP-City-Lite", [
    ("81.2.69.0/24", flat(51.5, -0.25)),
    ("8.8.8.0/24", flat(37.5, -122.25)),
], float_type="f32")
write("text.mmdb", 4, "City-Text", [("8.8.8.0/24", flat("37.42", "-122.08"))])
write("country.mmdb", 4, "Country", [("81.2.69.0/24", {"country_code": "GB"})])
