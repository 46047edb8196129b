// The kinds that Grafana publishes a component for.
import { dateTime, getDisplayValueAlignmentFactors, VizOrientation, type DisplayValue, type FieldConfig, type FieldDisplay, type TimeRange } from "@grafana/data";
import { BarGauge, BigValue, TimeSeries, VizRepeater } from "@grafana/ui";
import { TableNG } from "@grafana/ui/unstable";

import type uPlot from "uplot";

import type { Drawn } from "../drawn";
import { valuesOf } from "../fields";

export function Stat({ panel, frames, theme, width, height }: Drawn) {
  const { colorMode, graphMode, justifyMode, textMode } = panel.options;
  const how = { colorMode, graphMode, justifyMode, textMode };
  return (
    <>
      {valuesOf(panel, frames, theme).map((value) => (
        <BigValue key={value.name} value={value.display} {...how} width={width} height={height} theme={theme} />
      ))}
    </>
  );
}

export function Bars({ panel, frames, theme, width, height }: Drawn) {
  const { displayMode, valueMode, namePlacement, showUnfilled, minVizHeight, maxVizHeight, minVizWidth, text } = panel.options;
  const how = { displayMode, valueDisplayMode: valueMode, namePlacement, showUnfilled, text };
  return (
    <VizRepeater<FieldDisplay, ReturnType<typeof getDisplayValueAlignmentFactors>>
      source={frames}
      getValues={() => valuesOf(panel, frames, theme)}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={({ value: { display, field, view, colIndex }, count, ...place }) => (
        <BarGauge {...place} {...how} value={named(display, count, field)} field={field} theme={theme}
          display={view?.getFieldDisplayProcessor(colIndex ?? 0)} />
      )}
      orientation={VizOrientation.Horizontal}
      itemSpacing={8}
      renderCounter={0}
      {...{ width, height, minVizHeight, maxVizHeight, minVizWidth }}
    />
  );
}

/** As Grafana's panel does it: an only bar has no name, unless it was given one. */
function named(display: DisplayValue, count: number, { displayName }: FieldConfig): DisplayValue {
  return count === 1 && !displayName ? { ...display, title: undefined } : display;
}

export function Lines({ panel, frames, theme, width, height, answers }: Drawn) {
  const range = { from: panel.from ?? answers.from, to: answers.to };
  return (
    <TimeSeries frames={frames} width={width} height={height} timeRange={rangeOf(range)} timeZone="browser"
      legend={panel.options.legend}>
      {(builder) => {
        builder.addHook("draw", (plot) => answers.notes.forEach((note) => mark(plot, note.time, theme.visualization.getColorByName(note.color))));
        return null;
      }}
    </TimeSeries>
  );
}

/** Annotations are drawn here: Grafana's own plugin for them is not published. */
function mark(plot: uPlot, time: number, color: string) {
  const left = Math.round(plot.valToPos(time, "x", true));
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = color;
  ctx.setLineDash([4, 4]);
  ctx.beginPath();
  ctx.moveTo(left, bbox.top);
  ctx.lineTo(left, bbox.top + bbox.height);
  ctx.stroke();
  ctx.beginPath();
  ctx.moveTo(left - 4, bbox.top + bbox.height + 6);
  ctx.lineTo(left + 4, bbox.top + bbox.height + 6);
  ctx.lineTo(left, bbox.top + bbox.height);
  ctx.fill();
  ctx.restore();
}

export function Rows({ panel, frames, width, height }: Drawn) {
  const { showHeader, cellHeight } = panel.options;
  return (
    <TableNG data={frames[0]} width={width} height={height} noHeader={!showHeader} cellHeight={cellHeight}
      fieldConfig={panel.fieldConfig} noValue={panel.fieldConfig.defaults.noValue} enableVirtualization={false}
      structureRev={1} />
  );
}

function rangeOf({ from, to }: { from: number; to: number }): TimeRange {
  const span = { from: dateTime(from), to: dateTime(to) };
  return { ...span, raw: span };
}
