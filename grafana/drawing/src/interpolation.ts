// What Grafana's own server page would put in for ${…} in names and links; the dashboards use no more than this.
import type { InterpolateFunction, ScopedVars } from "@grafana/data";

const VARIABLE = /\$\{([\w.[\]]+)(?::\w+)?\}/g;

export const interpolate: InterpolateFunction = (text, scoped = {}) =>
  text.replace(VARIABLE, (whole, path: string) => known(path, scoped) ?? whole);

function known(path: string, scoped: ScopedVars): string | undefined {
  const { field, frame, rowIndex } = scoped.__dataContext?.value ?? {};
  const name = path.slice(path.lastIndexOf(".") + 1);
  if (path.startsWith("__field.labels.")) {
    return field?.labels?.[name] ?? "";
  }
  if (path.startsWith("__data.fields.")) {
    return String(frame?.fields.find((one: { name: string }) => one.name === name)?.values[rowIndex!] ?? "");
  }
  const cell = /^__data\.fields\[(\d+)\]$/.exec(path);
  if (cell) {
    return String(frame?.fields[Number(cell[1])]?.values[rowIndex!] ?? "");
  }
  return path === "__url_time_range" ? "from=now-6h&to=now" : undefined;
}
