import { parse } from 'yaml';
import { z } from 'zod';

const serviceSchema = z.looseObject({
  image: z.string(),
  command: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  ports: z.array(z.string()).default([]),
  healthcheck: z
    .looseObject({ test: z.array(z.string()).optional(), disable: z.boolean().optional() })
    .optional(),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  stop_grace_period: z.string().optional(),
  volumes: z.array(z.string()).default([]),
});

const composeSchema = z.looseObject({
  services: z.record(z.string(), serviceSchema),
  volumes: z.record(z.string(), z.null()),
});

export type ComposeFile = z.infer<typeof composeSchema>;

/**
 * Reads a compose file as Docker would with an empty environment: anchors merged, `${NAME:-default}` filled in.
 *
 * @throws ZodError when its shape is not the one we use.
 */
export function readCompose(text: string): ComposeFile {
  // Filled in after parsing, as Docker does: a value never becomes syntax.
  const fill = (_key: unknown, value: unknown): unknown =>
    typeof value === 'string' ? value.replace(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1') : value;
  return composeSchema.parse(parse(text, fill, { merge: true }));
}
