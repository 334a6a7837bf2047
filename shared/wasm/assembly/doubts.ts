/** Whether all texts so far were values of their types. */
export let isGood = true;

export function clearDoubt(): void {
  isGood = true;
}

/** What was read is no value of its type. */
export function notGood(): void {
  isGood = false;
}
