// Before the first paint: the theme that was chosen in this browser. Without a choice the system's own applies.
(() => {
  try {
    const theme = localStorage.getItem("pyprobe.theme");
    if (theme === "dark" || theme === "light") document.documentElement.dataset.theme = theme;
  } catch {
    // Storage is off: the system's theme applies.
  }
})();
