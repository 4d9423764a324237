"""The explorer as a person meets it: sliders, four views, three buttons, in Vietnamese or English."""

from collections.abc import Callable
from pathlib import Path

import ipywidgets as w

from ..base.errors import KontumError
from ..base.words import number, text
from ..figures.live import DistrictsPicture, PathsPicture, Picture, draw_chances
from ..figures.pace import draw_quotas
from ..methods.trajectories import FORMS
from ..offices.scenarios import save_scenario
from ..poverty.scenarios import preset, presets, title
from . import pages, saving
from .state import OWN, SLIDERS, State
from .views import VIEWS

PICTURES: dict[str, type[Picture]] = {"paths": PathsPicture, "districts": DistrictsPicture}
DRAWN = {"quotas": draw_quotas, "chances": draw_chances}
TABLES = {"quotas": pages.quotas_html, "chances": pages.chances_html}
LAST_YEAR = 2030


class Panel:
    """Widgets around a `State`. `box` is what is shown; `folder` is where scenarios are saved unless
    another is typed.
    """

    def __init__(self, state: State, lang: str, folder: str, as_of: str | None = None) -> None:
        self.state, self.lang, self._as_of = state, lang, as_of
        self._pictures: dict[tuple[str, str, int], Picture] = {}
        self._quiet = False
        self._make_controls()
        self._make_views()
        self._make_actions(folder)
        self.box = w.VBox(
            [w.HTML(pages.STYLE), self._head, self._middle, self.says, self.tab, self._actions],
            layout=w.Layout(width="100%", max_width="920px"),
        )
        self._say_all()
        self._take_values()
        self.refresh()

    # what is on the panel

    def _make_controls(self) -> None:
        wide = w.Layout(width="auto", flex="1 1 auto")
        self.head = w.HTML()
        self.language = w.ToggleButtons(
            options=[("Tiếng Việt", "vi"), ("English", "en")],
            value=self.lang,
            style={"button_width": "92px"},
            layout=w.Layout(width="auto"),
        )
        self.preset, self.form, self.start = w.Dropdown(layout=wide), w.Dropdown(layout=wide), w.Dropdown(layout=wide)
        self.sliders, self.labels = {}, {}
        for key, (low, high, step, _) in SLIDERS.items():
            kind = w.IntSlider if isinstance(step, int) else w.FloatSlider
            slider = kind(min=low, max=high, step=step, readout=False, layout=w.Layout(width="auto", margin="0 2px"))
            slider.observe(lambda change, key=key: self._slid(key, change["new"]), names="value")
            self.sliders[key], self.labels[key] = slider, w.HTML()
        self.choices = {name: w.HTML() for name in ("preset", "form", "start")}
        cells = [w.VBox([self.choices[name], getattr(self, name)]) for name in ("form", "start")]
        cells += [w.VBox([self.labels[key], self.sliders[key]]) for key in SLIDERS]
        grid = w.GridBox(cells, layout=w.Layout(grid_template_columns="1fr 1fr", grid_gap="4px 22px", flex="1 1 0"))
        self.summary = w.HTML(layout=w.Layout(flex="0 0 auto"))
        side = w.Layout(justify_content="space-between", align_items="center")
        choice = w.HBox(
            [self.choices["preset"], self.preset], layout=w.Layout(width="480px", grid_gap="8px", align_items="center")
        )
        self._head = w.HBox([self.head, choice, self.language], layout=side)
        self._middle = w.HBox([grid, self.summary], layout=w.Layout(align_items="flex-start", grid_gap="26px"))
        self.says = w.HTML(layout=w.Layout(margin="8px 0"))
        self.language.observe(lambda change: self._speak(change["new"]), names="value")
        self.preset.observe(lambda change: self._chosen(change["new"]), names="value")
        self.form.observe(lambda change: self._changed(form=change["new"]), names="value")
        self.start.observe(lambda change: self._changed(start=change["new"]), names="value")

    def _make_views(self) -> None:
        self.pictures = {view: w.Image(format="png", layout=w.Layout(max_width="100%")) for view in PICTURES}
        self.tables = {view: w.HTML() for view in TABLES}
        self.captions = {view: w.HTML() for view in VIEWS}
        shown = {**self.pictures, **self.tables}
        self.tab = w.Tab([w.VBox([shown[view], self.captions[view]]) for view in VIEWS])
        self.tab.observe(lambda _: self.refresh(), names="selected_index")

    def _make_actions(self, folder: str) -> None:
        field = w.Layout(width="auto", flex="1 1 auto")
        self.name, self.folder = w.Text(layout=field), w.Text(value=folder, layout=field)
        self.save, self.export, self.copy = (w.Button(layout=w.Layout(width="auto", flex="0 0 auto")) for _ in range(3))
        self.done, self.code = w.HTML(), w.Textarea(layout=w.Layout(width="auto", height="300px", display="none"))
        self.save.on_click(lambda _: self._do(self._save))
        self.export.on_click(lambda _: self._do(self._export))
        self.copy.on_click(lambda _: self._do(self._copy))
        row = w.HBox([self.export, self.copy, self.name, self.folder, self.save], layout=w.Layout(grid_gap="4px"))
        self._actions = w.VBox([row, self.done, self.code])

    # what a person does

    def _slid(self, key: str, value: float) -> None:
        if key == "ntm_pace":
            self.state.ntm_pace = round(value, 1)
            return self._redraw()
        self._changed(**{key: round(value / 100, 6) if key == "floor" else round(value, 2) if key != "end" else value})

    def _changed(self, **values: object) -> None:
        if not self._quiet:
            self.state.change(**values)
            self._redraw()

    def _chosen(self, name: str) -> None:
        if not self._quiet and name != OWN:
            self.state.choose(name)
            self._redraw()

    def _redraw(self) -> None:
        if not self._quiet:
            self._take_values()
            self.refresh()

    def _speak(self, lang: str) -> None:
        self.lang = lang
        self._say_all()
        self.done.value = ""
        self.refresh()

    # what is shown

    def say(self, key: str, **values: object) -> str:
        """A text of the explorer in the chosen language."""
        return text(f"explorer.{key}", self.lang, **values)

    def _say_all(self) -> None:
        """Every text that depends on the language alone."""
        self._quiet = True
        self.head.value = f'<div class="kt"><h3>{self.say("head")}</h3></div>'
        for name, label in self.choices.items():
            label.value = pages.slider_label(self.say(f"choice.{name}"), "")
        chosen = self.state.scenario.name
        names = [(title(preset(name), self.lang), name) for name in presets()]
        self.preset.options = [*names, (self.say("own"), OWN)]
        self.preset.value = chosen
        self.form.options = [(text(f"form.{form}", self.lang), form) for form in FORMS]
        self.start.options = [(self.say("end_of", year=year), int(year)) for year in self.state.known.estimates().years]
        self.tab.titles = [self.say(f"tab.{view}") for view in VIEWS]
        for view in VIEWS:
            self.captions[view].value = pages.paragraph(self.say(f"caption.{view}"))
        self.save.description, self.export.description = self.say("save"), self.say("export")
        self.copy.description = self.say("copy")
        self.name.placeholder, self.folder.placeholder = self.say("name"), self.say("into")
        self.name.tooltip, self.folder.tooltip = self.say("name"), self.say("into")
        self.form.value, self.start.value = self.state.scenario.form, self.state.scenario.start
        self._quiet = False

    def _take_values(self) -> None:
        """Put every control where the scenario is, without taking that for a wish."""
        if self.state.error is not None:
            return
        self._quiet = True
        scenario = self.state.scenario
        self.preset.value, self.form.value, self.start.value = scenario.name, scenario.form, scenario.start
        self.sliders["end"].max = max(LAST_YEAR, scenario.end)
        self.sliders["end"].min = scenario.start + 1
        for key, slider in self.sliders.items():
            low, high, _, decimals = SLIDERS[key]
            value = self.state.number(key)
            slider.value = value if key == "end" else round(min(max(value, low), high), decimals)
        self._quiet = False

    def refresh(self) -> None:
        """Redraw what the scenario changes: numbers, verdict, and the view that is open."""
        state = self.state
        for key, label in self.labels.items():
            label.value = pages.slider_label(self.say(f"slider.{key}"), self._value(key))
        self.summary.value = pages.summary_html(state.milestones(), self.lang)
        if state.error is None:
            self.says.value = pages.verdict(*state.fit(self.lang))
        else:
            self.says.value = pages.verdict(False, self.say("refused", reason=state.error.in_language(self.lang)))
        view = VIEWS[self.tab.selected_index or 0]
        if view in PICTURES:
            self.pictures[view].value = self._picture(view).png()
        else:
            self.tables[view].value = TABLES[view](state.table(view), self.lang)
        if self.code.layout.display != "none":
            self.code.value = self._code()

    def _value(self, key: str) -> str:
        _, _, _, decimals = SLIDERS[key]
        value = self.state.number(key)
        words = str(value) if key == "end" else number(value, decimals, self.lang)
        published = key == "floor" and self.state.scenario.floor == "published"
        return self.say("published", value=words) if published else words

    def _picture(self, view: str) -> Picture:
        last = max(LAST_YEAR, self.state.scenario.end)
        key = view, self.lang, last
        if key not in self._pictures:
            self._pictures[key] = PICTURES[view](self.state.still, self.lang, last)
        picture = self._pictures[key]
        picture.move(self.state.moving, self.state.impossible_from)
        return picture

    # the buttons

    def _do(self, action: Callable[[], str]) -> None:
        try:
            self.done.value = pages.verdict(True, action())
        except KontumError as error:
            self.done.value = pages.verdict(False, error.in_language(self.lang))

    def _save(self) -> str:
        path = save_scenario(self.state.scenario, self.name.value.strip(), self.folder.value.strip())
        return self.say("saved", file=path.name)

    def _export(self) -> str:
        view = VIEWS[self.tab.selected_index or 0]
        table = self.state.table(view)
        if view in PICTURES:
            figure = self._picture(view).figure
        else:
            figure = DRAWN[view](table, self.lang, self.say(f"title.{view}"))
        files = saving.files_of(view, figure, table, self.state.scenario, self.lang, self.state.fit(self.lang)[1])
        saving.export(files, Path.cwd() / self.say("folder"))
        return self.say("exported", folder=self.say("folder"), files=", ".join(files))

    def _copy(self) -> str:
        self.code.layout.display = ""
        self.code.value = self._code()
        return self.say("copied")

    def _code(self) -> str:
        return saving.code_text(self.state.scenario, self.state.ntm_pace, self._as_of)
