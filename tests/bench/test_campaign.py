"""Campaigns: each run a row, once; what was done is not done again; nothing is lost when something ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from tests.bench.rows import row
from tests.dask import at_work, cluster

from tildeling.bench import one
from tildeling.bench.campaign import Asked, run, specs
from tildeling.bench.runs import FAILED, Row, Spec
from tildeling.bench.scheduling import here, on_cluster
from tildeling.bench.sets import cases
from tildeling.bench.store import FILE, Store, read
from tildeling.errors import UsageError
from tildeling.published import FORMATS, format_of
from tildeling_models.progress import Progress
from tildeling_models.stop import Stop

INSTANCES = Path(__file__).parents[2] / "instances"
TINY = str(INSTANCES / "bench" / "tiny.toml")


def asked(
    engines: Sequence[str] = ("auto",), seeds: Sequence[int] = (0,), names: str = "tiny weekend"
) -> Asked:
    chosen = [case for case in cases(TINY) if case.form == "curtois" and case.name in names.split()]
    return Asked(chosen, engines, seeds, 20.0, 1, 4_000.0)


def test_a_run_is_a_row_with_all_that_is_asked_of_it() -> None:
    (spec,) = specs(asked(names="tiny"))
    found = one.run(spec)
    assert found is not None
    assert (found.outcome, found.value, found.bound, found.gap, found.to_best) == ("optimal", 2, 2, 0.0, 0.0)
    assert found.primal_integral is not None
    assert 0 <= found.primal_integral <= found.wall_s
    assert found.time_to_target_s is not None
    assert found.peak_memory_mb > 10
    assert found.size == 2
    assert {"tildeling", "python", "ortools"} <= found.versions.keys()
    assert "cores" in found.machine
    assert found.key == spec.key


def test_what_goes_wrong_is_a_row_too(tmp_path: Path) -> None:
    (spec,) = specs(asked(names="tiny"))
    fields = {name: getattr(spec, name) for name in Spec.__slots__}
    gone = one.run(Spec(**fields | {"path": str(tmp_path / "none.txt")}))
    assert gone is not None
    assert (gone.outcome, gone.value) == ("crashed", None)
    assert gone.note
    none = one.run(Spec(**fields | {"engine": "magic"}))
    assert none is not None
    assert none.outcome == "no_engine"
    starved = one.run(Spec(**fields | {"memory_mb": 60.0}))
    assert starved is not None
    assert starved.outcome in ("out_of_memory", "crashed")


def test_a_campaign_goes_on_where_it_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = specs(asked(("auto", "cpsat"), (0, 1)))
    done: Counter[str] = Counter()

    def scheduled(left: Sequence[Spec], stop: Stop) -> Iterator[Row]:
        for spec in left:
            done[spec.key] += 1
            yield row(key=spec.key, digest=spec.digest, engine=spec.engine, seed=spec.seed)

    first = run(wanted, Store(tmp_path), scheduled, Stop(), Progress())
    kept = [next(first).key for _ in range(3)]
    first.close()
    assert [each.key for each in read(tmp_path / FILE)] == kept
    assert (
        len(list(run([*wanted, *wanted], Store(tmp_path), scheduled, Stop(), Progress()))) == len(wanted) - 3
    )
    assert set(done.values()) == {1}
    assert not list(run(wanted, Store(tmp_path), scheduled, Stop(), Progress()))
    other = specs(Asked(asked().cases, ["auto"], [0], 21.0, 1, 4_000.0))
    assert not {each.key for each in other} & {each.key for each in wanted}


def test_a_line_cut_short_is_no_row_and_stands_in_nobody_s_way(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing():
        store.keep(row(key="a"))
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"key": "b", "for')
    again = Store(tmp_path)
    assert list(again.rows) == ["a"]
    with again.writing():
        again.keep(row(key="c"))
        again.keep(row(key="c"))
    assert [each.key for each in read(tmp_path / FILE)] == ["a", "c"]
    (tmp_path / FILE).write_text("no row\n" + (tmp_path / FILE).read_text())
    with pytest.raises(UsageError, match="line 1"):
        Store(tmp_path)


def test_a_last_row_without_an_end_of_line_stays(tmp_path: Path) -> None:
    store = Store(tmp_path)
    with store.writing():
        store.keep(row(key="a"))
    file = tmp_path / FILE
    file.write_bytes(file.read_bytes().rstrip(b"\n"))
    again = Store(tmp_path)
    with again.writing():
        again.keep(row(key="b"))
    assert [each.key for each in read(file)] == ["a", "b"]


@pytest.mark.parametrize("outcome", FAILED)
def test_what_failed_is_done_again_and_counts_once(tmp_path: Path, outcome: str) -> None:
    (spec,) = specs(asked(names="tiny"))

    def failing(left: Sequence[Spec], stop: Stop) -> Iterator[Row]:
        for each in left:
            yield row(key=each.key, outcome=outcome, value=None)

    def working(left: Sequence[Spec], stop: Stop) -> Iterator[Row]:
        for each in left:
            yield row(key=each.key, value=7)

    for scheduler, value in ((failing, None), (failing, None), (working, 7)):
        assert [each.value for each in run([spec], Store(tmp_path), scheduler, Stop(), Progress())] == [value]
        assert [each.value for each in read(tmp_path / FILE)] == [value]
    assert not list(run([spec], Store(tmp_path), failing, Stop(), Progress()))


def test_two_campaigns_do_not_write_to_one_folder(tmp_path: Path) -> None:
    with (
        Store(tmp_path).writing(),
        pytest.raises(UsageError, match="another campaign"),
        Store(tmp_path).writing(),
    ):
        pass


def test_runs_here_come_as_they_are_done_and_end_when_told(tmp_path: Path) -> None:
    found = list(here(2)(specs(asked(("cpsat",), (0, 1))), Stop()))
    assert Counter(each.outcome for each in found) == {"optimal": 4}
    stop = Stop()
    stop.cancel()
    assert list(here(2)(specs(asked()), stop)) == []


def test_a_run_under_way_is_ended_and_leaves_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Stop(1.0)
    (spec,) = specs(asked(names="tiny"))
    monkeypatch.setattr(one, "LOOK_S", 0.1)
    slow = [sys.executable, "-c", "import time; time.sleep(60)"]
    real = subprocess.Popen
    monkeypatch.setattr(subprocess, "Popen", lambda _, **how: real(slow, **how))
    began = time.monotonic()
    assert one.run(spec, stop) is None
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "part"),
        ("[[part]]\nformat = 'curtois'\n", "either files or instances_from"),
        ("[[part]]\nformat = 'magic'\nfiles = ['*']\n", "is not one of"),
        ("[[part]]\nformat = 'curtois'\nfiles = ['none*.txt']\n", "no file matches"),
        (
            "[[part]]\nformat = 'curtois'\nfiles = ['*.toml']\nbest_known = 'b.csv'\nbest_columns = ['x']\n",
            "b.csv",
        ),
        ("[[part]", "--set"),
        ("[[part]]\nformat = 'curtois'\nfiles = ['/tmp/*.txt']\n", "must be below"),
        (
            "[[part]]\nformat = 'gap'\nfiles = ['*.toml']\nbest_known = 'odd.csv'\nbest_columns = ['x']\n",
            "odd.csv, a: must be numbers: abc",
        ),
    ],
)
def test_a_set_that_cannot_be_used_is_refused(tmp_path: Path, content: str, said: str) -> None:
    (tmp_path / "set.toml").write_text(content)
    (tmp_path / "odd.csv").write_text("instance,x\na,abc\n")
    with pytest.raises(UsageError, match=said.replace("[", r"\[")):
        cases(str(tmp_path / "set.toml"))


def test_names_of_sets_need_their_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("TILDELING_BENCHMARKS", raising=False)
    with pytest.raises(UsageError, match="TILDELING_BENCHMARKS"):
        cases("curtois")
    with pytest.raises(UsageError, match="neither a file nor one of"):
        cases("none")
    folder = tmp_path / "rota" / "curtois"
    folder.mkdir(parents=True)
    for name in ("Instance10", "Instance9"):
        (folder / f"{name}.txt").write_text("")
    (folder / "best_known.csv").write_text("instance,ub\nInstance9,439\nInstance10,\n")
    monkeypatch.setenv("TILDELING_BENCHMARKS", str(tmp_path))
    assert [(case.name, case.best) for case in cases("curtois")] == [("Instance9", 439), ("Instance10", None)]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.slow
def test_every_engine_on_the_smallest_of_every_format(form: str) -> None:
    """What a campaign can name runs here, without a clock: a solution is legal, and a proof is the same for all."""
    mine = [case for case in cases(TINY) if case.form == form]
    found: dict[str, set[tuple[str, int | None]]] = {}
    for name in format_of(form).engines():
        for spec in specs(Asked(mine, [name], [0], 20.0, 2, 4_000.0)):
            row = one.run(spec)
            assert row is not None
            assert row.outcome in ("optimal", "feasible", "infeasible", "unknown", "no_engine"), (
                name,
                row.note,
            )
            if row.outcome in ("optimal", "infeasible"):
                found.setdefault(row.digest, set()).add((row.outcome, row.value))
            if row.best_known is not None and row.value is not None:
                assert row.value >= row.best_known
    assert len(found) == len(mine)
    assert {len(proofs) for proofs in found.values()} == {1}


def test_an_engine_that_no_format_has_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="magic: no format of the set has it; curtois: auto"):
        specs(asked(("auto", "magic")))


def test_a_set_of_several_formats_runs_each_with_the_engines_it_has() -> None:
    chosen = [case for case in cases(TINY) if case.form in ("curtois", "gap")]
    found = specs(Asked(chosen, ["vacancy", "auto", "auto"], [0, 0], 20.0, 1, 4_000.0))
    assert {(spec.form, spec.engine) for spec in found} == {
        ("curtois", "auto"), ("gap", "auto"), ("gap", "vacancy")
    }  # fmt: skip
    assert len({spec.key for spec in found}) == len(found)
    with pytest.raises(UsageError, match="--engines vacancy: format curtois has none of them"):
        specs(Asked(chosen, ["vacancy"], [0], 20.0, 1, 4_000.0))


def test_workers_elsewhere_are_given_whole_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(INSTANCES.parent)
    chosen = cases("instances/bench/tiny.toml")[:1]
    assert Path(specs(Asked(chosen, ["auto"], [0], 20.0, 1, 4_000.0))[0].path).is_absolute()


# --- a cluster -----------------------------------------------------------------------------------------


@pytest.mark.slow
def test_a_worker_killed_in_mid_run_loses_nothing_and_nothing_counts_twice(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    wanted = specs(asked(("cpsat", "auto"), range(3)))
    store = Store(tmp_path / "out")
    with cluster(tmp_path, 3) as (address, workers):
        coming = run(wanted, store, on_cluster(address), Stop(), Progress())
        found = [next(coming)]
        busy = next(each for each in workers if at_work(each.pid))
        os.kill(busy.pid, signal.SIGKILL)
        found += list(coming)
    assert busy.wait() == -signal.SIGKILL
    assert Counter(each.key for each in found) == Counter(each.key for each in wanted)
    assert [each.key for each in read(tmp_path / "out" / FILE)] == [each.key for each in found]
    assert {each.outcome for each in found} == {"optimal"}


def test_a_scheduler_that_does_not_answer_is_said_so() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(UsageError, match="--scheduler"):
        list(on_cluster("nowhere")(specs(asked()), Stop()))
