import { defineConfig } from '#shared/config/load-pipelines.ts';

export default defineConfig({ pipelines: ['../../pipelines/fleet/pipeline.ts'] });
