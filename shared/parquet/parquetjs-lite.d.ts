/** The part of parquetjs-lite 0.8 that is used; the package ships no types. */
declare module 'parquetjs-lite' {
  export interface ParquetField {
    readonly type: 'UTF8' | 'INT32' | 'INT64' | 'DOUBLE' | 'BOOLEAN' | 'TIMESTAMP_MICROS';
    readonly optional?: boolean;
    readonly compression?: 'UNCOMPRESSED' | 'SNAPPY';
  }

  export class ParquetSchema {
    constructor(fields: Readonly<Record<string, ParquetField>>);
  }

  export interface WriterOptions {
    readonly rowGroupSize?: number;
    readonly useDataPageV2?: boolean;
    readonly pageIndex?: boolean;
  }

  export class ParquetWriter {
    static openFile(schema: ParquetSchema, path: string, options?: WriterOptions): Promise<ParquetWriter>;
    appendRow(
      row: Readonly<Record<string, string | number | bigint | boolean | null | undefined>>,
    ): Promise<void>;
    close(): Promise<void>;
    setMetadata(key: string, value: string): void;
  }
}
