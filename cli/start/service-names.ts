/** The services there are. */
export const SERVICE_NAMES = ['scheduler', 'extractor', 'loader', 'transformer'] as const;

export type ServiceName = (typeof SERVICE_NAMES)[number];
