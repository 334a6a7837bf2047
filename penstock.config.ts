import { defineConfig } from '#shared/config/load-pipelines.ts';

export default defineConfig({ pipelines: ['./pipelines/*/pipeline.ts'] });
