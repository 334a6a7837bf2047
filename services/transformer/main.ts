import { runService } from '#shared/runtime/run-service.ts';
import { transformerService } from './service.ts';

await runService(process, transformerService);
