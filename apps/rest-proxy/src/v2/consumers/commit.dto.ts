import { IsDefined, Matches, ValidateNested } from 'class-validator';
import { JsonField } from '../../http/json-field.ts';
import { AtMost, NotNegative } from './number-checks.ts';

export class OffsetToCommitDto {
  @JsonField('string')
  @Matches(/\S/, { message: 'must not be blank' })
  readonly topic!: string;

  @JsonField('integer')
  @NotNegative()
  @IsDefined({ message: 'must not be null' })
  readonly partition!: number;

  /** Of the last record that is done with: the one after it is committed. */
  @JsonField('long')
  @AtMost(2n ** 63n - 2n)
  @NotNegative()
  @IsDefined({ message: 'must not be null' })
  readonly offset!: bigint;

  @JsonField('string')
  readonly metadata?: string;
}

/** Body of POST offsets. */
export class CommitDto {
  @JsonField([() => OffsetToCommitDto])
  @ValidateNested({ each: true })
  @IsDefined({ message: 'must not be null' })
  readonly offsets!: readonly OffsetToCommitDto[];
}
