"""`myoscope knowledge`: look things up in the knowledge base, and check it."""

from __future__ import annotations

from typing import Any

import click


@click.group()
def knowledge() -> None:
    """The knowledge base: entries, sources, and the check that every number is sourced."""


def entries() -> dict[str, dict[str, dict[str, Any]]]:
    """Kind -> id -> the entry as it stands in its file."""
    from myoscope.sources.files import everything

    found: dict[str, dict[str, dict[str, Any]]] = {}
    for path, body in everything().items():
        kind = path.split("/")[0]
        if kind == "vocabulary":
            kind = path.removeprefix("vocabulary/").removesuffix(".yaml")
        for entry in body if isinstance(body, list) else [body]:
            if isinstance(entry, dict) and "id" in entry:
                found.setdefault(kind, {})[entry["id"]] = {**entry, "file": path}
    return found


@knowledge.command("list")
@click.argument("kind", required=False)
def list_entries(kind: str | None) -> None:
    """List the entries, all or of one KIND (causes, conditions, definitions, treatments ...)."""
    known = entries()
    if kind and kind not in known:
        from myoscope.quantities.registry import did_you_mean

        hint = did_you_mean(kind, known)
        raise click.UsageError(f"no kind called {kind!r}{hint}; there are: {', '.join(sorted(known))}")
    for name in [kind] if kind else sorted(known):
        click.secho(f"{name} ({len(known[name])})", bold=True)
        for entry_id, entry in sorted(known[name].items()):
            title = entry.get("title") or entry.get("name") or ""
            click.echo(f"  {entry_id:34} {title}")


@knowledge.command()
@click.argument("name")
def show(name: str) -> None:
    """Show one entry by id, with its sources written out."""
    import yaml

    from myoscope.quantities.registry import did_you_mean
    from myoscope.sources import bibliography

    found = [(kind, kinds[name]) for kind, kinds in entries().items() if name in kinds]
    if not found:
        every = [entry for kinds in entries().values() for entry in kinds]
        raise click.UsageError(f"no entry called {name!r}{did_you_mean(name, every)}")
    for kind, entry in found:
        click.secho(f"{name} — {kind} ({entry['file']})", bold=True)
        body = {key: value for key, value in entry.items() if key not in {"file", "cases"}}
        click.echo(yaml.safe_dump(body, sort_keys=False, allow_unicode=True, width=100))
        for source in sorted(_sources(body)):
            if (known := bibliography().get(source)) and kind != "sources":
                journal = f". {known.journal}" if known.journal else ""
                link = f" {known.link}" if known.link else ""
                click.echo(f"[{source}] {known.authors} {known.title}{journal} (read: {known.read}){link}")


def _sources(body: Any) -> set[str]:
    if isinstance(body, dict):
        own = {body["source"]} if isinstance(body.get("source"), str) else set()
        return own.union(*(_sources(inner) for inner in body.values()))
    if isinstance(body, list):
        return set().union(*(_sources(inner) for inner in body))
    return set()


@knowledge.command()
def check() -> None:
    """Check the knowledge base; exit 1 when anything is wrong.

    Fails on a number without unit, source, place or read-status, a rule without cases at each boundary, an id used and
    not defined, a case whose answer differs, a recalled value that decides.
    """
    from myoscope.check import check_knowledge

    summary = check_knowledge()
    for finding in summary.findings:
        click.echo(str(finding), err=True)
    read = ", ".join(f"{count} {word}" for word, count in sorted(summary.numbers.items()))
    click.echo(f"{sum(summary.numbers.values())} numbers ({read}), {summary.cases} cases, {summary.sources} sources")
    if summary.findings:
        raise click.ClickException(f"{len(summary.findings)} faults in the knowledge base")
    click.echo("The knowledge base holds together.")
