// Which settings of a field a panel may have. Grafana's server page fills these registries; here it is done by hand.
import {
  FieldConfigOptionsRegistry,
  displayNameOverrideProcessor,
  identityOverrideProcessor,
  numberOverrideProcessor,
  standardTransformers,
  standardTransformersRegistry,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
  type FieldConfigPropertyItem,
} from "@grafana/data";

type Processor = FieldConfigPropertyItem["process"];

const STANDARD: Record<string, Processor> = {
  unit: unitOverrideProcessor,
  min: numberOverrideProcessor,
  max: numberOverrideProcessor,
  decimals: numberOverrideProcessor,
  displayName: displayNameOverrideProcessor,
  noValue: stringOverrideProcessor,
  color: identityOverrideProcessor,
  thresholds: thresholdsOverrideProcessor,
  mappings: valueMappingsOverrideProcessor,
  links: identityOverrideProcessor,
};
const CUSTOM = [
  ...["align", "cellOptions", "filterable", "width", "minWidth", "drawStyle", "lineWidth", "fillOpacity", "showPoints"],
  ...["pointSize", "spanNulls", "axisSoftMin", "thresholdsStyle", "stacking", "hideFrom"],
];

export const fieldSettings = new FieldConfigOptionsRegistry(() => [
  ...Object.entries(STANDARD).map(([id, process]) => setting(id, id, process, false)),
  ...CUSTOM.map((path) => setting(`custom.${path}`, path, identityOverrideProcessor, true)),
]);

function setting(id: string, path: string, process: Processor, isCustom: boolean): FieldConfigPropertyItem {
  const settings = id === "displayName" ? { expandTemplateVars: true } : {};
  const nothing = () => null;
  return { id, path, name: id, process, isCustom, settings, shouldApply: () => true, editor: nothing, override: nothing };
}

export function registerTransformations(): void {
  const { groupingToMatrixTransformer: matrix } = standardTransformers;
  standardTransformersRegistry.setInit(() => [
    { id: matrix.id, name: matrix.name, transformation: async () => matrix, editor: () => null, imageDark: "", imageLight: "" },
  ]);
}
