export { place } from '../../../wasm/assembly/regions';
export { fieldPage, hashPage, nulls, stampPage } from './columns';
export { linesTo, longestLine, split } from './lines';
export { hashRows } from './row-hash';
