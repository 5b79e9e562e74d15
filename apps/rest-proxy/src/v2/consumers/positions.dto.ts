import { IsOptional, ValidateNested } from 'class-validator';
import { JsonField } from '../../http/json-field.ts';
import { NotNegative } from './number-checks.ts';

export class PartitionOffsetDto {
  @JsonField('string')
  readonly topic?: string;

  @JsonField('integer')
  @NotNegative()
  readonly partition: number = 0;

  @JsonField('long')
  @NotNegative()
  readonly offset: bigint = 0n;

  /** Without meaning. */
  @JsonField('string')
  readonly metadata?: string;
}

export class PartitionTimestampDto {
  @JsonField('string')
  readonly topic?: string;

  @JsonField('integer')
  @NotNegative()
  readonly partition: number = 0;

  /** ISO 8601, or seconds since the epoch. */
  @JsonField('any')
  readonly timestamp?: unknown;

  /** Without meaning. */
  @JsonField('string')
  readonly metadata?: string;
}

/** Body of POST positions. */
export class PositionsDto {
  @JsonField([() => PartitionOffsetDto])
  @ValidateNested({ each: true })
  @IsOptional()
  readonly offsets?: readonly PartitionOffsetDto[];

  @JsonField([() => PartitionTimestampDto])
  @ValidateNested({ each: true })
  @IsOptional()
  readonly timestamps?: readonly PartitionTimestampDto[];
}
