"""The least program that answers a query from a store: what `hima-kg query` is measured against."""

import sys

import click


@click.command()
@click.argument("store")
@click.argument("query")
def main(store: str, query: str) -> None:
    """Print the rows of a query as CSV."""
    import pyoxigraph

    answer = pyoxigraph.Store.read_only(store).query(query)
    sys.stdout.buffer.write(answer.serialize(format=pyoxigraph.QueryResultsFormat.CSV))


if __name__ == "__main__":
    main()
