"""The kinds of panels that the dashboards use, each with options that make it readable."""

from grafana.model import Json, name_columns, override, panel

_WORD = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_ROWS = {"calcs": ["lastNotNull"], "fields": "", "values": True}
_NO_LEGEND = {"showLegend": False, "displayMode": "list", "placement": "bottom", "calcs": []}
_LEGEND = {**_NO_LEGEND, "showLegend": True}
_NEWEST = {"calcs": ["lastNotNull"]}
_TOOLTIP = {"mode": "multi", "sort": "desc"}
RED, ORANGE, GREEN, BLUE = "dark-red", "dark-orange", "green", "blue"


def stat(
    number: int, query: str, unit: str = "locale", *, warn: float | None = None, alarm: float | None = None
) -> Json:
    """Return one big number, green until it reaches `warn` and red from `alarm` on."""
    made = panel("stat", number, query, unit)
    made["fieldConfig"]["defaults"] |= _thresholds(warn, alarm)
    made["options"] = {
        "reduceOptions": _WORD,
        "orientation": "auto",
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "center",
        "textMode": "value",
        "wideLayout": True,
        "showPercentChange": False,
        "percentChangeColorMode": "standard",
    }
    return made


def time_series(
    number: int, query: str, unit: str, columns: str = "", *, label: str | None = None, interval: str = "5s"
) -> Json:
    """Return lines over time; a null is a gap.

    :param columns: one line each, named in the reader's language; without, a line is named by its `label`.
    """
    made = panel("timeseries", number, query, unit)
    made["interval"] = interval
    made["fieldConfig"]["defaults"] |= {"color": {"mode": "palette-classic"}, "min": 0, "custom": _line()}
    made["options"] = {"legend": _LEGEND, "tooltip": _TOOLTIP}
    if label:
        # Areas of many lines hide each other.
        made["fieldConfig"]["defaults"]["custom"]["fillOpacity"] = 0
    if label and not columns:
        made["fieldConfig"]["defaults"]["displayName"] = f"${{__field.labels.{label}}}"
    return name_columns(made, columns, label)


def paint(made: Json, **colors: str) -> Json:
    """Give columns a colour of their own, the same on every dashboard."""
    for column, color in colors.items():
        override(made, column, color={"mode": "fixed", "fixedColor": color})
    return made


def ranked(made: Json) -> Json:
    """Let the legend of many lines be a table beside them, the highest first."""
    sorting = {"sortBy": "Last *", "sortDesc": True}
    made["options"]["legend"] = {**_LEGEND, "displayMode": "table", "placement": "right", **sorting, **_NEWEST}
    return made


def lines_at(made: Json, warn: float, alarm: float) -> Json:
    """Draw the limits of a time series as lines."""
    made["fieldConfig"]["defaults"]["thresholds"] = _thresholds(warn, alarm)["thresholds"]
    made["fieldConfig"]["defaults"]["custom"]["thresholdsStyle"] = {"mode": "line"}
    return made


def bars(number: int, query: str, unit: str, colors: dict[str, str]) -> Json:
    """Return upright bars, one series per column of numbers."""
    made = panel("barchart", number, query, unit)
    made["fieldConfig"]["defaults"] |= {
        "color": {"mode": "palette-classic"},
        "custom": {"fillOpacity": 80, "lineWidth": 1},
    }
    made["options"] = {
        "orientation": "vertical",
        "stacking": "none",
        "showValue": "never",
        "barWidth": 0.9,
        "groupWidth": 0.8,
        "fullHighlight": True,
        "xTickLabelRotation": -30,
        "xTickLabelMaxLength": 16,
        "xTickLabelSpacing": 0,
        "legend": _LEGEND,
        "tooltip": _TOOLTIP,
    }
    return paint(name_columns(made, " ".join(colors)), **colors)


def ranking(number: int, query: str, color: str) -> Json:
    """Return lying bars, one per row, the longest first, named by its first column."""
    made = panel("bargauge", number, query, "locale")
    # Said aloud, because an only bar would have no name: amounts without their currency.
    named = {"displayName": "${__cell_0}"}
    made["fieldConfig"]["defaults"] |= {"color": {"mode": "fixed", "fixedColor": color}, "min": 0, **named}
    made["options"] = {
        "reduceOptions": _ROWS,
        "orientation": "horizontal",
        "displayMode": "basic",
        "valueMode": "color",
        "namePlacement": "left",
        "showUnfilled": False,
        "sizing": "auto",
        "minVizWidth": 8,
        "minVizHeight": 16,
        "maxVizHeight": 40,
        "text": {"titleSize": 13, "valueSize": 16},
        "legend": _NO_LEGEND,
    }
    return made


def pie(number: int, query: str, *, of_columns: bool = False) -> Json:
    """Return a doughnut, one slice per row, or per column of the only row."""
    made = panel("piechart", number, query, "locale")
    made["fieldConfig"]["defaults"] |= {"color": {"mode": "palette-classic"}}
    made["options"] = {
        "reduceOptions": _WORD if of_columns else _ROWS,
        "pieType": "donut",
        "displayLabels": ["name", "value"],
        "sort": "desc",
        "legend": {**_LEGEND, "placement": "right", "values": ["value", "percent"]},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    return made


def table(number: int, query: str, columns: str) -> Json:
    """Return rows as they are; each column has a name in the reader's language and the unit of its kind."""
    made = panel("table", number, query, "locale")
    made["fieldConfig"]["defaults"]["custom"] = {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True}
    made["fieldConfig"]["defaults"]["custom"]["minWidth"] = 90
    made["fieldConfig"]["overrides"].append(_DASH)
    made["options"] = {"showHeader": True, "cellHeight": "sm", "frameIndex": 0}
    for column in columns.split():
        override(made, column, **_width_of(column))
    return name_columns(made, columns)


def _width_of(column: str) -> Json:
    """Return the pixels that a column needs; what has none, shares the rest."""
    found = [width for names, width in _WIDTHS.items() if any(column.endswith(name) for name in names.split())]
    return {"custom__width": found[0]} if found else {}


# What stands for an empty table would also stand in each empty cell.
_DASH = {"matcher": {"id": "byRegexp", "options": ".*"}, "properties": [{"id": "noValue", "value": "–"}]}
_WIDTHS = {
    "_at": 155,
    "reference_missing_share fraud_agreement_share kind link": 155,
    "subject threshold": 140,
    "_share _seconds _rows _count _score amount state verdict message channel psi policy outcome": 105,
    "panel_id batch_id alert_id currency customer votes version attempts code used most source": 80,
}


def traffic_light(made: Json, column: str, warn: float, alarm: float) -> Json:
    """Colour the cells of a column green, orange from `warn` and red from `alarm` on."""
    cell = {"type": "color-background", "mode": "basic"}
    return override(made, column, custom__cellOptions=cell, **_thresholds(warn, alarm))


def matrix(number: int, query: str, row: str, column: str, value: str) -> Json:
    """Return a table with a row and a column for each name; the more two agree, the greener."""
    made = panel("table", number, query, "percentunit")
    fields = {"rowField": row, "columnField": column, "valueField": value, "emptyValue": "empty"}
    made["transformations"] = [{"id": "groupingToMatrix", "options": fields}]
    made["fieldConfig"]["defaults"] |= {"color": {"mode": "continuous-RdYlGr"}, "min": 0.8, "max": 1}
    made["fieldConfig"]["defaults"] |= {"mappings": [_NO_PAIR], "custom": {"align": "auto", "cellOptions": _SHADED}}
    made["fieldConfig"]["overrides"] += [_DASH, _NAMES_STAY_PLAIN]
    made["options"] = {"showHeader": True, "cellHeight": "sm", "frameIndex": 0}
    return made


# A member is no pair with itself; its cell would be as red as the worst.
_NO_PAIR = {"type": "special", "options": {"match": "empty", "result": {"text": "–", "color": "transparent"}}}
_NAMES_STAY_PLAIN = {
    "matcher": {"id": "byType", "options": "string"},
    "properties": [{"id": "custom.cellOptions", "value": {"type": "auto"}}],
}
_SHADED = {"type": "color-background", "mode": "gradient"}


def world(number: int, query: str) -> Json:
    """Return a map with a point for each row, as big as its `amount`."""
    made = panel("geomap", number, query, "locale")
    size = {"field": "amount", "fixed": 6, "min": 4, "max": 14}
    style = {"color": {"fixed": RED}, "opacity": 0.6, "size": size, "symbol": {"mode": "fixed", "fixed": _CIRCLE}}
    location = {"mode": "coords", "latitude": "latitude", "longitude": "longitude"}
    points = {"type": "markers", "name": "Fraud", "location": location, "tooltip": True}
    made["options"] = {
        "basemap": {"type": "default", "name": "Base map", "config": {}},
        "layers": [{**points, "config": {"showLegend": False, "style": style}}],
        "view": {"id": "fit", "allLayers": True, "lat": 36.4, "lon": 127.8, "zoom": 6, "padding": 10, "maxZoom": 10},
        "controls": {"mouseWheelZoom": False, "showAttribution": True, "showZoom": True},
        "tooltip": {"mode": "details"},
    }
    return made


_CIRCLE = "img/icons/marker/circle.svg"


def _line() -> Json:
    return {
        "drawStyle": "line",
        "lineWidth": 1,
        "fillOpacity": 15,
        "showPoints": "auto",
        "pointSize": 4,
        "spanNulls": False,
        "axisSoftMin": 0,
    }


def _thresholds(warn: float | None, alarm: float | None) -> Json:
    steps: list[Json] = [{"color": BLUE if warn is None and alarm is None else GREEN, "value": None}]
    if warn is not None:
        steps.append({"color": ORANGE, "value": warn})
    if alarm is not None:
        steps.append({"color": RED, "value": alarm})
    return {"color": {"mode": "thresholds"}, "thresholds": {"mode": "absolute", "steps": steps}}
