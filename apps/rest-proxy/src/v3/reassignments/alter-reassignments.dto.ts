import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsDefined,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { JsonRequired } from '../../http/json-checks.ts';
import { JsonField } from '../../http/json-field.ts';

/** Most partitions of one request: what Kafka takes as one change. */
const mostEntries = 10_000;

export class ReassignmentChangeDto {
  @JsonField('string')
  @JsonRequired('ReassignmentChange')
  readonly topic_name!: string;

  @JsonField('integer')
  @JsonRequired('ReassignmentChange')
  readonly partition_id!: number;

  /** null ends a move; nothing at all is a mistake. */
  @JsonField(['integer'], { nullable: true })
  @ArrayUnique({ message: 'must not name a broker twice' })
  @ArrayNotEmpty({ message: 'must not be empty' })
  @IsDefined({ message: 'must be a list of broker ids, or null to end a move' })
  @ValidateIf(({ replicas }: ReassignmentChangeDto) => replicas !== null)
  readonly replicas!: readonly number[] | null;
}

/** Body of POST reassignment:alter. */
export class AlterReassignmentsDto {
  @JsonField([() => ReassignmentChangeDto])
  @ValidateNested({ each: true })
  @ArrayMaxSize(mostEntries, { message: `must not have more than ${mostEntries} entries` })
  @IsDefined({ message: 'must not be null' })
  readonly data!: readonly ReassignmentChangeDto[];

  @JsonField('boolean')
  readonly validate_only?: boolean;
}
