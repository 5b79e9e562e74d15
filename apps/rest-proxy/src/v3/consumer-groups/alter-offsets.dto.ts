import { ArrayMaxSize, IsDefined, IsIn, IsOptional, ValidateNested } from 'class-validator';
import { JsonRequired } from '../../http/json-checks.ts';
import { JsonField } from '../../http/json-field.ts';

/** Most entries of one request; without a partition, an entry stands for a whole topic. */
const mostEntries = 10_000;

/** One of `offset`, `position`, `timestamp_ms` and `shift_by`. */
export class OffsetChangeDto {
  @JsonField('string')
  @JsonRequired('OffsetChange')
  readonly topic_name!: string;

  /** All partitions when absent. */
  @JsonField('integer')
  readonly partition_id?: number;

  @JsonField('long')
  readonly offset?: bigint;

  @JsonField('string')
  @IsIn(['EARLIEST', 'LATEST'], { message: 'must be EARLIEST or LATEST' })
  @IsOptional()
  readonly position?: 'EARLIEST' | 'LATEST';

  @JsonField('long')
  readonly timestamp_ms?: bigint;

  @JsonField('long')
  readonly shift_by?: bigint;
}

/** Body of POST offsets:alter. */
export class AlterOffsetsDto {
  @JsonField([() => OffsetChangeDto])
  @ValidateNested({ each: true })
  @ArrayMaxSize(mostEntries, { message: `must not have more than ${mostEntries} entries` })
  @IsDefined({ message: 'must not be null' })
  readonly data!: readonly OffsetChangeDto[];

  @JsonField('boolean')
  readonly validate_only?: boolean;
}
