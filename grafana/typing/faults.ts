// Five faults that the types must catch: where one is not caught, its directive is unused and tsc fails.
import type { TypedPanel } from "./dashboard";

const fields = { defaults: {} };

// @ts-expect-error a unit is a text
export const unit: TypedPanel = { type: "stat", options: {}, fieldConfig: { defaults: { unit: 5 } } };

// @ts-expect-error no such mode of colour
export const colour: TypedPanel = { type: "stat", options: { colorMode: "backdrop" }, fieldConfig: fields };

// @ts-expect-error thresholds, misspelt
export const misspelt: TypedPanel = { type: "stat", options: {}, fieldConfig: { defaults: { tresholds: {} } } };

// @ts-expect-error no such kind of panel
export const kind: TypedPanel = { type: "statistic", options: {}, fieldConfig: fields };

// @ts-expect-error a place is a number of columns
export const place: TypedPanel = { type: "stat", options: {}, fieldConfig: fields, gridPos: { x: "0", y: 0, w: 4, h: 4 } };

export const sound: TypedPanel = { type: "stat", options: { colorMode: "value" }, fieldConfig: { defaults: { unit: "s" } } };
