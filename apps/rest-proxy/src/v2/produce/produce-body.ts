import type { RecordToProduce } from '#libs/produce/produce-request.ts';
import type { SchemaSelection } from '#libs/serde/serde.ts';

/** What a produce request says, its data not serialised yet. */
export interface ProduceBody {
  /** At least one. */
  readonly records: readonly RecordToProduce[];
  readonly keySchema: SchemaSelection;
  readonly valueSchema: SchemaSelection;
}

/** What a produce request may say. */
export interface ProduceBodyRules {
  readonly maxRecords: number;
  /** Extensions of ours. */
  readonly headers: boolean;
  readonly timestamps: boolean;
}
