"""From the pieces of a run to its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from myoscope.cohort.job import Job
    from myoscope.cohort.run import Done


def write(job: Job, done: Done) -> None:
    """Write the report of a finished run into the job's folder."""
    from myoscope.cohort.cells import CODES
    from myoscope.cohort.figures import Flow, figures
    from myoscope.cohort.job import as_text
    from myoscope.cohort.run import people
    from myoscope.report.cohort_page import write_report

    if job.report is None:
        return
    flow = Flow.of(
        [("rows in the table", done.rows, "")],
        {code: (rows, cells, CODES[code]) for code, (rows, cells) in done.problems.items()},
    )
    found = figures(people(done.parts), job.readings, flow=flow)
    write_report(found, job.report, title=job.input.name, config_text=as_text(job, done.plan))
