import { useEffect, useState } from "react";
import type { Theme } from "../state/settings.ts";
import { usePage } from "./page-context.ts";

/** The theme in force, and the switch to the other one. Without a choice the system's theme applies. */
export function useTheme(): readonly [Theme, () => void] {
  const { settings, theme: colors } = usePage();
  const [theme, setTheme] = useState(themeInForce);
  useEffect(() => colors.onChanged(() => setTheme(themeInForce())), [colors]);
  const toggle = () => {
    const next = theme === "dark" ? "light" : "dark";
    settings.theme = next;
    document.documentElement.dataset.theme = next;
  };
  return [theme, toggle];
}

/** `theme.js` sets it before the first paint. */
function themeInForce(): Theme {
  return document.documentElement.dataset.theme === "light" ? "light" : "dark";
}
