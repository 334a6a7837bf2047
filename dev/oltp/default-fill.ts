/** Sizes of the database a demo reads, unless others are asked for. */
export const DEFAULT_FILL = { companies: 20_000, installments: 200_000, seed: 42 } as const;
