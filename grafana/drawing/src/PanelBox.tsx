// One panel in Grafana's frame; what it throws is reported and stands in its place.
import type { DataFrame, GrafanaTheme2 } from "@grafana/data";
import { Badge, Icon, PanelChrome } from "@grafana/ui";
import { Component, useEffect, useState, type ComponentType, type PropsWithChildren } from "react";

import type { Answers, AskedPanel } from "./answers";
import type { Drawn } from "./drawn";
import { framesOf } from "./fields";
import { Bars, Lines, Rows, Stat } from "./kinds/grafana";
import { BarChart, Pie, Places } from "./kinds/ours";
import { fail } from "./outcome";

const KINDS: Record<string, { draw: ComponentType<Drawn>; isOurs?: boolean }> = {
  bargauge: { draw: Bars },
  stat: { draw: Stat },
  table: { draw: Rows },
  timeseries: { draw: Lines },
  barchart: { draw: BarChart, isOurs: true },
  geomap: { draw: Places, isOurs: true },
  piechart: { draw: Pie, isOurs: true },
};

type Properties = { panel: AskedPanel; answers: Answers; theme: GrafanaTheme2; width: number; height: number };

export function PanelBox({ panel, answers, theme, width, height }: Properties) {
  const [frames, setFrames] = useState<DataFrame[]>();
  useEffect(() => {
    framesOf(panel, theme).then(setFrames, (error) => fail(panel.title, error));
  }, [panel, theme]);
  const kind = KINDS[panel.type];
  if (!kind) {
    throw new Error(`nobody draws panels of the kind ${panel.type}`);
  }
  const Kind = kind.draw;
  return (
    <PanelChrome title={panel.title} description={panel.description} width={width} height={height}
      titleItems={<Marks isOurs={kind.isOurs} range={panel.range} />}>
      {(innerWidth, innerHeight) => (
        <Guard title={panel.title}>
          {frames && isEmpty(frames) ? (
            <Nothing said={panel.fieldConfig.defaults.noValue} />
          ) : (
            frames && <Kind {...{ panel, frames, theme, answers }} width={innerWidth} height={innerHeight} />
          )}
        </Guard>
      )}
    </PanelChrome>
  );
}

function Marks({ isOurs, range }: { isOurs?: boolean; range?: string }) {
  return (
    <>
      {range && <PanelChrome.TitleItem><Icon name="clock-nine" size="sm" /> {range}</PanelChrome.TitleItem>}
      {isOurs && <Badge text="own drawing" color="darkgrey" />}
    </>
  );
}

function isEmpty(frames: DataFrame[]): boolean {
  return frames.every((frame) => frame.length === 0);
}

function Nothing({ said }: { said?: string }) {
  return <div style={{ display: "grid", placeItems: "center", height: "100%", opacity: 0.7 }}>{said ?? "No data"}</div>;
}

class Guard extends Component<PropsWithChildren<{ title: string }>, { error?: Error }> {
  state: { error?: Error } = {};

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  componentDidCatch(error: Error) {
    fail(this.props.title, error);
  }

  render() {
    return this.state.error ? <pre>{String(this.state.error)}</pre> : this.props.children;
  }
}
