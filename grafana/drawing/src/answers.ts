// What Python writes for one dashboard: its panels as their JSON says, and the answers to their queries.
import { FieldType, type FieldConfigSource, type DataTransformerConfig } from "@grafana/data";

export type Column = {
  name: string;
  type: FieldType.time | FieldType.number | FieldType.string;
  labels?: Record<string, string>;
  values: (number | string | null)[];
};

export type Place = { x: number; y: number; w: number; h: number };

export type AskedPanel = {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: Place;
  fieldConfig: FieldConfigSource;
  options: Record<string, any>;
  transformations?: DataTransformerConfig[];
  columns: Column[];
  /** Where the panel has a time range of its own. */
  from?: number;
  range?: string;
};

/** A mark on the time axis. */
export type Note = { time: number; text: string; color: string };

export type Answers = {
  title: string;
  language: string;
  from: number;
  to: number;
  range: string;
  variables: { label: string; value: string }[];
  links: string[];
  panels: AskedPanel[];
  notes: Note[];
};
