import { PutObjectCommand } from '@aws-sdk/client-s3';
import { openLandingStore } from '#shared/landing/open-landing-store.ts';
import { openS3Bucket } from '#shared/s3/s3-bucket.ts';
import { describeWithS3, testS3 } from '#test/support/s3.ts';
import { landingConformance } from './landing-conformance.ts';

describeWithS3('an S3 server as landing store', () => {
  landingConformance({
    name: 's3',
    networked: true,
    open: async () => {
      const url = testS3();
      const store = openLandingStore({ url });
      const dispose = async (): Promise<void> => {
        const cleaner = openLandingStore({ url });
        for await (const { key } of cleaner.list('')) await cleaner.delete(key);
        await cleaner.close();
      };
      const damage = (key: string, bytes: string): Promise<void> => replaceObject(url, key, bytes);
      return { store, url, damage, dispose };
    },
  });
});

/** What another program does that knows nothing of keys written once. */
async function replaceObject(url: string, key: string, bytes: string): Promise<void> {
  const { client, bucket, prefix } = openS3Bucket(url);
  await client.send(new PutObjectCommand({ Bucket: bucket, Key: prefix + key, Body: Buffer.from(bytes) }));
  client.destroy();
}
