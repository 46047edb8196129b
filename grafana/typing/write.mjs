// Writes each dashboard's JSON as a typed literal: an imported JSON file would lose the literals that the types look at.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";

const dashboards = new URL("../dashboards/", import.meta.url);
const build = new URL("build/", import.meta.url);

rmSync(build, { recursive: true, force: true });
mkdirSync(build);
for (const path of readdirSync(dashboards, { recursive: true }).filter((name) => name.endsWith(".json"))) {
  const literal = readFileSync(new URL(path, dashboards), "utf8").trim();
  const typed = `import type { Typed } from "../dashboard";\n\nexport const dashboard: Typed = ${literal};\n`;
  writeFileSync(new URL(path.replace("/", "-").replace(".json", ".ts"), build), typed);
}
