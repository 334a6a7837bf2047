/**
 * How Node is started for a service. V8 lets its young generation grow with the work done, and the old one by more the faster it
 * collects; the process grows with them and gives nothing back. So bounded, a transformer is as large after its hundredth build as after
 * its twentieth.
 */
export const SERVICE_NODE_FLAGS: readonly string[] = ['--max-semi-space-size=1', '--heap-growing-percent=20'];
