/**
 * How Node is started for a service. V8 lets its young generation grow with the work done, and the process with it: with this
 * one a transformer is as large after its hundredth build as after its twentieth.
 */
export const SERVICE_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=1'];
