import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: 'web',
  base: '/admin/',
  plugins: [react()],
  build: {
    outDir: '../dist/web',
    emptyOutDir: true,
    target: 'es2023',
    chunkSizeWarningLimit: 800,
    assetsInlineLimit: 0, // the policy of the pages allows no data: in scripts and styles
  },
  server: { proxy: { '/api': 'http://127.0.0.1:8080' } },
})
