import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// A build for tests is the same build: otherwise the runner's NODE_ENV would give the development version of React.
process.env.NODE_ENV = "production";

/** The page the engine serves: no inline scripts, no external resources, addresses relative to its own folder. */
export default defineConfig({
  root: import.meta.dirname,
  base: "./",
  plugins: [react()],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 1500,
  },
});
