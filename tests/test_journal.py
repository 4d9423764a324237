"""Every import appears and goes as a whole, one writer at a time; what was answered once is used again."""

import os
import random
import shutil
import signal
import time
import warnings
from contextlib import suppress

import pytest
from corpus.write import written_by_xlsxwriter
from planting import files_in

import kontum_analysis as kt
from kontum_analysis.base.errors import KontumError
from kontum_analysis.base.files import one_run
from kontum_analysis.data import observations
from kontum_analysis.data.own import own_tables
from kontum_analysis.offices import journal, store
from kontum_analysis.offices.answers import answers_from

GIVEN = dict(office="Phòng Lao động", document="01/BC", date="15/01/2025", year=2024)
HEAD = ["STT", "Đơn vị", "Tổng số hộ", "Hộ nghèo"]


def planned(folder, rows, name="a.xlsx", head=HEAD, answers=(), **options):
    path = written_by_xlsxwriter(folder / name, {"Biểu": [head, *rows]})
    return store.plan_import(path, user=folder / "kho", answers=answers_from(answers), **{**GIVEN, **options})


def values(place):
    rows = own_tables(place, observations.raw_tables())["observations"]
    return {(r.ref_area, r.indicator): r.obs_value for r in rows.itertuples()}


@pytest.fixture
def one(tmp_path):
    """A folder with the import of one district."""
    store.store(planned(tmp_path, [[1, "Kon Rẫy", 7900, 1400]]), "a.xlsx")
    return tmp_path


def test_an_undone_import_leaves_the_folder_byte_for_byte_as_it_was(one):
    before = files_in(one / "kho")
    number = store.store(planned(one, [[1, "Đăk Glei", 13500, 2400]], document="02/BC"))
    assert number == 2 and [entry.number for entry in journal.imports(one / "kho")] == [1, 2]
    assert store.undo(user=one / "kho").number == 2
    assert files_in(one / "kho") == before
    store.undo(1, user=one / "kho")
    assert files_in(one / "kho") == {} and journal.imports(one / "kho") == []


def test_a_correction_is_undone_alone_and_so_is_what_it_corrected(one):
    store.store(planned(one, [[1, "Kon Rẫy", 7900, 1300], [2, "Đăk Glei", 13500, 2400]], document="01a/BC"))
    assert values(one / "kho")["614", "poor_households"] == "1300"
    again = [[1, "Kon Rẫy", 7900, 1300], [2, "Đăk Glei", 13500, 2400]]
    assert not planned(one, again, document="01a/BC").is_news
    store.undo(1, user=one / "kho")
    assert values(one / "kho")["614", "poor_households"] == "1300"
    store.undo(2, user=one / "kho")
    store.store(planned(one, [[1, "Kon Rẫy", 7900, 1400]]))
    store.store(planned(one, [[1, "Kon Rẫy", 7900, 1300]], document="01a/BC"))
    store.undo(user=one / "kho")
    assert values(one / "kho") == {("614", "households_total"): "7900", ("614", "poor_households"): "1400"}


def test_a_status_that_is_undone_gives_the_earlier_one_back(tmp_path):
    head = ["Tên xã", "Xếp loại"]
    store.store(planned(tmp_path, [["Xốp", "Kiểu mẫu"]], head=head))
    before = values(tmp_path / "kho")
    store.store(planned(tmp_path, [["Xốp", "Đạt chuẩn"]], head=head, document="02/BC"))
    assert values(tmp_path / "kho") == {("23359", "ntm_attained"): "1"}
    store.undo(user=tmp_path / "kho")
    assert values(tmp_path / "kho") == before and ("23359", "ntm_model_year") in before


def test_what_lay_in_the_folder_before_stays_and_is_listed(one):
    place = one / "kho"
    for name in ("observations.csv", "sources.csv"):
        (place / "imports" / "0001" / name).rename(place / name)
    shutil.rmtree(place / "imports")
    store.store(planned(one, [[1, "Kon Rẫy", 7900, 1300]], document="02/BC"))
    assert [entry.number for entry in journal.imports(place)] == [0, 1]
    store.undo(user=place)
    assert values(place)["614", "poor_households"] == "1400"


def test_there_is_nothing_to_undo_in_an_empty_folder_and_no_import_99(one, tmp_path):
    for number, place, key in ((None, tmp_path / "none", "nothing_to_undo"), (99, one / "kho", "no_such_import")):
        with pytest.raises(KontumError) as refused:
            store.undo(number, user=place)
        assert refused.value.key == f"own.error.{key}"


def test_an_answer_is_used_again_for_the_next_file_of_the_office(tmp_path):
    head = ["STT", "Đơn vị", "Tổng số hộ", "HN"]
    store.store(planned(tmp_path, [[1, "Kon Rẫy", 7900, 1400]], head=head, answers=["Cột D=Số hộ nghèo"]))
    again = planned(tmp_path, [[1, "Kon Rẫy", 7900, 1350]], head=["TT", "Đơn vị", "Số hộ", "x", "HN"], document="02/BC")
    assert list(again.filled.layout.columns.values())[-1] == "poor_households"
    other = planned(tmp_path, [[1, "Đăk Glei", 7900, 1350]], head=head, office="Sở khác")
    assert "poor_households" not in other.filled.entries[0].values
    with pytest.raises(KontumError) as refused:
        planned(tmp_path, [[1, "Đăk Glei", 7900, 1350]], answers=["Cột Z=bỏ qua"])
    assert refused.value.key == "own.error.map_unused"


def test_a_second_writer_waits_a_little_and_is_told_who_writes(one):
    plan = planned(one, [[1, "Đăk Glei", 13500, 2400]], document="02/BC")
    with journal.writing(one / "kho", "kontum data import xa.xlsx"), pytest.raises(KontumError) as refused:
        store.store(plan, wait=0.2)
    assert refused.value.key == "own.error.busy" and "kontum data import xa.xlsx" in refused.value.in_language("vi")
    assert store.store(plan) == 2


def test_what_was_shown_is_worked_out_again_where_somebody_wrote_meanwhile(one):
    plan = planned(one, [[1, "Đăk Glei", 13500, 2400]], document="02/BC")
    same_area = planned(one, [[1, "Kon Rẫy", 7900, 1300]], document="03/BC")
    store.store(planned(one, [[1, "Kon Rẫy", 7900, 1200]], name="b.xlsx", document="04/BC"))
    assert store.store(plan) == 3  # nothing that was shown is otherwise now
    with pytest.raises(KontumError) as refused:
        store.store(same_area)  # it would replace 1,200, and not 1,400 as was shown
    assert refused.value.key == "own.error.changed" and len(journal.imports(one / "kho")) == 3


def test_a_reader_never_sees_half_an_import(one, monkeypatch):
    before, readings = values(one / "kho"), []
    plan = planned(one, [[1, "Đăk Glei", 13500, 2400]], document="02/BC")
    write = journal.write_whole

    def looking(path, content, **more):
        readings.append(values(one / "kho"))
        return write(path, content, **more)

    monkeypatch.setattr(journal, "write_whole", looking)
    store.store(plan)
    assert len(readings) >= 3 and all(reading == before for reading in readings)


def test_figures_of_a_district_of_2024_are_loaded_and_preferred(one):
    obs = kt.load_observations(user=one / "kho")
    rows = obs[(obs.ref_area == "614") & (obs.time_period == "2024-12-31") & obs.preferred]
    figures = rows[rows.source_id.str.startswith("own-")].set_index("indicator").obs_value
    assert figures["poor_households"] == 1400 and round(figures["poverty_rate_pct"], 2) == 17.72


def interleave(folder, plans, rng):
    """Run one writer a plan at once, some of them killed; returns the plans that said "written"."""
    children = {}
    for number, plan in enumerate(plans):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # newer Pythons warn of threads
            child = os.fork()
        if child == 0:
            try:
                time.sleep(rng.random() / 200 + number / 1000)
                store.store(plan, wait=20)
                os._exit(0)
            except KontumError:
                os._exit(1)
            except BaseException:
                os._exit(2)
        children[child] = number
    killed = {child for child in children if rng.random() < 0.4}
    for child in killed:
        time.sleep(rng.random() / 100)
        os.kill(child, signal.SIGKILL)
    numbers = set()
    for child, number in children.items():
        status = os.waitpid(child, 0)[1]
        assert os.waitstatus_to_exitcode(status) in ((0, 1, -signal.SIGKILL) if child in killed else (0, 1))
        if os.waitstatus_to_exitcode(status) == 0:
            numbers.add(number)
    return numbers


def check_a_killed_undo(place, rng):
    """The last import is there whole or taken back whole, whenever the one who takes it back is killed."""
    before = len(journal.imports(place))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of threads
        child = os.fork()
    if child == 0:
        with suppress(BaseException):
            store.undo(user=place)
        os._exit(0)
    time.sleep(rng.random() / 50)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with journal.writing(place, "next"):
        pass  # clears what the killed one left
    after = len(journal.imports(place))
    assert after in (before, max(before - 1, 0)) and len(values(place)) == 2 * after
    assert {path.name for path in place.iterdir()} <= {"imports"}


def check_interleavings(tmp_path, monkeypatch, rounds):
    rows = [[[1, "Kon Rẫy", 7900, 1400]], [[1, "Đăk Glei", 13500, 2400]], [[1, "Ngọc Hồi", 16000, 700]]]
    documents = ["01/BC", "02/BC", "03/BC"]
    plans = [planned(tmp_path, row, document=document) for row, document in zip(rows, documents, strict=True)]
    monkeypatch.setattr(store, "_plan", lambda filled, *_: next(p for p in plans if p.filled is filled))
    rng = random.Random(3299)
    for _ in range(rounds):
        some_plans = plans[: rng.choice((2, 3))]
        numbers = interleave(tmp_path, some_plans, rng)
        with journal.writing(tmp_path / "kho", "next"):
            pass  # clears what the killed left
        entries = journal.imports(tmp_path / "kho")
        names = [entry.document for entry in entries]
        assert {documents[number] for number in numbers} <= set(names) and len(names) == len(set(names))
        assert len(values(tmp_path / "kho")) == 2 * len(names)  # each whole
        rest = {path.name for path in (tmp_path / "kho").iterdir()}
        assert rest <= {"imports"}
        check_a_killed_undo(tmp_path / "kho", rng)
        while journal.imports(tmp_path / "kho"):
            store.undo(user=tmp_path / "kho")
        assert files_in(tmp_path / "kho") == {}


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_of_writers_at_once_some_killed_nothing_is_lost_or_half(tmp_path, monkeypatch):
    check_interleavings(tmp_path, monkeypatch, rounds=5)


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
def test_of_two_hundred_rounds_of_writers_nothing_is_lost_or_half(tmp_path, monkeypatch):
    check_interleavings(tmp_path, monkeypatch, rounds=200)


def test_the_lock_of_the_folder_is_the_one_that_every_writer_takes(one):
    with one_run(one / "kho"), pytest.raises(KontumError) as refused:
        store.undo(user=one / "kho", wait=0.1)
    assert refused.value.key == "own.error.busy"
