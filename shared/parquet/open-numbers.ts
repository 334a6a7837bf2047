/** Small numbers, each in use once at a time. */
export interface OpenNumbers {
  /** The least number from 0 that is free; `release` gives it back, once. */
  take(): { readonly id: number; release(): void };
}

/** Numbers that stay as small as the number of those in use. */
export function openNumbers(): OpenNumbers {
  const used: boolean[] = [];
  return {
    take() {
      const free = used.indexOf(false);
      const id = free < 0 ? used.length : free;
      used[id] = true;
      let isOurs = true;
      return {
        id,
        release() {
          if (isOurs) used[id] = false;
          isOurs = false;
        },
      };
    },
  };
}
