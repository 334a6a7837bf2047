import { runService } from '#shared/runtime/run-service.ts';
import { loaderService } from './service.ts';

await runService(process, loaderService);
