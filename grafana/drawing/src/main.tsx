// The page: `?answers=en-operations` draws the dashboard whose answers lie in /answers/en-operations.json.
import "@fontsource-variable/inter";
import { createTheme, ThemeContext } from "@grafana/data";
import { initPluginTranslations } from "@grafana/i18n";
import { GlobalStyles } from "@grafana/ui";
import { createRoot } from "react-dom/client";

import type { Answers } from "./answers";
import { Board } from "./Board";
import { fail, report, watch } from "./outcome";
import { registerTransformations } from "./registries";

const SETTLED_AFTER_MS = 4_000;

async function draw(): Promise<void> {
  registerTransformations();
  await initPluginTranslations("grafana");
  const name = new URLSearchParams(location.search).get("answers");
  const answers: Answers = await (await fetch(`/answers/${name}.json`)).json();
  document.documentElement.lang = answers.language;
  const fontFamily = '"Inter Variable", "Noto Sans CJK KR", sans-serif';
  const theme = createTheme({ colors: { mode: "dark" }, typography: { fontFamily } });
  createRoot(document.getElementById("dashboard")!).render(
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <Board answers={answers} theme={theme} />
    </ThemeContext.Provider>,
  );
}

watch();
draw()
  .catch((error) => fail("page", error))
  .finally(() => setTimeout(report, SETTLED_AFTER_MS));
