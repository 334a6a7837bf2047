export { fieldPage, hashPage, nulls, stampPage } from './columns';
export { linesTo, longestLine, split } from './lines';
export { place } from './regions';
export { hashRows } from './row-hash';
