/** A file cannot be written this way, whatever is stored; it has to be written the other way. Says why without any value. */
export class NotDoneHere extends Error {}
