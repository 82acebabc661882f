"""`myoscope knowledge`: look things up in the knowledge base, and check it."""

from __future__ import annotations

import click


@click.group()
def knowledge() -> None:
    """The knowledge base: entries, sources, and the check that every number is sourced."""


@knowledge.command("list")
@click.argument("kind", required=False)
@click.option(
    "--word", "words", metavar="WORDS", default="", help="Only entries that hold these words, the best first."
)
def list_entries(kind: str | None, words: str) -> None:
    """List the entries, all or of one KIND (causes, conditions, definitions, treatments ...)."""
    from myoscope.report.entry_index import entries, search

    known = entries()
    if kind and kind not in known:
        from myoscope.quantities.registry import did_you_mean

        hint = did_you_mean(kind, known)
        raise click.UsageError(f"no kind called {kind!r}{hint or '.'} There are: {', '.join(sorted(known))}")
    if words:
        found = search(words, kind)
        for entry in found:
            click.echo(f"{entry.kind:12} {entry.id:34} {entry.title}")
        if not found:
            click.echo(f"No entry{f' of {kind}' if kind else ''} holds {words!r}; try a part of the word", err=True)
        return
    for name in [kind] if kind else sorted(known):
        click.secho(f"{name} ({len(known[name])})", bold=True)
        for entry_id, entry in sorted(known[name].items()):
            click.echo(f"  {entry_id:34} {entry.title}")


@knowledge.command()
@click.argument("name")
@click.option("--examples", is_flag=True, help="Also the cases that test its rules, and its table.")
@click.option("--yaml", "as_yaml", is_flag=True, help="As it stands in its file.")
def show(name: str, *, examples: bool, as_yaml: bool) -> None:
    """Show one entry by id, in words: what it is, how it is recognised, its numbers with their sources."""
    from myoscope.quantities.registry import did_you_mean
    from myoscope.report.entry import page
    from myoscope.report.entry_index import entries
    from myoscope.report.entry_text import text

    found = [kinds[name] for kinds in entries().values() if name in kinds]
    if not found:
        every = [entry for kinds in entries().values() for entry in kinds]
        raise click.UsageError(f"no entry called {name!r}{did_you_mean(name, every)}")
    for entry in found:
        click.secho(f"{name} — {entry.kind} ({entry.file})", bold=True)
        if as_yaml:
            import yaml

            click.echo(yaml.safe_dump(dict(entry.body), sort_keys=False, allow_unicode=True, width=100))
        else:
            click.echo(f"{entry.title}\n\n{text(page(entry.kind, name), aside=examples)}\n")


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
