/** The source every bronze model reads its batch from. */
export const LANDING = 'landing';
