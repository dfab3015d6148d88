"""What a user of rdflib alone would run for a query: parse the files of a project, and ask."""

import sys
from pathlib import Path

import rdflib

folder, query = sys.argv[1:]
data = rdflib.Dataset(default_union=True)
for file in sorted([*Path(folder, "ontology").glob("*.ttl"), *Path(folder, "facts").glob("*.trig")]):
    data.parse(file)
sys.stdout.buffer.write(data.query(query).serialize(format="csv") or b"")
