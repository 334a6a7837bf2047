import { type IQueueBackend, Worker } from 'bullmq';

/** A BullMQ worker that can be left behind with jobs still running. */
export class CuttableWorker extends Worker<unknown, unknown, string, IQueueBackend, object, unknown> {
  /**
   * Lets the locks of running jobs lapse, so that others take them. `close` does this only after the jobs
   * have ended, which a handler deaf to its signal may never do.
   */
  async abandonLocks(): Promise<void> {
    await this.lockManager.close();
  }
}
