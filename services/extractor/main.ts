import { runService } from '#shared/runtime/run-service.ts';
import { extractorService } from './service.ts';

await runService(process, extractorService);
