"""Development tools that make what ships: reference curves, reference groups. Not part of the package."""
