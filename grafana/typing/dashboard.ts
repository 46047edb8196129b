// What Grafana's own types allow in a dashboard's JSON, with the options of each kind of panel that Jikimi uses.
import type { AnnotationQuery, Dashboard, FieldConfig, Panel, RowPanel } from "@grafana/schema";
import type { Options as BarChart } from "@grafana/schema/dist/esm/raw/composable/barchart/panelcfg/x/BarChartPanelCfg_types.gen";
import type { Options as BarGauge } from "@grafana/schema/dist/esm/raw/composable/bargauge/panelcfg/x/BarGaugePanelCfg_types.gen";
import type { Options as Geomap } from "@grafana/schema/dist/esm/raw/composable/geomap/panelcfg/x/GeomapPanelCfg_types.gen";
import type { Options as PieChart } from "@grafana/schema/dist/esm/raw/composable/piechart/panelcfg/x/PieChartPanelCfg_types.gen";
import type { Options as Stat } from "@grafana/schema/dist/esm/raw/composable/stat/panelcfg/x/StatPanelCfg_types.gen";
import type { Options as Table } from "@grafana/schema/dist/esm/raw/composable/table/panelcfg/x/TablePanelCfg_types.gen";
import type { Options as TimeSeries } from "@grafana/schema/dist/esm/raw/composable/timeseries/panelcfg/x/TimeSeriesPanelCfg_types.gen";

// JSON has an enum's text where the types have the enum; what is left out has Grafana's default.
type Written<T> = T extends string
  ? `${T}`
  : T extends readonly (infer Item)[]
    ? Written<Item>[]
    : T extends object
      ? { [Key in keyof T]?: Written<T[Key]> }
      : T;

type Kinds = {
  barchart: BarChart;
  bargauge: BarGauge;
  geomap: Geomap;
  piechart: PieChart;
  stat: Stat;
  table: Table;
  timeseries: TimeSeries;
};

// JSON has null for the lowest step of a threshold, which stands for minus infinity.
type Step = { color: string; value: number | null };
type Defaults = Omit<Written<FieldConfig>, "thresholds"> & {
  thresholds?: { mode: "absolute" | "percentage"; steps: Step[] };
};
type Fields = Omit<Written<NonNullable<Panel["fieldConfig"]>>, "defaults"> & { defaults: Defaults };

// Grafana types no query of PostgreSQL: these are the keys that its data source reads.
type Query = {
  refId: string;
  datasource: { type: "grafana-postgresql-datasource"; uid: string };
  editorMode: "code" | "builder";
  rawQuery: boolean;
  format: "table" | "time_series";
  rawSql: string;
};

export type TypedPanel = {
  [Kind in keyof Kinds]: Omit<Written<Panel>, "type" | "options" | "fieldConfig" | "targets"> & {
    type: Kind;
    options: Written<Kinds[Kind]>;
    fieldConfig: Fields;
    targets?: Query[];
  };
}[keyof Kinds];
type TypedRow = Omit<Written<RowPanel>, "type" | "panels"> & { type: "row"; panels?: TypedPanel[] };

type Annotation = Omit<Written<AnnotationQuery>, "target"> & {
  target?: Query & { limit: number; matchAny: boolean; tags: string[]; type: string };
};

export type Typed = Omit<Written<Dashboard>, "panels" | "annotations"> & {
  annotations: { list: Annotation[] };
  panels: (TypedPanel | TypedRow)[];
};
