// One dashboard: a header of our own, and the panels in Grafana's grid of 24 columns.
import type { GrafanaTheme2 } from "@grafana/data";

import type { Answers, Place } from "./answers";
import { PanelBox } from "./PanelBox";

const GAP = 8;
const ROW_HEIGHT = 30;
const MARGIN = 16;
const HEADER = 76;

export function Board({ answers, theme }: { answers: Answers; theme: GrafanaTheme2 }) {
  const column = (document.documentElement.clientWidth - 2 * MARGIN + GAP) / 24;
  return (
    <main style={{ position: "relative" }}>
      <Header answers={answers} theme={theme} />
      {answers.panels.map((panel) => {
        const box = inPixels(panel.gridPos, column);
        return panel.type === "row" ? (
          <h6 key={panel.id} style={{ position: "absolute", ...box, paddingTop: 8 }}>⌄ {panel.title}</h6>
        ) : (
          <div key={panel.id} data-panel={panel.title} style={{ position: "absolute", ...box }}>
            <PanelBox panel={panel} answers={answers} theme={theme} width={box.width} height={box.height} />
          </div>
        );
      })}
    </main>
  );
}

function inPixels({ x, y, w, h }: Place, column: number) {
  return {
    left: MARGIN + x * column,
    top: HEADER + y * (ROW_HEIGHT + GAP),
    width: w * column - GAP,
    height: h * (ROW_HEIGHT + GAP) - GAP,
  };
}

function Header({ answers, theme }: { answers: Answers; theme: GrafanaTheme2 }) {
  const box = { border: `1px solid ${theme.colors.border.medium}`, borderRadius: 2, padding: "3px 8px" };
  return (
    <header style={{ position: "absolute", top: 10, left: MARGIN, right: MARGIN, height: HEADER - 20 }}>
      <div style={{ display: "flex", alignItems: "center", gap: 12 }}>
        <h4 style={{ margin: 0, flexGrow: 1 }}>{answers.title}</h4>
        <small style={{ opacity: 0.7 }}>drawn by make dashboards from seeded data, not by a Grafana server</small>
        <span>{answers.links.join("  ·  ")}</span>
        <span style={box}>{answers.range}</span>
      </div>
      <div style={{ display: "flex", gap: 8, marginTop: 6, fontSize: 12 }}>
        {answers.variables.map(({ label, value }) => (
          <span key={label} style={box}><b>{label}</b>&ensp;{value}</span>
        ))}
      </div>
    </header>
  );
}
