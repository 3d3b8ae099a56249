// Before the first paint: the theme that was chosen in this browser, else the system's, also when that changes later.
(() => {
  const system = matchMedia("(prefers-color-scheme: light)");
  const chosen = () => {
    try {
      return localStorage.getItem("pyprobe.theme");
    } catch {
      // Storage is off: the system's theme applies.
      return null;
    }
  };
  const apply = () => {
    const theme = chosen() ?? (system.matches ? "light" : "dark");
    document.documentElement.dataset.theme = theme === "light" ? "light" : "dark";
  };
  apply();
  system.addEventListener("change", apply);
})();
