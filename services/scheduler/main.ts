import { runService } from '#shared/runtime/run-service.ts';
import { schedulerService } from './service.ts';

await runService(process, schedulerService);
