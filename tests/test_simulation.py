"""The ensemble over any number of areas: right at the margin, exact in its sums, the same for every order, chunk and
worker.
"""

import io
import os
import sys
import tracemalloc
from statistics import NormalDist

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import kontum_analysis as kt
from kontum_analysis.base.errors import DataError, KontumError
from kontum_analysis.cli import main
from kontum_analysis.national import Movement, memory_bound, movement, tree, workers
from kontum_analysis.national import run as running
from kontum_analysis.national.kernel import PARTS, Settings, draw_task, stream
from kontum_analysis.national.tasks import tasks_of
from kontum_analysis.poverty.speeds import speed_model

YEARS = range(2026, 2029)
MOVES = Movement(
    -0.3, {"nation": 0.07, "province": 0.06}, {"nation": 0.04, "province": 0.05, "district": 0.2, "commune": 0.25}
)
STILL = Movement(0.0, {}, {})


@pytest.fixture(scope="module")
def country():
    return kt.synthetic_country(7, provinces=3, districts=8, communes=90)


@pytest.fixture(scope="module")
def poorest(country):
    return {"poorest": country.nlargest(9, "rate").code.tolist()}


@pytest.fixture(scope="module")
def baseline(country, poorest):
    return simulated(country, groups=poorest)


def simulated(areas, times=YEARS, draws=600, **options):
    return kt.simulate_panel(areas, times, draws, **{"target": 0.05, "movement": MOVES, "seed": 5, **options})


def same(a, b):
    pd.testing.assert_frame_equal(a.totals, b.totals, check_exact=True)
    pd.testing.assert_frame_equal(a.margins, b.margins, check_exact=True)
    return True


def two(rate_a=0.1, rate_b=0.3, **columns):
    """A province of two communes with 100 and 300 households."""
    table = dict(
        code=["P", "A", "B"],
        level=["province", "commune", "commune"],
        parent=["", "P", "P"],
        rate=[None, rate_a, rate_b],
        households=[None, 100, 300],
    )
    return pd.DataFrame(table | columns)


# ---- right


def test_without_movement_two_communes_give_the_rate_worked_by_hand():
    result = simulated(two(), movement=STILL, target=0.2, draws=100)
    row = result.totals.iloc[-1]  # 100 · 0.1 + 300 · 0.3 = 100 poor of 400
    assert row[["mean", "q01", "q50", "q99"]].tolist() == pytest.approx([0.25] * 4, abs=1e-7)
    assert row[["areas", "households", "p_target", "areas_mean", "areas_q50", "p_all"]].tolist() == [2, 400, 0, 1, 1, 0]
    assert result.margins.query("year == 2028").p_target.tolist() == [1, 0]


def test_a_common_speed_lowers_every_log_odds_by_itself_times_the_years():
    result = simulated(two(), movement=Movement(-0.5, {}, {}), draws=100).margins.query("area == 'A'").q50
    odds = 0.1 / 0.9 * np.exp(-0.5 * np.arange(1, 4))
    assert result.tolist() == pytest.approx((odds / (1 + odds)).tolist())


def test_communes_with_one_shock_are_there_together_others_by_the_product():
    chance = lambda rate: NormalDist().cdf((np.log(0.2 / 0.8) - np.log(rate / (1 - rate))) / 0.4)  # noqa: E731
    shared = simulated(two(0.15, 0.22), [2026], 40_000, movement=Movement(0, {}, {"province": 0.4}), target=0.2)
    independent = simulated(two(0.15, 0.22), [2026], 40_000, movement=Movement(0, {}, {"commune": 0.4}), target=0.2)
    assert shared.margins.p_target.tolist() == pytest.approx([chance(0.15), chance(0.22)])
    error = 4 * np.sqrt(0.25 / 40_000)
    assert shared.totals.p_all.item() == pytest.approx(chance(0.22), abs=error)
    assert independent.totals.p_all.item() == pytest.approx(chance(0.15) * chance(0.22), abs=error)


def test_closed_form_quantiles_are_those_of_the_draws():
    draws = 40_000
    areas = pd.DataFrame(
        {
            "code": ["N", "P", "D", "C"],
            "level": ["nation", "province", "district", "commune"],
            "parent": ["", "N", "P", "D"],
            "rate": 0.2,
            "households": 50,
            "opening_sd": [0, 0, 0, 0.3],
        }
    )
    result = simulated(areas, [2026, 2028, 2033], draws)
    alone = result.totals.query("area == 'N'")  # its one commune
    form = movement.with_moves(tree.plant_tree(areas), MOVES)
    mean, sd = movement.normal_margins(form, np.array([1.0, 3.0, 8.0]))
    for time in range(3):
        for level, name in zip(running.QUANTILES, result.margins.columns[4:], strict=False):
            rate = alone[name].iloc[time]
            below = NormalDist(mean[0, time], sd[0, time]).cdf(np.log(rate / (1 - rate)))
            assert below == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / draws))
        assert alone.p_target.iloc[time] == pytest.approx(result.margins.p_target.iloc[time], abs=0.01)
    variance = 0.3**2 + 64 * (0.07**2 + 0.06**2) + 8 * (0.04**2 + 0.05**2 + 0.2**2 + 0.25**2)
    assert sd[0, 2] == pytest.approx(np.sqrt(variance))  # by hand, after eight years


def test_spread_grows_with_time_and_shared_movement_does_not_average_out(country, baseline):
    width = lambda table: np.log(table.q95 / table.q05).to_numpy()  # noqa: E731
    assert baseline.margins.assign(w=width(baseline.margins)).groupby("year").w.mean().is_monotonic_increasing
    alone = simulated(country, movement=Movement(-0.3, {}, {"commune": 0.25})).totals
    assert (width(baseline.totals.query("area == 'SYN'")) > 2 * width(alone.query("area == 'SYN'"))).all()


def tasks_and_nodes(areas, draws=300, most=1):
    form, elapsed = movement.with_moves(tree.plant_tree(areas), MOVES), np.arange(1.0, 4.0)
    mean, _ = movement.normal_margins(form, elapsed)
    return tasks_of(form, mean, Settings(5, draws, elapsed, (0.5,), 0.05), {}, most)


def drawn_totals(areas):
    """Poor households (parts) of each node in each draw, put together from tasks that hold no node whole."""
    tasks, nodes = tasks_and_nodes(areas)
    sums = {}
    for task in tasks:
        part = draw_task(task)
        for number in task.owners:
            code = nodes[number].code
            sums[code] = sums.get(code, 0) + part.poor
    return tasks, nodes, sums


def log_odds_moved(mover, draws=300):
    """What a mover adds, worked out plainly: a walk, and a speed that lasts."""
    walk = (stream(5, mover.code).standard_normal((3, draws), np.float32) * mover.steps[:, None]).cumsum(axis=0)
    return walk + np.outer(
        mover.speed_sd * np.arange(1, 4), stream(5, mover.code, 1).standard_normal(draws, np.float32)
    )


def test_in_every_draw_a_parent_is_the_weighted_sum_of_its_communes():
    rows = [
        dict(code=f"C{k:03d}", level="commune", parent="P", rate=0.05 + k / 500, households=40 + k) for k in range(70)
    ]
    tasks, nodes, sums = drawn_totals(pd.concat([two(), pd.DataFrame(rows)], ignore_index=True))
    assert [len(task.leaves) for task in tasks] == [64, 8]  # two blocks: no task holds the province whole
    above = log_odds_moved(nodes[0])
    poor = np.zeros((3, 300))
    for leaf in (leaf for task in tasks for leaf in task.leaves):
        poor += leaf.households / (1 + np.exp(-leaf.log_odds[:, None] - above - log_odds_moved(leaf)))
    assert np.allclose(sums["P"] / PARTS, poor, rtol=2e-6)
    assert (sums["P"] == np.rint(sums["P"])).all()


def test_the_country_is_exactly_the_sum_of_its_provinces_in_every_draw():
    areas = kt.synthetic_country(3, provinces=2, districts=2, communes=260)  # districts of two blocks and more
    *_, sums = drawn_totals(areas)
    assert np.array_equal(sums["SYN"], sums["SYN-01"] + sums["SYN-02"])


def test_an_own_speed_leans_on_the_parents_as_in_the_prior():
    areas = two(speed=[-0.5, -0.9, None], speed_years=[4, 2, None])
    moves = Movement(-0.3, {"province": 0.1, "commune": 0.05}, {"province": 0.06, "commune": 0.2})
    nodes, leaves = movement.with_moves(tree.plant_tree(areas), moves)
    weight = 0.1**2 / (0.1**2 + 0.06**2 / 4)
    assert nodes.centre[0] == pytest.approx(weight * -0.5 + (1 - weight) * -0.3)
    assert nodes.speed_sd[0] == pytest.approx(0.1 * np.sqrt(1 - weight))
    own_weight = 0.05**2 / (0.05**2 + 0.2**2 / 2)
    assert leaves.centre.tolist() == pytest.approx(
        [own_weight * -0.9 + (1 - own_weight) * nodes.centre[0], nodes.centre[0]]
    )
    assert leaves.speed_sd[1] == 0.05


def test_the_default_movement_is_that_of_the_published_history(obs):
    moves, model = movement.from_history(obs), speed_model(obs)
    assert moves.speed == pytest.approx(float(model.chance @ model.mean))
    parts = [moves.shock_sd["nation"], moves.shock_sd["province"]]
    assert np.hypot(*parts) == pytest.approx(model.chance @ model.shock)
    assert np.hypot(*moves.speed_sd.values()) == pytest.approx(model.chance @ model.between)
    result = kt.simulate_panel(two(), [2026], 100)
    assert result.totals["p_all"].isna().all() and result.totals["q50"].notna().all()  # no target, no events


def test_counts_and_chances_of_a_group_are_those_of_its_members(country, poorest):
    rest = {"all": country.query("level == 'commune'").code.tolist(), "one": poorest["poorest"][:1]}
    result = simulated(country, groups=rest).totals.set_index(["area", "year"])
    figures = [c for c in result.columns if c != "level"]
    pd.testing.assert_frame_equal(result.loc["all", figures], result.loc["SYN", figures], rtol=1e-6)
    one = result.loc["one"]
    assert (one.p_all == one.areas_mean).all() and (one.p_all == one.p_target).all()


def test_quantiles_of_a_sum_are_those_of_its_draws():
    _, nodes, sums = drawn_totals(two())
    levels = simulated(two(), draws=300).totals.filter(regex="^q")
    rates = sums["P"] / PARTS / nodes[0].households
    assert np.allclose(levels, np.quantile(rates, running.QUANTILES, axis=1).T, atol=1e-7)


@given(st.integers(0, 50), st.integers(0, 50), st.sampled_from(["P", ""]))
def test_rates_of_exactly_0_and_1_stay_there(seed, speed, parent):
    areas, moves = two(0.0, 1.0), Movement(speed / 10 - 2.5, {}, {"province": 3.0, "commune": 3.0})
    result = simulated(
        areas[areas.code != "P"].assign(parent="") if not parent else areas, movement=moves, draws=100, seed=seed
    )
    by_area = result.margins.set_index("area").filter(regex="^q|^p_target")
    assert by_area.loc["A"].drop(columns="p_target").eq(0).all(axis=None) and by_area.loc["A"].p_target.eq(1).all()
    assert by_area.loc["B"].drop(columns="p_target").eq(1).all(axis=None) and by_area.loc["B"].p_target.eq(0).all()
    assert result.totals.filter(regex="^q|^mean").eq(0.75).all(axis=None) and result.totals.areas_mean.eq(1).all()


def test_areas_without_parents_give_their_margins():
    alone = two().iloc[1:].assign(parent="")
    result = simulated(alone)
    assert len(result.totals) == 0 and result.table().columns[[0, -1]].tolist() == ["synthetic", "made_by"]
    assert result.table().made_by.tolist() == ["closed_form"] * 6
    with_group = simulated(alone, groups={"both": ["A", "B"]}).totals
    assert with_group.area.tolist() == ["both"] * 3 and with_group.q50.between(0.1, 0.3).all()


def test_codes_are_text_so_that_areas_of_one_number_differ():
    first = {code: stream(1, code).standard_normal() for code in ("1", "01", "001", "00001")}
    assert len(set(first.values())) == 4
    assert stream(1, "01").standard_normal() == first["01"] and stream(2, "01").standard_normal() != first["01"]


def test_many_draws_are_the_same_for_threads_and_processes():
    long = simulated(two(), range(2026, 2056), 7_000, chunk=1)  # 30 years: four runs of draws
    assert same(long, simulated(two(), range(2026, 2056), 7_000, workers=2))
    assert same(long, simulated(two(), range(2026, 2056), 7_000, workers=2, scheduler="local"))


# ---- the same


@settings(max_examples=12)
@given(st.integers(1, 100), st.integers(1, 2), st.randoms(use_true_random=False))
def test_results_do_not_depend_on_chunks_threads_or_the_order_of_rows(
    country, poorest, baseline, chunk, workers, random
):
    rows = list(range(len(country)))
    random.shuffle(rows)
    shuffled = {"poorest": random.sample(poorest["poorest"], 9)}
    assert same(simulated(country.iloc[rows], groups=shuffled, chunk=chunk, workers=workers), baseline)


def test_areas_added_later_change_nothing_elsewhere(country, baseline):
    new = pd.DataFrame(
        [
            dict(code="SYN-00", level="province", parent="SYN", rate=None, households=None),
            dict(code="SYN-00-1", level="commune", parent="SYN-00", rate=0.3, households=900),
        ]
    )
    larger = simulated(pd.concat([new, country], ignore_index=True))
    old = larger.margins[larger.margins.area != "SYN-00-1"].reset_index(drop=True)
    pd.testing.assert_frame_equal(old, baseline.margins, check_exact=True)
    pick = lambda t: t[~t.area.isin(["SYN", "SYN-00", "poorest"])].reset_index(drop=True)  # noqa: E731
    pd.testing.assert_frame_equal(pick(larger.totals), pick(baseline.totals), check_exact=True)
    assert not larger.totals.query("area == 'SYN'").equals(baseline.totals.query("area == 'SYN'"))


def test_another_seed_gives_other_sums_and_the_same_margins(country, baseline):
    other = simulated(country, seed=6)
    assert other.margins.equals(baseline.margins)
    assert (other.totals.query("level == 'nation'")["mean"] != baseline.totals.query("level == 'nation'")["mean"]).all()


def cluster(processes):
    distributed = pytest.importorskip("distributed")
    return distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=processes, dashboard_address=None, protocol="tcp", host="127.0.0.1"
    )


def test_a_cluster_gives_the_same_bytes(country, poorest, baseline):
    with cluster(processes=False) as machines:
        assert same(simulated(country, groups=poorest, chunk=13, scheduler=machines.scheduler_address), baseline)


@pytest.mark.slow
def test_a_cluster_of_two_processes_gives_the_same_bytes(country, poorest, baseline):
    with cluster(processes=True) as machines:
        assert same(simulated(country, groups=poorest, chunk=13, scheduler=machines.scheduler_address), baseline)


@pytest.mark.slow
def test_processes_give_the_same_bytes_and_keep_what_is_finished(country, poorest, baseline, tmp_path):
    options = dict(groups=poorest, chunk=15, workers=2, scheduler="local", resume=tmp_path)
    with pytest.raises(KeyboardInterrupt):
        simulated(country, **options, progress=stops_after(2))
    assert len(list(tmp_path.glob("*.npz"))) == 2
    assert same(simulated(country, **options), baseline)


def peak(areas):
    tasks, nodes = tasks_and_nodes(areas, 4_000, 50)
    tracemalloc.start()
    try:
        running._collect(workers.drawn_parts(tasks, 1, None, None), tasks, nodes, None)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_stays_within_the_bound_whatever_the_number_of_areas():
    small, large = (peak(kt.synthetic_country(1, provinces=3, districts=n // 40, communes=n)) for n in (600, 1800))
    bound = memory_bound(len(YEARS), 4_000)
    assert small < bound and large < bound < 6 * large  # a bound that means something
    assert large < 1.1 * small + 1200 * 2_000


# ---- stopped and resumed


def stops_after(count):
    calls = []

    def progress(number, areas):
        calls.append((number, areas))
        if len(calls) == count:
            raise KeyboardInterrupt

    progress.seen = calls
    return progress


@pytest.mark.parametrize("workers", [1, 2])
def test_a_stopped_run_goes_on_where_it_was(country, poorest, baseline, tmp_path, workers, monkeypatch):
    folder = tmp_path / "kept"
    options = dict(groups=poorest, chunk=9, workers=workers, resume=folder)
    with pytest.raises(KeyboardInterrupt):
        simulated(country, **options, progress=stops_after(3))
    parts = sorted(folder.glob("*.npz"))
    assert len(parts) == 3
    again, tasks = stops_after(0), []
    monkeypatch.setattr(
        "kontum_analysis.national.workers.draw_task", lambda task: tasks.append(task) or draw_task(task)
    )
    assert same(simulated(country, **options, progress=again), baseline)
    assert again.seen[-1] == (99, 99) and len(tasks) == len(again.seen) - 3 > 0
    assert same(simulated(country, **options), baseline) and len(tasks) == len(again.seen) - 3  # now nothing is drawn


@pytest.mark.parametrize(
    "damage",
    [
        lambda raw: raw[: len(raw) // 2],
        lambda raw: b"",
        lambda raw: b"not an archive",
        lambda raw: raw[:200] + bytes([raw[200] ^ 1]) + raw[201:],
    ],
)
def test_a_damaged_chunk_is_drawn_anew(country, poorest, baseline, tmp_path, damage):
    options = dict(groups=poorest, chunk=30, resume=tmp_path)
    simulated(country, **options)
    file = sorted(tmp_path.glob("*.npz"))[0]
    file.write_bytes(damage(file.read_bytes()))
    assert same(simulated(country, **options), baseline)


def test_a_chunk_of_another_run_is_not_taken(country, tmp_path):
    simulated(country, resume=tmp_path / "a", seed=6, chunk=30)
    simulated(country, resume=tmp_path / "b", chunk=30)
    for number, path in enumerate(sorted((tmp_path / "a").glob("*.npz"))):
        sorted((tmp_path / "b").glob("*.npz"))[number].write_bytes(path.read_bytes())
    assert same(simulated(country, resume=tmp_path / "b", chunk=30), simulated(country, chunk=30))


@pytest.mark.parametrize(
    "change", [dict(seed=6), dict(draws=601), dict(target=0.06), dict(times=[2026]), dict(movement=STILL)]
)
def test_a_folder_of_other_inputs_is_refused(country, tmp_path, change):
    folder = tmp_path / "kept"
    simulated(two(), draws=100, resume=folder)
    with pytest.raises(KontumError, match="another one"):
        simulated(two(), **{"draws": 100, **change}, resume=folder)


def test_a_folder_with_other_things_in_it_or_a_file_is_refused(tmp_path):
    (tmp_path / "letter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(KontumError, match="empty folder"):
        simulated(two(), draws=100, resume=tmp_path)
    with pytest.raises(KontumError, match="is a file, or"):
        simulated(two(), draws=100, resume=tmp_path / "letter.txt")
    assert [p.name for p in tmp_path.iterdir()] == ["letter.txt"]


# ---- mistakes


@pytest.mark.parametrize(
    ("plant", "row", "column", "message"),
    [
        (dict(rate_a=-0.01), 2, "rate", "from 0 to 1"),
        (dict(rate_b=1.01), 3, "rate", "0.1532"),
        (dict(rate_b=None), 3, "rate", "from 0 to 1"),
        (dict(rate_a="15,3"), 2, "rate", "decimal point"),
        (dict(households=[None, 100, None]), 3, "households", "at least 1"),
        (dict(households=[None, 0, 3]), 2, "households", "at least 1"),
        (dict(households=[None, 1e11, 3]), 2, "households", "at least 1"),
        (dict(code=["P", "A", "A"]), 3, "code", "may stand once"),
        (dict(code=["P", "", "B"]), 2, "code", "have a code"),
        (dict(parent=["", "P", "Q"]), 3, "parent", "row of its own"),
        (dict(level=["x", "commune", "commune"]), 1, "level", ", ".join(tree.LEVELS)),
        (dict(parent=["A", "P", "P"]), 1, "parent", f"circle.*most {len(tree.LEVELS)} levels"),
        (dict(opening_sd=[0, -1, 0]), 2, "opening_sd", "0 to 10"),
        (dict(speed=[None, -9, None], speed_years=1), 2, "speed", "−5 to 5"),
        (dict(speed=[None, -0.2, None]), 2, "speed_years", "above 0"),
    ],
)
def test_a_mistake_in_the_table_is_named_with_its_row_and_column(plant, row, column, message):
    with pytest.raises(DataError, match=message) as error:
        simulated(two(**plant), draws=100)
    assert {(p.row, p.column) for p in error.value.problems} >= {(row, column)}


def test_all_problems_are_listed_and_a_missing_column_is_named():
    with pytest.raises(DataError) as error:
        simulated(two(rate_a=2, rate_b=-1, households=0), draws=100)
    assert len(error.value.problems) == 4
    with pytest.raises(DataError, match="code, level, parent, rate, households"):
        simulated(two().drop(columns="households"), draws=100)
    with pytest.raises(DataError, match="at least one area"):
        simulated(two().iloc[:0], draws=100)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (dict(draws=99), "at least 100"),
        (dict(draws=1e4), "whole number"),
        (dict(seed=-1), "at least 0"),
        (dict(target=5), "5% is written 0.05"),
        (dict(target="5%"), "0.05"),
        (dict(times=["soon"]), "ascend"),
        (dict(times=[]), "ascend"),
        (dict(times=[2027, 2026]), "ascend"),
        (dict(start=2026), "after the opening"),
        (dict(chunk=0), "at least 1"),
        (dict(workers=0), "at least 1"),
        (dict(workers="many"), "whole number"),
        (dict(levels=[]), "ascending"),
        (dict(levels=[0.5, 0.1]), "ascending"),
        (dict(groups={"g": ["Z"]}), "Group g: found Z"),
        (dict(groups={"A": ["B"]}), "Group A"),
        (dict(groups={"g": []}), "Group g"),
    ],
)
def test_what_cannot_be_run_is_said(options, message):
    with pytest.raises(KontumError, match=message):
        simulated(two(), **{"draws": 100, **options})
    with pytest.raises(KontumError, match="levels nation"):
        Movement(0, {"village": 1}, {})


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x", "tcp://no host"])
def test_a_scheduler_that_does_not_answer_is_an_error_with_its_address(monkeypatch, address):
    pytest.importorskip("distributed")
    monkeypatch.setattr("kontum_analysis.national.workers.CONNECT_SECONDS", 1)
    with pytest.raises(KontumError, match="no Dask scheduler answered there within 1 seconds") as error:
        simulated(two(), draws=100, scheduler=address)
    assert address in str(error.value)


class Machines:
    """The client of a cluster whose one worker answers as told; no worker for an answer of None."""

    def __init__(self, answer, result=None):
        self.answer, self.failure, self.status = answer, result, "error"

    def sync(self, function, callback_timeout):
        machine = dict(status="running", last_seen=1.0, nthreads=1)
        return {"workers": {} if self.answer is None else {"tcp://far": machine}}

    def run(self, function, workers, on_error):
        return dict.fromkeys(workers, self.answer)

    def submit(self, function, task, pure):
        return self

    def done(self):
        return self.failure is not None

    def exception(self):
        return self.failure

    scheduler = property(lambda self: self)
    identity = close = lambda self, **_: None


@pytest.mark.parametrize(
    ("machines", "message"),
    [
        (Machines(None), "No worker of the cluster has been at work for 0.2 seconds"),
        (Machines(ModuleNotFoundError("kontum_analysis")), "Every machine needs"),
        (Machines(("1.0", "0.0", "1")), "has other versions: 1.0 0.0 1"),
        (Machines(workers.versions(), MemoryError("too little")), "could not compute.*too little"),
        (Machines(workers.versions()), "No worker"),  # it no longer tells that it lives
    ],
)
@pytest.mark.parametrize("is_kept", [False, True])
def test_what_goes_wrong_on_a_cluster_is_one_message(monkeypatch, tmp_path, machines, message, is_kept):
    monkeypatch.setattr(workers, "_client", lambda address: (machines, (OSError,)))
    monkeypatch.setattr(workers, "PATIENCE", 0.2)
    with pytest.raises(KontumError, match=message) as error:
        simulated(two(), draws=100, scheduler="tcp://far", resume=tmp_path if is_kept else None)
    assert ("is kept in" if is_kept else "Nothing is kept") in str(error.value)


def test_a_process_that_is_ended_is_one_message(monkeypatch):
    monkeypatch.setattr(workers, "draw_task", lambda task: os._exit(1))
    with pytest.raises(KontumError, match="want of memory.*Nothing is kept"):
        simulated(two(), draws=100, workers=2, scheduler="local")


def test_without_the_library_the_message_says_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(KontumError, match=r"kontum-analysis\[cluster\]"):
        simulated(two(), draws=100, scheduler="tcp://far")


# ---- the synthetic country and the command


def test_the_synthetic_country_has_the_real_size_and_says_what_it_is():
    full = kt.synthetic_country()
    assert full.level.value_counts().to_dict() == {"commune": 10_035, "district": 696, "province": 63, "nation": 1}
    assert (
        full.attrs["synthetic"]
        and full.code.str.startswith("SYN").all()
        and full.name.str.startswith("Synthetic").all()
    )
    assert full.equals(kt.synthetic_country()) and not full.equals(kt.synthetic_country(1))
    assert len(tree.plant_tree(full).leaves) == 10_035


def kontum(monkeypatch, capsys, *words):
    monkeypatch.setattr(sys, "argv", ["kontum", "simulate", *words])
    monkeypatch.setenv("COLUMNS", "150")
    with pytest.raises(SystemExit) as ended:
        main()
    out, err = capsys.readouterr()
    return ended.value.code or 0, out, err


@pytest.fixture
def small_file(tmp_path):
    two().to_csv(tmp_path / "areas.csv", index=False)
    return str(tmp_path / "areas.csv")


def test_the_command_simulates_a_file_and_writes_every_row(monkeypatch, capsys, small_file, tmp_path):
    words = [
        "--communes",
        small_file,
        "--draws",
        "200",
        "--years",
        "2",
        "--target",
        "0,2",
        "--threads",
        "2",
        "--out",
        str(tmp_path / "out.csv"),
        "--resume",
        str(tmp_path / "kept"),
    ]
    code, out, _ = kontum(monkeypatch, capsys, *words)
    assert code == 0 and "20,0%" in out and "kịch bản" in out and "giả lập" not in out
    first = (tmp_path / "out.csv").read_bytes()
    table = pd.read_csv(io.BytesIO(first))
    assert table.area.tolist() == ["P", "P", "A", "A", "B", "B"] and set(table.synthetic) == {"no"}
    assert table.made_by.tolist() == ["simulated"] * 2 + ["closed_form"] * 4
    _, out, _ = kontum(monkeypatch, capsys, *words, "--lang", "en")
    assert (tmp_path / "out.csv").read_bytes() == first and "A scenario, not a forecast: 200 draws" in out


def test_the_command_says_of_the_synthetic_country_that_it_is_invented(monkeypatch, capsys):
    tiny = kt.synthetic_country(1, provinces=2, districts=4, communes=12)
    monkeypatch.setattr("kontum_analysis.national.synthetic_country", lambda: tiny)
    _, out, _ = kontum(monkeypatch, capsys, "--draws", "100", "--years", "2", "--lang", "en")
    assert "no figure is about a real place" in out and "rate of the country" in out and "Provinces" in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--communes", "nowhere.csv"], "synthetic, or a CSV file"),
        (["--draws", "10"], "at least 100"),
        (["--out", "no/such/folder/x.csv"], "no folder"),
    ],
)
def test_a_mistake_in_the_command_is_one_message(monkeypatch, capsys, words, message):
    code, out, err = kontum(monkeypatch, capsys, *words, "--lang", "en")
    assert code == 1 and message in " ".join(err.split()) and "Traceback" not in out + err


def test_a_faulty_file_is_named_with_its_line(monkeypatch, capsys, tmp_path):
    two(rate_b=3).to_csv(tmp_path / "faulty.csv", index=False)
    _, _, err = kontum(monkeypatch, capsys, "--communes", str(tmp_path / "faulty.csv"), "--lang", "en")
    assert "faulty.csv, row 4, column rate: found '3.0'" in err


def test_a_stopped_command_says_how_to_go_on(monkeypatch, capsys, small_file, tmp_path):
    def stopped(task):
        raise KeyboardInterrupt

    monkeypatch.setattr("kontum_analysis.national.workers.draw_task", stopped)
    code, out, _ = kontum(
        monkeypatch, capsys, "--communes", small_file, "--resume", str(tmp_path / "kept"), "--lang", "en"
    )
    assert code != 0 and "run the same command again" in " ".join(out.split())
