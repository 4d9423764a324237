"""Scenario files and tables for `simulate` as people write them: (habit, report, text, what must come of it)."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Text:
    """One habit; content: of the file; error: a key of the message it must end in, "" where it is read."""

    habit: str
    report: str
    content: str | bytes
    error: str = ""
    file: str = ""

    def write(self, folder, file):
        """The file of the case in a folder, called `file` unless the habit is one of names."""
        path = folder / (self.file or file)
        path.write_bytes(self.content if isinstance(self.content, bytes) else self.content.encode())
        return path


MINE = "name: mine\nprovince_pace_pp: 3.5\npoor_district_pace_pp: 7\n"
BY_YEAR = MINE.replace(" 3.5", "\n  2022: 3.5\n  2023: 3.5") + "end: 2023\n"
BOMB = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 9))
CHOICE, QUOTED, COMMA = (
    "error.scenario.choice.province_pace_pp",
    "error.scenario.rule.quoted_year",
    "error.scenario.rule.comma",
)

SCENARIOS = (
    Text("three lines", "", MINE),
    Text("the other suffix", "yaml.org, recommended suffix", MINE, file="mine.yml"),
    Text("a pace for each year", "", BY_YEAR),
    Text("a mark before UTF-8", "yaml/pyyaml", MINE.encode("utf-8-sig")),
    Text("lines of Windows", "yaml/pyyaml", MINE.replace("\n", "\r\n")),
    Text("one document between marks", "yaml.org", f"---\n{MINE}...\n"),
    Text("JSON, which is YAML", "yaml.org", '{"name": "mine", "province_pace_pp": 3.5, "poor_district_pace_pp": 7}'),
    Text("an anchor used once", "yaml.org", MINE.replace("3.5", "&a 3.5").replace("7", "*a")),
    Text("a year in quotes", "issue on YAML years", MINE + 'end: "2030"\n', QUOTED),
    Text("years of a list in quotes", "issue on YAML years", BY_YEAR.replace("2022:", '"2022":'), QUOTED),
    Text("a decimal comma", "home-assistant/core, decimal commas", MINE.replace("3.5", "3,5"), COMMA),
    Text("a decimal comma in quotes", "home-assistant/core, decimal commas", MINE.replace("3.5", "'3,5'"), COMMA),
    Text("a decimal comma in a list of years", "", BY_YEAR.replace("3.5", "3,5"), COMMA),
    Text("a per cent sign", "", MINE.replace("3.5", "3.5%"), CHOICE),
    Text("a list for a number", "", MINE.replace("3.5", "[3.5]"), CHOICE),
    Text("yes for a number", "yaml/pyyaml, Norway problem", MINE.replace("3.5", "yes"), CHOICE),
    Text("nothing for a number", "", MINE.replace("3.5", ""), CHOICE),
    Text("no number", "", MINE.replace("3.5", ".nan"), CHOICE),
    Text("out of range", "", MINE.replace("3.5", "35"), CHOICE),
    Text("minutes for a number", "yaml/pyyaml, base 60", MINE.replace("3.5", "3:30"), CHOICE),
    Text("a date for a year", "", MINE + "start: 2022-01-01\n", "error.scenario.rule.year"),
    Text("a gap between years", "", BY_YEAR.replace("2022:", "2021:"), "error.scenario.years"),
    Text("the name of another file", "", MINE.replace("mine", "other"), "error.scenario.file_name"),
    Text("a number as name", "", MINE.replace("mine", "2024"), "error.scenario.rule.text"),
    Text("an unknown key", "", MINE + "pace: 3\n", "error.scenario.no_key"),
    Text("keys in Vietnamese", "", MINE.replace("name", "tên"), "error.scenario.no_key"),
    Text("a key that lacks", "", "name: mine\n", "error.scenario.rule.required"),
    Text("a key twice", "yaml/pyyaml#165", MINE + "end: 2030\nend: 2029\n", "error.scenario.key_twice"),
    Text("a merged key", "yaml.org", f"x: &a {{start: 2022}}\n<<: *a\n{MINE}", "error.scenario.plain_key"),
    Text("a form in Vietnamese", "", MINE + "form: tuyến tính\n", "allowed.one_of"),
    Text("tabs", "yaml/pyyaml", MINE + "\ttitle_vi: x\n", "error.scenario.yaml_at"),
    Text("a colon in a title", "yaml/pyyaml", MINE + "title_vi: Kịch bản: giảm\n", "error.scenario.yaml_at"),
    Text("two documents", "yaml.org", f"{MINE}---\n{MINE}", "error.scenario.yaml_at"),
    Text("a command in a tag", "yaml/pyyaml, CVE-2017-18342", "x: !!python/object/apply:os.system [x]\n",
         "error.scenario.yaml_at"),
    Text("anchors that multiply", "yaml/pyyaml#235", f"a0: &a0 x\n{BOMB}{MINE}", "error.scenario.no_key"),
    Text("no space after the colon", "", MINE.replace(": ", ":"), "error.scenario.not_keys"),
    Text("UTF-16", "", MINE.encode("utf-16"), "error.scenario.utf8"),
    Text("letters of Windows", "", (MINE + "title_vi: K").encode() + b"\xec", "error.scenario.utf8"),
    Text("an empty file", "", "", "error.scenario.not_keys"),
    Text("a workbook", "", b"PK\x03\x04", "error.scenario.yaml"),
    Text("a web page", "", "<!DOCTYPE html>", "error.scenario.not_keys"),
    Text("a zero byte", "", MINE + "\0", "error.scenario.yaml"),
    Text("nested without end", "", "[" * 90_000, "error.scenario.yaml"),
    Text("a huge file", "", MINE + "#" * 300_000, "hostile.too_large"),
)  # fmt: skip

HEAD = "code,level,parent,rate,households\n"
TWO = HEAD + "P,province,,,\nA,commune,P,0.2,100\nB,commune,P,0.3,200\n"
RATE, NUMBER, COLUMNS = "simulate.error.rate", "simulate.error.number", "allowed.columns"

PANELS = (
    Text("a province of two communes", "", TWO),
    Text("rates of exactly 0 and 1", "trials, a ward without poor", TWO.replace("0.2", "0").replace("0.3", "1")),
    Text("no parents", "trials, a list of communes", HEAD + "A,commune,,0.2,100\n"),
    Text("a mark before UTF-8", "", TWO.encode("utf-8-sig")),
    Text("lines of Windows", "", TWO.replace("\n", "\r\n")),
    Text("lines of an old Mac", "", TWO.replace("\n", "\r")),
    Text("headings in quotes", "", TWO.replace("code", '"code"')),
    Text("a column of names", "", "code,level,parent,rate,households,name\nA,commune,,0.2,100,Đăk Hà\n"),
    Text("rows of commas at the end", "pandas-dev/pandas, trailing rows", TWO + ",,,,\n,,,,\n"),
    Text("a formula for a code", "OWASP, CSV injection", TWO.replace("A,", "=1+1,")),
    Text("semicolons", "wireservice/csvkit", TWO.replace(",", ";"), "allowed.commas"),
    Text("tabs", "wireservice/csvkit", TWO.replace(",", "\t"), "allowed.commas"),
    Text("a decimal comma", "wireservice/csvkit", TWO.replace("0.2", '"0,2"'), NUMBER),
    Text("a decimal comma without quotes", "wireservice/csvkit", TWO.replace("0.2", "0,2"), "allowed.fields"),
    Text("a per cent sign", "", TWO.replace("0.2", "20%"), NUMBER),
    Text("per cent for fractions", "", TWO.replace("0.2", "20"), RATE),
    Text("no number", "", TWO.replace("0.2", "nan"), NUMBER),
    Text("infinite", "", TWO.replace("0.2", "inf"), RATE),
    Text("below zero", "", TWO.replace("0.2", "-0.2"), RATE),
    Text("a rate that lacks", "", TWO.replace("0.2", ""), RATE),
    Text("thousands with a comma", "", TWO.replace("200", '"1,200"'), NUMBER),
    Text("thousands with a point", "", TWO.replace("200", "1.200"), "simulate.error.parted"),
    Text("no households", "", TWO.replace("100", "0"), "simulate.error.households"),
    Text("a code twice", "", TWO + "A,commune,P,0.1,5\n", "simulate.error.repeated"),
    Text("a parent without a row", "", TWO.replace("B,commune,P", "B,commune,Q"), "simulate.error.parent"),
    Text("a parent of itself", "", HEAD + "A,commune,A,0.1,10\n", "simulate.error.circle"),
    Text("a level in Vietnamese", "", TWO.replace("commune", "xã"), "simulate.error.level"),
    Text("a row of totals", "", TWO + "Tổng cộng,,,0.25,300\n", "simulate.error.level"),
    Text("an unknown column", "", TWO.replace("households", "ho"), COLUMNS),
    Text("headings in capitals", "", TWO.replace("code", "Code"), COLUMNS),
    Text("a heading alone", "", HEAD, "simulate.error.empty"),
    Text("a space before a number", "", TWO.replace("0.2", " 0.2"), "allowed.no_space"),
    Text("accents apart", "", TWO.replace("A,", "a\u0306,"), "allowed.nfc"),
    Text("a quote that stays open", "", TWO + '"x', "allowed.csv_row"),
    Text("UTF-16", "", TWO.encode("utf-16"), "allowed.utf8"),
    Text("letters of Windows", "", TWO.encode() + b"\xec,commune,,0.1,10\n", "allowed.utf8_text"),
    Text("an empty file", "", "", "allowed.header"),
    Text("a workbook", "", b"PK\x03\x04", COLUMNS),
    Text("a web page", "", "<!DOCTYPE html>", COLUMNS),
    Text("one endless line", "", "x" * 200_000, "allowed.csv_row"),
    Text("a huge file", "", "x" * 21_000_000, "hostile.too_large"),
)  # fmt: skip
