"""Measure, print a table of ratios, and put it between the markers of docs/benchmarks.md when asked.

Never a timed test: both sides of a ratio take turns in one run, and the least time of each counts, so that a busy
machine matters little.
Processor time does not count waiting for other programs; elapsed time does, and shows what a second core brings.
Run from the top of the repository: python -m tests.benchmarks [--write] [--reproduce] [--pyam PYTHON] [--turns N].
"""

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from kontum_analysis.base.files import ROOT
from kontum_analysis.base.words import number

PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- ratios: begin -->", "<!-- ratios: end -->"
SCENARIO = "programme-mid"
PEAK = """
import resource
from tests.benchmarks import jobs
jobs.simulate(jobs.country(10_035), workers=2)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
MAKE = """
import sys
from kontum_analysis.review.reproduce import steps
if __name__ == "__main__":
    for *_, work in steps(sys.argv[1]):
        list(work)
"""


def least(jobs, turns):
    """(processor seconds, elapsed seconds) of each job, those of programs it starts included: the
    least of some turns.
    """
    best = [(float("inf"), float("inf"))] * len(jobs)
    for _ in range(turns):
        for place, job in enumerate(jobs):
            before = os.times()
            job()
            after = os.times()
            spent = sum(after[:4]) - sum(before[:4]), after.elapsed - before.elapsed
            best[place] = tuple(map(min, best[place], spent))
    return best


def shell(*words, **variables):
    """A job that runs Python with these words, from the top of the repository."""
    env = {**os.environ, **variables}
    return lambda: subprocess.run(
        [sys.executable, *words], check=True, cwd=ROOT, capture_output=True, text=True, env=env
    )


def both(vi, en):
    """A cell of the table in both languages."""
    return vi if vi == en else f"{vi}<br>{en}"


LOOPS = both("chỉ riêng tỷ lệ, viết bằng vòng lặp pandas", "its rates alone in plain pandas loops")


def simulations(turns):
    """(what, against, times, other times, aim): the national ensemble against its normals."""
    from . import jobs

    tenth, whole, ten_thousand = jobs.country(1000), jobs.country(10_035), jobs.country(10_000)
    rows = []
    for vi, en, areas, workers, repeats in (
        ("Một phần mười cả nước, một luồng", "A tenth of the country, one thread", tenth, 1, turns),
        ("Một phần mười cả nước, hai luồng", "A tenth of the country, two threads", tenth, 2, turns),
        ("Cả nước, hai luồng", "The whole country, two threads", whole, 2, 2),
    ):
        count = (areas["level"] == "commune").sum()
        pair = [
            lambda a=areas, w=workers: jobs.simulate(a, workers=w),
            lambda n=count, w=workers: jobs.normals(n, workers=w),
        ]
        what = both(
            f"{vi} ({number(count, 0, 'vi')} xã × 10 năm × 10.000 lần)",
            f"{en} ({count:,} communes × 10 years × 10,000 draws)",
        )
        normals = count * 100_000
        against = both(
            f"chỉ sinh {number(normals, 0, 'vi')} số ngẫu nhiên chuẩn",
            f"merely drawing {normals:,} normals on as many threads",
        )
        rows.append((what, against, *least(pair, repeats), 1.6))
    pair = [lambda: jobs.closed_form(ten_thousand), lambda: jobs.simulate(tenth)]
    what = both(
        "Phân vị tính bằng công thức (10.000 địa bàn × 10 năm × 9 mức)",
        "Closed-form quantiles (10,000 areas × 10 years × 9 levels)",
    )
    return [
        *rows,
        (what, both("mô phỏng một phần mười cả nước", "simulating a tenth of the country"), *least(pair, turns), None),
    ]


def packages(turns):
    """(what, against, times, other times, aim): the province's ensemble, its scenario table, what an import costs."""
    import kontum_analysis as kt
    from kontum_analysis.poverty.paces import baseline

    from . import jobs

    obs, scenario = kt.load_observations(), kt.scenarios.preset(SCENARIO)
    base = baseline(obs, scenario)
    if not jobs.same_rates(obs, scenario):
        raise AssertionError("the loops and the library do not give the same rates")
    first = "import kontum_analysis as kt; kt.areas.resolve('Kon Plông')"
    pairs = [
        (
            both(
                "Mô phỏng mười huyện (`scenario_draws`, 10.000 lần)",
                "Ensemble of the ten districts (`scenario_draws`, 10,000 draws)",
            ),
            both("chỉ sinh 100.000.000 số ngẫu nhiên chuẩn", "merely drawing 100,000,000 normals"),
            None,
            lambda: jobs.province_draws(obs),
            lambda: jobs.normals(1000),
        ),
        (
            both(
                "Bảng kịch bản (`project_poverty`: ước tính, mức sàn, số hộ nguyên)",
                "Scenario table (`project_poverty`: estimates, floors, whole households)",
            ),
            LOOPS,
            None,
            lambda: kt.project_poverty(obs, scenario),
            lambda: jobs.table_by_loops(base, scenario),
        ),
        (
            "`import kontum_analysis`",
            "`import pandas`",
            1.1,
            shell("-c", "import kontum_analysis"),
            shell("-c", "import pandas"),
        ),
        (
            both(
                "`import kontum_analysis` và tên địa bàn đầu tiên",
                "`import kontum_analysis` and the first name of an area",
            ),
            "`import pandas`",
            1.1,
            shell("-c", first),
            shell("-c", "import pandas"),
        ),
    ]
    return [(what, against, *least([our_run, peer_run], turns), aim) for what, against, aim, our_run, peer_run in pairs]


def commands(turns):
    """(what, against, times, other times, aim): the commands that people wait for, each in a process of its own."""
    run = ("-c", "from kontum_analysis.cli import main; main()")
    aims = {
        "project --scenario programme-mid": 3.0,
        "trace S-GN-01": 4.0,
        "data check": 5.0,
        "report --year 2023 --overwrite --out": 15.0,
    }
    rows = []
    with tempfile.TemporaryDirectory() as scratch:
        for words, aim in aims.items():
            file = [str(Path(scratch, "report.docx"))] * words.endswith("--out")
            pair = [shell(*run, *words.split(), *file), shell("-c", "import pandas")]
            name = words.removesuffix(" --overwrite --out")
            rows.append((f"`kontum {name}`", "`import pandas`", *least(pair, turns), aim))
    return rows


def reproduce():
    """`kontum reproduce` into a scratch folder, against the code of the notebooks as plain scripts."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "make.py").write_text(MAKE, encoding="utf-8")
        for notebook in sorted((ROOT / "notebooks").glob("*.ipynb")):
            cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
            code = "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
            (folder / notebook.with_suffix(".script").name).write_text(code, encoding="utf-8")
        variables = dict(PYTHONPATH=str(ROOT), MPLBACKEND="agg")
        scripts = [shell(str(script), **variables) for script in sorted(folder.glob("*.script"))]
        pair = [shell(str(folder / "make.py"), scratch, **variables), lambda: [script() for script in scripts]]
        return (
            both("Toàn bộ `kontum reproduce`", "`kontum reproduce`, whole"),
            both(
                "mã của các sổ tay chạy lần lượt như tập lệnh thường",
                "the code of its notebooks as plain scripts, one after another",
            ),
            *least(pair, 1),
            2.0,
        )


def with_pyam(python, turns):
    """Two rows: the scenario table made with pyam, by the Python that has it, and the library's against that."""
    words = ["-W", "ignore", "-m", "tests.benchmarks.pyam_table", str(turns)]
    result = json.loads(subprocess.run([python, *words], check=True, cwd=ROOT, capture_output=True, text=True).stdout)
    return [
        (
            both(
                "Bảng kịch bản ấy làm bằng pyam (tổng và tỷ lệ của tỉnh do pyam tính)",
                "The same scenario table made with pyam (provincial sums and rates by pyam)",
            ),
            LOOPS,
            result["pyam"],
            result["loops"],
            None,
        ),
        (
            both(
                "Bảng kịch bản (`project_poverty`), trong môi trường của pyam",
                "Scenario table (`project_poverty`), in the environment of pyam",
            ),
            both("bảng làm bằng pyam", "the table made with pyam"),
            result["ours"],
            result["pyam"],
            None,
        ),
    ]


def growth(turns):
    """(communes, years, draws, processor seconds on one thread)."""
    from . import jobs

    cases = [
        (250, 10, 10_000),
        (500, 10, 10_000),
        (1000, 10, 10_000),
        (250, 5, 10_000),
        (250, 20, 10_000),
        (250, 10, 5_000),
        (250, 10, 20_000),
        (250, 10, 100_000),
    ]
    areas = {n: jobs.country(n) for n, *_ in cases}
    spent = least([lambda n=n, y=y, d=d: jobs.simulate(areas[n], y, d) for n, y, d in cases], turns)
    return [(*case, cpu) for case, (cpu, _) in zip(cases, spent, strict=True)]


def machine():
    """What measured: kind of processor, cores, memory, system and Python, without a name of its own."""
    sys.path.insert(0, str(ROOT / "docs"))
    from run_times import machine as general

    facts = Path("/proc/cpuinfo")
    kinds = re.findall(r"model name\s*: (.*)", facts.read_text()) if facts.exists() else []
    return f"{general()}{f' ({kinds[0].strip()})' if kinds else ''}"


def page_text(rows, memory, growths):
    """The tables as Markdown."""
    lines = [f"Máy đo · Measured on: {machine()}.", ""]
    heads = [
        ("Việc", "What"),
        ("So với", "Against"),
        ("Tỷ số thời gian bộ xử lý", "Processor time, ratio"),
        ("Tỷ số thời gian trôi qua", "Elapsed time, ratio"),
        ("Mục tiêu", "Aim"),
    ]
    lines += [f"| {' | '.join(both(*head) for head in heads)} |", "|---|---|---:|---:|---:|"]
    for what, against, our_times, peer_times, aim in rows:
        cpu, wall = (
            f"{a / b:.2f}" if a > 0.1 * b else f"{a / b:.3f}" for a, b in zip(our_times, peer_times, strict=True)
        )
        most = "" if aim is None else f"≤\u00a0{aim:g}"  # held together where the cell is narrow
        lines.append(f"| {what} | {against} | {cpu} | {wall} | {most} |")
    lines += [
        "",
        f"Bộ nhớ lớn nhất khi chạy cả nước, kể cả Python và thư viện: {memory:.0f} MB (mục tiêu: dưới 300 MB).",
        "",
        f"Peak memory of the whole country's run, Python and libraries included: {memory:.0f} MB (aim: below 300 MB).",
        "",
        "| Số xã<br>Communes | Số năm<br>Years | Số lần<br>Draws | Số ngẫu nhiên<br>Normals "
        "| So với dòng đầu<br>Against the first row | Nano giây mỗi số<br>Nanoseconds a normal |",
        "|---:|---:|---:|---:|---:|---:|",
    ]
    lines += [
        f"| {n:,} | {y} | {d:,} | {n * y * d:,} | {s / growths[0][3]:.2f} | {1e9 * s / (n * y * d):.1f} |"
        for n, y, d, s in growths
    ]
    many = growths[-1]
    rate = many[3] / (many[0] * many[1] * many[2])
    hours = 1e11 * rate / 3600
    lines += [
        "",
        f"Theo tính toán, với tốc độ ở dòng cuối ({number(1e9 * rate, 1, 'vi')} ns): "
        "100.000 địa bàn × 10 năm × 100.000 lần là 10¹¹ số ngẫu nhiên, "
        f"{number(hours, 2, 'vi')} giờ trên một lõi, {number(60 * hours / 8, 1, 'vi')} phút trên 8 máy "
        f"mỗi máy một lõi, {number(60 * hours / 64, 1, 'vi')} phút trên 64 máy.",
    ]
    lines += [
        "",
        f"On paper, at the rate of the last row ({1e9 * rate:.1f} ns): "
        "100,000 areas × 10 years × 100,000 draws are 10¹¹ normals, "
        f"{hours:.2f} hours of one core, {60 * hours / 8:.1f} minutes on 8 workers with a core each, "
        f"{60 * hours / 64:.1f} on 64.",
    ]
    return "\n".join(lines)


def main():
    """Measure and print; write the page where asked."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--reproduce", action="store_true", help="also the whole of `kontum reproduce` (minutes)")
    parser.add_argument("--pyam", metavar="PYTHON", help="a Python that has pyam and this package")
    parser.add_argument("--turns", type=int, default=5)
    arguments = parser.parse_args()
    memory = float(shell("-c", PEAK)().stdout)
    rows = simulations(arguments.turns) + packages(arguments.turns) + commands(arguments.turns)
    rows += with_pyam(arguments.pyam, arguments.turns) if arguments.pyam else []
    rows += [reproduce()] if arguments.reproduce else []
    text = page_text(rows, memory, growth(arguments.turns))
    print(text)
    if arguments.write:
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(f"{page.split(BEGIN)[0]}{BEGIN}\n{text}\n{END}{page.split(END)[1]}", encoding="utf-8")


if __name__ == "__main__":
    main()
