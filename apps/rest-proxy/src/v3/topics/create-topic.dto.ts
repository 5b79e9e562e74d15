import { IsOptional, ValidateNested } from 'class-validator';
import { JsonRequired, JsonShort } from '../../http/json-checks.ts';
import { JsonField } from '../../http/json-field.ts';

export class NewTopicConfigDto {
  @JsonField('string')
  @JsonRequired('ConfigEntry')
  readonly name!: string;

  @JsonField('string')
  readonly value?: string;
}

/** Body of POST topics. */
export class CreateTopicDto {
  @JsonField('string')
  @JsonRequired('CreateTopicRequest')
  readonly topic_name!: string;

  @JsonField('integer')
  readonly partitions_count?: number;

  @JsonField('integer')
  @JsonShort()
  readonly replication_factor?: number;

  /** Ids of brokers by number of partition, see replicas-assignments.ts; wins over both counts. */
  @JsonField('any')
  readonly replicas_assignments?: unknown;

  @JsonField([() => NewTopicConfigDto])
  @ValidateNested({ each: true })
  @IsOptional()
  readonly configs?: readonly NewTopicConfigDto[];

  @JsonField('boolean')
  readonly validate_only?: boolean;
}
