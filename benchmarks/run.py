"""Run a campaign: each method on each instance in a process of its own, one after the other.

    python benchmarks/run.py allocation [--time-limit S] [--instances A B] [--methods M N] [--workers 2]
    python benchmarks/run.py allocation-size [--again]
    python benchmarks/run.py rota-published | rota-published-600
    python benchmarks/run.py allocation --smoke

After each run ``results/NAME.csv`` is written, in the end the table in README.md; a run that stands in the
file is not run again unless ``--again`` is given.  ``--dry`` reads and writes neither; ``--smoke`` runs
small instances, prints a table without timings and writes nothing.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import table
from benchmarks.child import Job
from benchmarks.instances import NotHere, Prepared, prepared, standing
from benchmarks.registry import CAMPAIGNS, EVERY, README, RESULTS, Campaign, Instance, Method, method
from benchmarks.results import Store, in_words, key
from benchmarks.running import commit, machine, run_child
from tildeling.document import versions

Run = dict[str, Any]


def asked(
    instance: Instance, way: Method, data: Prepared, seconds: float, workers: int, seed: int, memory_gb: float
) -> Run:
    """A run before it is done: what it is known by."""
    return {
        "instance": instance.name, "method": way.name, "kind": way.kind, "time_limit_s": seconds,
        "workers": workers, "seed": seed, "memory_limit_gb": memory_gb, "applicants": data.applicants,
        "dataset_hash": data.dataset_hash[:12], "policy_hash": data.policy_hash[:12],
        "generate_s": data.generate_s, "best_known": data.best_known, "literature": data.literature,
        "versions": in_words(versions()), "machine": machine(),
    }  # fmt: skip


def done(wanted: Run, instance: Instance, first: bool = False) -> Run:
    """The run, done."""
    job = Job(
        str(instance.folder), wanted["method"], wanted["time_limit_s"], wanted["workers"], wanted["seed"],
        wanted["memory_limit_gb"], first, instance.published.form if instance.published else "",
    )  # fmt: skip
    return wanted | {"commit": commit()} | run_child(job)


def say(run: Run, *, kept: bool = False, timings: bool = True) -> None:
    """A line on what came of a run."""
    took = f" in {run['wall_s']} s, {run['peak_memory_mb']:.0f} MB" if timings else ""
    before = f" (run before, at {run['commit'] or 'an unknown commit'}; --again runs it anew)" if kept else ""
    print(f"{run['instance']} {run['method']}: {table.outcome(run)}{took}{before}", file=sys.stderr)


def is_fault(run: Run) -> bool:
    """Whether a run failed in a way that nobody should live with."""
    refused = any(tier["value"] is not None for tier in run["tiers"]) and not run["checked"]
    return refused or run["termination"] in ("crashed", "rejected", "short_machine")


def shown(campaign: Campaign, store: Store, workers: int, seed: int) -> list[Run]:
    """What stands in the table: every run of the campaign as it is stored, or that it was not run yet."""
    found = []
    for instance in campaign.instances:
        data = standing(instance) or Prepared(0, "", "")
        for way in EVERY:
            wanted = asked(instance, way, data, instance.time_limit, workers, seed, instance.memory_gb)
            if key(wanted) in store.runs:
                found.append(store.runs[key(wanted)])
            elif way in campaign.methods:
                not_yet = {"outcome": "unknown", "termination": "not_run", "checked": False, "tiers": []}
                found.append(wanted | not_yet)
    return found


def main(arguments: list[str] | None = None) -> int:
    """Run what the command line names; 1 if a run crashed or the checker refused a proposal."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("campaign", choices=sorted(CAMPAIGNS))
    parser.add_argument(
        "--time-limit", type=float, help="seconds per run, from reading to the end of solving"
    )
    parser.add_argument("--instances", nargs="+", metavar="NAME")
    parser.add_argument("--methods", nargs="+", metavar="NAME")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--again", action="store_true", help="run what has been run before, too")
    parser.add_argument("--dry", action="store_true", help="print only")
    parser.add_argument("--smoke", action="store_true", help="small instances, no timings, print only")
    chosen = parser.parse_args(arguments)
    campaign = CAMPAIGNS[chosen.campaign]
    known = {each.name: each for each in campaign.smoke if chosen.smoke}
    known = known or {each.name: each for each in (*campaign.instances, *campaign.smoke)}
    default = campaign.smoke if chosen.smoke else campaign.instances
    try:
        methods = [method(name) for name in chosen.methods] if chosen.methods else campaign.methods
        instances = [known[name] for name in chosen.instances] if chosen.instances else default
    except KeyError as error:
        parser.error(f"no method or instance {error}; instances: {', '.join(known)}")
    store = None if chosen.dry or chosen.smoke else Store(RESULTS / f"{chosen.campaign}.csv")
    runs = []
    for instance in instances:
        try:
            data = prepared(instance)
        except NotHere as missing:
            print(f"{instance.name}: {missing}", file=sys.stderr)
            continue
        for way in methods:
            seconds = chosen.time_limit or instance.time_limit
            wanted = asked(instance, way, data, seconds, chosen.workers, chosen.seed, instance.memory_gb)
            before = store.finished(wanted) if store and not chosen.again else None
            run = before or done(wanted, instance)
            if store and not before:
                store.keep(run)
            runs.append(run)
            say(run, kept=before is not None, timings=not chosen.smoke)
    layout = table.LAYOUTS[campaign.layout]
    print(layout(runs, timings=not chosen.smoke))
    if store and not chosen.time_limit:
        text = layout(shown(campaign, store, chosen.workers, chosen.seed))
        note = f"{machine()}; {chosen.workers} workers, seed {chosen.seed}; {in_words(versions())}.\n"
        table.into_readme(README, chosen.campaign, f"{text}\n{note}")
    return int(any(is_fault(run) for run in runs))


if __name__ == "__main__":
    sys.exit(main())
