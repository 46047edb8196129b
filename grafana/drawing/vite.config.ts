// One page, with the icons of Grafana's components beside it.
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

export default defineConfig({
  plugins: [react()],
  publicDir: "node_modules/@grafana/ui/dist/public",
  build: { outDir: "build/page", emptyOutDir: true, chunkSizeWarningLimit: 20_000 },
});
