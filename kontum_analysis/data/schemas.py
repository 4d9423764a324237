"""What each raw table may hold, field by field: pandera schemas over the text as it stands in the file.

The contract of the columns is written here once; `data/raw/README.md` explains it in words.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from ..base.errors import Problem, Words
from ..base.files import PROBLEMS, first_problems
from .reading import LINE

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

LEVELS = ["nation", "region", "province", "group", "district", "commune"]
TYPES = ["", "tỉnh", "thành phố", "huyện", "xã", "phường", "thị trấn"]
STANDARDS = [
    "",
    "MDP_2022_2025",
    "MDP_2016_2020",
    "INCOME_2011_2015",
    "INCOME_2006_2010",
    "NTM_2021_2025",
    "NTM_2016_2020",
    "NTM_2011_2015",
]
WHOLE_UNITS = ["households", "persons", "communes", "villages", "count", "flag", "year", "class"]
# [0-9] and not \d, which also takes the digits of other scripts
_DAY = r"(19|20)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_DATE = (_DAY, "date")
_DAY_OR_NONE = (f"({_DAY})?", "date_or_none")
_PARTIAL = (r"((19|20)[0-9]{2}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?)?", "partial_date")
_FIGURE = r"-?[0-9]{1,15}(\.[0-9]{1,15})?"
_NUMBER = (_FIGURE, "number")
_NUMBER_OR_NONE = (f"({_FIGURE})?", "number_or_none")
_YEAR = (r"(20[0-9]{2})?", "year")
_CODE = (r"[A-Z0-9-]+", "code")
_SNAKE = (r"[a-z0-9_]+", "snake")
_SLUG = (r"[a-z0-9-]+", "slug")
_SLUGS = (r"[a-z0-9-]+(\|[a-z0-9-]+)*", "slugs")
_FILLED = (r"[\s\S]*\S[\s\S]*", "filled")
_FLAG = ["0", "1"]
ANY = None

# table -> column -> what it may hold: (pattern, rule, said by the label allowed.field.RULE), a list of values, or
# anything
COLUMNS: dict[str, dict[str, Any]] = {
    "sources": dict(
        source_id=_SLUG,
        publisher=_FILLED,
        title=_FILLED,
        url=(r"(https?://\S+)?", "url"),
        document_no=ANY,
        published=_PARTIAL,
        kind=["decision", "portal", "news", "statistics", "dataset", "law", "mirror"],
        language=(r"[a-z]{2,3}", "language"),
    ),
    "observations": dict(
        ref_area=_CODE,
        area_name=_FILLED,
        level=LEVELS,
        indicator=_SNAKE,
        time_period=_DATE,
        date_precision=["day", "month", "year", "unknown"],
        obs_value=_NUMBER,
        unit_measure=_FILLED,
        standard=STANDARDS,
        bound=["exact", "at_least", "at_most", "approximate"],
        obs_status=["A", "E", "P", "U"],
        source_id=_SLUG,
        comment=(r"[\s\S]{0,200}", "comment"),
    ),
    "areas": dict(
        vintage=["2020", "2025"],
        code=_CODE,
        name_vi=_FILLED,
        name_gso=_FILLED,
        name_ascii=ANY,
        level=LEVELS,
        type=TYPES,
        parent_code=ANY,
        area_km2=_NUMBER_OR_NONE,
        population=_NUMBER_OR_NONE,
        population_year=_YEAR,
        latitude=_NUMBER_OR_NONE,
        longitude=_NUMBER_OR_NONE,
        is_poor_district=_FLAG,
        valid_from=_DAY_OR_NONE,
        valid_to=_DAY_OR_NONE,
        aliases=ANY,
        source_id=_SLUGS,
    ),
    "crosswalk_2025": dict(
        old_code=_CODE,
        old_name=_FILLED,
        old_district_code=_CODE,
        new_code=_CODE,
        new_name=_FILLED,
        new_type=TYPES,
        part=["whole"],
        source_id=_SLUGS,
        comment=ANY,
    ),
    "tile_grid": dict(
        vintage=["2020", "2025"], code=_CODE, level=LEVELS, row=(r"[0-9]+", "whole"), col=(r"[0-9]+", "whole")
    ),
    "targets": dict(
        target_id=(r"[SKDCGN]-\S+", "target"),
        programme=["NTM", "DTTS", "POVERTY"],
        document=_FILLED,
        horizon_year=_YEAR,
        period_start=_YEAR,
        period_end=_YEAR,
        indicator=_SNAKE,
        comparator=[">=", ">", "<=", "<", "==", "range", "qualitative"],
        value_low=_NUMBER_OR_NONE,
        value_high=_NUMBER_OR_NONE,
        unit_measure=ANY,
        scope_area=_CODE,
        statement_en=_FILLED,
        in_programme_3299=_FLAG,
        source_id=_SLUGS,
        comment=ANY,
    ),
    "ntm_criteria": dict(
        criteria_set=_FILLED,
        document_no=ANY,
        applies_to=ANY,
        number=(r"[0-9]*", "whole_or_none"),
        name_vi=_FILLED,
        name_en=_FILLED,
        group=ANY,
        comparator=ANY,
        threshold_central_highlands=_NUMBER_OR_NONE,
        unit_measure=ANY,
        source_id=_SLUGS,
        comment=ANY,
    ),
    "standards": dict(
        standard=(r"[A-Z0-9_]+", "standard"),
        document_no=ANY,
        valid_from=_PARTIAL,
        valid_to=_PARTIAL,
        item=_FILLED,
        value=_NUMBER_OR_NONE,
        unit_measure=ANY,
        source_id=_SLUGS,
        comment=ANY,
    ),
    "pp_evidence": dict(
        case=_SLUG,
        ref_area=_CODE,
        start_rate_pct=_NUMBER_OR_NONE,
        end_rate_pct=_NUMBER_OR_NONE,
        difference_points=_NUMBER_OR_NONE,
        relative_fall_pct=_NUMBER_OR_NONE,
        reported_low=_NUMBER_OR_NONE,
        reported_high=_NUMBER_OR_NONE,
        reading=_FILLED,
        source_id=_SLUGS,
        comment=ANY,
    ),
    "indicators": dict(
        indicator=_SNAKE,
        name_en=_FILLED,
        name_vi=_FILLED,
        unit_measure=_FILLED,
        min=_NUMBER_OR_NONE,
        max=_NUMBER_OR_NONE,
        definition=_FILLED,
        better=["up", "down", "none"],
        notes=ANY,
        group=_FILLED,
    ),
    "conflicts": dict(
        ref_area=_CODE,
        indicator=_SNAKE,
        time_period=_DAY_OR_NONE,
        standard=STANDARDS,
        values=_FILLED,
        source_ids=_SLUGS,
        explanation=_FILLED,
        preferred_source_id=_SLUG,
        reason=_FILLED,
        explanation_vi=_FILLED,
        reason_vi=_FILLED,
    ),
    "pace_base_rates": dict(
        measure=_SNAKE,
        level=["national", "subnational"],
        intervals=(r"[0-9]+", "whole"),
        threshold_pp=_NUMBER,
        share_pct=_NUMBER,
        source_id=_SLUGS,
        comment=ANY,
    ),
    "excluded": dict(
        input_file=_FILLED,
        input_row=(r"[0-9]+", "whole"),
        ref_area=ANY,
        indicator=ANY,
        time_period=ANY,
        obs_value=ANY,
        source_id=ANY,
        reason_code=_SNAKE,
        reason=_FILLED,
    ),
}
KEYS = {
    "sources": ["source_id"],
    "observations": ["ref_area", "level", "indicator", "time_period", "standard", "source_id", "bound"],
    "areas": ["vintage", "code"],
    "crosswalk_2025": ["old_code"],
    "tile_grid": ["vintage", "code"],
    "targets": ["target_id"],
    "ntm_criteria": ["criteria_set", "number", "name_en"],
    "standards": ["standard", "document_no", "item", "valid_from"],
    "pp_evidence": ["case"],
    "indicators": ["indicator"],
    "conflicts": ["ref_area", "indicator", "time_period", "standard"],
    "pace_base_rates": ["measure", "level", "threshold_pp"],
    "excluded": ["input_file", "input_row"],
}


@cache
def schema(table: str) -> pa.DataFrameSchema:
    """The pandera schema of one raw table; pandera is loaded on first use because it is slow to import."""
    import pandera.pandas as pa

    def column(allowed: Any) -> pa.Column:
        if allowed is ANY:
            return pa.Column(str)
        if isinstance(allowed, list):
            return pa.Column(str, pa.Check.isin(allowed))
        return pa.Column(str, pa.Check.str_matches(f"^(?:{allowed[0]})$"))

    return pa.DataFrameSchema({name: column(allowed) for name, allowed in COLUMNS[table].items()})


def field_problems(table: str, frame: pd.DataFrame, file: str) -> list[Problem]:
    """Every field of `frame` that its schema does not allow, and every row that repeats a key, as Problems."""
    import pandera.errors

    problems = []
    try:
        schema(table).validate(frame, lazy=True)
    except pandera.errors.SchemaErrors as error:
        for case in error.failure_cases.head(PROBLEMS + 1).itertuples():
            line = int(frame[LINE].loc[case.index]) if case.index is not None else None
            problems.append(
                _field_problem(file, line, case.column, str(case.failure_case), COLUMNS[table][case.column])
            )
    repeated = frame.duplicated(KEYS[table], keep="first")
    for _, row in frame[repeated].head(PROBLEMS + 1).iterrows():
        key = row[KEYS[table]]
        first = frame[(frame[KEYS[table]] == key).all(axis="columns")][LINE].iloc[0]
        problems.append(
            Problem(
                file,
                int(row[LINE]),
                "+".join(KEYS[table]),
                ", ".join(key),
                "allowed.key_once",
                {"first": Words("error.row", row=first)},
            )
        )
    return first_problems(problems, file)


def _field_problem(file: str, line: int | None, column: str, value: str, allowed: Any) -> Problem:
    if isinstance(allowed, list):
        values = [one for one in allowed if one]
        if "" in allowed:
            return Problem(file, line, column, value, "allowed.one_of_or_none", {"values": values})
        return Problem(file, line, column, value, "allowed.one_of", {"values": values})
    return Problem(file, line, column, value, f"allowed.field.{allowed[1]}")
