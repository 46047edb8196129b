// From a panel's answer to the frames that Grafana's components draw: transformations first, then the field config.
import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  createDataFrame,
  getFieldDisplayValues,
  transformDataFrame,
  type DataFrame,
  type FieldDisplay,
  type GrafanaTheme2,
} from "@grafana/data";
import { lastValueFrom } from "rxjs";

import type { AskedPanel } from "./answers";
import { interpolate } from "./interpolation";
import { fieldSettings } from "./registries";

const TIME_ZONE = "browser";

export async function framesOf(panel: AskedPanel, theme: GrafanaTheme2): Promise<DataFrame[]> {
  const fields = panel.columns.map((column) => ({ ...column, config: {} }));
  const asked = [createDataFrame({ refId: "A", fields })];
  const shaped = await lastValueFrom(transformDataFrame(panel.transformations ?? [], asked));
  const frames = applyFieldOverrides({
    data: shaped,
    fieldConfig: panel.fieldConfig,
    fieldConfigRegistry: fieldSettings,
    replaceVariables: interpolate,
    theme,
    timeZone: TIME_ZONE,
  });
  cacheFieldDisplayNames(frames);
  return frames;
}

/** What stats, bar gauges and pies show: one value for each row or for each column. */
export function valuesOf(panel: AskedPanel, frames: DataFrame[], theme: GrafanaTheme2): FieldDisplay[] {
  return getFieldDisplayValues({
    data: frames,
    fieldConfig: panel.fieldConfig,
    reduceOptions: panel.options.reduceOptions,
    replaceVariables: interpolate,
    theme,
    timeZone: TIME_ZONE,
  });
}
