import { definePipeline } from '#shared/pipeline/define-pipeline.ts';
import fleet from '../../../pipelines/fleet/pipeline.ts';

const { api } = fleet.sources;
if (api?.kind !== 'http') throw new Error('the fleet reads an API');

/** The fleet as it would be without two of its shards. */
export default definePipeline({
  ...fleet,
  sources: { ...fleet.sources, api: { ...api, shards: ['s3', 's4', 's5'] } },
});
