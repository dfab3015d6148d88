"""The version of the package: a build of another version is made anew."""

__version__ = "0.1.0"
