// The kinds that Grafana publishes no component for, drawn plainly from the same values and colours.
import { formattedValueToString, getFieldSeriesColor, getFieldDisplayName, type Field } from "@grafana/data";
import { LegendDisplayMode } from "@grafana/schema";
import { VizLayout, VizLegend, type VizLegendItem } from "@grafana/ui";

import type { Drawn } from "../drawn";
import { valuesOf } from "../fields";

type Area = { width: number; height: number };

export function BarChart(drawn: Drawn) {
  const { frames, theme, width, height } = drawn;
  const numbers = frames[0].fields.filter((field) => field.type === "number");
  const items = numbers.map((field) => item(getFieldDisplayName(field, frames[0]), getFieldSeriesColor(field, theme).color));
  return (
    <VizLayout width={width} height={height} legend={legend(items, "bottom")}>
      {(w, h) => <Groups {...drawn} numbers={numbers} width={w} height={h} />}
    </VizLayout>
  );
}

const AXIS = { left: 48, bottom: 64, top: 8 };

function Groups({ frames, theme, width, height, numbers }: Drawn & { numbers: Field[] }) {
  const names = frames[0].fields.find((field) => field.type === "string")!;
  const most = Math.max(...numbers.flatMap((field) => field.values.map(Number)), 0) || 1;
  const [inner, tall] = [width - AXIS.left, height - AXIS.bottom - AXIS.top];
  const group = inner / names.values.length;
  const bar = (group * 0.8) / numbers.length;
  return (
    <svg width={width} height={height} fontSize={12} fill={theme.colors.text.primary}>
      {[0, 0.25, 0.5, 0.75, 1].map((part) => (
        <g key={part} transform={`translate(0 ${AXIS.top + tall * (1 - part)})`}>
          <line x1={AXIS.left} x2={width} stroke={theme.colors.border.weak} />
          <text x={AXIS.left - 8} dy={4} textAnchor="end">{formattedValueToString(numbers[0].display!(most * part))}</text>
        </g>
      ))}
      {names.values.map((name: string, place: number) => (
        <g key={name} transform={`translate(${AXIS.left + group * (place + 0.1)} ${AXIS.top})`}>
          {numbers.map((field, index) => {
            const length = (Number(field.values[place]) / most) * tall;
            return <rect key={field.name} x={bar * index} y={tall - length} width={bar} height={length} fillOpacity={0.8}
              fill={getFieldSeriesColor(field, theme).color} />;
          })}
          <text transform={`translate(${group * 0.4} ${tall + 14}) rotate(-30)`} textAnchor="end">{name}</text>
        </g>
      ))}
    </svg>
  );
}

export function Pie(drawn: Drawn) {
  const { panel, frames, theme, width, height } = drawn;
  const values = valuesOf(panel, frames, theme).sort((one, other) => other.display.numeric - one.display.numeric);
  const sum = values.reduce((total, { display }) => total + display.numeric, 0);
  const slices = values.map(({ display, name }, place) => ({
    name: display.title ?? name,
    text: formattedValueToString(display),
    share: sum ? display.numeric / sum : 0,
    color: display.color ?? theme.visualization.getColorByName(theme.visualization.palette[place]),
  }));
  const items = slices.map((slice) => item(`${slice.name}  ${slice.text}  ${Math.round(100 * slice.share)}%`, slice.color));
  return (
    <VizLayout width={width} height={height} legend={legend(items, "right")}>
      {(w, h) => <Ring slices={slices} width={w} height={h} />}
    </VizLayout>
  );
}

function Ring({ slices, width, height }: Area & { slices: { share: number; color: string; name: string }[] }) {
  const radius = Math.max(10, Math.min(width, height) / 2 - 24);
  const round = 2 * Math.PI * radius;
  const starts = slices.map((_, place) => slices.slice(0, place).reduce((sum, { share }) => sum + share, 0));
  return (
    <svg width={width} height={height}>
      <g transform={`translate(${width / 2} ${height / 2}) rotate(-90)`} fill="none" strokeWidth={radius * 0.5}>
        {slices.map(({ name, share, color }, place) => (
          <circle key={name} r={radius} stroke={color} strokeDasharray={`${Math.max(share * round - 1.5, 0)} ${round}`}
            strokeDashoffset={-starts[place] * round} />
        ))}
      </g>
    </svg>
  );
}

export function Places({ panel, frames, theme, width, height }: Drawn) {
  const [{ location, config }] = panel.options.layers;
  const column = (name: string) => frames[0].fields.find((field) => field.name === name)?.values ?? [];
  const points = column(location.latitude).map((latitude: number, row: number) => ({
    latitude,
    longitude: column(location.longitude)[row],
    amount: column(config.style.size.field)[row],
  }));
  const map = projection(points, width, height);
  const most = Math.max(...points.map(({ amount }) => amount), 1);
  const { min, max } = config.style.size;
  return (
    <svg width={width} height={height} fontSize={11} fill={theme.colors.text.secondary}>
      {map.degrees.longitudes.map((degree) => (
        <g key={degree} transform={`translate(${map.x(degree)} 0)`}>
          <line y2={height} stroke={theme.colors.border.weak} />
          <text x={4} y={height - 6}>{degree}° E</text>
        </g>
      ))}
      {map.degrees.latitudes.map((degree) => (
        <g key={degree} transform={`translate(0 ${map.y(degree)})`}>
          <line x2={width} stroke={theme.colors.border.weak} />
          <text x={4} y={-4}>{degree}° N</text>
        </g>
      ))}
      {points.map(({ latitude, longitude, amount }, row) => (
        <circle key={row} cx={map.x(longitude)} cy={map.y(latitude)} r={min + (max - min) * Math.sqrt(amount / most)}
          fill={theme.visualization.getColorByName(config.style.color.fixed)} fillOpacity={config.style.opacity} />
      ))}
    </svg>
  );
}

function projection(points: { latitude: number; longitude: number }[], width: number, height: number) {
  const [south, north] = span(points.map(({ latitude }) => latitude));
  const [west, east] = span(points.map(({ longitude }) => longitude));
  const narrow = Math.cos((((south + north) / 2) * Math.PI) / 180);
  const scale = Math.min(width / ((east - west) * narrow), height / (north - south));
  const whole = (from: number, to: number) =>
    Array.from({ length: Math.floor(to) - Math.ceil(from) + 1 }, (_, step) => Math.ceil(from) + step);
  const [more, higher] = [width / scale / narrow - (east - west), height / scale - (north - south)];
  return {
    x: (longitude: number) => width / 2 + (longitude - (west + east) / 2) * narrow * scale,
    y: (latitude: number) => height / 2 - (latitude - (south + north) / 2) * scale,
    degrees: { longitudes: whole(west - more / 2, east + more / 2), latitudes: whole(south - higher / 2, north + higher / 2) },
  };
}

function span(degrees: number[]): [number, number] {
  return degrees.length ? [Math.min(...degrees) - 0.3, Math.max(...degrees) + 0.3] : [33, 39];
}

function item(label: string, color: string): VizLegendItem {
  return { label, color, yAxis: 1 };
}

function legend(items: VizLegendItem[], placement: "bottom" | "right") {
  const displayMode = LegendDisplayMode.List;
  return (
    <VizLayout.Legend placement={placement} maxHeight="35%" maxWidth="50%">
      <VizLegend items={items} placement={placement} displayMode={displayMode} />
    </VizLayout.Legend>
  );
}
