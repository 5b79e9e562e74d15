import { JsonField } from '../../http/json-field.ts';

/** Body of PATCH of a topic. */
export class PartitionsCountDto {
  @JsonField('integer')
  readonly partitions_count?: number;
}
