import { IsDefined, Matches, ValidateNested } from 'class-validator';
import { JsonField } from '../../http/json-field.ts';
import { NotNegative } from './number-checks.ts';

export class TopicPartitionDto {
  @JsonField('string')
  @Matches(/\S/, { message: 'must not be blank' })
  readonly topic!: string;

  @JsonField('integer')
  @NotNegative()
  @IsDefined({ message: 'must not be null' })
  readonly partition!: number;
}

/** Body of assignments, of positions/beginning and positions/end, and of GET offsets. */
export class TopicPartitionsDto {
  @JsonField([() => TopicPartitionDto])
  @ValidateNested({ each: true })
  @IsDefined({ message: 'must not be null' })
  readonly partitions!: readonly TopicPartitionDto[];
}
