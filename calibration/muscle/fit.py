"""Bayesian calibration: the package's own equations under JAX, sampled by NUTS."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax.scipy.special import gammaln
from numpyro.diagnostics import effective_sample_size, split_gelman_rubin
from numpyro.infer import MCMC, NUTS, init_to_median

from calibration.muscle.data import Trials
from calibration.muscle.people import likelihood
from calibration.muscle.people import load as load_people
from myoscope.model.constants import spreads, structure
from myoscope.model.predict import FREEDOM, noise
from myoscope.model.table import Array

numpyro.enable_x64()


@dataclass(frozen=True)
class Settings:
    """How long and how often is sampled."""

    seed: int = 20261123
    chains: int = 4
    warmup: int = 300
    draws: int = 500
    accept: float = 0.8


@dataclass(frozen=True)
class Fit:
    """Draws by parameter (chains, draws), and what NUTS tells about itself."""

    draws: dict[str, Array]
    diverging: int
    settings: Settings

    def flat(self) -> dict[str, Array]:
        """Draws of all chains in one row."""
        return {name: values.reshape(-1) for name, values in self.draws.items()}

    def diagnostics(self) -> dict[str, tuple[float, float]]:
        """R-hat and effective sample size by parameter."""
        return {
            name: (float(split_gelman_rubin(values)), float(effective_sample_size(values)))
            for name, values in self.draws.items()
        }


NAMES = [one["id"] for one in (*structure(), *spreads())]


def _prior(one: dict[str, Any]) -> Any:
    if one["prior"] == "lognormal":
        return dist.LogNormal(jnp.log(one["median"]), one["sd_log"])
    return dist.Normal(one["mean"], one["sd"])


class Calibration:
    """The arms, and a sampler that is compiled once: left-out arms are masked, so that every fold has one shape."""

    def __init__(self, trials: Trials, settings: Settings) -> None:
        self.trials, self.settings, self.people = trials, settings, load_people()
        self.steps = 0.0
        self._full: MCMC | None = None

    def model(self, used: Any) -> None:
        """Priors, the equations, and the arms of a study met together (`used`: 1 for arms that count, else 0)."""
        trials, table = self.trials, self.trials.table
        p = {one["id"]: numpyro.sample(one["id"], _prior(one)) for one in structure()}
        s = {one["id"]: numpyro.sample(one["id"], _prior(one)) for one in spreads()}
        mean, with_weight = table.parts(p, jnp)
        spread = noise(s, table, mean, with_weight, jnp)
        told = np.isfinite(trials.person)
        with numpyro.handlers.mask(mask=told & (used > 0)):
            people = dist.LogNormal(jnp.log(spread["person"]), 0.45)
            numpyro.sample("people", people, obs=np.where(told, trials.person, 1.0))
        numpyro.factor("person_level", likelihood(self.people, s))
        numpyro.factor("change", self._likelihood(mean, spread, used).sum())

    def _likelihood(self, mean: Any, spread: dict[str, Any], used: Any) -> Any:
        """Log density of each study's arms: a multivariate t, spread by their own errors and what the study shares.

        What a study shares (a shift, a factor on its effects, a factor on what goes with weight) is integrated out:
        three columns beside a diagonal (Woodbury), so that only the parameters are sampled.
        """
        trials, count = self.trials, int(self.trials.study.max()) + 1
        printed = np.isfinite(trials.error)
        own = jnp.where(printed, np.where(printed, trials.error, 1.0), spread["person"] / np.sqrt(trials.table.n))
        variance = trials.doubt**2 * (own**2 + spread["arm"] ** 2)
        shared = jnp.stack([spread["shift"], spread["factor"], spread["weight"]], axis=1)
        rest = trials.percent - mean

        def total(values: Any) -> Any:
            return jax.ops.segment_sum(values, trials.study, count)

        scaled = shared * (used / variance)[:, None]
        square = jnp.eye(3) + total(scaled[:, :, None] * shared[:, None, :])
        root = jnp.linalg.cholesky(square)
        across = jax.scipy.linalg.solve_triangular(root, total(scaled * rest[:, None])[:, :, None], lower=True)
        squares = total(used * rest**2 / variance) - (across**2).sum((1, 2))
        log_spread = total(used * jnp.log(variance)) + 2 * jnp.log(jnp.diagonal(root, axis1=1, axis2=2)).sum(1)
        arms = total(used)
        return (
            gammaln((FREEDOM + arms) / 2)
            - gammaln(FREEDOM / 2)
            - arms / 2 * np.log(FREEDOM * np.pi)
            - log_spread / 2
            - (FREEDOM + arms) / 2 * jnp.log1p(squares / FREEDOM)
        )

    def fit(self) -> Fit:
        """Sample the posterior from all arms."""
        settings = self.settings
        kernel = NUTS(
            self.model,
            init_strategy=init_to_median(num_samples=10),
            target_accept_prob=settings.accept,
            max_tree_depth=6,
        )
        self._full = MCMC(
            kernel,
            num_warmup=settings.warmup,
            num_samples=settings.draws,
            num_chains=settings.chains,
            chain_method="vectorized",
            progress_bar=False,
            jit_model_args=True,
        )
        used = np.ones(len(self.trials.arms))
        self._full.run(jax.random.PRNGKey(settings.seed), used, extra_fields=("diverging", "num_steps"))
        found, fields = self._full.get_samples(group_by_chain=True), self._full.get_extra_fields()
        self.steps = float(np.asarray(fields["num_steps"]).mean())
        draws = {name: np.asarray(found[name]) for name in NAMES}
        return Fit(draws, int(np.asarray(fields["diverging"]).sum()), settings)

    def without(self, used: Array, warmup: int, draws: int, seed: int) -> Fit:
        """Sample it from some arms only, going on with the chains of `fit`, which must have run.

        Step length and mass stay as they were found. The first `warmup` draws, in which the chains forget the arms that
        are now left out, are thrown away. Everything is compiled once for all folds.
        """
        if self._full is None:
            raise RuntimeError("fit everything first")
        key = jax.random.split(jax.random.PRNGKey(self.settings.seed + seed), self.settings.chains)
        state = self._full.last_state._replace(rng_key=key)
        trail, diverging = self._go(state, jnp.asarray(used), warmup + draws)
        drawn = {one["id"]: _constrained(one, trail[one["id"]][warmup:]) for one in (*structure(), *spreads())}
        return Fit(drawn, int(np.asarray(diverging).sum()), self.settings)

    @partial(jax.jit, static_argnums=(0, 3))
    def _go(self, state: Any, used: Any, length: int) -> Any:
        def step(now: Any, _: None) -> Any:
            then = self._full.sampler.sample(now, (used,), {})
            return then, (then.z, then.diverging)

        return jax.lax.scan(step, state, None, length=length)[1]


def _constrained(one: dict[str, Any], drawn: Any) -> Array:
    """Draws (draws, chains) as NUTS walks them, as (chains, draws) of the parameter itself."""
    walked = np.asarray(drawn).T
    return np.exp(walked) if one["prior"] == "lognormal" else walked
