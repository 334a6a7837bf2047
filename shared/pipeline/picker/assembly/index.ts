export { dropsTo, elementsTo, setLevel } from './elements';
export { readyTo } from './instants';
export { remember } from './known-texts';
export { arrayFrom, arrayTo, read, rowBytes, rowsTo, setUp, unknownTo } from './read';
export { fullRegion, place } from './regions';
export { checksTo } from './values';
export { doubts, outputTo, setColumns, setRow, write } from './write';
