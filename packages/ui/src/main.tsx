/** The page's parts, wired by hand. */
import "./no-eval.ts";
import { createRoot } from "react-dom/client";
import { CodeCommands } from "./code/code-commands.ts";
import { EngineLink, explainRefusal, openEngineSocket } from "./link/engine-link.ts";
import { ViewHub } from "./link/view-hub.ts";
import { App } from "./panel/app.tsx";
import { type Page, PageContext } from "./panel/page-context.ts";
import { AnimationLoop } from "./scope/animation-loop.ts";
import { ScopeCommands } from "./scope/scope-commands.ts";
import { ThemeColors } from "./scope/theme-colors.ts";
import { Actions } from "./state/actions.ts";
import { LiveValues } from "./state/live-values.ts";
import { createPageStore } from "./state/page-store.ts";
import { rememberPerProgram } from "./state/remember.ts";
import { SessionClient } from "./state/session-client.ts";
import { browserStorage, Settings } from "./state/settings.ts";
import { startHeartbeat } from "./widget/heartbeat.ts";

const store = createPageStore();
const settings = new Settings(browserStorage());
const link = new EngineLink(openEngineSocket, explainRefusal);
const values = new LiveValues();
rememberPerProgram(store, settings);

const page: Page = {
  link,
  store,
  settings,
  values,
  client: new SessionClient(link, store, values),
  actions: new Actions(link, store),
  hub: new ViewHub(link),
  loop: new AnimationLoop(),
  theme: new ThemeColors(),
  code: new CodeCommands(),
  scopes: new ScopeCommands(),
};

const root = document.getElementById("root");
if (root === null) throw new Error("Cannot show the page: it has no root element");
createRoot(root).render(
  <PageContext value={page}>
    <App />
  </PageContext>,
);
startHeartbeat(document.documentElement);
link.start();
