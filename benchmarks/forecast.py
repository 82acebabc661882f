"""The muscle model: one person's plan, a population, and per person-year against the published body-weight model."""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PERSON = ROOT / "examples" / "woman_85_little_protein.yaml"
PEOPLE, DRAWS, WEEKS = 100_000, 100, (4, 13, 26, 52)


def best(work: Callable[[], object], repeats: int) -> tuple[float, float]:
    """The shortest wall time of several runs, and its processor time: what an idle machine takes."""
    times = []
    for _ in range(repeats):
        wall, processor = time.perf_counter(), time.process_time()
        work()
        times.append((time.perf_counter() - wall, time.process_time() - processor))
    return min(times)


def forecast() -> None:
    """Limits: 40 ms for one person, 15 s and 3 GB for a population, 200 times the body-weight model."""
    one_person()
    ours = population()
    theirs = body_weight_model()
    if theirs:
        print(f"per person-year, body-weight model / muscle model  {theirs / ours:9.0f} x  (to be at least 200)")


def one_person() -> None:
    """Eight scenarios, 1,000 draws, 52 weeks, with the bands."""
    from myoscope.causes import raised, weigh
    from myoscope.interop import read_person
    from myoscope.model.forecast import draws, outlook
    from myoscope.model.person import Person, person
    from myoscope.model.scenario import scenarios
    from myoscope.plan import compose
    from myoscope.record import current

    facts = current(read_person(PERSON)).facts
    who = person(facts, None)
    assert isinstance(who, Person)
    steps = compose(facts, raised(facts), weigh(facts)).steps
    chosen = (scenarios(who, steps, 364.0)[0] * 8)[:8]
    thousand = draws(1000)

    def work() -> None:
        found = outlook(who, chosen, 52, thousand)
        for place in range(len(chosen)):
            found.course(place, "alm_kg")

    wall, processor = best(work, 20)
    print(
        f"forecast, 8 scenarios x 1,000 draws x 52 weeks     {wall * 1e3:9.1f} ms (processor {processor * 1e3:.1f} ms)"
    )


def population() -> float:
    """100,000 people x 100 draws x 52 weeks on two threads; seconds of processor time per person-year of one draw."""
    import numpy as np

    from myoscope.model.population import population as many

    random = np.random.default_rng(1)
    people = {
        "age": random.uniform(40, 90, PEOPLE),
        "female": random.integers(0, 2, PEOPLE).astype(float),
        "weight": random.uniform(50, 100, PEOPLE),
        "lean": random.uniform(35, 60, PEOPLE),
        "fat": random.uniform(8, 40, PEOPLE),
        "sets": random.choice([0.0, 6.0], PEOPLE),
        "protein_lack": random.uniform(0, 0.5, PEOPLE),
    }
    wall, processor = best(lambda: many(people, WEEKS, count=DRAWS, threads=2), 1)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    told = f"{PEOPLE:,} people x {DRAWS} draws, {len(WEEKS)} weeks of 52"
    print(f"{told:50} {wall:9.1f} s  (processor {processor:.1f} s, peak {memory:.2f} GB)")
    return processor / (PEOPLE * DRAWS)


def body_weight_model() -> float:
    """Seconds of processor time of the published body-weight model for one person-year; 0 when not installed."""
    try:
        import hallmodel
    except ModuleNotFoundError:
        print("hallmodel is not installed: pip install hallmodel")
        return 0.0
    import numpy as np

    size = 2000
    random = np.random.default_rng(1)
    body = random.uniform(50, 100, size), random.uniform(1.5, 1.9, size), random.uniform(40, 90, size)
    sex = random.choice(["male", "female"], size).tolist()
    less = np.full((size, 365), -250.0)
    _, processor = best(lambda: hallmodel.adult_weight(*body, sex, EIchange=less, days=365), 3)
    print(f"body-weight model (hallmodel), one person-year     {processor / size * 1e6:9.1f} us")
    return processor / size
