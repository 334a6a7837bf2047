import { defineConfig } from '#shared/config/load-pipelines.ts';

export default defineConfig({ pipelines: ['./three-shards/pipeline.ts'] });
