"""`python -m hima_kg` is `hima-kg`."""

from .cli import main

if __name__ == "__main__":
    main(prog_name="hima-kg")
