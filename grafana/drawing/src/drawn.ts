// What each kind of panel is given to draw itself.
import type { DataFrame, GrafanaTheme2 } from "@grafana/data";

import type { Answers, AskedPanel } from "./answers";

export type Drawn = {
  panel: AskedPanel;
  frames: DataFrame[];
  theme: GrafanaTheme2;
  width: number;
  height: number;
  answers: Answers;
};
